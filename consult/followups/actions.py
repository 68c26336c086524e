"""The verbs of looking back: plan, find, hear, visit, confirm; lower, reopen; pass difficulties up; issue a bulletin."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.followups import hearing, notices, progress, promise, rules
from consult.followups.after import lower, reopen
from consult.followups.hearing import go_without, hear, say, speak
from consult.followups.holding import LOOKABLE, in_state, names_nobody, set_on_paper
from consult.followups.models import Bulletin, Difficulty, Finding, LookBack
from consult.followups.states import BulletinState, FindingKind, LookBackKind, LookBackState, Moment
from consult.kit import attachments, audit, calendar, numbering, search
from consult.kit.rules import require
from consult.kit.states import WrongState, can, lock, move
from consult.people.models import CommitteeMember
from consult.recommendations import actions as recommendations
from consult.recommendations.models import Recommendation
from consult.tasks.holding import said
from consult.tasks.models import Task
from consult.tasks.states import TaskState

__all__ = [
    "cancel", "confirm", "draft_bulletin", "edit_bulletin", "escalate", "find", "go_without", "hear", "issue_bulletin", "lower",
    "meet_difficulty", "plan", "reopen", "say", "send_back", "solve", "speak", "visit",
]


def plan(*, task: Task, kind: str, planned_on: date, place: str, lead: CommitteeMember, with_whom: str = "", by: Any,
         at: datetime) -> LookBack:
    """Plan a site visit or symposium on an answered task, led by a member of the district.

    What the answer promised is frozen with the plan, so that word and deed can be compared whatever is changed later.
    """
    place = said("place", place, _("Say where to go or meet."))
    with transaction.atomic():
        task = lock(task)
        require(rules.may_plan, by, task)
        if task.state not in LOOKABLE:
            raise ValidationError({"task": _("Only an answered task can be looked back on.")})
        _check_plan(task, kind, planned_on, lead, calendar.local_date(at))
        names_nobody(task, place=place, with_whom=with_whom)
        year = calendar.local_date(at).year
        made = LookBack.objects.create(
            number=f"HF{year}-{numbering.next_number('look_backs', year):03d}", task=task, jurisdiction=task.jurisdiction,
            kind=kind, planned_on=planned_on, place=place, lead=lead, with_whom=with_whom.strip(), planned_by=by, planned_at=at,
            promise=promise.frozen(task))
        search.put(made)
        audit.write("followups.plan", made, by=by, at=at, after=made.state, data={"task": task.number})
        notices.to_lead("planned", made, at=at, on=planned_on, place=place)
    return made


def _check_plan(task: Task, kind: str, planned_on: date, lead: CommitteeMember, today: date) -> None:
    if kind not in LookBackKind.values:
        raise ValidationError({"kind": _("Choose a site visit or a symposium.")})
    if planned_on < today:
        raise ValidationError({"planned_on": _("This day is over: choose today or a later day.")})
    if lead.jurisdiction_id != task.jurisdiction_id:
        raise ValidationError({"lead": _("Choose a committee member of this district.")})


def find(look_back: LookBack, *, kind: str, text: str, photos: Iterable[Any] = (), moment: str = Moment.NOW,
         taken_on: date | None = None, by: Any, at: datetime) -> Finding:
    """One thing seen or heard, with its photos; as often as needed until the visit is closed.

    ``moment``: how it was before the work, after it, or is now; ``taken_on``: the day it was so, today unless said.
    """
    text = said("text", text, _("Describe what you saw or heard."))
    if kind not in FindingKind.values:
        raise ValidationError({"kind": _("Say how far it is carried out.")})
    taken_on = _day_of(moment, taken_on, calendar.local_date(at))
    with transaction.atomic():
        fresh = in_state(look_back, rules.may_find, by, LookBackState.PLANNED)
        names_nobody(fresh.task, text=text)
        made = Finding.objects.create(look_back=fresh, kind=kind, moment=moment, taken_on=taken_on, text=text, by=by, at=at)
        search.put(fresh)
        for photo in photos:
            attachments.attach(made, photo, by=by, at=at)
        audit.write("followups.find", fresh, by=by, at=at, data={"finding": made.pk, "kind": kind, "moment": moment})
    return made


def _day_of(moment: str, taken_on: date | None, today: date) -> date:
    if moment not in Moment.values:
        raise ValidationError({"moment": _("Say whether it was so before the work, after it, or is so now.")})
    if taken_on is None and moment == Moment.BEFORE:
        raise ValidationError({"taken_on": _("Say on which day it was so before the work.")})
    if taken_on is not None and taken_on > today:
        raise ValidationError({"taken_on": _("This day has not come yet: choose today or an earlier day.")})
    return taken_on or today


def visit(look_back: LookBack, *, on: date, summary: str, by: Any, at: datetime) -> LookBack:
    """The visit is over: the day it was made and what it showed, with at least one finding. Now the departments are asked."""
    summary = said("summary", summary, _("Sum up what the visit showed."))
    if on > calendar.local_date(at):
        raise ValidationError({"on": _("This day has not come yet: choose today or an earlier day.")})
    with transaction.atomic():
        if not lock(look_back).findings.exists():
            raise ValidationError(_("First record at least one finding."))
        names_nobody(look_back.task, summary=summary)
        move(look_back, "visit", by=by, at=at, rule=rules.may_visit, on=on, summary=summary, who=by)
        search.put(look_back)
        notices.to_office("visited", look_back, at=at)
        notices.ask_departments(look_back, at=at)
    return look_back


def confirm(look_back: LookBack, *, note: str = "", by: Any, at: datetime) -> LookBack:
    """The office confirms what was found; the departments may read it, and the recommendation counts as looked back on.

    Raises ValidationError with a sentence for each of the three voices that is neither there nor accounted for.
    """
    with transaction.atomic():
        fresh = lock(look_back)
        require(rules.may_confirm, by, fresh)
        if fresh.state == LookBackState.VISITED:
            hearing.require_all(fresh)
        move(look_back, "confirm", by=by, at=at, rule=rules.may_confirm, note=note.strip()[:300])
        recommendation = Recommendation.objects.get(pk=look_back.task.recommendation_id)
        if can(recommendation, "look_back"):
            recommendations.look_back(recommendation, by=by, at=at, look_back=look_back.number)
        notices.confirmed(look_back, at=at)
    return look_back


def send_back(look_back: LookBack, *, note: str, by: Any, at: datetime) -> LookBack:
    """The record is not enough: more findings are needed."""
    note = said("note", note, _("Say what is missing in the record."))[:300]
    with transaction.atomic():
        move(look_back, "send_back", by=by, at=at, rule=rules.may_send_back, data={"note": note}, note=note)
        notices.to_lead("sent_back", look_back, at=at, note=note)
    return look_back


def cancel(look_back: LookBack, *, note: str, by: Any, at: datetime) -> LookBack:
    note = said("note", note, _("Say why nobody goes."))[:300]
    with transaction.atomic():
        move(look_back, "cancel", by=by, at=at, rule=rules.may_cancel, data={"note": note}, note=note)
        notices.to_lead("cancelled", look_back, at=at)
    return look_back


# --- difficulties -------------------------------------------------------------------------------------------------

def meet_difficulty(look_back: LookBack, *, text: str, by: Any, at: datetime) -> Difficulty:
    """Something stands in the way that the department cannot move by itself."""
    text = said("text", text, _("Say what stands in the way."))
    with transaction.atomic():
        fresh = in_state(look_back, rules.may_meet_difficulty, by, LookBackState.PLANNED, LookBackState.VISITED,
                          LookBackState.CONFIRMED)
        names_nobody(fresh.task, text=text)
        made = Difficulty.objects.create(look_back=fresh, jurisdiction=fresh.jurisdiction, text=text, by=by, at=at)
        search.put(made)
        audit.write("followups.meet_difficulty", fresh, by=by, at=at, data={"difficulty": made.pk})
        notices.to_office("difficulty", fresh, at=at)
    return made


def escalate(difficulty: Difficulty, *, to: str, by: Any, at: datetime) -> Difficulty:
    """Pass it up: the supervision office and the leader of the instruction are told."""
    to = said("to", to, _("Say to whom it is passed up."))
    with transaction.atomic():
        move(difficulty, "escalate", by=by, at=at, rule=rules.may_escalate, data={"to": to}, to=to, when=at)
        search.put(difficulty)
        notices.escalated(difficulty, at=at)
    return difficulty


def solve(difficulty: Difficulty, *, solution: str, by: Any, at: datetime) -> Difficulty:
    solution = said("solution", solution, _("Say how it was solved."))
    with transaction.atomic():
        move(difficulty, "solve", by=by, at=at, rule=rules.may_solve, solution=solution, when=at)
        search.put(difficulty)
        notices.solved(difficulty, at=at)
    return difficulty


# --- bulletins (进展通报) -------------------------------------------------------------------------------------------

def draft_bulletin(*, task: Task, title: str, text: str, by: Any, at: datetime) -> Bulletin:
    require(rules.may_draft_bulletin, by, task)
    if task.state in (TaskState.PROPOSED, TaskState.DROPPED):
        raise ValidationError({"task": _("A bulletin reports on a task that was assigned.")})
    made = Bulletin(task=task, jurisdiction=task.jurisdiction, drafted_by=by, drafted_at=at)
    with transaction.atomic():
        _word(made, title, text)
        audit.write("followups.draft", made, by=by, at=at, after=made.state)
    return made


def edit_bulletin(bulletin: Bulletin, *, title: str, text: str, by: Any, at: datetime) -> Bulletin:
    with transaction.atomic():
        fresh = lock(bulletin)
        require(rules.may_edit_bulletin, by, fresh)
        if fresh.state != BulletinState.DRAFTED:
            raise WrongState(_("An issued bulletin is frozen: draft a new one."))
        _word(fresh, title, text)
        audit.write("followups.edit", fresh, by=by, at=at)
    bulletin.title, bulletin.text = fresh.title, fresh.text
    return bulletin


def _word(bulletin: Bulletin, title: str, text: str) -> None:
    bulletin.title = said("title", title, _("Give the bulletin a title."))
    bulletin.text = said("text", text, _("Write what has come of the task."))
    set_on_paper(bulletin.text)
    names_nobody(bulletin.task, title=bulletin.title, text=bulletin.text)
    bulletin.full_clean(exclude=["number", "state", "progress"])
    bulletin.save()
    search.put(bulletin)


def issue_bulletin(bulletin: Bulletin, *, by: Any, at: datetime) -> Bulletin:
    """Numbered in the district's own run of the year, and frozen with the facts of the day."""
    with transaction.atomic():
        year = calendar.local_date(at).year
        run = numbering.next_number(f"bulletins:{bulletin.jurisdiction_id}", year)
        number = f"{bulletin.jurisdiction.code}通报〔{year}〕{run}号"
        move(bulletin, "issue", by=by, at=at, rule=rules.may_issue_bulletin, data={"number": number}, number=number,
             who=by, when=at, progress=progress.gathered(bulletin.task, at=at))
        search.put(bulletin)
        notices.issued(bulletin, at=at)
    return bulletin
