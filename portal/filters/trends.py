"""How trends and groups of opinions are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.filters.opinions import About, subdistricts

#: Over how many weeks; the first is shown unless another is chosen.
WEEKS = ("12", "8", "26")


class Groups(About):
    """By place and theme."""

    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=subdistricts, empty_label=_("all"))


class Trends(Groups):
    """And over how many weeks; those are counted one by one, not filtered."""

    weeks = django_filters.ChoiceFilter(label=_("Weeks"), choices=[(n, n) for n in WEEKS], method="kept", empty_label=None)

    def kept(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows
