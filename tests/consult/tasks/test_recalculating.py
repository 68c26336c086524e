"""A year's notice arrives: what is owed is worked out again, seen before, told after. Original dates stay."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, calendar, dayoff
from consult.kit.models import AuditEvent, CalendarDay, Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.tasks import actions, clock, recalculating
from consult.tasks.models import Assignment, Task
from consult.tasks.states import TaskState as S
from tests import make

#: Assigned on 24 November 2026, a task is due on 24 February 2027 (provisional). Here that day is off, the 27th worked.
NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。
三、研学假：2月24日（周三）至26日（周五）放假调休，共3天。2月27日（周六）上班。
四、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。"""
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"


@pytest.fixture
def notice():
    days = dayoff.read(NOTICE, 2027)
    dayoff.check(days, 2027, SOURCE)
    return days


@pytest.fixture
def task(place, cast):
    made = make.task(place, cast, state=S.HANDLING)
    assert (made.due_on, made.due_provisional) == (date(2027, 2, 24), True)
    return made


def test_a_dry_run_shows_and_changes_nothing(cast, at, notice, task):
    before = (AuditEvent.objects.count(), Notice.objects.count(), CalendarDay.objects.count())
    moved, = recalculating.change_calendar(notice, SOURCE, by=cast.sysadmin, at=at, dry=True)
    assert (moved.task, moved.before, moved.after, moved.provisional) == (task, date(2027, 2, 24), date(2027, 2, 27), False)
    assert (AuditEvent.objects.count(), Notice.objects.count(), CalendarDay.objects.count()) == before
    assert not calendar.is_known(2027)
    task.refresh_from_db()
    assert (task.due_on, task.due_provisional) == (date(2027, 2, 24), True)


def test_what_moves_leaves_its_event_and_is_told_and_the_original_date_stays(cast, at, notice, task):
    recalculating.change_calendar(notice, SOURCE, by=cast.sysadmin, at=at, dry=False)
    task.refresh_from_db()
    assert (task.due_on, task.original_due_on, task.due_provisional) == (date(2027, 2, 27), date(2027, 2, 24), False)
    event = audit.trail_of(task).get(verb="tasks.recompute")
    assert (event.actor, event.data["before"], event.data["due_on"]) == (cast.sysadmin, "2027-02-24", "2027-02-27")
    told = set(Notice.objects.filter(kind="tasks.recomputed").values_list("user", flat=True))
    assert told == {cast.clerk.pk, cast.supervision.pk}
    assert AuditEvent.objects.get(verb="kit.load_calendar").data["moved"] == 1
    assert next(str(one) for one in clock.due(task).lines[0].why).startswith("2027-02-24")
    assert recalculating.change_calendar(notice, SOURCE, by=cast.sysadmin, at=at, dry=False) == []


def test_a_date_that_only_becomes_final_is_written_down_and_nobody_is_woken(cast, at, task):
    lines = NOTICE.splitlines()
    quiet = dayoff.read("\n".join([*lines[:2], lines[3]]), 2027)
    moved, = recalculating.change_calendar(quiet, SOURCE, by=cast.sysadmin, at=at, dry=False)
    assert moved.same and not moved.provisional and not Notice.objects.filter(kind="tasks.recomputed").exists()
    assert audit.trail_of(task).filter(verb="tasks.recompute").count() == 1


def test_days_to_sign_and_to_return_move_too(place, cast, notice):
    late = calendar.midnight(date(2027, 2, 23)) + timedelta(hours=9)
    task = make.task(place, cast, at=late)
    part = task.assignments.get()
    assert (part.sign_by, part.return_by) == (date(2027, 2, 25), date(2027, 3, 2))
    moved = recalculating.change_calendar(notice, SOURCE, by=cast.sysadmin, at=late, dry=False)
    part.refresh_from_db()
    assert (part.sign_by, part.return_by) == (date(2027, 3, 1), date(2027, 3, 4))
    assert len(moved) == 3
    events = audit.trail_of(task).filter(verb="tasks.recompute", data__has_key="what")
    assert {event.data["what"] for event in events} == {"sign_by", "return_by"}


def test_what_is_answered_or_closed_is_left_alone(place, cast, at, notice):
    task = make.task(place, cast, state=S.ANSWERED)
    assert recalculating.change_calendar(notice, SOURCE, by=cast.sysadmin, at=at, dry=False) == []
    assert Task.objects.get(pk=task.pk).due_on == task.due_on


@pytest.mark.parametrize("who", ["office", "supervision", "clerk", "leader", "secadmin", "auditadmin", "stranger"])
def test_only_the_keeper_of_the_settings_may(cast, at, notice, task, who):
    with pytest.raises(Denied):
        recalculating.change_calendar(notice, SOURCE, by=getattr(cast, who), at=at, dry=True)


# --- lawful stops -------------------------------------------------------------------------------------------------


def test_a_clock_stops_only_on_a_ground(place, cast, at, task):
    for ground in ("", "busy", "holiday"):
        with pytest.raises(ValidationError) as wrong:
            actions.stop_clock(task, ground=ground, reason="人手不足", by=cast.supervision, at=at)
        assert list(wrong.value.error_dict) == ["ground"]
    stop = actions.stop_clock(task, ground="lawsuit", reason="一审未结", by=cast.supervision, at=at)
    assert stop.basis and stop.approved_by == cast.supervision


def test_a_clock_that_has_run_out_is_not_stopped(place, cast, at, task):
    with pytest.raises(WrongState):
        actions.stop_clock(task, ground="force", reason="暴雨", by=cast.supervision, at=at + timedelta(days=120))
    assert not task.stops.exists()


def test_every_date_of_a_task_opens_to_its_sum(place, cast):
    task = make.task(place, cast, co=[place.b], key=True)
    found = clock.limits_of(task)
    assert len(found) == 6 and all(str(due.sum) for _what, _whose, due in found)
    assert Assignment.objects.get(department=place.b).sign_by in {due.on for _what, _whose, due in found}
