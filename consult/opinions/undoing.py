"""Taking a decision of triage back: for a few days, with a reason, and with a word to whoever was told."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit.sealing import mask
from consult.kit.states import lock, move
from consult.opinions import claims, notices, rules
from consult.opinions.models import Opinion, TakenBack
from consult.opinions.telling import tell, tell_merged


def take_back(opinion: Opinion, *, reason: str, message: str, by: Any, at: datetime) -> Opinion:
    """The opinion stands where it stood before; the submitter is told, and so is whoever was told with them.

    What was merged comes back whole: those that had followed it into the other opinion return to it.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Write why it is taken back.")})
    claims.unheld(opinion, by, at)
    with transaction.atomic():
        fresh = lock(opinion)
        last = rules.last_decided(fresh)
        into, verb = fresh.merged_into, last.verb.rpartition(".")[2] if last else ""
        why = mask(reason.strip())
        move(opinion, "take_back", by=by, at=at, rule=rules.may_take_back, data={"move": verb, "reason": why},
             to=last.before if last else "")
        tell(opinion, message, by, at)
        TakenBack.objects.create(opinion=opinion, move=verb, reason=why, message=message.strip(), by=by, at=at)
        if last and into is not None:
            Opinion.objects.filter(merged_into=into, number__in=last.data.get("followers", [])).update(merged_into=opinion)
        elif verb != "accept":
            tell_merged(opinion, message, by, at)
        notices.told("take_back", opinion, at)
    return opinion
