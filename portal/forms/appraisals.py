"""The form that opens the appraisal of a department over a period: clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.people.models import Appointment, Department, User
from consult.people.roles import Role, scope_of
from portal.forms.evaluations import GROUPS, Voters
from portal.kit.forms import ActForm


class OpenDepartmentAppraisal(ActForm):
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    since = forms.DateField(label=_("From"))
    until = forms.DateField(label=_("Until"), help_text=_("At most a year, and no later than today."))
    title = forms.CharField(label=_("Title"), max_length=120)
    people = Voters(label=_("Who votes"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple,
                    help_text=_("Members, experts and residents with an account; nobody from the department."))

    def prepare(self) -> None:
        mine = scope_of(self.user).jurisdictions(Role.OFFICE)
        fields: Any = self.fields
        fields["department"].queryset = Department.objects.filter(jurisdiction__in=mine)
        fields["people"].held = self.held(mine)
        fields["people"].queryset = User.objects.filter(pk__in=list(fields["people"].held), is_active=True).order_by("pk")

    def held(self, jurisdictions: Any) -> dict[int, str]:
        """User -> the role by which they vote there."""
        posts = Appointment.objects.in_force(calendar.today()).filter(jurisdiction__in=jurisdictions, role__in=GROUPS)
        return dict(posts.values_list("user_id", "role"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        department, people = found.get("department"), list(found.get("people") or [])
        if department and people:
            here = self.held([department.jurisdiction_id])
            own = set(Appointment.objects.filter(department=department, user__in=people).values_list("user_id", flat=True))
            if names := [user.name for user in people if user.pk in own or user.pk not in here]:
                self.add_error("people", _("Take out %(names)s: they work or worked for this department, or belong to another "
                                           "district.") % {"names": ", ".join(names)})
        return found

    def values(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("department", "since", "until", "title")}
        held = self.held([given["department"].jurisdiction_id])
        return {**given, "voters": [(user, GROUPS[Role(held[user.pk])]) for user in self.cleaned_data["people"]]}
