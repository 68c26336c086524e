"""The form by which several opinions become one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.opinions.models import Opinion
from consult.opinions.rules import visible_to
from consult.people.roles import Role, scope_of
from portal.forms.topics import Voice, Voices
from portal.forms.triage import letter_field
from portal.kit.forms import ActForm


class MergeGroup(ActForm):
    """Which ones, into which of them, and in which words they are told."""

    opinions = Voices(Opinion.objects.none(), label=_("Opinions to merge"), widget=forms.CheckboxSelectMultiple)
    into = Voice(Opinion.objects.none(), label=_("Merge into"), widget=forms.RadioSelect, empty_label=None, help_text=_(
        "This one stays in the queue and speaks for all; best the one that says it most completely."))
    message = letter_field(required=False)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["opinions"].queryset = fields["into"].queryset = self.offered()
        fields["message"].help_text = _("They read exactly these words. Left empty, the usual words are sent: others say the "
                                        "same, it is handled together, you will get your own answer.")
        if not self.is_bound and (first := fields["into"].queryset.first()):
            self.initial.setdefault("into", first.pk)

    def offered(self) -> QuerySet[Opinion]:
        """Those named, as far as they still wait in the office's own district."""
        named = self.data.getlist("opinions") if self.is_bound else self.initial.get("opinions", [])
        own = visible_to(self.user).filter(jurisdiction__in=scope_of(self.user).jurisdictions(Role.OFFICE))
        return own.waiting().filter(pk__in=[pk for pk in named if str(pk).isdecimal()]).order_by("submitted_at", "pk")
