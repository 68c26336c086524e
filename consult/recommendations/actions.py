"""The verbs of recommendations: worded from confirmed minutes, endorsed, confirmed and then frozen."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.consultations.states import ConsultationState
from consult.kit import audit, numbering, search
from consult.kit.calendar import local_date
from consult.kit.rules import require
from consult.kit.states import WrongState, follow, lock, move, state_label
from consult.people.models import CommitteeMember, Department
from consult.recommendations import notices, rules
from consult.recommendations.models import Endorsement, Recommendation
from consult.recommendations.states import ENDORSABLE, RecommendationState
from consult.recommendations.wording import check_words

#: What a recommendation says; an endorsement is of these words.
WORDS = ("title", "problem", "text")
MINUTED = (ConsultationState.CONFIRMED, ConsultationState.CONCLUDED, ConsultationState.ARCHIVED)


def draft(*, consultation: Consultation, title: str, problem: str, text: str, lead: Department, by: Any, at: datetime,
          co_departments: Iterable[Department] = (), basis: str = "", wanted_by: date | None = None) -> Recommendation:
    """Word one piece of advice of a consultation whose minutes are confirmed. Raises ValidationError by field."""
    made = Recommendation(consultation=consultation, jurisdiction=consultation.jurisdiction, title=title.strip(),
                          problem=problem.strip(), text=text.strip(), basis=basis.strip(), lead=lead, wanted_by=wanted_by,
                          drafted_by=by, drafted_at=at)
    others = list(co_departments)
    require(rules.may_draft, by, made)
    _check(made, others, at)
    with transaction.atomic():
        year = local_date(at).year
        made.number = f"JY{year}-{numbering.next_number('recommendation', year):03d}"
        _begin(made, others)
        audit.write("recommendations.draft", made, by=by, at=at, after=made.state, data={"consultation": consultation.pk})
        notices.to_the_table("draft", made, at)
    return made


def edit(recommendation: Recommendation, *, title: str, problem: str, text: str, lead: Department, by: Any, at: datetime,
         co_departments: Iterable[Department] = (), basis: str = "", wanted_by: date | None = None) -> Recommendation:
    """Change a draft. An endorsement is of the words endorsed: when they change it lapses, and the member is told."""
    others = list(co_departments)
    with transaction.atomic():
        fresh = _in_state(recommendation, (RecommendationState.DRAFTED,))
        require(rules.may_edit, by, fresh)
        before = [getattr(fresh, name) for name in WORDS]
        fresh.title, fresh.problem, fresh.text, fresh.basis = (title.strip(), problem.strip(), text.strip(), basis.strip())
        fresh.lead, fresh.wanted_by = lead, wanted_by
        _check(fresh, others, at)
        fresh.save()
        search.put(fresh)
        fresh.co_departments.set(others)
        lapsed = _let_lapse(fresh, at) if before != [getattr(fresh, name) for name in WORDS] else 0
        audit.write("recommendations.edit", fresh, by=by, at=at, data={"lapsed_endorsements": lapsed})
    follow(recommendation, fresh)
    return recommendation


def endorse(recommendation: Recommendation, *, by: Any, at: datetime, note: str = "") -> Endorsement:
    """A member puts their own name to this version, from their own account."""
    with transaction.atomic():
        fresh = _in_state(recommendation, ENDORSABLE)
        require(rules.may_endorse, by, fresh)
        member = CommitteeMember.objects.get(user=by)
        made = Endorsement.objects.create(recommendation=fresh, member=member, note=note.strip(), at=at)
        audit.write("recommendations.endorse", fresh, by=by, at=at, data={"member": made.member_id})
    return made


def confirm(recommendation: Recommendation, *, by: Any, at: datetime, note: str = "") -> Recommendation:
    """The office confirms the words; from here on they are frozen and carry a fingerprint."""
    with transaction.atomic():
        move(recommendation, "confirm", by=by, at=at, rule=rules.may_confirm, data=_said(note), who=by, when=at)
        notices.to_the_table("confirm", recommendation, at)
    return recommendation


def revise(recommendation: Recommendation, *, title: str, problem: str, text: str, lead: Department, by: Any, at: datetime,
           co_departments: Iterable[Department] = (), basis: str = "", wanted_by: date | None = None) -> Recommendation:
    """Other words for a confirmed one that is not in a briefing yet: a new version, drafted; the old one is kept."""
    others = list(co_departments)
    made = Recommendation(number=recommendation.number, version=recommendation.version + 1, supersedes=recommendation,
                          consultation=recommendation.consultation, jurisdiction=recommendation.jurisdiction,
                          title=title.strip(), problem=problem.strip(), text=text.strip(), basis=basis.strip(), lead=lead,
                          wanted_by=wanted_by, drafted_by=by, drafted_at=at)
    require(rules.may_revise, by, recommendation)
    _check(made, others, at)
    with transaction.atomic():
        move(recommendation, "supersede", by=by, at=at, rule=rules.may_revise)
        _begin(made, others)
        audit.write("recommendations.revise", made, by=by, at=at, after=made.state, data={"version": made.version})
        notices.to_endorsers("revise", recommendation, at, about=made)
    return made


def withdraw(recommendation: Recommendation, *, reason: str, by: Any, at: datetime) -> Recommendation:
    """Take back one that is not in a briefing yet; the reason stays with it."""
    if not reason.strip():
        raise ValidationError({"reason": _("Please say why it is withdrawn.")})
    with transaction.atomic():
        move(recommendation, "withdraw", by=by, at=at, rule=rules.may_withdraw, data=_said(reason), note=reason.strip())
        notices.to_endorsers("withdraw", recommendation, at)
    return recommendation


# --- moves that later rooms make: they have asked their own rules -----------------------------------------------


def brief(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Briefings: taken into a briefing that is being compiled."""
    return move(recommendation, "brief", by=by, at=at, data=data)


def unbrief(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Briefings: taken out again, or the briefing was voided."""
    return move(recommendation, "unbrief", by=by, at=at, data=data)


def instruct(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Briefings: a leader's instruction asks for work on it."""
    return move(recommendation, "instruct", by=by, at=at, data=data)


def assign(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Tasks: the supervision office assigned the task that quotes it."""
    return move(recommendation, "assign", by=by, at=at, data=data)


def answer(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Tasks: the reply passed the supervision office's review."""
    return move(recommendation, "answer", by=by, at=at, data=data)


def look_back(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Follow-ups: somebody went to look."""
    return move(recommendation, "look_back", by=by, at=at, data=data)


def evaluate(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Evaluations: the rating is closed."""
    return move(recommendation, "evaluate", by=by, at=at, data=data)


def redo(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Tasks and evaluations: not satisfied, so it is handled a second time."""
    return move(recommendation, "redo", by=by, at=at, data=data)


def close(recommendation: Recommendation, *, by: Any, at: datetime, **data: Any) -> Recommendation:
    """Evaluations: struck off the list."""
    return move(recommendation, "close", by=by, at=at, data=data)


# --- what they are made of --------------------------------------------------------------------------------------


def _begin(made: Recommendation, others: list[Department]) -> None:
    made.save()
    search.put(made)
    made.co_departments.set(others)


def _said(note: str) -> dict[str, Any]:
    return {"note": note.strip()} if note.strip() else {}


def _in_state(recommendation: Recommendation, states: Iterable[str]) -> Recommendation:
    """The locked row, if it is in one of these states; for verbs that change no state."""
    fresh = lock(recommendation)
    if fresh.state not in tuple(states):
        raise WrongState(_("This step is no longer open: the state is now “%(state)s”.") % {"state": state_label(fresh)})
    return fresh


def _let_lapse(recommendation: Recommendation, at: datetime) -> int:
    notices.to_endorsers("edit", recommendation, at)
    gone, _rows = recommendation.endorsements.all().delete()
    return gone


def _check(made: Recommendation, others: list[Department], at: datetime) -> None:
    """Everything that makes words and addressees wrong, told by field."""
    if made.consultation.state not in MINUTED:
        raise ValidationError(
            {
                "consultation": _("The minutes of this consultation are not confirmed yet. "
                                  "Recommendations are drawn up from confirmed minutes only.")
            }
        )
    for name in WORDS:
        if not getattr(made, name):
            raise ValidationError(
                {name: _("Please fill this in: a recommendation names the problem and what should be done.")})
    _check_addressees(made, others)
    if made.wanted_by and made.wanted_by <= local_date(at):
        raise ValidationError({"wanted_by": _("Choose a day after today.")})
    check_words({name: getattr(made, name) for name in (*WORDS, "basis")}, consultations=[made.consultation_id])
    made.clean_fields(exclude=["number", "state"])


def _check_addressees(made: Recommendation, others: list[Department]) -> None:
    if made.lead.jurisdiction_id != made.jurisdiction_id:
        raise ValidationError({"lead": _("Choose a department of this district.")})
    if made.lead in others:
        raise ValidationError({"co_departments": _("The lead department can't also be a co-handling one.")})
    if any(other.jurisdiction_id != made.jurisdiction_id for other in others):
        raise ValidationError({"co_departments": _("Choose departments of this district only.")})
