"""Forms of accounts and appointments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.people.models import Department, Jurisdiction, Subdistrict
from consult.people.roles import Role, scope_of
from portal.kit.forms import ActForm


class Account(ActForm):
    username = forms.CharField(label=_("User name"), max_length=150)
    name = forms.CharField(label=_("Name"), max_length=50)
    email = forms.EmailField(label=_("E-mail"), required=False)
    password = forms.CharField(label=_("One-time password"), max_length=128, strip=False,
                               widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
                               help_text=_("Hand it over in person. It must be changed at the first sign-in."))


class OneTimePassword(ActForm):
    password = forms.CharField(label=_("One-time password"), max_length=128, strip=False,
                               widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}))


class Why(ActForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class Appoint(ActForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    jurisdiction = forms.ModelChoiceField(label=_("Jurisdiction"), queryset=Jurisdiction.objects.none())
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none(), required=False,
                                        help_text=_("Only for a department clerk."))
    subdistrict = forms.ModelChoiceField(label=_("Subdistrict"), queryset=Subdistrict.objects.none(), required=False,
                                         help_text=_("Only for a subdistrict cadre."))
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    since = forms.DateField(label=_("In office since"), initial=calendar.today)
    until = forms.DateField(label=_("Until"), required=False, help_text=_("Empty: until it is ended."))

    def prepare(self) -> None:
        mine = scope_of(self.user).jurisdictions(Role.SEC_ADMIN)
        fields: Any = self.fields
        fields["jurisdiction"].queryset = Jurisdiction.objects.filter(pk__in=mine)
        fields["department"].queryset = Department.objects.filter(jurisdiction__in=mine)
        fields["subdistrict"].queryset = Subdistrict.objects.filter(jurisdiction__in=mine)


class EndAppointment(ActForm):
    until = forms.DateField(label=_("Last day"), required=False, help_text=_("Empty: it ends at once."))
