"""One address per object, whoever looks: a link can be passed on, and the page decides what is seen."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, get_urlconf, reverse


def to(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page, or "" while no such page exists."""
    return _found(get_urlconf() or settings.ROOT_URLCONF, name, args, tuple(kwargs.items()))


@lru_cache(maxsize=8192)
def _found(urlconf: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    """Addresses depend on nothing else, and a page asks for a hundred of them."""
    try:
        return reverse(name, urlconf, args, dict(kwargs))
    except NoReverseMatch:
        return ""


def of(obj: Any) -> str:
    """The address of the object's page (its url name is the model's name), or ""."""
    if obj is None or not hasattr(obj, "_meta"):
        return ""
    return to(obj._meta.model_name, obj.pk)
