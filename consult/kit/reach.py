"""How a person wants to be reached: e-mail and text messages by kind of news, and a secret calendar link that can be revoked.

The inbox is always there: nobody can choose not to be told.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit
from consult.kit.models import Reach

#: A mobile number of mainland China, blanks and dashes left out.
MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")


def of(user: Any) -> Reach:
    """What somebody chose; unsaved, with everything as it is for all, when they chose nothing."""
    return Reach.objects.filter(user=user).first() or Reach(user=user)


def choose(user: Any, *, quiet: Iterable[str], texted: Iterable[str], mobile: str, at: datetime) -> Reach:
    """``quiet``: rooms of which no e-mail is sent; ``texted``: rooms of which a text message is. ValidationError by field."""
    number, wanted = re.sub(r"[\s-]", "", mobile), sorted(set(texted))
    if number and not MOBILE.fullmatch(number):
        raise ValidationError({"mobile": _("This is no mobile number: write 11 digits, beginning with 1.")})
    if wanted and not number:
        raise ValidationError({"mobile": _("Give the number to which text messages go, or choose none.")})
    with transaction.atomic():
        made, _new = Reach.objects.update_or_create(user=user, defaults={
            "quiet": sorted(set(quiet)), "texted": wanted, "mobile": number})
        audit.write("kit.choose_reach", made, by=user, at=at, data={"quiet": made.quiet, "texted": made.texted})
    return made


# --- the calendar link --------------------------------------------------------------------------------------------


def make_feed(user: Any, *, at: datetime) -> str:
    """A new secret link, told once; the old one is dead from now on."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        made, _new = Reach.objects.update_or_create(user=user, defaults={"feed": _fingerprint(secret), "feed_made_at": at})
        audit.write("kit.make_feed", made, by=user, at=at)
    return secret


def revoke_feed(user: Any, *, at: datetime) -> None:
    with transaction.atomic():
        for made in Reach.objects.filter(user=user).exclude(feed=""):
            made.feed, made.feed_made_at = "", None
            made.save(update_fields=["feed", "feed_made_at"])
            audit.write("kit.revoke_feed", made, by=user, at=at)


def owner_of(secret: str) -> Any:
    """Whose calendar it is; None for an unknown or revoked link, and for an account that is disabled."""
    found = Reach.objects.filter(feed=_fingerprint(secret)).select_related("user").first()
    return found.user if found and found.user.is_active else None


def _fingerprint(secret: str) -> str:
    # 256 bits of chance need no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


audit.names("kit", {"choose_reach": _("ways to be reached chosen"), "make_feed": _("calendar link made"),
                    "revoke_feed": _("calendar link revoked")})
