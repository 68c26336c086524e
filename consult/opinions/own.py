"""One's own contact data, by receipt: seen covered, seen in full, copied, corrected (articles 44 to 47 of the law on

personal information). Looking at one's own data is no opening by the office, and is not counted as one; but it leaves an
event of its own and is told on the page: a lost code that somebody else uses is noticed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments, audit
from consult.kit.models import Attachment
from consult.kit.rules import require
from consult.kit.states import lock
from consult.opinions import consent, identity, photos, rules
from consult.opinions.models import Consent, Opinion, SealedIdentity
from consult.opinions.states import IdentityMode, OpinionState


def covered(opinion: Opinion) -> dict[str, str]:
    """What is kept, with most of it starred: enough to recognise it, too little to be of use to others."""
    return {name: _star(name, value) for name, value in identity.unsealed(opinion).items()}


def _star(name: str, value: str) -> str:
    first, last = (3, 2) if name == "phone" and len(value) > 7 else (1, 0)
    return value[:first] + "*" * max(len(value) - first - last, 1) + (value[-last:] if last else "")


def show(opinion: Opinion, *, at: datetime, by: Any = None) -> dict[str, str]:
    """In full, for whoever holds the receipt; the event is kept before anything is shown."""
    require(rules.may_show_contact, by, opinion)
    with transaction.atomic():
        opened = identity.unsealed(opinion)
        audit.write("opinions.show_contact", opinion, by=None, at=at)
    return opened


def take_away(opinion: Opinion, photo: Attachment, *, at: datetime) -> None:
    """Whoever holds the receipt takes a photo back, for good; the event keeps its fingerprint and nothing of it."""
    with transaction.atomic():
        lock(opinion)
        attachments.remove(photos.of(opinion).get(pk=photo.pk), by=None, at=at)
        audit.write("opinions.take_photo_away", opinion, by=None, at=at)


def times_shown(opinion: Opinion) -> int:
    """How often it was seen in full with the receipt."""
    return audit.trail_of(opinion).filter(verb="opinions.show_contact").count()


def correct(opinion: Opinion, *, contact: Mapping[str, str], at: datetime, agreed: str = "", by: Any = None) -> Opinion:
    """What is kept from now on, instead of what was: sealed anew, nothing is opened for it.

    ``agreed``: the words of the consent, needed when nothing is kept so far. Raises ValidationError by field.
    """
    require(rules.may_correct_contact, by, opinion)
    told = identity.tidy(contact)
    if not told:
        raise ValidationError({"name": _("Fill in at least one of both. To take everything off, choose “Erase it and stay "
                                         "anonymous”.")})
    with transaction.atomic():
        fresh = lock(opinion)
        if fresh.identity_mode == IdentityMode.ANONYMOUS or fresh.state == OpinionState.ARCHIVED:
            raise ValidationError(_("With this opinion no name and no telephone number can be left any more."))
        row = SealedIdentity.objects.filter(opinion=fresh).first()
        if row is None or row.erased_at is not None:
            if not agreed:
                raise ValidationError({"consent": _("Tick this, or leave the name and the telephone number empty.")})
            consent.record(fresh, [Consent.Kind.OFFICE], at, {Consent.Kind.OFFICE: agreed})
        identity.put(fresh, row, told, at)
        audit.write("opinions.correct_contact", fresh, by=None, at=at, data={"kept": sorted(told)})
    return opinion
