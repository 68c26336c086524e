"""What the submitter is told: in the words typed, with every decision kept, never silently."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import secrecy
from consult.kit.states import can, move
from consult.opinions import notices
from consult.opinions.models import Opinion, OpinionMessage, TriageDecision

Way = OpinionMessage.Way


def tell(opinion: Opinion, text: str, by: Any, at: datetime, way: str = Way.TO_SUBMITTER, field: str = "message",
         key: UUID | None = None) -> None:
    """Keep what was said; the same ``key`` is the same message. Raises ValidationError when it is empty or marked secret."""
    if not text.strip():
        raise ValidationError({field: _("Write the words the submitter will read.")})
    secrecy.refuse(**{field: text})
    OpinionMessage.objects.create(opinion=opinion, way=way, text=text.strip(), by=by, at=at, key=key)


def decide(opinion: Opinion, outcome: str, message: str, by: Any, at: datetime, reason: str = "",
           passed_to: str = "") -> TriageDecision:
    """Keep the decision and tell the submitter in the words typed."""
    tell(opinion, message, by, at)
    return TriageDecision.objects.create(opinion=opinion, outcome=outcome, reason=reason, passed_to=passed_to,
                                         message=message.strip(), by=by, at=at)


def tell_merged(opinion: Opinion, text: str, by: Any, at: datetime, closing: bool = False) -> None:
    """Whoever was merged into it is told separately; a result also moves their own opinion on."""
    for other in Opinion.objects.filter(merged_into=opinion).order_by("id"):
        if closing and can(other, "respond"):
            move(other, "respond", by=by, at=at, data={"with": opinion.number})
        tell(other, text, by, at)
        notices.told("respond" if closing else "message", other, at)
