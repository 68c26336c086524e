"""Filters of lists: which of them an address asks, and their form, in our dress."""

from collections.abc import Collection
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consult.people.roles import scope_of
from portal.kit import choices
from portal.kit.forms import Errors, Renderer, dress

#: The parameter of an address at which the panel of filters stands open.
OPENED = "filters"


class Filters(django_filters.FilterSet):
    """The base of every filter set: dressed for our forms; ``self.request.user`` is there for querysets.

    ``only``: the names of those that are needed; a list without words in its address needs none of them.
    """

    def __init__(self, *args: Any, only: Collection[str] | None = None, **kwargs: Any) -> None:
        if only is not None:
            self.base_filters = {name: made for name, made in type(self).base_filters.items() if name in only}
        super().__init__(*args, **kwargs)

    @classmethod
    def asked(cls, query: QueryDict) -> list[str]:
        """The filters to which an address says something."""
        given = [name for name in query if any(query.getlist(name))]
        return [name for name in cls.base_filters if any(fed(one, name) for one in given)]

    @classmethod
    def unasked(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What the list shows while nothing is asked; override with ``filter_queryset``."""
        return rows

    def get_form_class(self) -> Any:
        made, kind, user = super().get_form_class(), type(self), getattr(self.request, "user", None)

        class Form(made):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, renderer=Renderer(), error_class=Errors, label_suffix="", **kwargs)
                self.use_required_attribute = False
                for field in self.fields.values():
                    dress(field)
                    if isinstance(field.widget, forms.NullBooleanSelect):  # which would say "Unknown"
                        all_of_them = settings.FILTERS_EMPTY_CHOICE_LABEL
                        field.widget.choices = [("unknown", all_of_them), ("true", _("yes")), ("false", _("no"))]
                if user is not None:
                    choices.remember(self, (kind, user.pk, scope_of(user)))
        return Form


def fed(parameter: str, name: str) -> bool:
    """Is this parameter, or a part of it ("submitted_min"), that of the field ``name``?"""
    return parameter == name or parameter.startswith((f"{name}_", f"{name}-"))
