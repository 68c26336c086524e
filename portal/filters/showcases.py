"""How the public cases may be narrowed and ordered."""

import django_filters
from django.utils.translation import gettext_lazy as _

from consult.people.models import Subdistrict
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.topics.states import Kind
from portal.kit.lists import Filters


class CaseFilter(Filters):
    """Ordered by date (newest first), or by administrative order of the subdistricts."""

    subdistrict = django_filters.ModelChoiceFilter(label=_("Subdistrict"), queryset=Subdistrict.objects.all())
    kind = django_filters.ChoiceFilter(label=_("Kind"), field_name="topic__kind", choices=Kind.choices)
    order = django_filters.ChoiceFilter(label=_("Order"), method="arrange", empty_label=_("by date"),
                                        choices=[("place", _("by subdistrict"))])

    class Meta:
        model = Case
        fields = ("subdistrict", "kind")

    def arrange(self, cases, name, value):
        return cases.order_by("subdistrict__order", "-told_on", "-id")


class OfficeCaseFilter(CaseFilter):
    state = django_filters.ChoiceFilter(label=_("State"), choices=CaseState.choices)
