"""Forms of the district bulletin: a period and a foreword; clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.people.models import Jurisdiction
from consult.people.roles import Role, scope_of
from portal.forms.followups import words
from portal.kit.forms import ActForm


class Bulletin(ActForm):
    since = forms.DateField(label=_("From"))
    until = forms.DateField(label=_("Until"), help_text=_("At most a year, and no later than today."))
    title = forms.CharField(label=_("Title"), max_length=120)
    text = words(_("Foreword"), 8, max_length=20000,
                 help_text=_("The figures and the list of overdue tasks are added from the data. A blank line begins a new "
                             "paragraph."))


class Draft(Bulletin):
    """Also of which district, where the supervision office serves several."""

    jurisdiction = forms.ModelChoiceField(Jurisdiction.objects.none(), label=_("District"), empty_label=None)
    field_order = ("jurisdiction", "since", "until", "title", "text")

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["jurisdiction"].queryset = mine = self.mine()
        if len(mine) == 1:
            fields["jurisdiction"].widget, fields["jurisdiction"].initial = forms.HiddenInput(), mine[0]
            fields["jurisdiction"].required = False

    def mine(self) -> Any:
        return Jurisdiction.objects.filter(pk__in=scope_of(self.user).jurisdictions(Role.SUPERVISION))

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "jurisdiction": found["jurisdiction"] or self.mine().first()}
