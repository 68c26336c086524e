"""How the list of renewal projects is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import search
from consult.people.models import Subdistrict
from consult.people.roles import scope_of
from consult.renewal.models import RenewalProject
from consult.renewal.rules import visible_to
from consult.renewal.states import Stage
from portal.kit.narrowing import Filters


def projects(request: Any) -> QuerySet[Any]:
    """Those of the reader's own districts, and the one that is asked for: a city has hundreds. Strangers choose among all."""
    mine, asked = {post[1] for post in scope_of(request.user).posts}, request.GET.get("project", "")
    found = visible_to(request.user)
    if not mine:
        return found
    return found.filter(Q(jurisdiction__in=mine) | Q(pk=asked)) if asked.isdecimal() else found.filter(jurisdiction__in=mine)


class Projects(Filters):
    q = django_filters.CharFilter(label=_("Name or place"), method="words")
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=Stage.choices, empty_label=_("all"))
    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=Subdistrict.objects.all(),
                                                   empty_label=_("all"))

    class Meta:
        model = RenewalProject
        fields: tuple[str, ...] = ()

    def words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.narrow(rows, value, "name", "area", "number")
