"""How lists of look-backs, difficulties and bulletins may be narrowed."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from consult.followups.models import Difficulty, LookBack
from consult.followups.states import DifficultyState, LookBackKind, LookBackState
from consult.people.roles import scope_of
from portal.kit.narrowing import Filters


class LookBackFilters(Filters):
    words = django_filters.CharFilter(label=_("Task"), field_name="task__title", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label=_("State"), choices=LookBackState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=LookBackKind.choices)

    class Meta:
        model = LookBack
        fields = ("words", "state", "kind")


class MyLookBackFilters(LookBackFilters):
    """A member asks for those they lead."""

    mine = django_filters.BooleanFilter(label=_("I lead it"), method="led")

    def led(self, rows: Any, name: str, value: bool) -> Any:
        member = scope_of(self.request.user).member_id
        return rows.filter(lead=member) if value else rows.exclude(lead=member)


class DifficultyFilters(Filters):
    words = django_filters.CharFilter(label=_("Words"), field_name="text", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label=_("State"), choices=DifficultyState.choices)

    class Meta:
        model = Difficulty
        fields = ("words", "state")
