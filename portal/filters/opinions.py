"""How lists of opinions are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import search
from consult.opinions.models import Opinion
from consult.opinions.states import ASIDE, Channel, OpinionState, Tag
from consult.people.models import Subdistrict
from consult.people.roles import Role, scope_of
from consult.renewal.rules import visible_to as visible_projects
from portal.kit.lists import Filters

#: Lists hold none of those that still have to be checked.
STATES = [(state.value, state.label) for state in OpinionState if state not in ASIDE]


def projects(request: Any) -> QuerySet[Any]:
    return visible_projects(request.user)


def subdistricts(request: Any) -> QuerySet[Any]:
    return Subdistrict.objects.filter(jurisdiction__in=scope_of(request.user).jurisdictions(Role.OFFICE, Role.CHAIR))


class Narrowed(Filters):
    """For everybody who has a list. Without a search in the words: it would tell what masking hides."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, empty_label=_("all"))
    project = django_filters.ModelChoiceFilter(label=_("Renewal project"), queryset=projects, empty_label=_("all"))
    tag = django_filters.ChoiceFilter(label=_("About"), choices=Tag.choices, method="about", empty_label=_("all"))

    class Meta:
        model = Opinion
        fields: tuple[str, ...] = ()

    def about(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # The codes are kept as a JSON list; with its quotes, no code is part of another.
        return rows.filter(tags__icontains=f'"{value}"')


class OfficeOpinions(Narrowed):
    """The office reads every word, so it may search them."""

    q = django_filters.CharFilter(label=_("Words or number"), method="words")
    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=subdistricts, empty_label=_("all"))
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=Channel.choices, empty_label=_("all"))

    def words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.narrow(rows, value, "text", "number", "place")
