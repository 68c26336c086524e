"""One address per object, whoever looks: a link can be passed on, and the page decides what is seen."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def to(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page, or "" while no such page exists."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


def of(obj: Any) -> str:
    """The address of the object's page (its url name is the model's name), or ""."""
    if obj is None or not hasattr(obj, "_meta"):
        return ""
    return to(obj._meta.model_name, obj.pk)
