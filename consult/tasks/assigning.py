"""From a leader's words to a department's duty: record the instruction, propose, assign, sign for, reassign."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.briefings import actions as briefings
from consult.briefings.models import Briefing, Instruction
from consult.briefings.states import WORKING
from consult.kit import audit, calendar, numbering, search
from consult.kit.states import can, move
from consult.people.models import Department
from consult.recommendations import actions as recommendations
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from consult.tasks import clock, notices, rules
from consult.tasks.holding import held, said
from consult.tasks.models import Assignment, Task
from consult.tasks.states import OWED, AskState, Part, TaskState
from consult.topics import actions as topics
from consult.topics.models import Topic
from consult.topics.states import TopicState


def record_instruction(briefing: Briefing, *, kind: str, text: str, given_on: date, leader: Any = None, by: Any,
                       at: datetime) -> Instruction:
    """Register a leader's words on an issued paper; words that ask for work become one proposed task a recommendation.

    ``leader`` None: ``by`` is the leader. The briefings room asks its own rule who may register.
    """
    with transaction.atomic():
        instruction = briefings.register_instruction(issue=briefing.paper, leader=leader or by, kind=kind, text=text,
                                                     given_on=given_on, by=by, at=at)
        if kind in WORKING:
            for item in briefing.items.select_related("recommendation").order_by("order", "id"):
                propose(instruction, item.recommendation, by=by, at=at)
    return instruction


def propose(instruction: Instruction, recommendation: Recommendation, *, by: Any, at: datetime) -> Task:
    """A task for the supervision office to assign, in the recommendation's own words."""
    with transaction.atomic():
        year = calendar.local_date(at).year
        task = Task.objects.create(
            number=f"RW{year}-{numbering.next_number('tasks', year):03d}", title=recommendation.title,
            text=recommendation.text, jurisdiction=instruction.jurisdiction, instruction=instruction, leader=instruction.leader,
            recommendation=recommendation, proposed_at=at)
        search.put(task)
        audit.write("tasks.propose", task, by=by, at=at, after=task.state, data={"instruction": instruction.number})
        if recommendation.state == RecommendationState.BRIEFED:
            recommendations.instruct(recommendation, by=by, at=at, task=task.number)
        notices.tell_supervision("proposed", task, at=at)
    return task


def assign(task: Task, *, lead: Department | None = None, co: Iterable[Department] = (),
           separate: Iterable[Department] = (), urgent: bool = False, key: bool = False, by: Any, at: datetime) -> Task:
    """The supervision office hands the task over; the clock starts now, not when somebody signs for it.

    A lead alone handles solely (独办); with ``co`` it leads (主办 + 会办); ``separate`` departments each answer (分办).
    """
    parts = _shares(lead, list(co), list(separate))
    with transaction.atomic():
        with held(task, rules.may_assign, by, TaskState.PROPOSED) as fresh:
            _at_home(fresh, [department for department, _part in parts])
            fresh.urgent, fresh.key = urgent, key
            fresh.save(update_fields=["urgent", "key"])
            made = [_give(fresh, department, part, at) for department, part in parts]
            clock.start(fresh, at=at)
        data = {"parts": {department.name: part for department, part in parts}, "due_on": task.due_on}
        move(task, "assign", by=by, at=at, rule=rules.may_assign, data=data, who=by)
        recommendations.assign(task.recommendation, by=by, at=at, task=task.number)
        _follow_up(task.recommendation.consultation.topic, by, at)
        if can(task.instruction, "assign"):
            briefings.assign(task.instruction, by=by, at=at, task=task.number)
        notices.tell_departments("assigned", task, at=at, parts=made, sign_by=made[0].sign_by)
    return task


def _follow_up(topic: Topic, by: Any, at: datetime) -> None:
    """What was recommended is being carried out: from here on the topic is followed up."""
    if topic.state == TopicState.CONSULTED:
        topics.track(topic, by=by, at=at)
    elif topic.state == TopicState.CLOSED:
        topics.reopen(topic, by=by, at=at)


def _shares(lead: Department | None, co: list[Department], separate: list[Department]) -> list[tuple[Department, str]]:
    """Who gets which part; raises ValidationError when it is not one of the four ways."""
    if lead is None and (co or len(separate) < 2):
        raise ValidationError({"lead": _("Choose the lead department, or at least two departments that answer separately.")})
    everybody = [*([lead] if lead else []), *co, *separate]
    if len({department.pk for department in everybody}) < len(everybody):
        raise ValidationError({"co": _("A department has one part in a task: choose each only once.")})
    alone = Part.SEPARATE if separate and not co else Part.LEAD if co else Part.SOLE
    first = [(lead, alone)] if lead else []
    return [*first, *((one, Part.CO) for one in co), *((one, Part.SEPARATE) for one in separate)]


def _at_home(task: Task, departments: list[Department]) -> None:
    if any(department.jurisdiction_id != task.jurisdiction_id for department in departments):
        raise ValidationError({"lead": _("Choose departments of this district.")})


def _give(task: Task, department: Department, part: str, at: datetime) -> Assignment:
    return Assignment.objects.create(task=task, jurisdiction=task.jurisdiction, department=department, part=part, assigned_at=at,
                                     sign_by=clock.sign_by(at).on, return_by=clock.return_by(at).on)


def drop(task: Task, *, reason: str, by: Any, at: datetime) -> Task:
    """A proposed task is not assigned, with the reason on record."""
    reason = said("reason", reason, _("Say why no department gets this task."))
    with transaction.atomic():
        move(task, "drop", by=by, at=at, rule=rules.may_drop, data={"reason": reason})
        report_when_done(task, by=by, at=at)
    return task


def sign_for(task: Task, *, by: Any, at: datetime) -> Task:
    """The department takes the task on. Handling begins when the first department that answers has signed."""
    with held(task, rules.may_sign_for, by, *OWED) as fresh:
        for part in fresh.assignments.filter(ended_at=None, signed_at=None, department__in=rules.my_departments(by)):
            part.signed_at, part.signed_by = at, by
            part.save(update_fields=["signed_at", "signed_by"])
            audit.write("tasks.sign_for", fresh, by=by, at=at, data={"department": part.department.name, "part": part.part})
            notices.tell_supervision("signed", fresh, at=at, department=part.department.name)
            if part.answers and fresh.state == TaskState.ASSIGNED:
                move(fresh, "begin", by=by, at=at)
    return task


def reassign(task: Task, *, part: Assignment, to: Department, reason: str, by: Any, at: datetime) -> Task:
    """The leader has decided, or the supervision office corrects itself: another department takes this part."""
    reason = said("reason", reason, _("Say why another department takes this part."))
    with held(task, rules.may_reassign, by, *OWED) as fresh:
        if part.task_id != fresh.pk or part.ended_at is not None:
            raise ValidationError({"part": _("Choose a part that is in force.")})
        hand_over(fresh, part, to, by=by, at=at, reason=reason)
    return task


def hand_over(task: Task, part: Assignment, to: Department, *, by: Any, at: datetime, reason: str) -> Assignment:
    """End one part and give it to another department, with its own days to sign and return; the due date stays."""
    _at_home(task, [to])
    theirs = task.assignments.filter(ended_at=None, department=to).first()
    if theirs and (theirs.pk == part.pk or theirs.answers):
        raise ValidationError({"to": _("This department answers in this task already: choose another.")})
    for gone in [part, *([theirs] if theirs else [])]:
        gone.ended_at = at
        gone.save(update_fields=["ended_at"])
        for ask in gone.returns.filter(state=AskState.ASKED):  # a part that has ended can't be returned any more
            move(ask, "refuse", by=by, at=at, who=by, when=at, decision=reason[:300])
    made = _give(task, to, part.part, at)
    data = {"from": part.department.name, "to": to.name, "part": part.part, "reason": reason}
    if not part.answers or any(one.answers and one.signed_at for one in task.assignments.filter(ended_at=None)):
        audit.write("tasks.reassign", task, by=by, at=at, data=data)
    else:
        move(task, "reassign", by=by, at=at, data=data)
    notices.tell_departments("assigned", task, at=at, parts=[made], sign_by=made.sign_by)
    return made


def report_when_done(task: Task, *, by: Any, at: datetime) -> None:
    """The result goes back to the leader once every task of the instruction is answered."""
    open_ones = [TaskState.PROPOSED, *OWED, TaskState.IN_REVIEW]
    siblings = Task.objects.filter(instruction=task.instruction_id)
    answered = siblings.exclude(state=TaskState.DROPPED)
    if siblings.filter(state__in=open_ones).exists() or not answered.exists() or not can(task.instruction, "report"):
        return
    said = [f"{one.number} {reply.department}: {reply.outcome}" for one in answered.order_by("pk")
            for reply in one.replies_now]
    briefings.report(task.instruction, by=by, at=at, result="\n".join(said))
