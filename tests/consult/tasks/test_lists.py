"""Who answers for what, what came of it, and several urged at once: the same asked of a row and of the database."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.kit import parameters
from consult.kit.models import AuditEvent, Notice
from consult.tasks import actions, rules, urging
from consult.tasks.models import Assignment, Reminder, Reply, Task
from consult.tasks.states import Outcome, Promise, Signing
from consult.tasks.states import TaskState as S
from tests import make

ON = make.TODAY + timedelta(days=30)
B = {"outcome": Outcome.B, "promise_on": ON}
SEERS = ("supervision", "office", "chair", "leader")


def seen(user, what):
    return set(what(user).values_list("task_id", flat=True))


def test_a_busy_department_finds_the_same(place, cast, monkeypatch):
    """Whether parts are put side by side or tasks asked one by one."""
    tasks = [make.task(place, cast, co=[place.b]) for _n in range(2)]
    make.task(place, cast, state=S.PROPOSED)
    for busy in (rules.BUSY, 1):
        monkeypatch.setattr(rules, "BUSY", busy)
        assert set(rules.handled_by(cast.clerk)) == set(tasks)
        assert set(rules.handled_by(cast.clerk2)) == set(tasks)
        for name in ("other_clerk", "office", "supervision", "resident"):
            assert not rules.handled_by(getattr(cast, name)).exists(), name


def test_asks_are_those_of_ones_districts(place, cast):
    more, back, _none = make.task(place, cast, state=S.HANDLING), make.task(place, cast), make.task(place, cast)
    actions.ask_extension(more, asked_until=more.due_on + timedelta(days=10), reason="需论证", progress="正在推进",
                          by=cast.clerk, at=make.AT)
    actions.ask_return(back, reason="不属于我局职责", suggested=place.b, by=cast.clerk, at=make.AT)
    assert set(Task.objects.asking()) == set(Task.objects.asking([place.jurisdiction.pk])) == {more, back}
    assert not Task.objects.asking([place.other.pk]).exists()


# --- responsibilities ---------------------------------------------------------------------------------------------


def test_parts_are_seen_by_whoever_sees_the_task(place, cast):
    task = make.task(place, cast, co=[place.b])
    make.task(place, cast, state=S.PROPOSED)
    for name in (*SEERS, "clerk", "clerk2"):
        assert seen(getattr(cast, name), rules.assignments_visible_to) == {task.pk}, name
    for name in ("resident", "stranger", "sysadmin", "cadre", "expert", "other_office", "other_clerk"):
        assert seen(getattr(cast, name), rules.assignments_visible_to) == set(), name
    for name in cast.__dataclass_fields__:
        user = getattr(cast, name)
        tasks = set(rules.visible_to(user).values_list("pk", flat=True))
        assert all(part.task_id in tasks for part in rules.assignments_visible_to(user))


def test_a_part_handed_over_is_no_responsibility_any_more(place, cast):
    task = make.task(place, cast)
    actions.ask_return(task, reason="不属于我局职责", suggested=place.b, by=cast.clerk, at=make.AT)
    actions.grant_return(task, to=place.b, by=cast.supervision, at=make.AT)
    assert [part.department for part in rules.assignments_visible_to(cast.supervision)] == [place.b]
    assert seen(cast.clerk, rules.assignments_visible_to) == set()


def test_signed_for_or_not_is_the_same_in_a_row_and_in_the_database(place, cast):
    make.task(place, cast, state=S.HANDLING)
    part = make.task(place, cast).assignments.get()
    for day, late in ((part.sign_by, Signing.WAITS), (part.sign_by + timedelta(days=1), Signing.LATE)):
        parts = Assignment.objects.in_force()
        assert {one.signing(day) for one in parts} == {Signing.SIGNED, late}
        for how in Signing:
            assert set(parts.signing(how, day)) == {one for one in parts if one.signing(day) == how}


# --- results ------------------------------------------------------------------------------------------------------


def test_a_result_is_one_once_it_is_approved(place, cast):
    task = make.task(place, cast, state=S.IN_REVIEW)
    for name in (*SEERS, "clerk"):
        assert seen(getattr(cast, name), rules.results_visible_to) == set(), name
    actions.approve(task, by=cast.supervision, at=make.AT)
    for name in (*SEERS, "clerk"):
        assert seen(getattr(cast, name), rules.results_visible_to) == {task.pk}, name
    for name in ("clerk2", "resident", "stranger", "sysadmin", "other_office"):
        assert seen(getattr(cast, name), rules.results_visible_to) == set(), name


def test_after_a_second_handling_its_reply_counts(place, cast):
    task = make.task(place, cast, state=S.ANSWERED)
    first = task.replies.get()
    actions.rehandle(task, note="居民代表不满意", by=cast.office, at=make.AT)
    assert list(Reply.objects.results()) == [first]
    make.carry(Task.objects.get(pk=task.pk), cast, S.ANSWERED, reply={"outcome": Outcome.C})
    result, = Reply.objects.results()
    assert (result.round, result.outcome) == (2, Outcome.C)


def test_a_kept_promise_counts_as_settled(place, cast):
    settled, kept, open_, broken = (make.task(place, cast, state=S.ANSWERED, reply=reply).replies.get() for reply in (
        {}, B, {**B, "promise_on": ON + timedelta(days=9)}, B))
    actions.fulfil(kept, evidence="已验收", by=cast.supervision, at=make.AT)
    replies, later = list(Reply.objects.results()), ON + timedelta(days=1)
    for outcome in Outcome:
        assert set(Reply.objects.resulting(outcome)) == {one for one in replies if one.result == outcome}
    assert set(Reply.objects.resulting("A")) == {settled, kept}
    for day in (ON, later):
        for what in Promise:
            assert set(Reply.objects.promising(what, day)) == {one for one in replies if one.promise(day) == what}
    assert set(Reply.objects.promising(Promise.BROKEN, later)) == {broken}
    assert set(Reply.objects.promising(Promise.OPEN, later)) == {open_}
    assert settled.promise(later) is None


# --- several urged at once ----------------------------------------------------------------------------------------


def many(cast, *tasks, by="supervision", text="请抓紧办理。"):
    return actions.urge_many(tasks, text=text, by=getattr(cast, by), at=make.AT)


def test_each_is_urged_for_itself_and_what_cannot_be_says_why(place, cast):
    tasks = [make.task(place, cast, state=state) for state in (S.PROPOSED, S.ASSIGNED, S.HANDLING, S.IN_REVIEW, S.CLOSED)]
    expected = [urging.hindrance(task, cast.supervision) for task in tasks]
    done = many(cast, *tasks)
    assert [one.task for one in done] == tasks and [str(one.reason) for one in done] == [str(reason) for reason in expected]
    assert [bool(one.reason) for one in done] == [True, False, False, True, True]
    assert set(Reminder.objects.values_list("task", "text")) == {(task.pk, "请抓紧办理。") for task in tasks[1:3]}
    assert AuditEvent.objects.filter(verb="tasks.urge").count() == 2
    assert Notice.objects.filter(user=cast.clerk, kind="tasks.urged").count() == 2


def test_who_may_not_urge_one_may_not_urge_many(place, cast):
    task = make.task(place, cast)
    for name in ("clerk", "chair", "leader", "member", "other_office", "stranger"):
        done, = many(cast, task, by=name)
        assert done.reason, name
    assert not Reminder.objects.exists()


def test_one_that_moved_on_meanwhile_stops_none_of_the_others(place, cast):
    stale, open_ = make.task(place, cast, state=S.HANDLING), make.task(place, cast, state=S.HANDLING)
    make.carry(Task.objects.get(pk=stale.pk), cast, S.IN_REVIEW)
    done = many(cast, stale, open_)
    assert [bool(one.reason) for one in done] == [True, False] and Reminder.objects.get().task == open_


@pytest.mark.parametrize(("text", "field"), [("  ", "text"), ("长" * 301, "text")])
def test_the_words_are_read_once_for_all(place, cast, text, field):
    with pytest.raises(ValidationError) as refused:
        many(cast, make.task(place, cast), text=text)
    assert list(refused.value.error_dict) == [field] and not Reminder.objects.exists()


def test_none_and_too_many_are_refused_as_a_whole(place, cast):
    tasks = [make.task(place, cast) for _n in range(3)]
    parameters.put("task_bulk_max", 2, since=make.TODAY, basis="试", by=cast.sysadmin, at=make.AT)
    for some in ((), tasks):
        with pytest.raises(ValidationError):
            many(cast, *some)
    assert not Reminder.objects.exists() and not any(one.reason for one in many(cast, *tasks[:2]))


def test_why_not_costs_no_query_a_task(place, cast):
    tasks = [make.task(place, cast, state=state) for state in (S.PROPOSED, S.ASSIGNED)]
    urging.hindrance(tasks[0], cast.supervision)
    with CaptureQueriesContext(connection) as asked:
        assert [bool(urging.hindrance(task, cast.supervision)) for task in tasks] == [True, False]
    assert len(asked) == 0
