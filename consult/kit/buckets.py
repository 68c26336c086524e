"""Limits that hold across all processes: one row a bucket, and a place in it is taken by one conditional UPDATE."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from consult.kit.calendar import local_date
from consult.kit.models import Bucket, DayChance

#: Rows whose time is over, taken away at a time.
BATCH = 500


def take(places: Mapping[str, int], *, at: datetime, until: datetime) -> dict[str, int | None]:
    """One more in each bucket, of which there may be so many: its number, from one, or None where no place is left.

    All in one transaction. Whoever takes several names them from narrow to wide, so that nobody waits in a ring.
    """
    known = set(Bucket.objects.filter(key__in=places).values_list("key", flat=True))
    with transaction.atomic():
        Bucket.objects.bulk_create([Bucket(key=key, until=until) for key in places if key not in known], ignore_conflicts=True)
        taken = {key: _take(key, most) for key, most in places.items()}
    if len(known) < len(places):
        sweep(at)
    return taken


def _take(key: str, most: int) -> int | None:
    row = Bucket.objects.filter(key=key)
    if not row.filter(count__lt=most).update(count=F("count") + 1):
        return None
    # This transaction holds the row: nobody else has changed it since.
    return row.values_list("count", flat=True).get()


def once(key: str, *, at: datetime, until: datetime) -> bool:
    """Is this the first time the key is shown? Only one asker ever hears yes, however many ask at one moment."""
    return take({key: 1}, at=at, until=until)[key] == 1


def chance_of(day: date) -> str:
    """What was drawn for the day: the same for all processes."""
    row, _made = DayChance.objects.get_or_create(day=day, defaults={"chance": secrets.token_hex(32)})
    return row.chance


def sweep(at: datetime) -> None:
    """What is over goes: counts at the end of their time, chance at the end of its day."""
    with transaction.atomic():
        # Rows another process is just sweeping are left to it.
        over = list(Bucket.objects.select_for_update(skip_locked=True).filter(until__lte=at).values_list("pk", flat=True)[:BATCH])
        Bucket.objects.filter(pk__in=over).delete()
        past = list(DayChance.objects.select_for_update(skip_locked=True).filter(day__lt=local_date(at))
                    .values_list("pk", flat=True))
        DayChance.objects.filter(pk__in=past).delete()
