"""A sheet comes in: what is read, what is refused, nothing twice, nothing half, nobody named."""

import io
import json
import logging
from typing import Any
from unittest import mock

import pytest
from django.apps import apps

from consult.kit import audit, sheets
from consult.kit.models import AuditEvent, Notice, NumberSeries
from consult.kit.rules import Denied
from consult.opinions import actions, checking, importing
from consult.opinions.models import ImportBatch, Opinion, SealedIdentity
from tests import make, make_sheets

pytestmark = pytest.mark.django_db


def bring(file: io.BytesIO, place: make.Place, by: Any = None, **values: Any) -> importing.Brought:
    return importing.bring_in(file, name="热线 11月.xlsx", jurisdiction=place.jurisdiction, by=by, at=make.AT, **values)


def check(file: io.BytesIO, place: make.Place) -> checking.Report:
    return checking.check(file, place.jurisdiction, at=make.AT)[0]


def test_a_clean_sheet_becomes_opinions(place: make.Place, cast: make.Cast) -> None:
    told = bring(make_sheets.sheet(3), place, cast.office)
    assert told.report.summary() == {"rows": 3, "importable": 3, "duplicates": 0, "errors": []}
    one = Opinion.objects.get(external_no="LC00001")
    assert (one.state, one.channel, one.tags, one.entered_by, one.batch) == (
        "submitted", "hotline", ["transition_fee"], cast.office, told.batch)
    assert (one.subdistrict, one.community, one.jurisdiction) == (place.subdistrict, place.community, place.jurisdiction)
    assert one.submitted_at.astimezone().isoformat() == "2026-11-02T09:05:00+08:00"
    assert sorted(Opinion.objects.values_list("number", flat=True)) == ["YJ2026-00001", "YJ2026-00002", "YJ2026-00003"]
    assert actions.submit(text="下一件", jurisdiction=place.jurisdiction, at=make.AT)[0].number == "YJ2026-00004"
    opened = actions.reveal(one, by=cast.office, at=make.AT, reason="核实")
    assert opened == {"name": make_sheets.SHEET_NAME, "phone": make_sheets.SHEET_PHONE}


def test_events_and_one_notice(place: make.Place, cast: make.Cast) -> None:
    """One event for the sheet and one for each opinion, in a log that verifies; colleagues hear of it once."""
    colleague = make.appointed("colleague", "同事", "cppcc_office", place.jurisdiction)
    before = AuditEvent.objects.count()
    bring(make_sheets.sheet(3), place, cast.office)
    verbs = [*AuditEvent.objects.order_by("id").values_list("verb", flat=True)[before:]]
    assert verbs == ["opinions.submit"] * 3 + ["opinions.import_sheet"]
    audit.seal(make.AT)
    assert list(audit.verify()) == []
    assert [(n.user, n.kind) for n in Notice.objects.filter(kind__startswith="opinions.")] == [(colleague, "opinions.brought_in")]


def test_a_messy_sheet(place: make.Place) -> None:
    report = check(make_sheets.messy(), place)
    assert [(one.row, one.column, one.code) for one in report.errors] == make_sheets.FAULTS
    assert [(one.row, one.code) for one in report.duplicates] == [(16, "repeated"), (17, "same_number")]
    assert (report.rows, report.importable) == (15, 5)
    assert report.notes == {"unknown_category": 1}
    told = bring(make_sheets.messy(), place)
    assert (told.batch, Opinion.objects.count()) == (None, 0), "all good rows, or none"
    assert bring(make_sheets.messy(), place, partial=True).batch.rows == 5  # type: ignore[union-attr]
    made = {one.external_no: one for one in Opinion.objects.all()}
    days = [made[f"A{n}"].submitted_at.astimezone().strftime("%m-%d %H:%M") for n in range(1, 6)]
    assert days == ["11-03 09:05", "11-04 08:00", "11-05 15:05", "11-05 00:00", "11-07 00:00"]
    assert [made[f"A{n}"].subdistrict for n in (1, 2, 3, 4, 5)] == [place.subdistrict] * 4 + [None], "A2: a merged cell"
    assert [made[f"A{n}"].channel for n in range(1, 6)] == ["phone", "web", "hotline", "letter", "on_site"]
    assert [made[f"A{n}"].identity_mode for n in (1, 2)] == ["cppcc_only", "anonymous"]


def test_nothing_comes_in_twice(place: make.Place) -> None:
    bring(make_sheets.sheet(3), place)
    again = bring(make_sheets.sheet(4), place)
    assert (again.report.importable, len(again.report.duplicates), again.batch.rows) == (1, 3, 1)  # type: ignore[union-attr]
    assert bring(make_sheets.sheet(4), place).batch is None
    assert (Opinion.objects.count(), ImportBatch.objects.count()) == (4, 2)


def test_rows_without_a_number_are_known_by_what_they_say(place: make.Place) -> None:
    rows = make_sheets.sheet_rows(2, 工单编号=None)
    file = make_sheets.xlsx([make_sheets.HEADINGS, *rows, rows[0]])
    assert (bring(file, place).report.importable, len(check(file, place).duplicates)) == (2, 3)
    assert Opinion.objects.count() == 2


def test_two_at_one_moment(place: make.Place) -> None:
    """The same sheet was checked by both before either brought it in: the second finds nothing left."""
    report, rows = checking.check(make_sheets.sheet(3), place.jurisdiction, at=make.AT)
    bring(make_sheets.sheet(3), place)
    with mock.patch.object(checking, "check", return_value=(report, rows)):
        assert bring(make_sheets.sheet(3), place).batch is None
    assert (Opinion.objects.count(), NumberSeries.objects.get(series="opinions").last) == (3, 3)


@pytest.mark.parametrize("where", ["consult.opinions.importing.search.put", "consult.opinions.importing.notices.brought_in",
                                   "consult.opinions.importing.audit.write_all"])
def test_broken_off_it_leaves_nothing(place: make.Place, where: str) -> None:
    before = AuditEvent.objects.count()
    broken = [None, KeyboardInterrupt] if where.endswith("put") else KeyboardInterrupt
    with mock.patch.object(importing, "CHUNK", 2), mock.patch(where, side_effect=broken), pytest.raises(KeyboardInterrupt):
        bring(make_sheets.sheet(5), place)
    assert not Opinion.objects.exists()
    assert not SealedIdentity.objects.exists()
    assert not ImportBatch.objects.exists()
    assert AuditEvent.objects.count() == before
    assert bring(make_sheets.sheet(5), place).batch.rows == 5  # type: ignore[union-attr]
    assert Opinion.objects.order_by("id").first().number == "YJ2026-00001"  # type: ignore[union-attr]


def test_only_the_office_of_the_district(place: make.Place, cast: make.Cast) -> None:
    for role, person in cast.roles().items():
        if role != "office":
            with pytest.raises(Denied):
                bring(make_sheets.sheet(1), place, person)
    assert not Opinion.objects.exists()


def test_nobody_is_named(place: make.Place, cast: make.Cast, caplog: pytest.LogCaptureFixture) -> None:
    """Names and numbers of the sheet stand nowhere but sealed: not in a table, the log, or the report."""
    caplog.set_level(logging.DEBUG)
    birds = (make_sheets.SHEET_NAME, make_sheets.SHEET_PHONE, "1391234", "张三")
    told = bring(make_sheets.messy(), place, cast.office, partial=True)
    report = json.dumps(told.report.summary(), ensure_ascii=False) + str(importing.rows_of(told.report, place.jurisdiction))
    kept = json.dumps([row for model in apps.get_models() for row in model._default_manager.values()], default=str,
                      ensure_ascii=False)
    assert SealedIdentity.objects.count() == 2
    assert [bird for bird in birds for words in (report, kept, caplog.text) if bird in words] == []
    assert b"\xf0\xa0\xae\xb7" not in importing.workbook(told.report, place.jurisdiction)


def test_headings_are_told_apart(place: make.Place) -> None:
    """A bare 地址 beside a name is where somebody lives; what the place list does not know stays as words."""
    rows = [["姓名", "地址", "事发地点", "村居", "内容", "回复内容"], ["甲某", "某院1号", "路口", "无此社区", "灯坏了", "已办"]]
    told = bring(make_sheets.xlsx(rows), place)
    made = Opinion.objects.get()
    assert (made.place, made.text, made.identity.blind_phone) == ("无此社区 路口", "灯坏了", "")
    assert told.report.notes == {"unknown_community": 1, "no_date": 1}
    assert told.report.unused == ["F"]


def test_without_headings_it_says_so(place: make.Place) -> None:
    with pytest.raises(sheets.Unreadable) as refused:
        check(make_sheets.xlsx([["甲", "乙"], [1, 2]]), place)
    assert refused.value.code == "headings"
