"""How lists of surveys are narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from consult.surveys.models import Survey
from consult.surveys.states import Purpose, SurveyState
from portal.filters.renewal import projects
from portal.kit.narrowing import Filters


class Surveys(Filters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=SurveyState.choices, empty_label=_("all"))
    project = django_filters.ModelChoiceFilter(label=_("Renewal project"), queryset=projects, empty_label=_("all"))
    purpose = django_filters.ChoiceFilter(label=_("Purpose"), choices=Purpose.choices, empty_label=_("all"))

    class Meta:
        model = Survey
        fields: tuple[str, ...] = ()
