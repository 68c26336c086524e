"""The district bulletin: what is counted, who writes, issues and reads it, and what is frozen."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consult.followups import circulating, digest, rules
from consult.followups.district import DistrictBulletin
from consult.kit import audit, calendar
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.roles import Role
from consult.tasks import actions as tasks
from tests import make
from tests.make_periods import FOREWORD, SINCE

LATER = timedelta(days=120)


def counted(place, today=make.TODAY, since=SINCE, until=None, department=None):
    """The counts that are not nought, by department; ``all`` is their sum."""
    facts = digest.gathered(place.jurisdiction.pk, since=since, until=until or max(today, make.TODAY), today=today,
                            department_id=department)
    found = {one["name"]: one["counts"] for one in facts["departments"]} | {"all": facts["total"]}
    return {name: {key: n for key, n in counts.items() if n} for name, counts in found.items()}


def seen(cast, obj):
    return {name for name, user in cast.roles().items() if rules.district_bulletins_visible_to(user).filter(pk=obj.pk).exists()}


# --- what is counted ------------------------------------------------------------------------------------------------


def test_a_task_is_assigned_and_owed_by_those_who_answer(place, cast):
    make.task(place, cast, state="handling", co=[place.b])
    assert counted(place) == {place.a.name: {"assigned": 1, "owed": 1}, "all": {"assigned": 1, "owed": 1}}


def test_answers_are_in_time_by_the_original_date_and_carry_their_outcome(place, cast):
    make.task(place, cast, state="answered")
    late = make.task(place, cast, state="handling")
    make.carry(late, cast, "answered", at=make.AT + LATER, reply={"outcome": "C"})
    on = make.TODAY + LATER
    assert counted(place)["all"] == {"assigned": 2, "in_time": 1, "A": 1}, "what comes after the period is not counted"
    assert counted(place, today=on)["all"] == {"assigned": 2, "in_time": 1, "late": 1, "A": 1, "C": 1}
    assert counted(place, today=on, since=on)["all"] == {"late": 1, "C": 1}


def test_of_several_departments_each_counts_for_itself(place, cast):
    make.task(place, cast, state="answered", separate=[place.a, place.b])
    found = counted(place)
    assert found[place.a.name] == found[place.b.name] == {"assigned": 1, "in_time": 1, "A": 1}
    assert found["all"]["assigned"] == 2
    assert counted(place, department=place.b.pk).keys() == {place.b.name, "all"}


def test_replies_sent_back_and_extensions_of_the_period(place, cast):
    task = make.task(place, cast, state="handling")
    ask = tasks.ask_extension(task, asked_until=calendar.add_workdays(task.due_on, 5), reason="需等评估", progress="已勘查",
                              by=cast.clerk, at=make.AT)
    tasks.grant_extension(task, granted_until=ask.asked_until, by=cast.supervision, at=make.AT)
    make.carry(task, cast, "in_review")
    tasks.send_back(task, note="未说明发放时间", by=cast.supervision, at=make.AT)
    assert counted(place)["all"] == {"assigned": 1, "owed": 1, "sent_back": 1, "extensions": 1}
    tasks.submit_reply(task, by=cast.clerk, at=make.AT)
    assert counted(place)["all"]["sent_back"] == 1, "writing again heals nothing"
    assert counted(place, since=make.TODAY + timedelta(days=1), until=make.TODAY + timedelta(days=9))["all"] == {}


def test_promises_run_are_kept_or_broken(place, cast):
    promise = {"outcome": "B", "promise_on": make.TODAY + timedelta(days=30)}
    task = make.task(place, cast, state="answered", reply=promise)
    assert counted(place)["all"] == {"assigned": 1, "in_time": 1, "B": 1, "open": 1}
    assert counted(place, today=make.TODAY + timedelta(days=31))["all"]["broken"] == 1
    tasks.keep_promise(task, evidence="已发放。", by=cast.clerk, at=make.AT + timedelta(days=5))
    later = make.TODAY + timedelta(days=6)
    assert counted(place, today=later)["all"] == {"assigned": 1, "in_time": 1, "A": 1, "kept": 1}
    assert counted(place, today=later, since=later)["all"] == {}, "what was kept before is told no more"


def test_the_bulletin_list_holds_what_is_red_for_longer_than_the_limit(place, cast):
    task = make.task(place, cast, state="handling")
    stopped = make.task(place, cast, state="handling")
    tasks.stop_clock(stopped, ground="higher", reason="等待上级批复", by=cast.supervision, at=make.AT)
    where = {"since": SINCE, "until": make.TODAY}

    def red(days):
        return digest.gathered(place.jurisdiction.pk, **where, today=calendar.add_workdays(task.due_on, days))["red"]

    assert red(1) == red(5) == []
    assert red(6) == [{"number": task.number, "title": task.title, "departments": [place.a.name],
                       "due_on": task.due_on.isoformat(), "days": 6}]
    assert digest.gathered(place.jurisdiction.pk, **where, today=task.due_on + timedelta(days=1))["total"]["overdue"] == 1


def test_nothing_of_another_district_or_of_a_part_handed_over(place, cast):
    task = make.task(place, cast, state="handling")
    assert digest.gathered(place.other.pk, since=SINCE, until=make.TODAY, today=make.TODAY)["departments"] == []
    tasks.reassign(task, part=task.parts[0], to=place.b, reason="职责调整", by=cast.supervision, at=make.AT)
    assert counted(place).keys() == {place.b.name, "all"}


def test_it_counts_in_the_same_few_queries(place, cast):
    def queries():
        with CaptureQueriesContext(connection) as found:
            digest.gathered(place.jurisdiction.pk, since=SINCE, until=make.TODAY, today=make.TODAY + LATER)
        return len(found)

    def some():
        make.task(place, cast, state="handling", co=[place.b])
        made = make.task(place, cast, state="in_review", separate=[place.a, place.b])
        tasks.send_back(made, note="再写", by=cast.supervision, at=make.AT)
        make.task(place, cast, state="answered", reply={"outcome": "B", "promise_on": make.TODAY + timedelta(days=9)})

    some()
    queries()  # the tables of days and parameters are read once
    one = queries()
    some()
    some()
    assert queries() == one <= 9


# --- who writes, issues and reads -----------------------------------------------------------------------------------


def test_only_the_supervision_office_writes_and_issues(place, cast, at):
    for name, user in cast.roles().items():
        if name != "supervision":
            with pytest.raises(Denied):
                make.district_bulletin(place, cast, by=user)
    made = make.district_bulletin(place, cast)
    for name in ("office", "chair", "leader", "clerk", "other_office"):
        with pytest.raises(Denied):
            circulating.edit(made, since=SINCE, until=make.TODAY, title="改", text="改", by=getattr(cast, name), at=at)
        with pytest.raises(Denied):
            circulating.issue(made, by=getattr(cast, name), at=at)
    assert DistrictBulletin.objects.get().state == "drafted"


def test_who_reads_it_before_and_after(place, cast, at):
    make.task(place, cast, state="handling", co=[place.b])
    made = make.district_bulletin(place, cast)
    assert seen(cast, made) == {"supervision"}
    circulating.issue(made, by=cast.supervision, at=at)
    assert seen(cast, made) == {"supervision", "office", "chair", "leader", "clerk", "clerk2"}
    told = {notice.user for notice in Notice.objects.filter(kind="followups.district_issued")}
    assert told == {cast.supervision, cast.office, cast.chair, cast.leader, cast.clerk, cast.clerk2}


def test_a_department_without_a_part_in_the_period_does_not_read_it(place, cast):
    make.task(place, cast, state="handling")
    _third, clerk3 = make.third_department(place)
    made = make.district_bulletin(place, cast, state="issued")
    assert "clerk2" not in seen(cast, made)
    assert not rules.district_bulletins_visible_to(clerk3).exists()
    assert rules.district_bulletins_visible_to(cast.clerk).get() == made


def test_where_there_are_two_the_second_issues(place, cast, at):
    colleague = make.appointed("supervision2", "督查室二", Role.SUPERVISION, place.jurisdiction)
    made = make.district_bulletin(place, cast)
    assert {n.user for n in Notice.objects.filter(kind="followups.district_drafted")} == {colleague}
    with pytest.raises(Denied):
        circulating.issue(made, by=cast.supervision, at=at)
    circulating.edit(made, since=SINCE, until=make.TODAY, title="改过的标题", text=FOREWORD, by=colleague, at=at)
    with pytest.raises(Denied):
        circulating.issue(made, by=colleague, at=at)
    circulating.issue(made, by=cast.supervision, at=at)
    assert [event.verb for event in audit.trail_of(made)] == ["followups.draft", "followups.edit", "followups.issue"]


def test_numbered_in_its_own_run_and_frozen(place, cast, at):
    make.bulletin(place, cast, state="issued")
    task = make.task(place, cast, state="handling")
    first = make.district_bulletin(place, cast, state="issued")
    second = make.district_bulletin(place, cast, state="issued")
    assert [first.number, second.number] == ["湖山区督办通报〔2026〕1号", "湖山区督办通报〔2026〕2号"]
    before = circulating.told(first, today=make.TODAY)
    make.carry(task, cast, "answered")
    assert circulating.told(DistrictBulletin.objects.get(pk=first.pk), today=make.TODAY) == before
    assert digest.gathered(place.jurisdiction.pk, since=SINCE, until=make.TODAY, today=make.TODAY)["total"] != before["total"]
    with pytest.raises(WrongState):
        circulating.issue(first, by=cast.supervision, at=at)
    with pytest.raises(WrongState):
        circulating.edit(first, since=SINCE, until=make.TODAY, title="再改", text="再改", by=cast.supervision, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        DistrictBulletin.objects.filter(pk=first.pk).update(facts=None)


@pytest.mark.parametrize(("wrong", "field"), [
    ({"since": make.TODAY + timedelta(days=1)}, "until"), ({"until": make.TODAY + timedelta(days=1)}, "until"),
    ({"since": make.TODAY - timedelta(days=366)}, "until"), ({"title": " "}, "title"), ({"title": "通" * 121}, "title"),
    ({"text": " \n"}, "text"), ({"text": "长" * 1501}, "text"), ({"text": "请找王先生，电话13800138000。"}, "text")])
def test_a_draft_says_what_is_wrong(place, cast, wrong, field):
    with pytest.raises(ValidationError) as told:
        make.district_bulletin(place, cast, **wrong)
    assert set(told.value.message_dict) == {field}
    assert not DistrictBulletin.objects.exists()


def test_no_resident_at_the_tables_of_the_period_is_named(place, cast):
    make.task(place, cast, state="handling")
    with pytest.raises(ValidationError, match=make.RESIDENT):
        make.district_bulletin(place, cast, text=f"{make.RESIDENT}反映的问题已办。")
