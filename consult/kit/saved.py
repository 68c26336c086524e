"""Filters somebody keeps under a name, list by list: their own, and nobody else's.

Nothing of it is written into the log: it changes what one person finds at hand, and nothing else.
"""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import secrecy
from consult.kit.models import SavedFilter

#: So many are kept by one person for one list.
MOST = 20
#: The longest name, in characters; the longest path and query.
NAME, PAGE, QUERY = 40, 200, 1000


def of(user: Any, page: str) -> QuerySet[SavedFilter]:
    """What somebody keeps for one list, by name."""
    return SavedFilter.objects.filter(user=user, page=page)


def kept(user: Any, page: str) -> list[SavedFilter]:
    """The same, read; whoever is known to keep none at all is not asked for."""
    return [] if getattr(user, "kept_filters", None) == 0 else list(of(user, page))


def keep(user: Any, *, page: str, query: str, name: str, at: datetime) -> SavedFilter:
    """Keep ``query`` (what stands behind the "?") for the list at ``page`` (its path alone). ValidationError by field."""
    name = " ".join(name.split())
    _fits(page, query, name)
    secrecy.refuse(name=name, query="\n".join(value for _key, value in parse_qsl(query)))
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=user.pk)  # two windows at once are still one person
        mine = of(user, page)
        if mine.filter(name=name).exists():
            raise ValidationError({"name": _("You keep a filter of this name here already: choose another name.")})
        if mine.count() >= MOST:
            raise ValidationError(_("You keep %(n)s filters here already: remove one before you save another.") % {"n": MOST})
        return SavedFilter.objects.create(user=user, page=page, query=query, name=name, at=at)


def _fits(page: str, query: str, name: str) -> None:
    if not name:
        raise ValidationError({"name": _("Give the filter a name.")})
    if len(name) > NAME:
        raise ValidationError({"name": _("Please keep it within %(n)s characters.") % {"n": NAME}})
    if not query:
        raise ValidationError(_("Nothing is filtered: choose filters first, then save them."))
    if len(query) > QUERY or len(page) > PAGE:
        raise ValidationError(_("These filters are too long to be kept: choose fewer."))


def forget(user: Any, pk: int) -> bool:
    """Remove one's own; False when it is not there, or another's."""
    count, _each = SavedFilter.objects.filter(user=user, pk=pk).delete()
    return count > 0
