"""The form for a sheet of opinions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.people.models import Jurisdiction
from consult.people.roles import Role, scope_of
from portal.kit.forms import ActForm


class Sheet(ActForm):
    """One file, and the district where somebody works for several."""

    upload = forms.FileField(
        label=_("Sheet"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=_("An .xlsx or .csv file, at most 20 MB. The columns may stand in any order; 诉求内容 must be among them."),
        error_messages={"required": _("Choose the sheet.")})
    jurisdiction = forms.ModelChoiceField(Jurisdiction.objects.none(), label=_("For which district?"), empty_label=None)

    def prepare(self) -> None:
        mine = Jurisdiction.objects.filter(pk__in=scope_of(self.user).jurisdictions(Role.OFFICE))
        self.mine = list(mine)
        if len(self.mine) == 1:
            del self.fields["jurisdiction"]
        else:
            self.fields["jurisdiction"].queryset = mine  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        return {"upload": told["upload"], "jurisdiction": told.get("jurisdiction") or self.mine[0]}
