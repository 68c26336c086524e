"""The press: one file for one issue, its hash is that of its bytes, and a failure is seen and tried again."""

import hashlib
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from django_tasks_db.models import DBTaskResult

from consult.briefings import actions, press, shelf
from consult.briefings.models import Recipient
from consult.briefings.states import BriefingState
from consult.kit import audit, calendar, jobs, notices, pdf, store
from consult.kit.paper import signing
from consult.kit.paper.report import LABELS
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from tests import make

S = BriefingState


def read(issue) -> bytes:
    with default_storage.open(issue.file.name, "rb") as file:
        return file.read()


def text_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(content))
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r", "").replace("\n", "")


def test_the_paper_says_everything_that_was_signed(place, cast):
    one = make.recommendation(place, cast)
    two = make.recommendation(place, cast, consultation=one.consultation, title="公示发放台账", text="每季度公示发放台账。")
    made = make.briefing(place, cast, state=S.ISSUED, recommendations=[one, two])
    said = text_of(read(made.paper))
    for words in (made.title, one.title, two.title, "每季度公示发放台账", made.dissent, "区住房城乡建设局", "第1期"):
        assert words in said
    assert "赵小满" not in said


def test_the_hash_is_that_of_the_file(place, cast):
    issue = make.briefing(place, cast, state=S.ISSUED).paper
    assert hashlib.sha256(read(issue)).hexdigest() == issue.sha256


def test_set_twice_it_is_one_file(place, cast, at):
    issue = make.briefing(place, cast, state=S.ISSUED).paper
    before = (issue.file.name, issue.sha256)
    issue = press.set_paper(issue.pk, at=at)
    assert (issue.file.name, issue.sha256) == before
    folder = issue.file.name.rpartition("/")[0]
    assert sum(issue.snapshot_sha256[:16] in name for name in default_storage.listdir(folder)[1]) == 1


def test_later_changes_do_not_reach_the_paper(place, cast, at):
    made = make.briefing(place, cast, state=S.SIGNED)
    type(made).objects.filter(pk=made.pk).update(title="改过的标题")
    issue = press.set_paper(made.paper.pk, at=at)
    assert "改过的标题" not in text_of(read(issue))


def test_a_failure_is_kept_told_and_tried_again(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "make", lambda *args, **kwargs: 1 / 0)
        issue = press.set_paper(made.paper.pk, at=at)
    assert "ZeroDivisionError" in issue.failure
    assert not issue.sha256
    assert notices.inbox(cast.office).filter(kind="briefings.fail").exists()
    made.refresh_from_db()
    assert made.state == S.SIGNED
    with pytest.raises(Denied):
        actions.retry(made, by=cast.leader, at=at)
    actions.retry(made, by=cast.office, at=at)
    press.set_paper(issue.pk, at=at)
    made.refresh_from_db()
    assert made.state == S.ISSUED
    assert made.paper.failure == ""
    with pytest.raises(WrongState):
        actions.retry(made, by=cast.office, at=at)


def test_the_worker_is_told_when_the_signature_is_through(place, cast, at, django_capture_on_commit_callbacks):
    made = make.briefing(place, cast, state=S.REVIEWED)
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_off(made, by=cast.chair, at=at)
    made.refresh_from_db()
    assert made.state == S.ISSUED
    event = audit.trail_of(made).get(verb="briefings.issue")
    assert event.actor is None


def test_a_voided_one_is_not_set(place, cast, at):
    made = make.briefing(place, cast, state=S.SIGNED)
    actions.void(made, note="数据有误", by=cast.chair, at=at)
    assert not press.set_paper(made.paper.pk, at=at).sha256


# --- what is kept -------------------------------------------------------------------------------------------------


def stored() -> list[str]:
    """The files of issues, relative to their folder."""
    folder = Path(default_storage.path("issues"))
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def test_the_file_is_the_paper_and_its_seal(place, cast):
    issue = make.briefing(place, cast, state=S.ISSUED).paper
    content = press.read(issue)
    assert signing.verify(content)[:3] == (True, True, True)
    assert signing.verify(content).at == make.AT
    assert issue.code in signing.verify(content).contact
    assert hashlib.sha256(content[:issue.plain_size]).hexdigest() == issue.plain_sha256
    assert press.render(issue.snapshot)[:5] == b"%PDF-"
    assert {one["code"] for one in issue.report["checks"]} >= {"text", "missing_glyphs", "pitch"}


def test_it_carries_the_words_it_was_made_of(place, cast):
    """But neither what the office doubted nor the keys of our records: every reader of the file can open it."""
    issue = make.briefing(place, cast, state=S.ISSUED, overview="梳理群众意见35条。").paper
    assert issue.snapshot["doubts"] and all("records" in one for one in issue.snapshot["sources"])
    with pikepdf.open(io.BytesIO(press.read(issue))) as paper:
        inside = json.loads(paper.attachments["issue.json"].get_file().read_bytes())
    bare = [{name: one[name] for name in ("key", "label", "value", "unit")} for one in issue.snapshot["sources"]]
    assert inside == {**{name: said for name, said in issue.snapshot.items() if name != "doubts"}, "sources": bare}


def test_it_is_sealed_before_anything_is_locked(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)
    real, held = signing.sign, []

    def sign(*args, **how):
        held.append(list(connection.savepoint_ids))
        return real(*args, **how)

    monkeypatch.setattr(signing, "sign", sign)
    assert press.set_paper(made.paper.pk, at=at).sha256
    assert held == [[]]


class Killed(BaseException):
    """Not caught by the press: what is not done now is never done by it."""


@pytest.mark.parametrize("step", ["make", "sign", "open", "fsync", "replace", "sync_folder", "move", "told"])
def test_killed_anywhere_it_leaves_one_whole_file(place, cast, at, monkeypatch, step):
    made = make.briefing(place, cast, state=S.SIGNED)
    targets = {"make": (pdf, "make"), "sign": (signing, "sign"), "open": (os, "open"), "fsync": (os, "fsync"),
               "replace": (os, "replace"), "sync_folder": (store, "_sync"), "move": (press, "move"),
               "told": (press.notices, "issued")}

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as broken, pytest.raises(Killed):
        if step in ("make", "sign"):
            pdf.render("documents/stamp.html", {"text": "x", "cells": [1]})  # the setter itself is running
        broken.setattr(*targets[step], die)
        press.set_paper(made.paper.pk, at=at)
    made.refresh_from_db()
    assert made.state == S.SIGNED and not made.paper.sha256
    issue = press.set_paper(made.paper.pk, at=at)
    again = press.set_paper(made.paper.pk, at=at + timedelta(hours=1))
    assert press.read(issue) == press.read(again)
    assert [name for name in stored() if not name.startswith("tmp/")] == [issue.file.name.removeprefix("issues/")]
    shelf.sweep(datetime.now(UTC) + timedelta(days=36500))  # files know the machine's clock, not the suite's morning
    assert not [name for name in stored() if name.startswith("tmp/")]
    assert audit.trail_of(made).filter(verb="briefings.issue").count() == 1


def test_of_two_presses_the_first_is_kept(place, cast, at, monkeypatch):
    """The second made its paper at the same time, and comes to the lock later."""
    made = make.briefing(place, cast, state=S.SIGNED)
    real = press._make

    def slow(words):
        paper = real(words)
        monkeypatch.setattr(press, "_make", real)
        press.set_paper(made.paper.pk, at=at)
        return paper

    monkeypatch.setattr(press, "_make", slow)
    issue = press.set_paper(made.paper.pk, at=at + timedelta(hours=1))
    assert signing.verify(press.read(issue)).at == at
    assert len(stored()) == 1
    assert notices.inbox(cast.office).filter(kind="briefings.issue").count() == 1


def test_voided_while_it_is_set_it_is_dropped(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)
    real = press._make

    def slow(words):
        actions.void(made, note="数据有误", by=cast.chair, at=at)
        return real(words)

    monkeypatch.setattr(press, "_make", slow)
    issue = press.set_paper(made.paper.pk, at=at)
    assert (issue.sha256, issue.failure, stored()) == ("", "", [])


def test_leftovers_are_swept_after_a_day_and_nothing_else(place, cast):
    issue = make.briefing(place, cast, state=S.ISSUED).paper
    left = Path(default_storage.path("issues/tmp/half"))
    left.write_bytes(b"%PDF")
    now = calendar.now()
    os.utime(left, (now.timestamp(), now.timestamp()))
    assert shelf.sweep(now - timedelta(days=1)) == 0
    os.utime(left, (now.timestamp() - 90_000,) * 2)
    told = io.StringIO()
    call_command("sweep", stdout=told)
    assert told.getvalue() == "1 files deleted\n"
    assert not left.exists() and press.read(issue)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("checks", "faults"), [
    ([{"code": "text", "ok": False}, {"code": "missing_glyphs", "ok": True}], ["text"]),
    ([{"code": "text", "ok": True}, {"code": "missing_glyphs", "ok": True}, {"code": "text", "ok": False}], ["text"]),
    ([{"code": "text", "ok": True}], ["missing_glyphs"]), ([], ["missing_glyphs", "text"])])
def test_a_failed_self_check_is_a_failure_that_says_which(place, cast, at, monkeypatch, checks, faults):
    made = make.briefing(place, cast, state=S.SIGNED)
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "make", lambda *args, **kwargs: pdf.Paper(b"%PDF-", 1, {"checks": checks}))
        issue = press.set_paper(made.paper.pk, at=at)
    assert [code for code in press.MUST_HOLD if str(LABELS[code]) in issue.failure] == faults
    assert not issue.sha256 and issue.report == {"checks": checks}
    assert press.set_paper(made.paper.pk, at=at).failure == ""


@pytest.mark.parametrize("code", ["time", "memory", "pages"])
def test_the_engine_says_why(place, cast, at, monkeypatch, code):
    made = make.briefing(place, cast, state=S.SIGNED)

    def fail(*args, **kwargs):
        raise pdf.PaperFailed(code)

    monkeypatch.setattr(pdf, "make", fail)
    assert press.set_paper(made.paper.pk, at=at).failure == str(pdf.PaperFailed(code).reason)


def test_a_full_disk_is_told_and_leaves_nothing(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)

    def full(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        assert "No space left" in press.set_paper(made.paper.pk, at=at).failure
    assert stored() == []


def test_a_database_that_does_not_answer_is_no_fault_of_the_paper(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(press, "move", locked)
        press.set_paper(made.paper.pk, at=at)
    made.paper.refresh_from_db()
    assert made.paper.failure == "" and not made.paper.sha256
    assert press.set_paper(made.paper.pk, at=at).sha256


def test_a_job_given_up_is_told(place, cast, at):
    made = make.briefing(place, cast, state=S.SIGNED)
    jobs._kinds[press.typeset.module_path].given_up(made.paper.pk, reason="三次都没有完成", at=at)
    made.paper.refresh_from_db()
    assert made.paper.failure == "三次都没有完成"
    assert notices.inbox(cast.office).filter(kind="briefings.fail").exists()


def test_signed_and_queued_or_neither(place, cast, at, settings):
    """With the queue in the database the job is a row of the same transaction."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    made = make.briefing(place, cast, state=S.SIGNED)
    (row,) = DBTaskResult.objects.all()
    assert row.args_kwargs["args"] == [made.paper.pk]


def test_words_that_cannot_be_set_are_refused_before_the_sign_off(place, cast):
    words = make.briefing(place, cast, state=S.SIGNED).paper.snapshot
    press.examine(words)
    with pytest.raises(ValidationError, match=r"字符|characters"):
        press.examine({**words, "title": "关于\U0010fffd的建议"})


def test_no_word_of_a_paper_that_failed_gets_into_the_log(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)
    found = [{"code": "text", "measured": "甲甲", "wanted": "乙乙", "ok": False, "page": 3},
             {"code": "missing_glyphs", "ok": True}]
    monkeypatch.setattr(pdf, "make", lambda *args, **kwargs: pdf.Paper(b"%PDF-", 1, {"checks": found}))
    press.set_paper(made.paper.pk, at=at)
    (why,) = audit.trail_of(made).filter(verb="briefings.fail").values_list("data__why", flat=True)
    assert "P3" in why and "甲甲" not in why and "乙乙" not in why


# --- who takes what away ------------------------------------------------------------------------------------------


def test_each_reader_takes_the_own_paper_away(place, cast, at):
    issue = make.briefing(place, cast, state=S.DISPATCHED).paper
    assert press.paper_for(cast.office, issue, at=at) == press.paper_for(cast.chair, issue, at=at) == press.read(issue)
    mine, other = press.paper_for(cast.leader, issue, at=at), press.paper_for(cast.supervision, issue, at=at)
    named = press.paper_for(cast.expert, issue, at=at)
    for content, reader in ((mine, cast.leader), (other, cast.supervision), (named, cast.expert)):
        said = text_of(content)
        assert str(reader) in said and issue.briefing.title in said
        assert signing.verify(content).intact
        assert not any(str(one) in said for one in (cast.leader, cast.supervision, cast.expert) if one != reader)


@pytest.mark.parametrize("name", ["chair", "office"])
def test_a_recipient_of_the_office_or_the_chair_takes_a_copy_and_the_log_says_so(place, cast, at, name):
    made, user = make.briefing(place, cast, state=S.ISSUED), cast.roles()[name]
    before = actions.download(made.paper, by=user, at=at)
    actions.dispatch(made, recipients=[user], by=cast.office, at=at)
    after = actions.download(made.paper, by=user, at=at)
    assert before == press.read(made.paper) != after
    assert str(user) in text_of(after) and after == press.copy_for(made.paper.recipients.get(), at=at)
    assert list(audit.trail_of(made).filter(verb="briefings.download").values_list("data", flat=True)) == [
        {"sha256": hashlib.sha256(before).hexdigest()}, {"sha256": hashlib.sha256(after).hexdigest(), "copy": 1}]


def test_a_copy_is_made_once_and_read_back(place, cast, at):
    issue = make.briefing(place, cast, state=S.DISPATCHED).paper
    assert press.mark_copies.func(issue.pk) == 2
    assert press.mark_copies.func(issue.pk) == 0
    before = stored()
    copy = issue.recipients.get(user=cast.leader)
    assert press.copy_for(copy, at=at + timedelta(days=1)) == press.copy_for(Recipient.objects.get(pk=copy.pk), at=at)
    assert stored() == before and len(before) == 3
    Path(default_storage.path(copy.file.name)).write_bytes(b"%PDF")
    with pytest.raises(press.Damaged):
        press.copy_for(copy, at=at)


def test_no_copy_is_made_of_a_damaged_issue(place, cast, at):
    issue = make.briefing(place, cast, state=S.DISPATCHED).paper
    path = Path(default_storage.path(issue.file.name))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    for user in (cast.leader, cast.expert, cast.office):
        with pytest.raises(press.Damaged):
            press.paper_for(user, issue, at=at)
    path.unlink()
    with pytest.raises(press.Damaged):
        press.read(issue)


def test_of_two_copies_made_at_once_the_first_is_kept(place, cast, at, monkeypatch):
    copy = make.briefing(place, cast, state=S.DISPATCHED).paper.recipients.first()
    real = press._marked

    def slow(*args):
        content = real(*args)
        monkeypatch.setattr(press, "_marked", real)
        first.append(press.copy_for(Recipient.objects.get(pk=copy.pk), at=at + timedelta(hours=1)))
        return content

    first: list[bytes] = []
    monkeypatch.setattr(press, "_marked", slow)
    assert press.copy_for(copy, at=at) == first[0]
