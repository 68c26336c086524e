"""Forms of the annual plan, and of the weights by which waiting topics are ordered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.people.models import Jurisdiction
from consult.people.roles import Role, scope_of
from consult.topics import annual
from consult.topics.actions import HEAVIEST, MOST_POINTS
from consult.topics.models import AnnualPlan, Topic
from consult.topics.planning import AHEAD
from consult.topics.priority import MEANING
from consult.topics.states import BEFORE_CONSENT, BEFORE_TALKS, Factor
from portal.kit.forms import ActForm


def homes(user: Any) -> Any:
    """The districts whose office this is; nearly always one."""
    return Jurisdiction.objects.filter(pk__in=scope_of(user).jurisdictions(Role.OFFICE))


class Year(ActForm):
    """The plan of which year, and of which district where the office serves several."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    home = forms.ModelChoiceField(Jurisdiction.objects.none(), label=_("District"), empty_label=None)
    field_order = ("home", "year")

    def prepare(self) -> None:
        fields: Any = self.fields
        this = calendar.today().year
        fields["year"].choices = [(year, str(year)) for year in range(this, this + AHEAD + 1)]
        fields["home"].queryset = mine = homes(self.user)
        if len(mine) == 1:
            fields["home"].widget, fields["home"].initial = forms.HiddenInput(), mine[0]
            fields["home"].required = False

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "home": found["home"] or homes(self.user).first()}


class Chosen(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return said(obj)


class One(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return said(obj)


def said(topic: Topic) -> str:
    return f"{topic.planned_on} · {topic.number} · {topic.title} · {topic.get_state_display()}"


class AddTopics(ActForm):
    topics = Chosen(Topic.objects.none(), label=_("Topics"), widget=forms.CheckboxSelectMultiple,
                    help_text=_("Those planned for this year that are on their way to the consent."))

    def prepare(self) -> None:
        plan: AnnualPlan = self.obj
        self.fields["topics"].queryset = Topic.objects.filter(  # type: ignore[attr-defined]
            jurisdiction=plan.jurisdiction_id, plan=None, state__in=BEFORE_CONSENT, planned_on__year=plan.year
        ).order_by("planned_on", "pk")


class RemoveTopic(ActForm):
    topic = One(Topic.objects.none(), label=_("Topic"), widget=forms.RadioSelect, empty_label=None)
    note = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": "2"}))

    def prepare(self) -> None:
        self.fields["topic"].queryset = annual.drafted(self.obj).filter(state__in=BEFORE_CONSENT)  # type: ignore[attr-defined]


class MoveTopic(ActForm):
    topic = One(Topic.objects.none(), label=_("Topic"), widget=forms.RadioSelect, empty_label=None)
    planned_on = forms.DateField(label=_("Planned date of the consultation"), help_text=_(
        "A day of another year moves the topic to the draft of that year. The time to settle it moves along."))

    def prepare(self) -> None:
        self.fields["topic"].queryset = annual.drafted(self.obj).filter(state__in=BEFORE_TALKS)  # type: ignore[attr-defined]


class Adopt(ActForm):
    adopted_by = forms.CharField(label=_("Meeting that adopted it"), max_length=120)
    paper = forms.CharField(label=_("Paper by which the district Party committee agreed"), max_length=120)
    on = forms.DateField(label=_("Adopted on"), initial=calendar.today)


class Weights(ActForm):
    """One weight for each factor, the points from which a priority is normal or high, since when, and by which decision."""

    normal_from = forms.IntegerField(label=_("Normal priority from so many points"), min_value=1, max_value=MOST_POINTS)
    high_from = forms.IntegerField(label=_("High priority from so many points"), min_value=1, max_value=MOST_POINTS)
    since = forms.DateField(label=_("Valid from"), initial=calendar.today)
    basis = forms.CharField(label=_("Rule or decision this comes from"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.base_fields = {**{factor.value: forms.IntegerField(
            label=factor.label, min_value=0, max_value=HEAVIEST, help_text=MEANING[factor]) for factor in Factor},
            **type(self).base_fields}
        super().__init__(*args, **kwargs)
