"""How long it is known who spoke: contact data goes a while after the matter is closed, and with it numbers and photos."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Coalesce

from consult.kit import attachments, audit, calendar, parameters
from consult.kit.models import AuditEvent
from consult.kit.sealing import mask
from consult.kit.states import lock
from consult.opinions import photos
from consult.opinions.identity import erase
from consult.opinions.models import Opinion, SealedIdentity
from consult.opinions.states import SETTLED, OpinionState

#: Chosen by the operator of the platform, on the ground of article 47 of the law on personal information.
PERIOD = "contact_retention"


@dataclass
class Expired:
    """What a run erased, or would erase."""

    contacts: int = 0
    texts: int = 0
    photos: int = 0
    numbers: list[str] = field(default_factory=list)


def _closed() -> Any:
    """Opinions whose matter is closed, with ``closed_at``: the last move into the state that closed it.

    An opinion that was merged is closed with the one it was merged into. Nothing but the log knows when that was.
    """
    merged = Q(state=OpinionState.MERGED)
    moves = AuditEvent.objects.filter(
        app_label="opinions", model="opinion", object_id=Cast(OuterRef("subject"), CharField())).exclude(after="")
    return (Opinion.objects.filter(Q(state__in=SETTLED) | merged & Q(merged_into__state__in=SETTLED))
            .annotate(subject=Case(When(merged, then=F("merged_into_id")), default=F("pk")))
            .annotate(closed_at=Coalesce(Subquery(moves.order_by("-id").values("at")[:1]), F("submitted_at"))))


def _period(today: date) -> Any:
    """Days after closing: what was promised then, or less when a shorter period holds now; never more than promised."""
    days = parameters.dated(PERIOD)
    return lambda closed: min(days(PERIOD, closed), days(PERIOD, today))


def erased_after(opinion: Opinion, today: date) -> date | None:
    """The day after which the contact is erased; None while the matter is open or when nothing is kept."""
    if not SealedIdentity.objects.filter(opinion=opinion, erased_at=None).exists():
        return None
    found = _closed().filter(pk=opinion.pk).first()
    if found is None:
        return None
    closed = calendar.local_date(found.closed_at)
    return closed + timedelta(days=_period(today)(closed))


def _due(today: date) -> Iterator[Opinion]:
    period = _period(today)
    open_still = Q(deidentified_at=None) | Q(deidentified_at__lt=F("closed_at")) | Q(
        identity__isnull=False, identity__erased_at=None)
    for opinion in _closed().filter(open_still).order_by("pk").iterator(500):
        closed = calendar.local_date(opinion.closed_at)
        if closed + timedelta(days=period(closed)) < today:
            yield opinion


def expire(*, today: date, at: datetime, dry_run: bool = False) -> Expired:
    """Erase the contact data whose time is over and star the numbers left in the words; one event for each opinion.

    The words stay, without telephone, identity and plate numbers and e-mail addresses; photos go, for they may show people
    and their homes. Events hold no personal data.
    """
    done = Expired()
    for opinion in list(_due(today)):
        with transaction.atomic():
            _forget(opinion, at, done)
            transaction.set_rollback(dry_run)
    return done


def _forget(opinion: Opinion, at: datetime, done: Expired) -> None:
    fresh = lock(opinion)
    contact, texts, pictures = erase(fresh, at), _star(fresh), list(photos.of(fresh))
    for picture in pictures:
        attachments.remove(picture, by=None, at=at)
    fresh.deidentified_at = at
    fresh.save(update_fields=["text", "place", "deidentified_at"])
    if contact or texts or pictures:
        audit.write("opinions.expire_contact", fresh, by=None, at=at, data={
            "contact": bool(contact), "texts": texts, "photos": len(pictures)})
        done.contacts += contact
        done.photos += len(pictures)
        done.texts += texts
        done.numbers.append(fresh.number)


def _star(opinion: Opinion) -> int:
    """Star the numbers in all words of the opinion; gives in how many texts there were any."""
    found = 0
    for name in ("text", "place"):
        said = getattr(opinion, name)
        if (masked := mask(said)) != said:
            setattr(opinion, name, masked)
            found += 1
    for rows, name in ((opinion.messages.all(), "text"), (opinion.decisions.all(), "message")):
        for row in rows:
            said = getattr(row, name)
            if (masked := mask(said)) != said:
                setattr(row, name, masked)
                row.save(update_fields=[name])
                found += 1
    return found
