"""What becomes of opinions in quarantine: those ticked, or all that the list finds."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.opinions.models import Opinion
from portal.kit.forms import ActForm

#: So many are let through or set aside with one press.
AT_ONCE = 500


class Sift(ActForm):
    """``found``: what the list holds at this moment, on all its pages."""

    opinions = forms.ModelMultipleChoiceField(Opinion.objects.none(), required=False, label=_("Opinions"))
    which = forms.ChoiceField(label=_("Which of them?"), initial="chosen", widget=forms.RadioSelect, choices=[
        ("chosen", _("those I chose in the list")), ("all", _("all that this list finds, on every page"))])
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False,
                             help_text=_("Needed to set aside as spam; kept with each of them."))
    do = forms.ChoiceField(choices=[("admit", ""), ("set_aside", "")],
                           error_messages={"required": _("Choose what shall become of them.")})

    def __init__(self, *args: Any, found: QuerySet[Opinion], **kwargs: Any) -> None:
        self.found = found
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["opinions"]
        chosen.queryset = found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("which") != "all" and "opinions" in data and not data["opinions"]:
            self.add_error(None, _("Choose at least one opinion in the list."))
        if data.get("do") == "set_aside" and not data.get("reason"):
            self.add_error("reason", _("Write why these are spam; it is kept with each of them."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = self.found if data["which"] == "all" else data["opinions"].order_by("submitted_at", "id")
        return {"do": data["do"], "opinions": chosen[:AT_ONCE], "reason": data["reason"]}
