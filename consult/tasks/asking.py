"""What a department may ask and the supervision office decides: to return the task, or more time."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, parameters
from consult.kit.rules import require
from consult.kit.states import WrongState, move
from consult.people.models import Department
from consult.tasks import clock, notices, rules
from consult.tasks.assigning import hand_over
from consult.tasks.holding import brief, held, part_of, said
from consult.tasks.models import Assignment, Extension, ReturnRequest, Task
from consult.tasks.states import OWED, AskState, TaskState

#: The longest reason of a decision.
DECISION = 300
WORKING = (TaskState.ASSIGNED, TaskState.HANDLING)


# --- returns (退办) -----------------------------------------------------------------------------------------------

def ask_return(task: Task, *, reason: str, suggested: Department, by: Any, at: datetime) -> ReturnRequest:
    """Not our duty: within the window, with the reason and who should handle it. The clock runs on."""
    reason = said("reason", reason, _("Say why this is not your department's duty."))
    with held(task, rules.may_ask_return, by, *WORKING) as fresh:
        part = part_of(fresh, by)
        _in_window(part, calendar.local_date(at))
        _not_too_often(fresh, at)
        if suggested.pk == part.department_id or suggested.jurisdiction_id != fresh.jurisdiction_id:
            raise ValidationError({"suggested": _("Name another department of this district that should handle it.")})
        ask = ReturnRequest.objects.create(assignment=part, jurisdiction=fresh.jurisdiction, reason=reason, suggested=suggested,
                                           asked_by=by, asked_at=at)
        audit.write("tasks.ask_return", fresh, by=by, at=at, data={
            "department": part.department.name, "suggested": suggested.name})
        notices.tell_supervision("return_asked", fresh, at=at, department=part.department.name)
        notices.tell_office("return_asked", fresh, at=at, department=part.department.name)
    return ask


def _in_window(part: Assignment, today: date) -> None:
    if today > part.return_by:
        raise ValidationError(_("A task may be returned until %(date)s. That day has passed, so it stays with your department.")
                              % {"date": part.return_by})


def _not_too_often(task: Task, at: datetime) -> None:
    returns = ReturnRequest.objects.filter(assignment__task=task)
    if returns.filter(state=AskState.ASKED, assignment__ended_at=None).exists():
        raise ValidationError(_("A return of this task waits to be decided already."))
    most = parameters.value("task_return_max", calendar.local_date(at))
    if returns.filter(state=AskState.GRANTED).count() >= most:
        raise ValidationError(_("This task has been returned %(n)s times. Now the leader decides who handles it.") % {"n": most})


def _open_return(task: Task) -> ReturnRequest:
    asked = ReturnRequest.objects.filter(assignment__task=task, assignment__ended_at=None, state=AskState.ASKED)
    ask = asked.order_by("asked_at", "id").first()
    if ask is None:
        raise WrongState(_("No return waits to be decided."))
    return ask


def grant_return(task: Task, *, to: Department, decision: str = "", by: Any, at: datetime) -> Task:
    """The part goes to another department, named here; it gets its own days to sign, the task keeps its due date."""
    decision = brief("decision", decision, DECISION)
    with held(task, rules.may_grant_return, by, *OWED) as fresh:
        ask = _open_return(fresh)
        require(rules.did_not_ask, by, ask)
        move(ask, "grant", by=by, at=at, who=by, when=at, decision=decision)
        part = ask.assignment
        audit.write("tasks.grant_return", fresh, by=by, at=at, data={"from": part.department.name, "to": to.name})
        notices.tell("return_granted", fresh, notices.clerks([part.department], calendar.local_date(at)), at=at)
        hand_over(fresh, part, to, by=by, at=at, reason=decision)
    return task


def refuse_return(task: Task, *, decision: str, by: Any, at: datetime) -> Task:
    decision = said("decision", decision, _("Say why the task stays with the department."), DECISION)
    with held(task, rules.may_refuse_return, by, *OWED) as fresh:
        ask = _open_return(fresh)
        require(rules.did_not_ask, by, ask)
        move(ask, "refuse", by=by, at=at, who=by, when=at, decision=decision)
        audit.write("tasks.refuse_return", fresh, by=by, at=at, data={"department": ask.assignment.department.name})
        notices.tell_departments("return_refused", fresh, at=at, parts=[ask.assignment])
    return task


# --- extensions (延期) --------------------------------------------------------------------------------------------

def ask_extension(task: Task, *, asked_until: date, reason: str, progress: str, by: Any, at: datetime) -> Extension:
    """More time, asked before the due date, once, with the reason and the progress so far."""
    reason = said("reason", reason, _("Say why more time is needed."))
    progress = said("progress", progress, _("Say what has been done so far."))
    with held(task, rules.may_ask_extension, by, TaskState.HANDLING) as fresh:
        _before_due(fresh, calendar.local_date(at))
        _once(fresh, at)
        _possible(fresh, "asked_until", asked_until)
        ask = Extension.objects.create(
            task=fresh, jurisdiction=fresh.jurisdiction, round=fresh.round, asked_until=asked_until, reason=reason,
            progress=progress, asked_by=by, asked_at=at)
        audit.write("tasks.ask_extension", fresh, by=by, at=at, data={"asked_until": asked_until})
        notices.tell_supervision("extension_asked", fresh, at=at, until=asked_until)
    return ask


def _before_due(task: Task, today: date) -> None:
    if task.due_on is None or today >= task.due_on:
        raise ValidationError(_("More time must be asked before the due date, %(date)s.") % {"date": task.due_on})


def _once(task: Task, at: datetime) -> None:
    if task.extensions.filter(state=AskState.ASKED).exists():
        raise ValidationError(_("An extension of this task waits to be decided already."))
    most = parameters.value("task_extension_times", calendar.local_date(at))
    if task.extensions.filter(state=AskState.GRANTED).count() >= most:
        raise ValidationError(_("A task is extended only once, and this one has been."))


def _possible(task: Task, field: str, until: date) -> None:
    """After the due date, at most a month more, never past six months from the assignment."""
    if task.due_on is None or until <= task.due_on:
        raise ValidationError({field: _("Choose a day after the due date, %(date)s.") % {"date": task.due_on}})
    longest = clock.longest(task)
    if until > longest:
        raise ValidationError({field: _("Choose %(date)s or an earlier day: one month more at most, and never past six "
                                        "months from the assignment.") % {"date": longest}})


def _open_extension(task: Task) -> Extension:
    ask = task.extensions.filter(state=AskState.ASKED).first()
    if ask is None:
        raise WrongState(_("No extension waits to be decided."))
    return ask


def grant_extension(task: Task, *, granted_until: date, decision: str = "", by: Any, at: datetime) -> Task:
    """The approver, not the asker, writes a definite new date."""
    decision = brief("decision", decision, DECISION)
    with held(task, rules.may_grant_extension, by, *OWED, TaskState.IN_REVIEW) as fresh:
        ask = _open_extension(fresh)
        require(rules.did_not_ask, by, ask)
        _possible(fresh, "granted_until", granted_until)
        if not calendar.is_workday(granted_until):
            raise ValidationError({"granted_until": _("This is a day of rest: choose a working day.")})
        move(ask, "grant", by=by, at=at, who=by, when=at, decision=decision, granted_until=granted_until)
        audit.write("tasks.grant_extension", fresh, by=by, at=at, data={"granted_until": granted_until})
        clock.recompute(fresh, by=by, at=at)
        notices.tell_departments("extension_granted", fresh, at=at, until=fresh.due_on)
    return task


def refuse_extension(task: Task, *, decision: str, by: Any, at: datetime) -> Task:
    decision = said("decision", decision, _("Say why there is no more time."), DECISION)
    with transaction.atomic(), held(task, rules.may_refuse_extension, by) as fresh:
        ask = _open_extension(fresh)
        require(rules.did_not_ask, by, ask)
        move(ask, "refuse", by=by, at=at, who=by, when=at, decision=decision)
        audit.write("tasks.refuse_extension", fresh, by=by, at=at)
        notices.tell_departments("extension_refused", fresh, at=at)
    return task
