"""What is asked when a recommendation is worded, endorsed or withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.consultations.rules import visible_to as visible_consultations
from consult.people.models import Department
from consult.people.roles import Role, scope_of
from consult.recommendations.actions import MINUTED
from portal.kit.forms import ActForm


class Wording(ActForm):
    """The words and the addressees of one piece of advice."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("One line that says what should be done."))
    problem = forms.CharField(label=_("Problem"), widget=forms.Textarea(attrs={"rows": "4"}),
                              help_text=_("What the consultation found, without anybody's name or number."))
    text = forms.CharField(label=_("Recommendation"), widget=forms.Textarea(attrs={"rows": "7"}),
                           help_text=_("What should be done, by when, and how one can see that it was done."))
    basis = forms.CharField(label=_("Basis"), required=False, widget=forms.Textarea(attrs={"rows": "2"}),
                            help_text=_("Law, plan or notice it rests on."))
    lead = forms.ModelChoiceField(Department.objects.none(), label=_("Suggested lead department"))
    co_departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("Suggested co-handling departments"), required=False,
        widget=forms.CheckboxSelectMultiple)
    wanted_by = forms.DateField(label=_("Wanted by"), required=False)

    def prepare(self) -> None:
        districts = {self.obj.jurisdiction_id} if self.obj else scope_of(self.user).jurisdictions(Role.OFFICE)
        for name in ("lead", "co_departments"):
            self.fields[name].queryset = Department.objects.filter(jurisdiction__in=districts)  # type: ignore[attr-defined]


class Draft(Wording):
    """The same, from a chosen consultation."""

    consultation = forms.ModelChoiceField(Consultation.objects.none(), label=_("Consultation"),
                                          help_text=_("Only those with confirmed minutes."))
    field_order = ("consultation",)

    def prepare(self) -> None:
        super().prepare()
        mine = visible_consultations(self.user).filter(
            state__in=MINUTED, jurisdiction__in=scope_of(self.user).jurisdictions(Role.OFFICE))
        self.fields["consultation"].queryset = mine.order_by("-starts_at")  # type: ignore[attr-defined]


class Endorse(ActForm):
    note = forms.CharField(label=_("Note"), required=False, max_length=200,
                           help_text=_("Optional. Shown beside your name."))


def words_of(recommendation: Any, user: Any) -> dict[str, Any]:
    """The form begins with the words as they are."""
    names = ("title", "problem", "text", "basis", "lead", "wanted_by")
    return {**{name: getattr(recommendation, name) for name in names},
            "co_departments": list(recommendation.co_departments.all())}
