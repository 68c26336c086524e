"""Returns within their window, more time before the due date, and the clock that follows facts alone."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from consult.journey import due
from consult.kit import calendar
from consult.kit.audit import trail_of
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people import actions as people
from consult.people.models import User
from consult.people.roles import Role
from consult.tasks import actions, clock, rules
from consult.tasks.models import Reminder, ReturnRequest, Task
from consult.tasks.states import Light, TaskState
from tests import make
from tests.make_tasks import morning, third_department

S = TaskState
WHY = {"reason": "不属于我局职责"}


# --- returns ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("day", "open_"), [(date(2026, 11, 24), True), (date(2026, 12, 1), True), (date(2026, 12, 2), False)])
def test_the_window_closes_after_five_working_days(place, cast, day, open_):
    task = make.task(place, cast)
    if open_:
        actions.ask_return(task, **WHY, suggested=place.b, by=cast.clerk, at=morning(day))
        assert Notice.objects.filter(user=cast.supervision, kind="tasks.return_asked").exists()
    else:
        with pytest.raises(ValidationError, match="2026-12-01"):
            actions.ask_return(task, **WHY, suggested=place.b, by=cast.clerk, at=morning(day))


def test_a_return_needs_a_reason_and_another_department(place, cast, at):
    task = make.task(place, cast)
    for values in ({"reason": " ", "suggested": place.b}, {**WHY, "suggested": place.a},
                   {**WHY, "suggested": place.other_department}):
        with pytest.raises(ValidationError):
            actions.ask_return(task, **values, by=cast.clerk, at=at)
    for name in ("clerk2", "supervision", "office", "leader", "other_clerk"):
        with pytest.raises(Denied):
            actions.ask_return(task, **WHY, suggested=place.b, by=getattr(cast, name), at=at)


def test_a_granted_return_names_the_next_department_and_keeps_the_due_date(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    due = task.due_on
    ask = actions.ask_return(task, **WHY, suggested=place.b, by=cast.clerk, at=at)
    later = at + timedelta(days=2)
    with pytest.raises(Denied):
        actions.grant_return(task, to=place.b, by=cast.office, at=later)
    actions.grant_return(task, to=place.b, decision="同意改办", by=cast.supervision, at=later)
    assert [part.department for part in task.parts] == [place.b]
    assert task.parts[0].return_by == date(2026, 12, 3)
    assert (task.state, task.due_on, task.original_due_on) == (S.ASSIGNED, due, due)
    # Out of sight for the one, in sight for the other; the new one does not read why.
    assert not rules.visible_to(cast.clerk).filter(pk=task.pk).exists()
    assert rules.visible_to(cast.clerk2).filter(pk=task.pk).exists()
    assert not rules.returns_visible_to(cast.clerk2, task).exists()
    assert rules.returns_visible_to(cast.supervision, task).get() == ask
    with pytest.raises(Denied):
        actions.draft_reply(task, outcome="A", text="答", contact="王", by=cast.clerk, at=later)


def test_a_refused_return_stays_with_reason(place, cast, at):
    task = make.task(place, cast)
    actions.ask_return(task, **WHY, suggested=place.b, by=cast.clerk, at=at)
    with pytest.raises(ValidationError):
        actions.refuse_return(task, decision="", by=cast.supervision, at=at)
    actions.refuse_return(task, decision="属你局职责", by=cast.supervision, at=at)
    assert ReturnRequest.objects.get().state == "refused"
    assert [part.department for part in task.parts] == [place.a]
    with pytest.raises(WrongState):
        actions.refuse_return(task, decision="再次", by=cast.supervision, at=at)


def test_after_two_returns_the_leader_decides(place, cast, at):
    third, clerk3 = make.third_department(place)
    task = make.task(place, cast)
    for clerk, to in ((cast.clerk, place.b), (cast.clerk2, third)):
        actions.ask_return(task, **WHY, suggested=to, by=clerk, at=at)
        actions.grant_return(task, to=to, by=cast.supervision, at=at)
    with pytest.raises(ValidationError, match="2"):
        actions.ask_return(task, **WHY, suggested=place.a, by=clerk3, at=at)
    with pytest.raises(Denied):
        actions.reassign(task, part=task.parts[0], to=place.a, reason="我办", by=cast.clerk, at=at)
    actions.reassign(task, part=task.parts[0], to=place.a, reason="由住建局办理", by=cast.leader, at=at)
    assert [part.department for part in task.parts] == [place.a]


# --- more time -------------------------------------------------------------------------------------------------------

MORE = {"reason": "需市级协调", "progress": "已完成摸底"}


def test_more_time_is_asked_before_the_due_date_only(place, cast):
    task = make.task(place, cast, state=S.HANDLING)
    until = task.due_on + timedelta(days=20)
    for day in (task.due_on, task.due_on + timedelta(days=1)):
        with pytest.raises(ValidationError):
            actions.ask_extension(task, asked_until=until, **MORE, by=cast.clerk, at=morning(day))
    actions.ask_extension(task, asked_until=until, **MORE, by=cast.clerk, at=morning(task.due_on - timedelta(days=1)))
    assert Task.objects.get().due_on == task.due_on


def test_who_asks_and_who_grants(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    until = date(2027, 3, 15)
    for name in ("clerk2", "supervision", "office", "other_clerk"):
        with pytest.raises(Denied):
            actions.ask_extension(task, asked_until=until, **MORE, by=getattr(cast, name), at=at)
    actions.ask_extension(task, asked_until=until, **MORE, by=cast.clerk, at=at)
    for name in ("clerk", "office", "chair", "leader"):
        with pytest.raises(Denied):
            actions.grant_extension(task, granted_until=until, by=getattr(cast, name), at=at)
    actions.grant_extension(task, granted_until=until, by=cast.supervision, at=at)
    assert (task.due_on, task.original_due_on) == (until, date(2027, 2, 24))
    assert [str(line.said) for line in clock.due(task).lines][-1].endswith("2027-03-15")
    assert trail_of(task).filter(verb="tasks.recompute").get().data["before"] == "2027-02-24"
    with pytest.raises(ValidationError):
        actions.ask_extension(task, asked_until=until + timedelta(days=5), **MORE, by=cast.clerk, at=at)


def test_an_extension_is_a_month_at_most_and_a_working_day(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    for wrong in (task.due_on, date(2027, 3, 25)):
        with pytest.raises(ValidationError):
            actions.ask_extension(task, asked_until=wrong, **MORE, by=cast.clerk, at=at)
    actions.ask_extension(task, asked_until=date(2027, 3, 24), **MORE, by=cast.clerk, at=at)
    with pytest.raises(ValidationError):
        actions.grant_extension(task, granted_until=date(2027, 3, 20), by=cast.supervision, at=at)  # a Saturday
    actions.refuse_extension(task, decision="抓紧办理", by=cast.supervision, at=at)
    assert task.due_on == task.original_due_on


def test_whoever_asked_does_not_decide(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    ask = actions.ask_extension(task, asked_until=date(2027, 3, 15), **MORE, by=cast.clerk, at=at)
    ask.asked_by = cast.supervision  # yesterday's clerk, today's supervisor
    ask.save(update_fields=["asked_by"])
    with pytest.raises(Denied):
        actions.grant_extension(task, granted_until=date(2027, 3, 15), by=cast.supervision, at=at)


# --- the clock -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("assigned", "due"), [
    (date(2026, 9, 10), date(2026, 10, 8)),    # 25 September and 1 to 7 October rest, Sunday 20 September works
    (date(2026, 1, 30), date(2026, 2, 27)),    # the long Spring Festival; Saturday 14 February works
])
def test_due_over_rest_days_and_make_up_days(place, cast, assigned, due):
    task = make.task(place, cast, urgent=True)
    task.began_on = assigned
    assert clock.due(task).on == due


def test_a_stopped_clock_adds_its_days(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    for name in ("clerk", "office", "leader"):
        with pytest.raises(Denied):
            actions.stop_clock(task, ground="higher", reason="等待诉讼", by=getattr(cast, name), at=at)
    actions.stop_clock(task, ground="higher", reason="等待诉讼", by=cast.supervision, at=at)
    with pytest.raises(WrongState):
        actions.stop_clock(task, ground="higher", reason="再次", by=cast.supervision, at=at)
    assert clock.light(task, date(2027, 6, 1)) == Light.STOPPED
    assert not Task.objects.overdue(date(2027, 6, 1)).exists()
    actions.resume_clock(task, by=cast.supervision, at=at + timedelta(days=10))
    assert (task.due_on, task.original_due_on) == (date(2027, 3, 8), date(2027, 2, 24))  # 6 March is a Saturday
    assert len(clock.due(task).lines) == 2


def test_an_urgent_task_gets_the_stopped_working_days(place, cast, at):
    task = make.task(place, cast, urgent=True)
    actions.stop_clock(task, ground="higher", reason="等待上级批复", by=cast.supervision, at=at)
    actions.resume_clock(task, by=cast.supervision, at=at + timedelta(days=7))
    assert task.due_on == date(2026, 12, 22)


@pytest.mark.parametrize(("before", "light"), [(6, "green"), (5, "blue"), (3, "blue"), (2, "yellow"), (0, "yellow"), (-1, "red")])
def test_lights_by_working_days_left(place, cast, before, light):
    task = make.task(place, cast)
    today = calendar.add_workdays(task.due_on, -before)
    assert clock.light(task, today) == light
    assert clock.lit(Task.objects.all(), light, today).get() == task
    assert sum(clock.lit(Task.objects.all(), one, today).count() for one in Light.values) == 1


def test_a_reply_sent_back_is_yellow(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW)
    actions.send_back(task, note="未逐条答复", by=cast.supervision, at=at)
    assert clock.light(task, make.TODAY) == Light.YELLOW
    assert clock.lit(Task.objects.all(), "yellow", make.TODAY).get() == task


def test_a_part_handed_over_takes_its_open_return_with_it(place, cast, at):
    """Found by the machine of test_life: granting it later gave the task a second lead."""
    task = make.task(place, cast, co=[place.b])
    ask = actions.ask_return(task, **WHY, suggested=place.b, by=cast.clerk, at=at)
    third, _clerk = third_department(place)
    actions.reassign(task, part=task.assignments.get(part="lead"), to=third, reason="领导已定", by=cast.supervision, at=at)
    ask.refresh_from_db()
    assert (ask.state, ask.decided_by) == ("refused", cast.supervision)
    with pytest.raises(WrongState):
        actions.grant_return(task, to=place.b, by=cast.supervision, at=at)
    actions.ask_return(task, **WHY, suggested=third, by=cast.clerk2, at=at)
    actions.reassign(task, part=task.assignments.get(part="lead", ended_at=None), to=place.b, reason="改由会办单位主办",
                     by=cast.supervision, at=at)
    with pytest.raises(WrongState):
        actions.refuse_return(task, decision="不同意", by=cast.supervision, at=at)
    assert [part.department for part in task.assignments.filter(ended_at=None)] == [place.b]


def test_each_rung_of_the_ladder_once(place, cast):
    task = make.task(place, cast)
    given = []
    for before in (9, 5, 4, 2, 1, -1, -2, -5, -9, -10, -30):
        today = calendar.add_workdays(task.due_on, -before)
        given.append(actions.remind(today=today, at=morning(today)))
    assert given == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert list(Reminder.objects.values_list("rung", flat=True)) == ["blue", "yellow", "red", "bulletin", "leader"]
    told = {kind: set(Notice.objects.filter(kind=f"tasks.{kind}").values_list("user__username", flat=True))
            for kind in ("yellow", "red", "bulletin", "leader")}
    assert told == {"yellow": {"clerk"}, "red": {"clerk", "supervision"}, "bulletin": {"clerk", "supervision", "office"},
                    "leader": {"clerk", "supervision", "office", "leader"}}


def test_days_the_timer_missed_leave_out_no_rung_and_tell_the_highest(place, cast):
    task = make.task(place, cast)
    today = calendar.add_workdays(task.due_on, 12)
    assert actions.remind(today=today, at=morning(today)) == 1 and actions.remind(today=today, at=morning(today)) == 0
    assert list(Reminder.objects.values_list("rung", flat=True)) == ["red", "bulletin", "leader"]
    assert not Notice.objects.filter(kind__in=["tasks.red", "tasks.bulletin"]).exists()
    assert [need.kind for need in due.needs(cast.leader, today) if need.obj == task] == ["task.escalated"]
    assert [step for step, _on, reached in clock.ladder(task, today) if reached] == ["red", "bulletin", "leader"]


def test_a_clock_that_stands_still_climbs_nothing(place, cast, at):
    task = make.task(place, cast)
    actions.stop_clock(task, ground="higher", reason="请示市局", by=cast.supervision, at=at)
    today = calendar.add_workdays(task.due_on, 12)
    assert actions.remind(today=today, at=morning(today)) == 0 and not Reminder.objects.exists()


def test_urging_by_hand(place, cast, at):
    task = make.task(place, cast)
    for name in ("clerk", "leader", "member", "other_office"):
        with pytest.raises(Denied):
            actions.urge(task, text="请抓紧", by=getattr(cast, name), at=at)
    for name in ("supervision", "office"):
        actions.urge(task, text="请抓紧", by=getattr(cast, name), at=at)
    assert Notice.objects.filter(user=cast.clerk, kind="tasks.urged").exists()


def test_only_the_clock_writes_due_dates():
    """No other line of the domain assigns a due date: original dates never move."""
    wrong = []
    for file in Path("consult/tasks").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = {target.attr for target in targets if isinstance(target, ast.Attribute)}
            if names & {"due_on", "original_due_on"} and file.name != "clock.py":
                wrong.append(f"{file}:{node.lineno}")
    assert wrong == []


def test_the_original_date_is_written_once(place, cast, at):
    task = make.task(place, cast)
    with pytest.raises(ValidationError):
        clock.start(task, at=at + timedelta(days=30))
    assert Task.objects.get().original_due_on == date(2027, 2, 24)


# --- nobody decides what they asked for ------------------------------------------------------------------------------


def moved_to_supervision(cast, place):
    """The department's clerk of yesterday is of the supervision office today."""
    post = cast.clerk.appointments.get(role=Role.CLERK)
    people.end_appointment(post, until=make.TODAY - timedelta(days=1), by=cast.secadmin, at=make.AT)
    make.appoint(cast.clerk, Role.SUPERVISION, place.jurisdiction, since=make.TODAY)
    return User.objects.get(pk=cast.clerk.pk)


def test_whoever_asked_does_not_decide_from_a_new_post(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.ask_extension(task, asked_until=date(2027, 3, 10), reason="需补充测绘", progress="已完成一半", by=cast.clerk, at=at)
    same = moved_to_supervision(cast, place)
    with pytest.raises(Denied):
        actions.grant_extension(task, granted_until=date(2027, 3, 10), by=same, at=at)
    actions.grant_extension(task, granted_until=date(2027, 3, 10), by=cast.supervision, at=at)


def test_whoever_wrote_the_reply_does_not_review_it(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW)
    same = moved_to_supervision(cast, place)
    for verb, more in ((actions.approve, {}), (actions.send_back, {"note": "请逐条答复"})):
        with pytest.raises(Denied):
            verb(task, **more, by=same, at=at)
    actions.approve(task, by=cast.supervision, at=at)
