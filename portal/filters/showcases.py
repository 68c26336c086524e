"""How the public cases may be narrowed and ordered."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from consult.people.models import Subdistrict
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.topics.states import Kind
from portal.kit.narrowing import Filters

#: In which orders cases are shown: the newest first, or as the subdistricts stand in the district.
BY_DATE = ("-told_on", "-pk")
BY_PLACE = ("subdistrict__jurisdiction__order", "subdistrict__order", "subdistrict_id", *BY_DATE)


def order_of(query: Any) -> tuple[str, ...]:
    """The order asked for in the address."""
    return BY_PLACE if query.get("order") == "place" else BY_DATE


class CaseFilter(Filters):
    """Ordered by date (newest first), or by administrative order of the subdistricts."""

    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=Subdistrict.objects.all())
    kind = django_filters.ChoiceFilter(label=_("Kind"), field_name="topic__kind", choices=Kind.choices)
    order = django_filters.ChoiceFilter(label=_("Order"), method="arrange", empty_label=_("by date"),
                                        choices=[("place", _("by subdistrict"))])

    class Meta:
        model = Case
        fields = ("subdistrict", "kind")

    def arrange(self, cases: Any, name: str, value: str) -> Any:
        """The list orders by itself (``order_of``); here the choice only stays in the address."""
        return cases


class OfficeCaseFilter(CaseFilter):
    state = django_filters.ChoiceFilter(label=_("State"), choices=CaseState.choices)
