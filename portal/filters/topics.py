"""How topics and consultations may be narrowed."""

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.consultations.states import ConsultationState, Form
from consult.kit import search
from consult.topics.models import AnnualPlan, Topic
from consult.topics.states import ANNOUNCED, Kind, Priority, TopicState
from portal.filters.renewal import projects
from portal.kit.narrowing import Filters


def in_title(rows, name, value):
    return search.narrow(rows, value, "title")


def years():
    """The years of the plans that hold announced topics, the last first."""
    told = AnnualPlan.objects.filter(Exists(Topic.objects.open_to_public().filter(plan=OuterRef("pk"))))
    return [(year, str(year)) for year in told.order_by("-year").values_list("year", flat=True).distinct()]


class PublicTopics(Filters):
    year = django_filters.ChoiceFilter(label=_("Annual plan"), field_name="plan__year", choices=years)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(s.value, s.label) for s in ANNOUNCED])
    priority = django_filters.TypedChoiceFilter(label=_("Priority"), choices=Priority.choices, coerce=int)
    project = django_filters.ModelChoiceFilter(label=_("Renewal project"), queryset=projects)

    class Meta:
        model = Topic
        fields = ("year", "kind", "state", "project")


class Topics(PublicTopics):
    state = django_filters.ChoiceFilter(label=_("State"), choices=TopicState.choices)
    title = django_filters.CharFilter(label=_("Words in the title"), method=in_title)


class Consultations(Filters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=ConsultationState.choices)
    form = django_filters.ChoiceFilter(label=_("Form"), choices=Form.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind of topic"), field_name="topic__kind", choices=Kind.choices)
    title = django_filters.CharFilter(label=_("Words in the title"), method=in_title)

    class Meta:
        model = Consultation
        fields = ("state", "form")
