"""How lists of recommendations are narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import search
from consult.people.models import Department
from consult.people.roles import STAFF, scope_of
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from portal.kit.narrowing import Filters


def departments(request: Any) -> QuerySet[Any]:
    return Department.objects.filter(jurisdiction__in=scope_of(request.user).jurisdictions(*STAFF))


class Recommendations(Filters):
    q = django_filters.CharFilter(label=_("Words in title or text"), method="words")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=RecommendationState.choices)
    lead = django_filters.ModelChoiceFilter(label=_("Suggested lead department"), queryset=departments)

    class Meta:
        model = Recommendation
        fields = ("q", "state", "lead")

    def words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.narrow(rows, value, "title", "text")
