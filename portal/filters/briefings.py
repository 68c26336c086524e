"""How lists of briefings and instructions are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Briefing, Instruction, Issue
from consult.briefings.states import BriefingKind, BriefingState, InstructionKind, InstructionState
from consult.kit import search
from portal.kit.narrowing import Filters


class Briefings(Filters):
    q = django_filters.CharFilter(label=_("Words in the title"), method="words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=BriefingKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=BriefingState.choices)

    class Meta:
        model = Briefing
        fields = ("q", "kind", "state")

    def words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.narrow(rows, value, "title")


class Instructions(Filters):
    q = django_filters.CharFilter(label=_("Words in number, text or title"), method="search")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=InstructionKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=InstructionState.choices)

    class Meta:
        model = Instruction
        fields = ("q", "kind", "state")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return (rows.filter(number__icontains=value) | rows.filter(text__icontains=value)
                | rows.filter(issue__briefing__title__icontains=value))


class Register(Filters):
    year = django_filters.NumberFilter(label=_("Year"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=BriefingKind.choices)

    class Meta:
        model = Issue
        fields = ("year", "kind")
