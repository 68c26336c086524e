"""Opinions that may come from a machine: the office looks, lets them through to triage or sets them aside, and can undo that."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import search, secrecy
from consult.kit.rules import Rule
from consult.kit.sealing import mask
from consult.kit.states import WrongState, move
from consult.opinions import notices, rules
from consult.opinions.models import Opinion


def admit(opinions: Iterable[Opinion], *, by: Any, at: datetime, reason: str = "") -> int:
    """Let them through to triage, with the time at which they were handed in; also out of those set aside as spam.

    Gives how many: those a colleague has just let through are left alone. Each is one whole step.
    """
    return sum(_one(opinion, "admit", rules.may_admit, reason, by, at) for opinion in opinions)


def set_aside(opinions: Iterable[Opinion], *, by: Any, at: datetime, reason: str) -> int:
    """Set them aside as spam, for a reason. Nothing is deleted: the receipt still opens it, and ``admit`` takes it back."""
    if not reason.strip():
        raise ValidationError({"reason": _("Write why these are spam; it is kept with each of them.")})
    return sum(_one(opinion, "set_aside", rules.may_set_aside, reason, by, at) for opinion in opinions)


def _one(opinion: Opinion, verb: str, rule: Rule, reason: str, by: Any, at: datetime) -> bool:
    secrecy.refuse(reason=reason)
    said = {"reason": mask(reason.strip())} if reason.strip() else {}
    try:
        with transaction.atomic():
            move(opinion, verb, by=by, at=at, rule=rule, data={"doubts": opinion.doubts, **said})
            if verb == "admit":
                search.put(opinion)
                notices.admitted(opinion, at, by=by)
    except WrongState:
        return False
    return True
