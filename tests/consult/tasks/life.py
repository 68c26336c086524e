"""The whole life of tasks as a machine: any verb, by anybody, on objects read long ago; the clock goes on between them.

Half of the steps are what somebody in the right place would do next, so that lives come to their end; the other half are
anybody's, with words missing and dates that cannot be. What must hold is looked at after each step.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState
from consult.kit import audit, calendar
from consult.kit.models import AuditEvent
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.models import Appointment
from consult.tasks import actions
from consult.tasks.models import Assignment, ReturnRequest, Task
from consult.tasks.replying import unsigned
from consult.tasks.states import OWED, AskState, ReplyState
from consult.tasks.states import TaskState as S
from tests.consult.tasks import stage
from tests.consult.tasks import verbs_desk as verbs_desk
from tests.consult.tasks.verbs import SILENT, VERBS, right, usual

#: What a task may become in one step.
STEPS = {(move.source, move.target) for move in Task._meta.get_field("state").get_all_transitions(Task)}
ANSWERED = (S.IN_REVIEW, S.ANSWERED, S.CLOSED)
TEXT = "逐条答复如下。"

class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now: datetime = stage.START
        self.before: dict[int, Any] = {}
        self.stale = {task.pk: Task.objects.get(pk=task.pk) for task in stage.world.tasks}
        self.events = AuditEvent.objects.count()
        self.look()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- steps ------------------------------------------------------------------------------------------------

    @rule(seed=st.integers(0, 2 ** 32))
    def what_comes_next(self, seed: int) -> None:
        chance = random.Random(seed)
        task = self.task(chance)
        verb, by = right(task, chance, self)
        if chance.random() < .5:  # first with something amiss
            self.attempt(verb, task, by, chance, well=False)
        self.attempt(verb, task, by, chance, well=True)

    @rule(seed=st.integers(0, 2 ** 32))
    def whatever_by_anybody(self, seed: int) -> None:
        chance = random.Random(seed)
        verb, task = chance.choice(list(VERBS)), self.task(chance)
        if verb == "drop" and chance.random() < .8:  # it ends a life before it began
            verb = "submit_reply"
        who = chance.choice(stage.world.people) if chance.random() < .3 else usual(verb, task, chance)
        self.attempt(verb, task, who, chance, well=chance.random() < .6)

    @rule(days=st.sampled_from([0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55]))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=1)
        today = calendar.local_date(self.now)
        actions.remind(today=today, at=self.now)
        evaluations.expire(today=today, at=self.now)

    def task(self, chance: random.Random) -> Task:
        """One as somebody read it just now, or a while ago."""
        task = chance.choice(stage.world.tasks)
        if chance.random() < .8:
            self.stale[task.pk] = Task.objects.get(pk=task.pk)
        return self.stale[task.pk]

    def attempt(self, verb: str, task: Task, by: Any, chance: random.Random, *, well: bool) -> None:
        stage.tried[verb] += 1
        before = AuditEvent.objects.count()
        try:
            with transaction.atomic():
                VERBS[verb](self, task, by, chance, well)
        except (Denied, ValidationError, WrongState) as no:
            stage.refused.update(str(one) for one in (no.messages if isinstance(no, ValidationError) else [no.reason]))
            assert AuditEvent.objects.count() == before, f"{verb} was refused and left a trace"
        else:
            stage.done[verb] += 1
            assert AuditEvent.objects.count() > before or verb in SILENT, f"{verb} left no trace"

    # --- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        self.look()

    def look(self) -> None:
        events = AuditEvent.objects.count()
        assert events >= self.events
        self.events = events
        tasks = list(Task.objects.filter(pk__in=[task.pk for task in stage.world.tasks]).prefetch_related(
            "assignments", "replies", "extensions", "meetings"))
        assert len(tasks) == len(stage.world.tasks)  # proposed = open + closed + not assigned: none is lost, none is there twice
        assert sum(task.state in (*OWED, *ANSWERED, S.PROPOSED, S.DROPPED) for task in tasks) == len(tasks)
        for task in tasks:
            self.moved(task)
            evidence(task)
            limits(task)
        rated()

    def moved(self, task: Task) -> None:
        """No state skipped; the original date never changes; another date moves only with an event."""
        moves = audit.trail_of(task).filter(verb="tasks.recompute").count()
        now = (task.state, task.original_due_on, task.due_on, moves)
        was = self.before.setdefault(task.pk, now)
        self.before[task.pk] = now
        assert was[0] == now[0] or (was[0], now[0]) in STEPS, f"{was[0]} → {now[0]}"
        assert was[1] in (None, now[1])
        assert was[2] in (None, now[2]) or moves > was[3], f"due date moved from {was[2]} to {now[2]} without an event"


def evidence(task: Task) -> None:
    """Nothing is answered without an answer, a talk where one is due, and everybody's signature."""
    leads = [part for part in task.parts if part.leads]
    assert len(leads) <= 1 and (task.state in (S.PROPOSED, S.DROPPED)) == (not task.parts)
    if task.state not in ANSWERED:
        return
    final = {reply.department_id for reply in task.replies_now
             if reply.whole and reply.contact and reply.state in (ReplyState.SUBMITTED, ReplyState.APPROVED)}
    assert all(part.department_id in final for part in task.parts if part.answers)
    assert not unsigned(task)
    assert not task.key or any(talk.held_on >= task.began_on for talk in task.meetings.all())
    if task.state != S.IN_REVIEW:
        assert all(reply.reviewed_by_id not in (None, reply.written_by_id) for reply in task.replies_now
                   if reply.state == ReplyState.APPROVED)
        assert all(reply.promise_on for reply in task.replies_now if reply.outcome == "B")


def limits(task: Task) -> None:
    """Two returns at most, one extension at most and never past six months; one thing asked at a time."""
    asks = [one.state for one in task.extensions.all()]
    assert asks.count(AskState.GRANTED) <= 1 and asks.count(AskState.ASKED) <= 1
    returns = list(ReturnRequest.objects.filter(assignment__task=task).values_list("state", flat=True))
    assert returns.count(AskState.GRANTED) <= 2
    assert task.stops.filter(until=None).count() <= 1


def rated() -> None:
    """Whoever handles a matter never rates it."""
    for rating in Rating.objects.filter(state=RatingState.GIVEN).exclude(member=None):
        handlers = Assignment.objects.filter(task=rating.task).values("department_id")
        assert not Appointment.objects.filter(user=rating.member.user_id, department__in=handlers).exists()
