"""After the reply is written: counter-signed by co-handling departments, reviewed, handled again, closed."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.states import WrongState, can, lock, move
from consult.recommendations import actions as recommendations
from consult.tasks import clock, notices, rules
from consult.tasks.assigning import report_when_done
from consult.tasks.holding import held, part_of, said
from consult.tasks.models import Countersign, Reply, ReturnRequest, Task
from consult.tasks.replying import check_publicity, unsigned
from consult.tasks.states import AskState, Outcome, Part, Publicity, ReplyState, TaskState


def countersign(task: Task, *, note: str = "", by: Any, at: datetime) -> Countersign:
    """A co-handling department stands behind the lead's reply; with the last one the reply goes to review."""
    with held(task, rules.may_countersign, by, TaskState.COSIGNING) as fresh:
        part = part_of(fresh, by, Part.CO)
        missing = unsigned(fresh)
        if part.pk not in {one.pk for one in missing}:
            raise WrongState(_("Your department has counter-signed already."))
        lead = next(one for one in fresh.parts if one.leads)
        reply = fresh.replies.get(department=lead.department_id, round=fresh.round)
        made = Countersign.objects.create(reply=reply, assignment=part, submission=reply.submission,
                                          note=note.strip()[:300], by=by, at=at)
        audit.write("tasks.countersign", fresh, by=by, at=at, data={"department": part.department.name})
        if len(missing) == 1:
            move(fresh, "ready", by=by, at=at)
            notices.tell_supervision("review", fresh, at=at)
    return made


def send_back(task: Task, *, note: str, by: Any, at: datetime) -> Task:
    """The reply does not answer: the departments write again, and co-handling departments sign again."""
    note = said("note", note, _("Say what the reply lacks: which point, which talk, which form."))
    with held(task, rules.may_send_back, by, TaskState.IN_REVIEW, TaskState.COSIGNING) as fresh:
        for reply in _submitted(fresh):
            move(reply, "send_back", by=by, at=at, who=by, when=at, note=note)
        move(fresh, "send_back", by=by, at=at, data={"note": note})
        notices.tell_departments("sent_back", fresh, at=at, parts=[part for part in fresh.parts if part.answers])
    return task


def approve(task: Task, *, note: str = "", outcome: str | None = None, promise_on: date | None = None,
            publicity: str | None = None, publicity_reason: str = "", by: Any, at: datetime) -> Task:
    """The supervision office passes the reply, and may correct the outcome code; the reply is frozen from here on.

    Its publicity is reviewed with it (国办发〔2014〕46号), and one that is open gets the day by which it is published. The
    recommendation is answered, the look-back gets its date (outcome B: the promised day), and with the last task the
    instruction is reported.
    """
    with held(task, rules.may_approve, by, TaskState.IN_REVIEW) as fresh:
        replies = _submitted(fresh)
        for reply in replies:
            code, promise = _judged(reply, outcome, promise_on, len(replies), calendar.local_date(at))
            move(reply, "approve", by=by, at=at, who=by, when=at, note=note.strip(), outcome=code, promise_on=promise,
                 opened=_opened(reply, publicity or reply.publicity, publicity_reason.strip(), at),
                 data={"claimed": reply.outcome, "outcome": code, "sha256": fingerprint(reply)})
        _lay_down(fresh, by, at)
        promises = [reply.promise_on for reply in replies if reply.promise_on]
        move(fresh, "approve", by=by, at=at, when=at, look_back_on=clock.look_back_on(at, promises),
             data={"outcome": {reply.department.name: reply.outcome for reply in replies}})
        if can(fresh.recommendation, "answer"):
            recommendations.answer(fresh.recommendation, by=by, at=at, task=fresh.number)
        report_when_done(fresh, by=by, at=at)
        notices.tell_departments("answered", fresh, at=at)
        notices.tell_office("answered", fresh, at=at)
        notices.tell_leader("answered", fresh, at=at)
    return task


def _submitted(task: Task) -> list[Reply]:
    """What is to be judged: submitted by departments that still have their part."""
    answering = [part.department_id for part in task.parts if part.answers]
    return list(task.replies.filter(round=task.round, state=ReplyState.SUBMITTED, department__in=answering)
                .select_related("department"))


def _lay_down(task: Task, by: Any, at: datetime) -> None:
    """With the answer open asks are over, and a clock that stood still: neither may reach into a second handling."""
    for ask in [*task.extensions.filter(state=AskState.ASKED),
                *ReturnRequest.objects.filter(assignment__task=task, state=AskState.ASKED)]:
        move(ask, "refuse", by=by, at=at, who=by, when=at, decision="")
    task.stops.filter(until=None).update(until=calendar.local_date(at))


def _judged(reply: Reply, outcome: str | None, promise_on: date | None, many: int,
            today: date) -> tuple[str, date | None]:
    """The outcome code and promise after review."""
    if not outcome or outcome == reply.outcome:
        return reply.outcome, reply.promise_on
    if many > 1:
        raise ValidationError({"outcome": _("Several departments answered. Send the replies back to have a code changed.")})
    if outcome != Outcome.B:
        return outcome, None
    if promise_on is None or promise_on <= today:
        raise ValidationError({"promise_on": _("Outcome B is a promise: give the day to come by which it will be kept.")})
    return outcome, promise_on


def _opened(reply: Reply, publicity: str, reason: str, at: datetime) -> tuple[str, str, date | None]:
    """The class of publicity after review, the reason, and by when it is published."""
    reason = reason or (reply.publicity_reason if publicity == reply.publicity else "")
    if wrong := check_publicity(publicity, reason):
        raise ValidationError(wrong)
    return (publicity, "", clock.publish_by(at)) if publicity == Publicity.OPEN else (publicity, reason, None)


def fingerprint(reply: Reply) -> str:
    """The hash of what was submitted, kept in the log when it is approved."""
    words = [reply.doc_no, reply.outcome, reply.whole, str(reply.promise_on), reply.contact, reply.publicity]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


# --- evaluations and follow-ups call these: their own rule has decided --------------------------------------------------

def rehandle(task: Task, *, note: str, by: Any, at: datetime) -> Task:
    """A second handling (二次办理): a new round with its own limit from today; the first dates stay on record."""
    return _again(task, "rehandle", note, by, at)


def reopen(task: Task, *, note: str, by: Any, at: datetime) -> Task:
    """Follow-ups: a look-back found that it is not settled. The same second handling, of a closed task as well."""
    with transaction.atomic():
        closed = lock(task).state == TaskState.CLOSED
        return _again(task, "reopen" if closed else "rehandle", note, by, at)


def _again(task: Task, name: str, note: str, by: Any, at: datetime) -> Task:
    note = said("note", note, _("Say what has to be done again."))
    with transaction.atomic():
        before = task.due_on
        move(task, name, by=by, at=at, data={"note": note, "due_on_before": before, "original": task.original_due_on})
        clock.begin_again(task, by=by, at=at)
        if can(task.recommendation, "redo"):
            recommendations.redo(task.recommendation, by=by, at=at, task=task.number)
        notices.tell_departments("rehandled", task, at=at, due_on=task.due_on)
    return task


def close(task: Task, *, by: Any, at: datetime) -> Task:
    """Struck off: rated, or the time for rating is over."""
    with transaction.atomic():
        move(task, "close", by=by, at=at, when=at)
        notices.tell_departments("closed", task, at=at)
    return task


