"""Forms of topics: what makes a question concrete, voice by voice."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.opinions.models import Opinion
from consult.opinions.rules import visible_to as visible_opinions
from consult.opinions.states import OPEN, OpinionState
from consult.people.models import SpecialCommittee
from consult.people.roles import Role, scope_of
from consult.renewal.models import RenewalProject
from consult.renewal.states import Stage
from consult.topics.models import Milestone, Topic
from consult.topics.priority import weigh
from consult.topics.states import Kind, Priority
from portal.kit.forms import ActForm

#: Beside the ticked opinions, so many waiting ones are offered.
OFFERED = 30


class Voices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.text[:90]}{'…' if len(obj.text) > 90 else ''}"


def adoptable(user: Any) -> Any:
    """Opinions the office may take into a topic."""
    return visible_opinions(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE),
                                         state__in=[*OPEN, OpinionState.KEPT])


def offered(form: ActForm, name: str, waiting: Any) -> Any:
    """The ticked ones and the latest waiting ones, never a list of thousands."""
    ticked = form.data.getlist(name) if form.is_bound else form.initial.get(name, [])
    ids = [pk for pk in ticked if str(pk).isdecimal()]
    latest = list(waiting.order_by("-submitted_at").values_list("pk", flat=True)[:OFFERED])
    return adoptable(form.user).filter(Q(pk__in=ids) | Q(pk__in=latest)).order_by("-submitted_at")


class Question(ActForm):
    """What an open topic says and what may be changed while it is a draft."""

    title = forms.CharField(label=_("Title"), max_length=120)
    stage = forms.ChoiceField(label=_("Project stage"), choices=Stage.choices)
    focus = forms.CharField(label=_("Focus"), max_length=300, widget=forms.Textarea(attrs={"rows": "2"}),
                            help_text=_("The one question to be settled, in one sentence."))
    background = forms.CharField(label=_("Background"), required=False, widget=forms.Textarea(attrs={"rows": "4"}))
    planned_on = forms.DateField(label=_("Planned date of the consultation"))
    finish_on = forms.DateField(label=_("To be settled by"))
    committee = forms.ModelChoiceField(SpecialCommittee.objects.none(), label=_("Special committee"), required=False)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["committee"].queryset = SpecialCommittee.objects.filter(
            jurisdiction__in=scope_of(self.user).jurisdictions(Role.OFFICE))


class OpenTopic(Question):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect, help_text=_(
        "Policy: explained by a department head. Planning: wishes go into the plan. Conflict: mediated, closed to others."))
    project = forms.ModelChoiceField(RenewalProject.objects.none(), label=_("Renewal project"))
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int, widget=forms.RadioSelect)
    priority_reason = forms.CharField(label=_("Reason for the priority"), max_length=200)
    opinions = Voices(Opinion.objects.none(), label=_("Opinions behind it"), required=False,
                      widget=forms.CheckboxSelectMultiple, help_text=_("Everyone whose opinion is taken in is told."))
    field_order = ("title", "kind", "project", "stage", "focus", "background", "opinions", "priority", "priority_reason",
                   "planned_on", "finish_on", "committee")

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        fields["project"].queryset = RenewalProject.objects.filter(
            jurisdiction__in=scope_of(self.user).jurisdictions(Role.OFFICE))
        fields["opinions"].queryset = offered(self, "opinions", adoptable(self.user))


def begin(request: Any) -> dict[str, Any]:
    """A first filling from the ticked opinions."""
    asked = [*request.GET.getlist("opinion"), *request.GET.getlist("opinions")]
    return filled(request.user, [int(pk) for pk in asked if pk.isdecimal()])


def filled(user: Any, ids: list[int]) -> dict[str, Any]:
    """Their project, its stage, a suggested priority with its reasons."""
    chosen = list(adoptable(user).filter(pk__in=ids).select_related("project"))
    project = next((opinion.project for opinion in chosen if opinion.project), None)
    filled: dict[str, Any] = {"opinions": [opinion.pk for opinion in chosen], "priority": Priority.NORMAL}
    if project is None:
        return filled
    suggestion = weigh(chosen, project, project.stage, calendar.today())
    return {**filled, "project": project.pk, "stage": project.stage, "priority": suggestion.priority,
            "priority_reason": suggestion.sentence}


def words_of(topic: Topic, user: Any) -> dict[str, Any]:
    return {name: getattr(topic, name) for name in Question.base_fields}


class AddOpinions(ActForm):
    opinions = Voices(Opinion.objects.none(), label=_("Opinions"), widget=forms.CheckboxSelectMultiple,
                      help_text=_("Everyone whose opinion is taken in is told."))

    def prepare(self) -> None:
        waiting = adoptable(self.user).filter(Q(project=self.obj.project_id) | Q(project=None))
        self.fields["opinions"].queryset = offered(self, "opinions", waiting)  # type: ignore[attr-defined]


class Voice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.text[:90]}"


class DropOpinion(ActForm):
    opinion = Voice(Opinion.objects.none(), label=_("Opinion"), widget=forms.RadioSelect, empty_label=None)

    def prepare(self) -> None:
        voices = Opinion.objects.filter(pk__in=self.obj.voices.values("opinion_id"))
        self.fields["opinion"].queryset = voices  # type: ignore[attr-defined]


class SetPriority(ActForm):
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason for the priority"), max_length=200)


class AddMilestone(ActForm):
    name = forms.CharField(label=_("Milestone"), max_length=120)
    due_on = forms.DateField(label=_("Due on"))


class ReachMilestone(ActForm):
    milestone = forms.ModelChoiceField(Milestone.objects.none(), label=_("Milestone"), widget=forms.RadioSelect, empty_label=None)
    reached_on = forms.DateField(label=_("Reached on"), required=False, help_text=_("Empty: today."))

    def prepare(self) -> None:
        self.fields["milestone"].queryset = self.obj.milestones.filter(reached_on=None)  # type: ignore[attr-defined]


class Consent(ActForm):
    paper = forms.CharField(label=_("Paper by which the district Party committee agreed"), max_length=120)
    on = forms.DateField(label=_("Consented on"), initial=calendar.today)
