"""The form of the public check of a paper: its code, or the file itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.kit.forms import Dressed

MOST_MB = 20


class Check(Dressed, forms.Form):
    """One of the two is enough; a file says more than a code."""

    code = forms.CharField(
        label=_("Verification code"), required=False, max_length=200,
        help_text=_("16 letters and digits, at the foot of the last page, beside the QR code. Small letters and spaces "
                    "don't matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}))
    file = forms.FileField(
        label=_("Or the PDF file itself"), required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": _("The file is empty.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Here, not above: words that are filled in are no longer in the reader's language but in that of the process.
        self.fields["file"].help_text = _("At most %(most)s MB. It is compared and not kept.") % {"most": MOST_MB}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_MB * 1024 * 1024:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Please choose a smaller one."), params={"most": MOST_MB})
        return file

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and not values.get("code") and not values.get("file"):
            raise forms.ValidationError(_("Type the code, or choose the file."))
        return values
