"""Who said it: sealed when handed in, opened with a reason, made stricter, erased, and asked after when a code is lost."""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, sealing
from consult.kit.rules import require
from consult.kit.states import follow, lock
from consult.opinions import consent, receipts, rules
from consult.opinions.models import Consent, Opinion, ReceiptTry, SealedIdentity
from consult.opinions.states import CONSENT_VERSION, STRICTER, IdentityMode

HOUR = timedelta(hours=1)
#: Wrong telephone numbers at one opinion within an hour, before nobody is asked any more.
TRIES = 5
#: What is told, where: contact data as the form asks for them.
CONTACT = ("name", "phone", "address")
log = logging.getLogger(__name__)


def tidy(contact: Mapping[str, str] | None) -> dict[str, str]:
    """The contact data we know, without empty ones."""
    return {name: value.strip()[:200] for name, value in (contact or {}).items() if name in CONTACT and value.strip()}


def keep(opinion: Opinion, contact: dict[str, str], share: bool, at: datetime) -> SealedIdentity:
    """Seal the contact of an opinion just filed; must be called in its transaction."""
    row = SealedIdentity(opinion=opinion, consent_version=CONSENT_VERSION, consented_at=at,
                         share_with_department=share and opinion.identity_mode == IdentityMode.DEPARTMENT)
    seal_into(row, contact, opinion)
    row.save(force_insert=True)
    _seal_with_present_key(row, contact, opinion)
    return row


def put(opinion: Opinion, row: SealedIdentity | None, contact: dict[str, str], at: datetime) -> SealedIdentity:
    """Seal other contact data in the place of those kept, or of those that were erased; within a transaction."""
    if row is None:
        return keep(opinion, contact, False, at)
    if row.erased_at is not None:
        row.erased_at, row.consent_version, row.consented_at = None, CONSENT_VERSION, at
    seal_into(row, contact, opinion)
    row.save()
    _seal_with_present_key(row, contact, opinion)
    return row


def _seal_with_present_key(row: SealedIdentity, contact: dict[str, str], opinion: Opinion) -> None:
    if row.key_id != sealing.present_id():
        # The key was changed at this moment: whoever changed it may already have looked for the last old blob.
        seal_into(row, contact, opinion)
        row.save()


def seal_into(row: SealedIdentity, contact: dict[str, Any], opinion: Opinion) -> None:
    row.sealed, row.key_id = sealing.seal(contact, of=str(opinion.key))
    row.blind_phone = sealing.blind(contact["phone"]) if "phone" in contact else ""


def reveal(opinion: Opinion, *, by: Any, at: datetime, reason: str) -> dict[str, Any]:
    """Open the sealed identity: the office only, with a reason; the event is kept before anything is shown.

    With a key missing or a blob damaged nothing is shown, the office is told so, and the log says what is wrong.
    """
    require(rules.may_reveal, by, opinion)
    if not reason.strip():
        raise ValidationError({"reason": _("Write why the identity must be known.")})
    with transaction.atomic():
        opened = unsealed(opinion)
        # Reasons are kept for good: no number of anybody belongs into them.
        audit.write("opinions.reveal", opinion, by=by, at=at, data={"reason": sealing.mask(reason.strip())})
    return opened


def unsealed(opinion: Opinion) -> dict[str, Any]:
    """What is sealed, in the open; for the verbs that leave an event for it, and for what is shown starred."""
    sealed = SealedIdentity.objects.get(opinion=opinion, erased_at=None)
    try:
        return sealing.unseal(sealed.sealed, sealed.key_id, of=str(opinion.key))
    except (sealing.CannotUnseal, ImproperlyConfigured) as wrong:
        log.error("The identity of opinion %s cannot be opened: %s", opinion.number, wrong)
        raise ValidationError(_("The identity can't be opened: its key is missing or it is damaged. Please tell the "
                                "system administrator; the details are in the log.")) from wrong


def identity_of(opinion: Opinion) -> SealedIdentity | None:
    """The sealed blob, while there is one. Says nothing about what is in it."""
    return SealedIdentity.objects.filter(opinion=opinion, erased_at=None).first()


def times_revealed(opinion: Opinion) -> int:
    """How often the identity was opened: the submitter's own page says so."""
    return audit.trail_of(opinion).filter(verb="opinions.reveal").count()


def restrict(opinion: Opinion, *, mode: str, at: datetime, by: Any = None) -> Opinion:
    """The submitter lets fewer people know who they are; never more. To be fully anonymous erases the contact."""
    require(rules.may_restrict, by, opinion)
    with transaction.atomic():
        fresh = lock(opinion)
        if mode not in STRICTER[fresh.identity_mode]:
            raise ValidationError({"mode": _("It can only be made stricter.")})
        if mode == IdentityMode.ANONYMOUS:
            return erase_contact(opinion, by=by, at=at)
        fresh.identity_mode = mode
        fresh.save(update_fields=["identity_mode"])
        SealedIdentity.objects.filter(opinion=fresh).update(share_with_department=False)
        consent.withdraw(fresh, [Consent.Kind.DEPARTMENT], at)
        audit.write("opinions.restrict", fresh, by=by, at=at, data={"mode": mode})
        follow(opinion, fresh)
    return opinion


def erase(opinion: Opinion, at: datetime) -> int:
    """What is sealed is gone, and nobody can be found by telephone any more; gives whether there was anything."""
    return SealedIdentity.objects.filter(opinion=opinion, erased_at=None).update(
        sealed=b"", key_id="", blind_phone="", share_with_department=False, erased_at=at)


def erase_contact(opinion: Opinion, *, at: datetime, by: Any = None) -> Opinion:
    """The submitter withdraws consent: contact and account are taken off for good, the words stay."""
    require(rules.may_erase_contact, by, opinion)
    with transaction.atomic():
        fresh = lock(opinion)
        erase(fresh, at)
        consent.withdraw(fresh, Consent.Kind.values, at)
        fresh.identity_mode, fresh.resident = IdentityMode.ANONYMOUS, None
        fresh.save(update_fields=["identity_mode", "resident"])
        # With the account's name in the event the account would still be known.
        audit.write("opinions.erase_contact", fresh, by=by if rules.is_office(by, opinion) else None, at=at)
        follow(opinion, fresh)
    return opinion


def reissue(opinion: Opinion, *, phone: str, by: Any, at: datetime) -> tuple[Opinion, str]:
    """A new code for a lost one, for whoever tells the telephone number left with the opinion; the old code is dead.

    The number is compared by its fingerprint, nothing is opened. Gives the opinion and what the new code is derived from
    (``receipts.code_for(opinion.key, salt)``). Wrong numbers leave an event; after five within an hour nobody is asked.
    """
    require(rules.may_reissue, by, opinion)
    known = SealedIdentity.objects.get(opinion=opinion, erased_at=None)
    if not known.blind_phone:
        raise ValidationError({"phone": _("No telephone number was left with this opinion, so nobody can be checked. "
                                          "Please enter the matter again.")})
    refused = audit.trail_of(opinion).filter(verb="opinions.refuse_reissue", at__gt=at - HOUR).count()
    if refused >= TRIES:
        raise ValidationError({"phone": _("There were too many wrong numbers. Please try again in an hour.")})
    if known.blind_phone not in sealing.blinds(phone):
        audit.write("opinions.refuse_reissue", opinion, by=by, at=at)
        raise ValidationError({"phone": _("This is not the telephone number that was left with the opinion.")})
    salt = secrets.token_hex(16)
    with transaction.atomic():
        fresh = lock(opinion)
        fresh.receipt_hash = receipts.hashed(receipts.code_for(fresh.key, salt))
        fresh.save(update_fields=["receipt_hash"])
        ReceiptTry.objects.filter(number=fresh.number).delete()
        audit.write("opinions.reissue", fresh, by=by, at=at)
        follow(opinion, fresh)
    return opinion, salt


def was_reissued(opinion: Opinion) -> bool:
    """Is the code of the first receipt dead?"""
    return audit.trail_of(opinion).filter(verb="opinions.reissue").exists()
