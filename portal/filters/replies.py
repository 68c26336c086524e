"""How published replies may be narrowed."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.people.models import Department
from consult.tasks.models import Reply
from consult.tasks.states import Outcome
from portal.kit.narrowing import Filters


def answered(request: Any) -> Any:
    """The departments that have a published reply."""
    return Department.objects.filter(pk__in=Reply.objects.filter(published_at__isnull=False).values("department_id"))


class PublicReplies(Filters):
    words = django_filters.CharFilter(label=_("Words"), method="say")
    department = django_filters.ModelChoiceFilter(label=_("Department"), queryset=answered)
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), choices=Outcome.choices)

    class Meta:
        model = Reply
        fields = ("words", "department", "outcome")

    def say(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(task__title__icontains=value) | Q(public_text__icontains=value))
