"""Several clerks at one queue: who has an opinion in hand, for some minutes, and how a colleague takes it over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, parameters
from consult.kit.rules import require
from consult.kit.states import WrongState, lock
from consult.opinions import rules
from consult.opinions.models import Claim, Opinion
from consult.opinions.states import OPEN


class InHand(WrongState):
    """A colleague has it in hand at this moment."""


def holder(opinion: Opinion, at: datetime) -> Claim | None:
    """Who has the opinion in hand now, if anybody."""
    return Claim.objects.filter(opinion=opinion, until__gt=at).select_related("by").first()


def held(rows: QuerySet[Any], at: datetime, by: Any = None) -> QuerySet[Any]:
    """Those in somebody's hands now (in those of ``by``)."""
    mine = Q(claim__by=by) if by is not None else Q(claim__isnull=False)
    return rows.filter(mine, claim__until__gt=at)


def free(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Those in nobody's hands now."""
    return rows.filter(Q(claim=None) | Q(claim__until__lte=at))


def open_for(opinion: Opinion, *, by: Any, at: datetime) -> Claim | None:
    """Somebody of the office opens a waiting opinion: it is in their hands, unless a colleague has it already.

    Reading the next one lets go of the last, so that whoever leafs through the queue leaves nothing behind.
    Gives who has it in hand.
    """
    if opinion.state not in OPEN or not rules.may_take_up(by, opinion):
        return None
    with transaction.atomic():
        present = holder(lock(opinion), at)
        if present is not None and present.by_id != by.pk:
            return present
        Claim.objects.filter(by=by, taken=False).exclude(opinion=opinion).delete()
        return _put(opinion, by, at, taken=bool(present and present.taken))


def take_up(opinion: Opinion, *, by: Any, at: datetime) -> Opinion:
    """Taken in hand on purpose, renewed, or taken over from a colleague, which is kept on record."""
    require(rules.may_take_up, by, opinion)
    with transaction.atomic():
        if lock(opinion).state not in OPEN:
            raise WrongState(_("It no longer waits for triage: there is nothing to take in hand."))
        present = holder(opinion, at)
        if present is not None and present.by_id != by.pk:
            audit.write("opinions.take_over", opinion, by=by, at=at, data={"from": str(present.by)})
        _put(opinion, by, at, taken=True)
    return opinion


def _put(opinion: Opinion, by: Any, at: datetime, *, taken: bool) -> Claim:
    known = Claim.objects.filter(opinion=opinion).first()
    since = known.since if known and known.by_id == by.pk and known.until > at else at
    made, _new = Claim.objects.update_or_create(opinion=opinion, defaults={
        "by": by, "since": since, "until": at + lease(at), "taken": taken})
    return made


def lease(at: datetime) -> timedelta:
    return timedelta(minutes=parameters.value("opinion_claim", on=calendar.local_date(at)))


def unheld(opinion: Opinion, by: Any, at: datetime) -> None:
    """Raise InHand when a colleague has it in hand: nobody decides over another's shoulder."""
    require(rules.may_take_up, by, opinion)
    present = holder(opinion, at)
    if present is not None and present.by_id != by.pk:
        raise InHand(_("%(name)s has it in hand until %(time)s. Take it over on its page first, or let them finish.") % {
            "name": present.by, "time": timezone.localtime(present.until).strftime("%H:%M")})


def deciding(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The verb, after the opinion was taken over from a colleague where that was asked for."""

    def decide(opinion: Opinion, *, by: Any, at: datetime, take_over: bool = False, **said: Any) -> Any:
        if take_over:
            take_up(opinion, by=by, at=at)
        return verb(opinion, by=by, at=at, **said)

    return decide
