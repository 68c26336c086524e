"""All identities sealed anew with new keys, while people hand in and the office opens; resumed where it was stopped."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from consult.kit import audit, keyring, sealing
from consult.opinions.identity import seal_into
from consult.opinions.models import SealedIdentity

#: Rows locked at once: an opening or a handing in waits for milliseconds.
BATCH = 100
log = logging.getLogger(__name__)


@dataclass
class Rekeyed:
    """What one run did. ``unopened``: numbers of opinions whose blob no key here opens; their old keys are kept."""

    key_id: str = ""
    resumed: bool = False
    resealed: int = 0
    retired: int = 0
    unopened: list[str] = field(default_factory=list)


def rotate_keys(*, at: datetime, progress: Callable[[int], Any] = lambda done: None) -> Rekeyed:
    """New sealing pair and new key of the blind index; or, when a change was begun before, its end.

    Old keys go when the last blob is sealed anew. Raises keyring.Busy, and ImproperlyConfigured for missing or false keys.
    """
    with keyring.alone():
        done = Rekeyed(resumed=keyring.running())
        if not done.resumed:
            keyring.begin()
        keyring.promote()
        done.key_id = sealing.present_id()
        if not done.resumed:
            _write("opinions.begin_keys", at, key=done.key_id)
        while True:
            _reseal(done, progress)
            if _finish(done, at):
                return done


def _write(verb: str, at: datetime, **data: Any) -> None:
    audit.write(verb, SealedIdentity(pk=0), by=None, at=at, data=data)


def _stale(key_id: str) -> Any:
    return SealedIdentity.objects.filter(erased_at=None).exclude(key_id=key_id)


def _reseal(done: Rekeyed, progress: Callable[[int], Any]) -> None:
    last, done.unopened = 0, []
    while True:
        with transaction.atomic():
            rows = list(_stale(done.key_id).filter(pk__gt=last).select_related("opinion").select_for_update(of=("self",))
                        .order_by("pk")[:BATCH])
            opened = [row for row in rows if _anew(row, done)]
            SealedIdentity.objects.bulk_update(opened, ["sealed", "key_id", "blind_phone"])
        if not rows:
            return
        last, done.resealed = rows[-1].pk, done.resealed + len(opened)
        progress(done.resealed)


def _anew(row: SealedIdentity, done: Rekeyed) -> bool:
    try:
        contact = sealing.unseal(row.sealed, row.key_id, of=str(row.opinion.key))
    except (sealing.CannotUnseal, ImproperlyConfigured) as wrong:
        log.error("The identity of opinion %s cannot be sealed anew: %s", row.opinion.number, wrong)
        done.unopened.append(row.opinion.number)
        return False
    seal_into(row, contact, row.opinion)
    return True


def _finish(done: Rekeyed, at: datetime) -> bool:
    """Nobody may write while the last look is taken: a blob sealed with the old key could come behind it."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE opinions_sealedidentity IN SHARE ROW EXCLUSIVE MODE")
        left = _stale(done.key_id).count()
        if left > len(done.unopened):
            return False
        _write("opinions.end_keys" if not left else "opinions.pause_keys", at, key=done.key_id, resealed=done.resealed,
               unopened=left)
        if not left:
            done.retired = keyring.retire()
    return True
