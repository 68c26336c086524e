"""Several opinions that say the same become one: each is merged by the ordinary verb, told and kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.opinions import actions
from consult.opinions.models import Opinion


def join(*, opinions: Iterable[Opinion], into: Opinion, by: Any, at: datetime, message: str = "") -> Opinion:
    """Merge ``opinions`` into one of them or another, all or none; gives the one. Empty ``message``: the usual words."""
    others = sorted((one for one in opinions if one.pk != into.pk), key=lambda one: one.pk)
    if not others:
        raise ValidationError({"opinions": _("Tick at least one more than the one they are merged into.")})
    with transaction.atomic():
        for one in others:
            actions.merge(one, into=into, by=by, at=at, message=message)
    return into
