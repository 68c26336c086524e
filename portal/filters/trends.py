"""How trends and groups of opinions are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.opinions.models import Opinion
from consult.opinions.states import Tag
from portal.filters.opinions import projects, subdistricts
from portal.kit.lists import Filters

#: Over how many weeks; the first is shown unless another is chosen.
WEEKS = ("12", "8", "26")


class Groups(Filters):
    """By place and theme."""

    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=subdistricts, empty_label=_("all"))
    project = django_filters.ModelChoiceFilter(label=_("Renewal project"), queryset=projects, empty_label=_("all"))
    tag = django_filters.ChoiceFilter(label=_("About"), choices=Tag.choices, method="about", empty_label=_("all"))

    class Meta:
        model = Opinion
        fields: tuple[str, ...] = ()

    def about(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # The codes are kept as a JSON list; with its quotes, no code is part of another.
        return rows.filter(tags__icontains=f'"{value}"')


class Trends(Groups):
    """And over how many weeks; those are counted one by one, not filtered."""

    weeks = django_filters.ChoiceFilter(label=_("Weeks"), choices=[(n, n) for n in WEEKS], method="kept", empty_label=None)

    def kept(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows
