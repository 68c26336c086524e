"""What a department does with its task: talk, report, set itself milestones, name a handler, keep its promise."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments, audit, calendar
from consult.kit.rules import require
from consult.kit.states import WrongState
from consult.tasks import notices, rules
from consult.tasks.holding import held, part_of, said
from consult.tasks.models import CoOpinion, Meeting, Milestone, Progress, Reply, Task
from consult.tasks.states import OWED, Outcome, Part, ReplyState, TaskState


def meet(task: Task, *, way: str, held_on: date, people: str, points: str, place: str = "", by: Any,
         at: datetime) -> Meeting:
    """A face-to-face talk (面商) with those who advised: when, where, with whom, and what was agreed."""
    people = said("people", people, _("Say with whom you talked: names or posts, no telephone numbers."))
    points = said("points", points, _("Write down the points agreed."))
    with held(task, rules.may_meet, by, TaskState.HANDLING, TaskState.COSIGNING) as fresh:
        if held_on > calendar.local_date(at):
            raise ValidationError({"held_on": _("This day has not come yet: choose today or an earlier day.")})
        made = Meeting(task=fresh, way=way, held_on=held_on, place=place.strip(), people=people, points=points, by=by, at=at)
        made.full_clean()
        made.save()
        audit.write("tasks.meet", fresh, by=by, at=at, data={"way": way, "held_on": held_on})
    return made


def report_progress(task: Task, *, text: str, percent: int | None = None, photos: Iterable[Any] = (), by: Any,
                    at: datetime) -> Progress:
    """What has been done, how far it is, and what shows it. Nothing is done to a hundred per cent without evidence."""
    text = said("text", text, _("Say what has been done so far."))
    files = list(photos)
    # A promise (outcome B) is reported on after the reply, too.
    with held(task, rules.may_report_progress, by, *OWED, TaskState.ANSWERED) as fresh:
        department = part_of(fresh, by).department
        _may_be(percent, fresh, department, files)
        made = Progress.objects.create(task=fresh, department=department, text=text, percent=percent, by=by, at=at)
        for file in files:
            attachments.attach(made, file, by=by, at=at)
        audit.write("tasks.report_progress", fresh, by=by, at=at, data={
            "department": department.name, "percent": percent, "files": len(files)})
    return made


def _may_be(percent: int | None, task: Task, department: Any, files: list[Any]) -> None:
    if percent is None:
        return
    before = task.progress.filter(department=department).exclude(percent=None).order_by("-at", "-id").first()
    if not 0 <= percent <= 100:
        raise ValidationError({"percent": _("Give a number from 0 to 100.")})
    if before is not None and before.percent is not None and percent < before.percent:
        raise ValidationError({"percent": _("%(n)s per cent were reported already. What was reported stays: say in words what "
                                            "has to be done again.") % {"n": before.percent}})
    if percent == 100 and not files:
        raise ValidationError({"photos": _("Done needs evidence: add a photo or a paper.")})


def give_opinion(task: Task, *, text: str, by: Any, at: datetime) -> CoOpinion:
    """A co-handling department tells the lead what it thinks (会办意见); it does not answer by itself."""
    text = said("text", text, _("Write your department's opinion for the lead department."))
    with held(task, rules.may_give_opinion, by, TaskState.ASSIGNED, TaskState.HANDLING) as fresh:
        part = part_of(fresh, by, Part.CO)
        made = CoOpinion.objects.create(assignment=part, text=text, by=by, at=at)
        audit.write("tasks.give_opinion", fresh, by=by, at=at, data={"department": part.department.name})
        leads = [one for one in fresh.parts if one.leads]
        notices.tell_departments("opinion_given", fresh, at=at, parts=leads, department=part.department.name)
    return made


# --- milestones -----------------------------------------------------------------------------------------------------

def set_milestone(task: Task, *, title: str, due_on: date, by: Any, at: datetime) -> Milestone:
    """A step on the way that the department sets itself, with its day; several make the plan of a long task."""
    title = said("title", title, _("Say what will be done by then."), 120)
    with held(task, rules.may_set_milestone, by, TaskState.ASSIGNED, TaskState.HANDLING, TaskState.ANSWERED) as fresh:
        if due_on < calendar.local_date(at):
            raise ValidationError({"due_on": _("This day is over: choose today or a later day.")})
        department = part_of(fresh, by).department
        made = Milestone.objects.create(task=fresh, department=department, title=title, due_on=due_on, by=by, at=at)
        audit.write("tasks.set_milestone", fresh, by=by, at=at, data={
            "department": department.name, "milestone": made.pk, "due_on": due_on})
    return made


def reach_milestone(task: Task, *, milestone: Milestone, evidence: str, photos: Iterable[Any] = (), by: Any,
                    at: datetime) -> Milestone:
    """It is reached, and this shows it. The day that was set stays beside the day it was reached."""
    evidence = said("evidence", evidence, _("Say what shows that it is reached."))
    with held(task, rules.may_reach_milestone, by, *OWED, TaskState.ANSWERED) as fresh:
        mine = fresh.milestones.filter(pk=milestone.pk, department__in=rules.my_departments(by)).first()
        if mine is None or mine.reached_on:
            raise ValidationError({"milestone": _("Choose a milestone of your department that is still to be reached.")})
        mine.reached_on, mine.evidence = calendar.local_date(at), evidence
        mine.save(update_fields=["reached_on", "evidence"])
        for photo in photos:
            attachments.attach(mine, photo, by=by, at=at)
        audit.write("tasks.reach_milestone", fresh, by=by, at=at, data={"milestone": mine.pk, "due_on": mine.due_on})
    return mine


# --- who in the department -------------------------------------------------------------------------------------------

def name_handler(task: Task, *, handler: Any, by: Any, at: datetime) -> Task:
    """The department names who of its clerks handles the task; from then on that person hears of it first."""
    with held(task, rules.may_name_handler, by, *OWED, TaskState.ANSWERED) as fresh:
        for part in [one for one in fresh.parts if one.department_id in rules.my_departments(by)]:
            if not rules.colleagues([part.department_id], calendar.local_date(at)).filter(pk=handler.pk).exists():
                raise ValidationError({"handler": _("Choose a clerk of your department.")})
            part.handler = handler
            part.save(update_fields=["handler"])
            audit.write("tasks.name_handler", fresh, by=by, at=at, data={
                "department": part.department.name, "handler": handler.pk})
        if handler.pk != by.pk:
            notices.tell("handler", fresh, [handler], at=at)
    return task


# --- the promise ----------------------------------------------------------------------------------------------------

def keep_promise(task: Task, *, evidence: str, by: Any, at: datetime) -> Reply:
    """The promise of this handling is kept: of the department's own reply, or of the only one that waits."""
    waiting = task.replies.filter(round=task.round, outcome=Outcome.B, state=ReplyState.APPROVED, fulfilled_on=None)
    mine = waiting.filter(department__in=rules.my_departments(by))
    reply = mine.first() or (waiting.first() if rules.is_supervision(by, task) else None)
    if reply is None:
        require(rules.may_fulfil, by, task)
        raise WrongState(_("No promise of your department waits to be kept."))
    return fulfil(reply, evidence=evidence, by=by, at=at)


def fulfil(reply: Reply, *, evidence: str, by: Any, at: datetime) -> Reply:
    """B becomes A, with evidence; the approved paper itself stays as it was (see ``Reply.result``)."""
    evidence = said("evidence", evidence, _("Say what shows that the promise is kept."))
    with held(reply.task, rules.may_fulfil, by, TaskState.ANSWERED, TaskState.CLOSED) as task:
        if reply.department_id not in rules.my_departments(by):
            require(rules.is_supervision, by, task)
        fresh = task.replies.get(pk=reply.pk)
        if fresh.state != ReplyState.APPROVED or fresh.outcome != Outcome.B or fresh.fulfilled_on:
            raise WrongState(_("No promise of your department waits to be kept."))
        fresh.fulfilled_on, fresh.evidence = calendar.local_date(at), evidence
        fresh.save(update_fields=["fulfilled_on", "evidence"])
        audit.write("tasks.fulfil", task, by=by, at=at, before=Outcome.B, after=Outcome.A, data={"reply": fresh.pk})
        notices.tell_supervision("fulfilled", task, at=at)
        notices.tell_office("fulfilled", task, at=at)
    reply.fulfilled_on, reply.evidence = fresh.fulfilled_on, fresh.evidence
    return reply
