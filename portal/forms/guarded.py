"""What a public form carries to tell people from machines: nothing that anybody sees or has to do."""

import uuid
from typing import Any

from django import forms
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from portal.kit import guard
from portal.kit.forms import ActForm

WORKER = "vendor/altcha-3.2.2/workers/sha.js"


class Unseen(forms.CharField):
    """Sent by the page itself, and never a reason to send a form back: what is wrong with it only raises a doubt."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, **{"widget": forms.HiddenInput, **more})

    def clean(self, value: Any) -> str:
        return str(value or "").replace("\x00", "").strip()


class Guarded(ActForm):
    """Mixin for a form with a ``key``: a trap, when it was opened, and a proof of work where the browser can do one."""

    website = Unseen(label=_("Leave this empty"), widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    stamp = Unseen()
    altcha = Unseen()

    def prepare(self) -> None:
        super().prepare()
        key = self.initial.setdefault("key", uuid.uuid4())
        if guard.seconds(str(self.initial.get("stamp", "")), key, calendar.now()) is None:  # else it came back, with its words
            self.initial["stamp"] = guard.stamp(key, calendar.now())
        self.fields["altcha"].widget.attrs.update({
            "data-challenge": reverse("opinion.challenge"), "data-worker": static(WORKER), "autocomplete": "off"})
