"""How lists of opinions are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, search
from consult.opinions import claims
from consult.opinions.models import Opinion
from consult.opinions.states import ASIDE, OPEN, Channel, IdentityMode, OpinionState, Tag
from consult.people.models import Appointment, Community, Subdistrict, User
from consult.people.roles import Role, scope_of
from portal.filters.renewal import projects
from portal.kit.narrowing import Filters

#: Lists hold none of those that still have to be checked.
STATES = [(state.value, state.label) for state in OpinionState if state not in ASIDE]
#: In the hands of nobody.
NOBODY = "nobody"


def subdistricts(request: Any) -> QuerySet[Any]:
    return Subdistrict.objects.filter(jurisdiction__in=scope_of(request.user).jurisdictions(Role.OFFICE, Role.CHAIR))


def communities(request: Any) -> QuerySet[Any]:
    return Community.objects.filter(subdistrict__in=subdistricts(request)).order_by("subdistrict", "order", "pk")


def colleagues(request: Any) -> QuerySet[Any]:
    mine = scope_of(request.user).jurisdictions(Role.OFFICE)
    posts = Appointment.objects.in_force(calendar.today()).filter(role=Role.OFFICE, jurisdiction__in=mine)
    return User.objects.filter(pk__in=posts.values("user_id"), is_active=True).order_by("name", "pk")


class About(Filters):
    """By project and theme."""

    project = django_filters.ModelChoiceFilter(label=_("Renewal project"), queryset=projects, empty_label=_("all"))
    tag = django_filters.ChoiceFilter(label=_("About"), choices=Tag.choices, method="about", empty_label=_("all"))

    class Meta:
        model = Opinion
        fields: tuple[str, ...] = ()

    def about(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # The codes are kept as a JSON list; with its quotes, no code is part of another.
        return rows.filter(tags__icontains=f'"{value}"')


class Narrowed(About):
    """For everybody who has a list. Without a search in the words: it would tell what masking hides."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, empty_label=_("all"))


ALL = "all"


class OfficeOpinions(Narrowed):
    """The office reads every word, so it may search them. Nothing chosen: what waits; a search looks everywhere."""

    q = django_filters.CharFilter(label=_("Words or number"), method="words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(ALL, _("all")), *STATES], method="standing",
                                        empty_label=_("waiting for triage"))
    submitted = django_filters.DateFromToRangeFilter(field_name="submitted_at", label=_("Handed in"))
    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=subdistricts, empty_label=_("all"))
    community = django_filters.ModelChoiceFilter(label=_("Community"), queryset=communities, empty_label=_("all"))
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=Channel.choices, empty_label=_("all"))
    identity = django_filters.ChoiceFilter(label=_("Who may know the submitter"), field_name="identity_mode",
                                           choices=IdentityMode.choices, empty_label=_("all"))
    hands = django_filters.ModelChoiceFilter(label=_("In the hands of"), queryset=colleagues, empty_label=_("all"),
                                             null_label=_("nobody"), null_value=NOBODY, method="in_hand")

    def words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.narrow(rows, value, "text", "number", "place")

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows if value == ALL else rows.filter(state=value)

    def in_hand(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        now = calendar.now()
        return claims.free(rows, now) if value == NOBODY else claims.held(rows, now, value)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        told = self.form.cleaned_data
        return rows if told.get("state") or told.get("q") else self.unasked(rows)

    @classmethod
    def unasked(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(state__in=OPEN)
