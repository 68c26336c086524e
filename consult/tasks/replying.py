"""The reply of a department: kept while it is being written, checked, and submitted."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments, audit, calendar, secrecy
from consult.kit.states import WrongState, move
from consult.tasks import notices, points, rules
from consult.tasks.holding import held, part_of
from consult.tasks.models import Draft, Reply, Task
from consult.tasks.states import ANSWERING, Outcome, Part, Publicity, ReplyState, TaskState

#: The longest working copy: the longest answer, and as much again for the points.
LONGEST = 60000
WRITABLE = (ReplyState.DRAFTED, ReplyState.RETURNED)


def keep_draft(task: Task, *, fields: Mapping[str, Any], version: int, by: Any, at: datetime) -> Draft:
    """Keep the words on the screen as they are, finished or not; no event is written, nobody is told.

    ``version`` is the copy the screen began with: when a colleague has gone on since, nothing is overwritten.
    """
    with held(task, rules.may_draft_reply, by, TaskState.HANDLING) as fresh:
        department = part_of(fresh, by, *ANSWERING).department
        if fresh.replies.filter(department=department, round=fresh.round).exclude(state__in=WRITABLE).exists():
            raise WrongState(_("Your reply is submitted: it can be changed only when it is sent back."))
        words = {str(name): value for name, value in fields.items() if value not in ("", None)}
        if sum(len(str(value)) for value in words.values()) > LONGEST:
            raise ValidationError(_("Please keep it within %(n)s characters.") % {"n": LONGEST})
        if any(secrecy.marked(str(value)) for value in words.values()):
            raise ValidationError(secrecy.REFUSED)
        draft = Draft.objects.filter(task=fresh, department=department, round=fresh.round).select_related("by").first()
        if draft is None:
            _worth(words)
            draft = Draft(task=fresh, department=department, round=fresh.round)
        elif draft.version != version:
            raise WrongState(_("%(name)s has gone on writing this reply at %(time)s, on another screen. Open the page again to "
                               "read it; your words stay on this one.") % {
                                   "name": draft.by, "time": timezone.localtime(draft.at).strftime("%H:%M")})
        draft.fields, draft.version, draft.by, draft.at = words, draft.version + 1, by, at
        draft.save()
    return draft


def _worth(words: Mapping[str, Any]) -> None:
    if not words:
        raise ValidationError(_("Nothing is written yet."))


def discard_draft(task: Task, *, by: Any, at: datetime) -> Task:
    """Throw the kept words away; the reply stays as it was last saved."""
    with held(task, rules.may_draft_reply, by, TaskState.HANDLING) as fresh:
        if not Draft.objects.filter(task=fresh, round=fresh.round, department__in=rules.my_departments(by)).delete()[0]:
            raise WrongState(_("There are no kept words."))
        audit.write("tasks.discard_draft", fresh, by=by, at=at)
    return task


def draft_of(task: Task, user: Any) -> Draft | None:
    """The working copy of the user's department for this handling."""
    mine = rules.my_departments(user)
    return Draft.objects.filter(task=task, round=task.round, department__in=mine).select_related("by").first() if mine else None


def draft_reply(task: Task, *, outcome: str, text: str = "", contact: str, promise_on: date | None = None, doc_no: str = "",
                publicity: str = Publicity.OPEN, publicity_reason: str = "", answers: Iterable[str] = (),
                files: Iterable[Any] = (), by: Any, at: datetime) -> Reply:
    """Write the department's reply of this handling, or write it again; publicity is decided with the draft.

    ``answers``: one to each numbered point of the task. Raises ValidationError by field (``point_1`` …): a point without
    answer, outcome B without a promise date to come, an unpublished reply without a reason.
    """
    with held(task, rules.may_draft_reply, by, TaskState.HANDLING) as fresh:
        department = part_of(fresh, by, *ANSWERING).department
        reply = fresh.replies.filter(department=department, round=fresh.round).first() or Reply(
            task=fresh, department=department, round=fresh.round, jurisdiction=fresh.jurisdiction)
        if reply.state not in WRITABLE:
            raise WrongState(_("Your reply is submitted: it can be changed only when it is sent back."))
        reply.outcome, reply.text, reply.contact = outcome, text.strip(), contact.strip()
        reply.points = points.paired(fresh.text, list(answers))
        reply.promise_on = promise_on if outcome == Outcome.B else None
        reply.doc_no, reply.publicity = doc_no.strip(), publicity
        reply.publicity_reason = "" if publicity == Publicity.OPEN else publicity_reason.strip()
        reply.written_by, reply.written_at = by, at
        check_reply(reply, calendar.local_date(at))
        reply.save()
        for file in files:
            attachments.attach(reply, file, by=by, at=at)
        Draft.objects.filter(task=fresh, department=department, round=fresh.round).delete()
        audit.write("tasks.draft_reply", fresh, by=by, at=at, data={"department": department.name, "outcome": outcome})
    return reply


def take_out(task: Task, *, files: Iterable[Any], by: Any, at: datetime) -> Reply:
    """Take files out of the department's reply again, as long as it is not submitted."""
    with held(task, rules.may_draft_reply, by, TaskState.HANDLING) as fresh:
        reply = fresh.replies.filter(department=part_of(fresh, by, *ANSWERING).department, round=fresh.round).first()
        if reply is None or reply.state not in WRITABLE:
            raise WrongState(_("Your reply is submitted: it can be changed only when it is sent back."))
        own = set(attachments.of(reply).values_list("pk", flat=True))
        for file in files:
            if file.pk in own:
                attachments.remove(file, by=by, at=at)
    return reply


def check_reply(reply: Reply, today: date) -> None:
    wrong: dict[str, Any] = {f"point_{n}": _("Answer this point, too: none is passed over.")
                             for n, point in enumerate(reply.points, 1) if not point["answer"]}
    if not reply.text and not reply.points:
        wrong["text"] = _("Answer the recommendation point by point.")
    if not reply.contact:
        wrong["contact"] = _("Name who in your department can be asked, with a telephone number.")
    if reply.outcome not in Outcome.values:
        wrong["outcome"] = _("Choose how it turned out: A, B, C or D.")
    if reply.outcome == Outcome.B and (reply.promise_on is None or reply.promise_on <= today):
        wrong["promise_on"] = _("Outcome B is a promise: give the day to come by which it will be kept.")
    wrong.update(check_publicity(reply.publicity, reply.publicity_reason))
    if wrong:
        raise ValidationError(wrong)
    reply.full_clean(exclude=["state"])


def check_publicity(publicity: str, reason: str) -> dict[str, Any]:
    """What is wrong with a class of publicity, by field."""
    if publicity not in Publicity.values:
        return {"publicity": _("Choose whether the reply is published.")}
    if publicity != Publicity.OPEN and not reason:
        return {"publicity_reason": _("Say why the reply is not published on your own initiative.")}
    return {}


def submit_reply(task: Task, *, by: Any, at: datetime) -> Task:
    """The department's reply is final for its part. When all parts have answered: counter-signatures, then review."""
    with held(task, rules.may_submit_reply, by, TaskState.HANDLING) as fresh:
        department = part_of(fresh, by, *ANSWERING).department
        reply = fresh.replies.filter(department=department, round=fresh.round).first()
        if reply is None:
            raise ValidationError(_("Write the reply first."))
        if Draft.objects.filter(task=fresh, department=department, round=fresh.round).exists():
            raise ValidationError(_("There are words that were kept but not taken over into the reply: open “Write the reply”, "
                                    "look at them and save."))
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
