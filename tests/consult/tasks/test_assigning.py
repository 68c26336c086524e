"""From a leader's words to a department's duty: who may, when, and what the clock says."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.briefings.states import InstructionState
from consult.kit import grants
from consult.kit.audit import trail_of
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.recommendations.states import RecommendationState
from consult.tasks import actions, rules
from consult.tasks.models import Assignment, Task
from consult.tasks.states import TaskState
from tests import make

S = TaskState
NOT_SUPERVISION = ("clerk", "clerk2", "office", "chair", "leader", "member", "resident", "expert", "cadre", "stranger",
                   "sysadmin", "secadmin", "auditadmin", "other_office", "other_clerk")


def test_a_working_instruction_proposes_a_task_for_each_recommendation(place, cast, at):
    first = make.recommendation(place, cast)
    second = make.recommendation(place, cast, consultation=first.consultation, title="另一条")
    papers = make.instructed(place, cast, first, second)
    tasks = list(Task.objects.filter(instruction=papers).order_by("pk"))
    assert [task.recommendation for task in tasks] == [first, second]
    assert {task.state for task in tasks} == {S.PROPOSED}
    assert type(first).objects.get(pk=first.pk).state == RecommendationState.INSTRUCTED
    assert Notice.objects.filter(user=cast.supervision, kind="tasks.proposed").count() == 2
    assert tasks[0].number != tasks[1].number


@pytest.mark.parametrize("kind", ["read", "circled"])
def test_a_paper_only_read_leads_to_no_task(place, cast, kind):
    make.instructed(place, cast, kind=kind, text="")
    assert not Task.objects.exists()


@pytest.mark.parametrize("name", NOT_SUPERVISION)
def test_only_the_supervision_office_assigns(place, cast, at, name):
    task = make.task(place, cast, state=S.PROPOSED)
    with pytest.raises(Denied):
        actions.assign(task, lead=place.a, by=getattr(cast, name), at=at)
    assert Task.objects.get().state == S.PROPOSED
    assert not Assignment.objects.exists()


def test_assigning_starts_the_clock_and_tells_the_departments(place, cast, at):
    task = make.task(place, cast, state=S.PROPOSED)
    actions.assign(task, lead=place.a, co=[place.b], key=True, by=cast.supervision, at=at)
    lead, co = task.parts
    assert (lead.part, co.part) == ("lead", "co")
    # Three months from Tuesday 24 November 2026; two and five working days.
    assert task.due_on == task.original_due_on == date(2027, 2, 24)
    assert (lead.sign_by, lead.return_by) == (date(2026, 11, 26), date(2026, 12, 1))
    assert task.instruction.state == InstructionState.ASSIGNED
    assert task.recommendation.state == RecommendationState.ASSIGNED
    assert set(Notice.objects.filter(kind="tasks.assigned").values_list("user", flat=True)) == {cast.clerk.pk, cast.clerk2.pk}
    with pytest.raises(WrongState):
        actions.assign(task, lead=place.a, by=cast.supervision, at=at)


def test_an_urgent_task_has_fifteen_working_days(place, cast):
    assert make.task(place, cast, urgent=True).due_on == date(2026, 12, 15)


@pytest.mark.parametrize(("parts", "kinds"), [
    ({"lead": "a"}, ["sole"]), ({"lead": "a", "co": ["b"]}, ["lead", "co"]), ({"separate": ["a", "b"]}, ["separate", "separate"]),
    ({"lead": "a", "separate": ["b"]}, ["separate", "separate"])])
def test_four_ways_to_share(place, cast, at, parts, kinds):
    task = make.task(place, cast, state=S.PROPOSED)
    named = {key: getattr(place, value) if isinstance(value, str) else [getattr(place, one) for one in value]
             for key, value in parts.items()}
    actions.assign(task, **named, by=cast.supervision, at=at)
    assert [part.part for part in task.parts] == kinds


@pytest.mark.parametrize("parts", [{}, {"separate": ["a"]}, {"lead": "a", "co": ["a"]}, {"co": ["b"]},
                                   {"lead": "other_department"}])
def test_other_ways_are_refused(place, cast, at, parts):
    task = make.task(place, cast, state=S.PROPOSED)
    named = {key: getattr(place, value) if isinstance(value, str) else [getattr(place, one) for one in value]
             for key, value in parts.items()}
    with pytest.raises(ValidationError):
        actions.assign(task, **named, by=cast.supervision, at=at)
    assert Task.objects.get().state == S.PROPOSED


def test_who_sees_a_task(place, cast):
    task = make.task(place, cast)
    _dept, clerk3 = make.third_department(place)
    seen = {name for name, user in {**cast.roles(), "clerk3": clerk3}.items()
            if rules.visible_to(user).filter(pk=task.pk).exists()}
    assert seen == {"supervision", "office", "chair", "leader", "clerk", "member", "lawyer"}


def test_another_leader_does_not_see_it(place, cast):
    task = make.task(place, cast)
    second = make.appointed("leader2", "另一位领导", "party_gov_leader", place.jurisdiction)
    assert not rules.visible_to(second).filter(pk=task.pk).exists()


def test_before_it_is_assigned_a_department_knows_nothing(place, cast):
    task = make.task(place, cast, state=S.PROPOSED)
    assert not rules.visible_to(cast.clerk).filter(pk=task.pk).exists()
    assert not rules.visible_to(cast.member).filter(pk=task.pk).exists()
    assert rules.visible_to(cast.leader).filter(pk=task.pk).exists()


def test_signing_for_begins_the_handling_but_not_the_clock(place, cast, at):
    task = make.task(place, cast, co=[place.b])
    due = task.due_on
    actions.sign_for(task, by=cast.clerk2, at=at + timedelta(days=1))
    assert task.state == S.ASSIGNED
    actions.sign_for(task, by=cast.clerk, at=at + timedelta(days=2))
    assert (task.state, task.due_on) == (S.HANDLING, due)
    with pytest.raises(Denied):
        actions.sign_for(task, by=cast.clerk, at=at)
    for name in ("supervision", "office", "other_clerk", "member"):
        with pytest.raises(Denied):
            actions.sign_for(task, by=getattr(cast, name), at=at)


def test_a_dropped_task_says_why_and_stays(place, cast, at):
    task = make.task(place, cast, state=S.PROPOSED)
    with pytest.raises(ValidationError):
        actions.drop(task, reason=" ", by=cast.supervision, at=at)
    with pytest.raises(Denied):
        actions.drop(task, reason="重复", by=cast.office, at=at)
    actions.drop(task, reason="重复", by=cast.supervision, at=at)
    assert trail_of(task).last().data == {"reason": "重复"}
    with pytest.raises(WrongState):
        actions.assign(task, lead=place.a, by=cast.supervision, at=at)


def test_a_grant_opens_one_task_to_one_person_until_a_date(place, cast, at):
    task = make.task(place, cast)
    grants.give(cast.expert, "view", task, by=cast.supervision, at=at, reason="请专家看一看", until=make.TODAY)
    assert rules.visible_to(cast.expert).filter(pk=task.pk).exists()
    assert not rules.may_read_file(cast.expert, task)
