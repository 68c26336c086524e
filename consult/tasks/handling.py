"""What a department does with its task: talk, report, give its opinion, write and submit its reply, keep its promise."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments, audit, calendar
from consult.kit.rules import require
from consult.kit.states import WrongState, move
from consult.tasks import notices, rules
from consult.tasks.holding import held, part_of, said
from consult.tasks.models import CoOpinion, Meeting, Progress, Reply, Task
from consult.tasks.states import ANSWERING, OWED, Outcome, Part, Publicity, ReplyState, TaskState


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


# --- the reply ----------------------------------------------------------------------------------------------------

def draft_reply(task: Task, *, outcome: str, text: str, contact: str, promise_on: date | None = None, doc_no: str = "",
                publicity: str = Publicity.OPEN, publicity_reason: str = "", by: Any, at: datetime) -> Reply:
    """Write the department's reply of this handling, or write it again; publicity is decided with the draft.

    Raises ValidationError by field: outcome B needs a promise date to come, an unpublished reply a reason.
    """
    with held(task, rules.may_draft_reply, by, TaskState.HANDLING) as fresh:
        department = part_of(fresh, by, *ANSWERING).department
        reply = fresh.replies.filter(department=department, round=fresh.round).first() or Reply(
            task=fresh, department=department, round=fresh.round)
        if reply.state not in (ReplyState.DRAFTED, ReplyState.RETURNED):
            raise WrongState(_("Your reply is submitted: it can be changed only when it is sent back."))
        reply.outcome, reply.text, reply.contact = outcome, text.strip(), contact.strip()
        reply.promise_on = promise_on if outcome == Outcome.B else None
        reply.doc_no, reply.publicity = doc_no.strip(), publicity
        reply.publicity_reason = "" if publicity == Publicity.OPEN else publicity_reason.strip()
        reply.written_by, reply.written_at = by, at
        check_reply(reply, calendar.local_date(at))
        reply.save()
        audit.write("tasks.draft_reply", fresh, by=by, at=at, data={"department": department.name, "outcome": outcome})
    return reply


def check_reply(reply: Reply, today: date) -> None:
    wrong: dict[str, Any] = {}
    if not reply.text:
        wrong["text"] = _("Answer the recommendation point by point.")
    if not reply.contact:
        wrong["contact"] = _("Name who in your department can be asked, with a telephone number.")
    if reply.outcome not in Outcome.values:
        wrong["outcome"] = _("Choose how it turned out: A, B, C or D.")
    if reply.outcome == Outcome.B and (reply.promise_on is None or reply.promise_on <= today):
        wrong["promise_on"] = _("Outcome B is a promise: give the day to come by which it will be kept.")
    if reply.publicity not in Publicity.values:
        wrong["publicity"] = _("Choose whether the reply is published.")
    if reply.publicity != Publicity.OPEN and not reply.publicity_reason:
        wrong["publicity_reason"] = _("Say why the reply is not published on your own initiative.")
    if wrong:
        raise ValidationError(wrong)
    reply.full_clean(exclude=["state"])


def submit_reply(task: Task, *, by: Any, at: datetime) -> Task:
    """The department's reply is final for its part. When all parts have answered: counter-signatures, then review."""
    with held(task, rules.may_submit_reply, by, TaskState.HANDLING) as fresh:
        reply = fresh.replies.filter(department=part_of(fresh, by, *ANSWERING).department, round=fresh.round).first()
        if reply is None:
            raise ValidationError(_("Write the reply first."))
        _talked(fresh)
        check_reply(reply, calendar.local_date(at))
        move(reply, "submit", by=by, at=at)
        data = {"department": reply.department.name, "outcome": reply.outcome}
        if not _all_answered(fresh):
            audit.write("tasks.submit_reply", fresh, by=by, at=at, data=data)
        elif missing := unsigned(fresh):
            move(fresh, "submit_reply", by=by, at=at, data=data)
            notices.tell_departments("countersign", fresh, at=at, parts=missing)
        else:
            audit.write("tasks.submit_reply", fresh, by=by, at=at, data=data)
            move(fresh, "ready", by=by, at=at)
            notices.tell_supervision("review", fresh, at=at)
    return task


def _talked(task: Task) -> None:
    if task.key and not task.meetings.filter(held_on__gte=task.began_on).exists():
        raise ValidationError(_("This is a key item: record a face-to-face talk before you submit the reply."))


def _all_answered(task: Task) -> bool:
    final = {reply.department_id for reply in task.replies.filter(round=task.round)
             if reply.state in (ReplyState.SUBMITTED, ReplyState.APPROVED)}
    return all(part.department_id in final for part in task.parts if part.answers)


def unsigned(task: Task) -> list[Any]:
    """The co-handling parts whose counter-signature the lead's reply, as it was last submitted, still lacks."""
    lead = next((part for part in task.parts if part.leads), None)
    reply = task.replies.filter(department=lead.department_id, round=task.round).first() if lead else None
    signed = set(reply.countersigns.filter(submission=reply.submission).values_list("assignment_id", flat=True)
                 ) if reply else set()
    return [part for part in task.parts if part.part == Part.CO and part.pk not in signed]


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


