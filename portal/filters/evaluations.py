"""How lists of ratings may be narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from consult.evaluations.models import Rating
from consult.evaluations.states import Rater, RatingState, Satisfaction
from portal.kit.narrowing import Filters


class RatingFilter(Filters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=RatingState.choices)
    rater = django_filters.ChoiceFilter(label=_("Rater"), choices=Rater.choices)
    result = django_filters.ChoiceFilter(label=_("The result"), choices=Satisfaction.choices)

    class Meta:
        model = Rating
        fields = ("state", "rater", "result")
