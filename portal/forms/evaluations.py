"""Forms of evaluation: clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.evaluations.states import WEIGHTS, Aspect, Satisfaction, VoterGroup
from consult.kit import calendar
from consult.people.models import Appointment, User
from consult.people.roles import Role
from consult.tasks.models import Assignment
from portal.kit.forms import ActForm

#: Which group somebody votes in, by the role they hold.
GROUPS = {Role.MEMBER: VoterGroup.MEMBERS, Role.EXPERT: VoterGroup.EXPERTS, Role.RESIDENT: VoterGroup.PUBLIC}


class Invite(ActForm):
    message = forms.CharField(label=_("What you tell the residents about the result"), max_length=2000,
                              widget=forms.Textarea(attrs={"rows": "8"}),
                              help_text=_("Everybody who handed in an opinion on this topic reads it on their receipt page."))


class Give(ActForm):
    work = forms.ChoiceField(label=_("How was the work done?"), choices=Satisfaction.choices, widget=forms.RadioSelect)
    result = forms.ChoiceField(label=_("How is the result?"), choices=Satisfaction.choices, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("In your words"), required=False, max_length=1000,
                              widget=forms.Textarea(attrs={"rows": "4"}),
                              help_text=_("If you are not satisfied, please say what is missing: it will be handled again."))


class Raise(ActForm):
    text = forms.CharField(label=_("What is the new matter?"), max_length=1500, widget=forms.Textarea(attrs={"rows": "6"}))


class Rehandle(ActForm):
    note = forms.CharField(label=_("What has to be done again"), max_length=1000, widget=forms.Textarea(attrs={"rows": "5"}))


class Conclude(ActForm):
    note = forms.CharField(label=_("Reason, if somebody is still not satisfied"), required=False, max_length=1000,
                           widget=forms.Textarea(attrs={"rows": "4"}))


class Voters(forms.ModelMultipleChoiceField):
    """People with the role by which they vote."""

    held: dict[int, str]  # set by the form

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {Role(self.held[obj.pk]).label}"


class OpenAppraisal(ActForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    people = Voters(label=_("Who votes"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple,
                    help_text=_("Members, experts and residents with an account; nobody from a handling department."))

    def prepare(self) -> None:
        posts = Appointment.objects.in_force(calendar.today()).filter(jurisdiction=self.obj.jurisdiction_id)
        judged = Assignment.objects.filter(task=self.obj).values("department_id")
        voters = posts.filter(role__in=GROUPS).exclude(user__appointments__department__in=judged)
        self.held = dict(voters.values_list("user_id", "role"))
        people: Any = self.fields["people"]
        people.held = self.held
        people.queryset = User.objects.filter(pk__in=list(self.held), is_active=True).order_by("pk")

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"title": given["title"], "voters": [(user, GROUPS[Role(self.held[user.pk])]) for user in given["people"]]}


class Cast(ActForm):
    """A mark from 0 to 100 for each of the five aspects."""

    def prepare(self) -> None:
        for aspect, weight in WEIGHTS.items():
            self.fields[aspect.value] = forms.TypedChoiceField(
                label=_("%(aspect)s (weight %(weight)s %%)") % {"aspect": Aspect(aspect).label, "weight": weight},
                coerce=int, choices=[(100, _("excellent")), (80, _("good")), (60, _("fair")), (30, _("poor"))],
                widget=forms.RadioSelect)
