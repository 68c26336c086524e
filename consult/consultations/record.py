"""The verbs of the record: question, answer, rejoinder, demand, position, result. Part of actions, kept apart for size."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.consultations import notices, rules
from consult.consultations.models import Consultation, Demand, Panelist, Position, Statement
from consult.consultations.states import NOTHING, Cleared, Verdict
from consult.kit import calendar
from consult.kit.rules import Sentence, require
from consult.kit.states import move
from consult.opinions.models import Opinion
from consult.people.roles import scope_of
from consult.topics.states import Kind


def _say(field: str, text: str, sentence: Sentence) -> str:
    if not text.strip():
        raise ValidationError({field: sentence})
    return text.strip()


def _of(consultation: Consultation, field: str, row: Any) -> None:
    if row.consultation_id != consultation.pk:
        raise ValidationError({field: _("Choose from this consultation.")})


def _only_for(consultation: Consultation, kind: str, sentence: Sentence) -> None:
    """The method follows the kind of the topic."""
    if consultation.topic.kind != kind:
        raise ValidationError(sentence)


def _voice(consultation: Consultation, opinion: Opinion | None) -> None:
    if opinion is not None and not consultation.topic.voices.filter(opinion=opinion).exists():
        raise ValidationError({"opinion": _("Choose an opinion of this topic.")})


# --- question, answer, rejoinder ----------------------------------------------------------------------------------


def ask(consultation: Consultation, *, asked_by: Panelist, question: str, opinion: Opinion | None = None, by: Any,
        at: datetime) -> Statement:
    question = _say("question", question, _("Write the question."))
    _of(consultation, "asked_by", asked_by)
    _voice(consultation, opinion)
    with transaction.atomic():
        move(consultation, "ask", by=by, at=at, rule=rules.may_ask, data={"by": asked_by.minuted_name})
        return Statement.objects.create(consultation=consultation, asked_by=asked_by, question=question,
                                        opinion=opinion, at=at)


def reply(consultation: Consultation, *, statement: Statement, answered_by: Panelist, on_the_spot: bool, answer: str = "",
          answer_due_on: date | None = None, by: Any, at: datetime) -> Statement:
    """Answered on the spot, or taken back with a date."""
    _of(consultation, "statement", statement)
    _of(consultation, "answered_by", answered_by)
    if on_the_spot:
        _say("answer", answer, _("Write the answer, or say that it was taken back."))
        answer_due_on = None
    elif answer_due_on is None:
        raise ValidationError({"answer_due_on": _("Set the day by which the answer is promised.")})
    elif answer_due_on < calendar.local_date(at):
        raise ValidationError({"answer_due_on": _("This day has passed: choose today or a later day.")})
    with transaction.atomic():
        move(consultation, "reply", by=by, at=at, rule=rules.may_reply,
             data={"statement": statement.pk, "on_the_spot": on_the_spot, "due_on": str(answer_due_on or "")})
        statement.answered_by, statement.answer, statement.on_the_spot = answered_by, answer.strip(), on_the_spot
        statement.answer_due_on, statement.answered_at = answer_due_on, at
        statement.save()
    return statement


def rejoin(consultation: Consultation, *, statement: Statement, text: str, by: Any, at: datetime) -> Statement:
    _of(consultation, "statement", statement)
    text = _say("text", text, _("Write the rejoinder."))
    if not statement.is_answered:
        raise ValidationError({"statement": _("Record the answer first.")})
    with transaction.atomic():
        move(consultation, "rejoin", by=by, at=at, rule=rules.may_rejoin, data={"statement": statement.pk})
        statement.rejoinder = text
        statement.save(update_fields=["rejoinder"])
    return statement


def clear(consultation: Consultation, *, statement: Statement, cleared: str, by: Any, at: datetime) -> Statement:
    """Policy: is the question cleared up?"""
    _of(consultation, "statement", statement)
    _only_for(consultation, Kind.POLICY, _("Only questions about a policy are marked as cleared up or not."))
    if cleared not in (Cleared.CLEARED, Cleared.NOT_CLEARED):
        raise ValidationError({"cleared": _("Say whether the question was cleared up.")})
    with transaction.atomic():
        move(consultation, "clear", by=by, at=at, rule=rules.may_clear,
             data={"statement": statement.pk, "cleared": cleared})
        statement.cleared = cleared
        statement.save(update_fields=["cleared"])
    return statement


def reply_later(consultation: Consultation, *, statement: Statement, answer: str, by: Any, at: datetime) -> Statement:
    """The promised answer, given after the confirmation: added to what was confirmed, changing none of it."""
    require(rules.may_reply_later, by, consultation)
    _of(consultation, "statement", statement)
    answer = _say("answer", answer, _("Write the answer."))
    if not statement.is_promised:
        raise ValidationError({"statement": _("Choose a question that was taken back and is still open.")})
    if not rules.keeps_record(by, consultation) and (
            statement.answered_by is None or statement.answered_by.department_id not in scope_of(by).departments()):
        raise ValidationError({"statement": _("Another department promised this answer.")})
    with transaction.atomic():
        move(consultation, "reply_later", by=by, at=at, rule=rules.may_reply_later, data={"statement": statement.pk})
        statement.later_answer, statement.later_by, statement.later_at = answer, by, at
        statement.save(update_fields=["later_answer", "later_by", "later_at"])
        notices.to_office("reply_later", consultation, at)
    return statement


# --- planning: demands --------------------------------------------------------------------------------------------


def demand(consultation: Consultation, *, raised_by: Panelist, text: str, opinion: Opinion | None = None, by: Any,
           at: datetime) -> Demand:
    _of(consultation, "raised_by", raised_by)
    text = _say("text", text, _("Write the demand."))
    _only_for(consultation, Kind.PLANNING, _("Demands are recorded for planning questions only."))
    _voice(consultation, opinion)
    with transaction.atomic():
        move(consultation, "demand", by=by, at=at, rule=rules.may_demand, data={"by": raised_by.minuted_name})
        return Demand.objects.create(consultation=consultation, raised_by=raised_by, text=text, opinion=opinion)


def decide(consultation: Consultation, *, demand: Demand, verdict: str, reason: str, plan_version: str = "", by: Any,
           at: datetime) -> Demand:
    """Planning: adopted, partly or not; why; in which version of the plan (the one under discussion when not named)."""
    _of(consultation, "demand", demand)
    if verdict not in (Verdict.ADOPTED, Verdict.PARTLY, Verdict.NOT_ADOPTED):
        raise ValidationError({"verdict": _("Say whether it is adopted, partly adopted or not.")})
    reason = _say("reason", reason, _("Write the reason: it is told to whoever asked for it."))
    version = _say("plan_version", plan_version or consultation.plan_version, _("Name the version of the plan."))
    with transaction.atomic():
        move(consultation, "decide", by=by, at=at, rule=rules.may_decide,
             data={"demand": demand.pk, "verdict": verdict, "plan_version": version})
        demand.verdict, demand.reason, demand.plan_version = verdict, reason, version
        demand.save()
    return demand


# --- conflict: positions ------------------------------------------------------------------------------------------


def take_position(consultation: Consultation, *, party: str, position: str, by: Any, at: datetime) -> Position:
    party = _say("party", party, _("Name the party."))
    position = _say("position", position, _("Write what the party wants."))
    _only_for(consultation, Kind.CONFLICT, _("Positions are recorded in conflicts only."))
    with transaction.atomic():
        move(consultation, "take_position", by=by, at=at, rule=rules.may_take_position)
        return Position.objects.create(consultation=consultation, party=party, position=position)


def settle(consultation: Consultation, *, position: Position, agreed: bool, agreement: str = "", by: Any,
           at: datetime) -> Position:
    """Conflict: what one party agreed to, or that it did not agree."""
    _of(consultation, "position", position)
    if agreed:
        _say("agreement", agreement, _("Write what the party agreed to."))
    with transaction.atomic():
        move(consultation, "settle", by=by, at=at, rule=rules.may_settle,
             data={"position": position.pk, "agreed": agreed})
        position.agreed, position.agreement = agreed, agreement.strip()
        position.save()
    return position


# --- the result ---------------------------------------------------------------------------------------------------


def summarise(consultation: Consultation, *, consensus: str = "", dissent: str = "", open_points: str = "",
              none: tuple[str, ...] | list[str] = (), by: Any, at: datetime) -> Consultation:
    """Consensus, dissent and open points, each apart; ``none`` names those of which there is expressly none."""
    given: dict[str, Any] = {"consensus": consensus.strip(), "dissent": dissent.strip(), "open_points": open_points.strip()}
    for name in none:
        if given.get(name) not in ("", NOTHING):
            raise ValidationError({name: _("Either write it, or say that there is none.")})
        given[name] = NOTHING
    if not any(given.values()):
        raise ValidationError({"consensus": _("Write at least one of the three, or say that there is none.")})
    return move(consultation, "summarise", by=by, at=at, rule=rules.may_summarise, **given)
