"""The verbs of leaders' instructions (批示): registered verbatim, carried on, reported, read back."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.briefings import notices, rules
from consult.briefings.models import Briefing, Instruction, Issue
from consult.briefings.states import WORKING, InstructionKind
from consult.kit import audit, numbering
from consult.kit.calendar import local_date
from consult.kit.rules import require
from consult.kit.states import WrongState, can, move
from consult.people.models import User
from consult.people.roles import Role
from consult.people.rules import people_in
from consult.recommendations import actions as recommendations_room
from consult.recommendations.states import RecommendationState

R = RecommendationState


def register_instruction(
    *, issue: Issue, leader: User, kind: str, text: str, given_on: date, by: Any, at: datetime) -> Instruction:
    """Put an instruction on record word for word; it is never edited afterwards.

    A leader writes in person; the supervision or CPPCC office write down what a recipient wrote on paper. One that asks
    for work moves the recommendations on; one that was only read is closed at once.
    """
    briefing = issue.briefing
    require(rules.may_instruct, by, briefing)
    if not can(briefing, "instruct"):
        raise WrongState(_("An instruction can be put on record once the paper is dispatched and until it is archived."))
    made = Instruction(issue=issue, jurisdiction=issue.jurisdiction, leader=leader, kind=kind, text=text,
                       given_on=given_on, registered_by=by, registered_at=at)
    _check(made, at)
    with transaction.atomic():
        year = local_date(at).year
        made.number = f"PS{year}-{numbering.next_number('instruction', year):03d}"
        move(briefing, "instruct", by=by, at=at, rule=rules.may_instruct, data={"instruction": made.number})
        made.save()
        audit.write("briefings.register", made, by=by, at=at, after=made.state, data={"kind": kind, "leader": leader.pk})
        _carry_on(briefing, made, by=by, at=at)
        notices.registered(made, at)
    return made


def _carry_on(briefing: Briefing, made: Instruction, *, by: Any, at: datetime) -> None:
    if not made.asks_for_work:
        move(made, "close", by=by, at=at, when=at)
        return
    for item in briefing.items.select_related("recommendation"):
        if item.recommendation.state in (R.BRIEFED, R.INSTRUCTED):
            recommendations_room.instruct(item.recommendation, by=by, at=at, instruction=made.number)


def assign(instruction: Instruction, *, by: Any, at: datetime, **data: Any) -> Instruction:
    """Tasks: the supervision office assigned work on it; that room has asked its own rule."""
    return move(instruction, "assign", by=by, at=at, data=data)


def report(instruction: Instruction, *, by: Any, at: datetime, result: str = "") -> Instruction:
    """The result goes back to the leader who asked for it."""
    with transaction.atomic():
        move(instruction, "report", by=by, at=at, rule=rules.may_report, when=at, result=result.strip())
        notices.reported(instruction, at)
    return instruction


def close(instruction: Instruction, *, by: Any, at: datetime, read_back: str = "") -> Instruction:
    """The leader has read the result and gives no new instruction; the supervision office quotes the read-back."""
    if by is not None and by.pk != instruction.leader_id and not read_back.strip():
        raise ValidationError(
            {"read_back": _("Please write down what the leader, or the leader's office, said to the result.")})
    with transaction.atomic():
        move(instruction, "close", by=by, at=at, rule=rules.may_close, when=at, read_back=read_back.strip())
        notices.closed(instruction, by, at)
    return instruction


def _check(made: Instruction, at: datetime) -> None:
    if made.kind not in InstructionKind.values:
        raise ValidationError({"kind": _("Choose what the instruction asks for.")})
    if made.kind in WORKING and not made.text.strip():
        raise ValidationError({"text": _("An instruction that asks for work needs its words.")})
    if made.given_on > local_date(at):
        raise ValidationError({"given_on": _("This day has not come yet: choose today or an earlier day.")})
    if made.given_on < local_date(made.issue.signed_at):
        raise ValidationError({"given_on": _("The paper was signed off later than this day.")})
    _check_leader(made, at)


def _check_leader(made: Instruction, at: datetime) -> None:
    leads = people_in([Role.LEADER], made.jurisdiction_id, local_date(at)).filter(pk=made.leader_id).exists()
    if not leads or not made.issue.recipients.filter(user=made.leader_id).exists():
        raise ValidationError({"leader": _("Choose a leader this paper was dispatched to.")})
    by = made.registered_by
    if by.pk != made.leader_id and not rules.may_register_for(by, made):
        raise ValidationError({"leader": _("You can only give instructions in your own name.")})
