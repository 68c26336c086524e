"""How the list of opinions in quarantine is narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.opinions.models import Opinion
from consult.opinions.states import Doubt, OpinionState
from portal.kit.narrowing import Filters


class Aside(Filters):
    """Those still to be checked, or those set aside; floods often share their words or their reason."""

    q = django_filters.CharFilter(label=_("Words"), field_name="text", lookup_expr="icontains")
    doubt = django_filters.ChoiceFilter(label=_("Why it is here"), choices=Doubt.choices, method="because", empty_label=_("all"))
    state = django_filters.ChoiceFilter(label=_("State"), method="kept", empty_label=OpinionState.QUARANTINED.label,
                                        choices=[(OpinionState.SPAM.value, OpinionState.SPAM.label)])

    class Meta:
        model = Opinion
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.form.cleaned_data.get("state")
        return super().filter_queryset(queryset.filter(state=state) if state else self.unasked(queryset))

    @classmethod
    def unasked(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(state=OpinionState.QUARANTINED)

    def because(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # The codes are kept as a JSON list; with its quotes, no code is part of another.
        return rows.filter(doubts__icontains=f'"{value}"')

    def kept(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """One state or the other is always chosen: see ``filter_queryset``."""
        return rows
