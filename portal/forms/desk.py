"""The forms of the triage desk: one decision for many opinions, and the office's own usual words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.opinions import letters, rules
from consult.opinions.models import Opinion, TriageTemplate
from consult.opinions.receipts import tidy_number
from consult.opinions.states import HANDLED, Letter, OpinionState, Reason
from consult.people.models import Jurisdiction
from consult.people.roles import Role, scope_of
from consult.topics.models import Topic
from consult.topics.rules import visible_to as visible_topics
from consult.topics.states import TAKES_VOICES
from portal.forms.topics import OpenTopic
from portal.forms.triage import Worded, letter_field
from portal.kit.forms import ActForm


class MergeMany(Worded):
    kind = Letter.MERGE
    into = forms.CharField(label=_("Number of the leading opinion"), max_length=32)
    field_order = ("into", "template", "message")

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        fields["message"].help_text = _("Each of them reads exactly these words; {number} becomes the number of the leading one.")
        self.initial["message"] = letters.usual(self.district(), self.kind, number="{number}")

    def letters(self) -> list[tuple[str, Any, str]]:
        return [(str(row.pk), row.name, row.text) for row in self.own] if self.chooser else []

    def clean_into(self) -> Opinion:
        here = rules.visible_to(self.user).filter(jurisdiction=self.district(), state__in=(*HANDLED, OpinionState.MERGED))
        found = here.filter(number=tidy_number(self.cleaned_data["into"])).first()
        if found is None:
            raise forms.ValidationError(_("There is no such opinion in this district that could be merged into."))
        return found


class Adopted(Worded):
    """What those taken into a topic read."""

    kind = Letter.ADOPT

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        fields["message"].help_text = _("Each of them reads exactly these words; {title} becomes the title of the topic.")
        self.initial["message"] = letters.usual(self.district(), self.kind, title="{title}")

    def letters(self) -> list[tuple[str, Any, str]]:
        return [(str(row.pk), row.name, row.text) for row in self.own] if self.chooser else []


class Named(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.title}"


class IntoTopic(Adopted):
    topic = Named(Topic.objects.none(), label=_("Topic"))
    field_order = ("topic", "template", "message")

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        fields["topic"].queryset = visible_topics(self.user).filter(
            jurisdiction=self.district(), state__in=TAKES_VOICES).order_by("-opened_at", "-pk")


class OpenWith(OpenTopic):
    """A topic opened with those chosen, who are taken in one by one."""

    message = letter_field()

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        del fields["opinions"]
        district = min(scope_of(self.user).jurisdictions(Role.OFFICE), default=None)
        fields["message"].help_text = _("Each of them reads exactly these words; {title} becomes the title of the topic.")
        self.initial["message"] = letters.usual(district, Letter.ADOPT, title="{title}")


class Word(ActForm):
    """Usual words for one outcome."""

    outcome = forms.ChoiceField(label=_("Used for"), choices=Letter.choices)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("any")), *Reason.choices], required=False,
                               help_text=_("Only for not accepting."))
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As it stands in the list to choose from."))
    text = forms.CharField(label=_("Text"), max_length=3000, widget=forms.Textarea(attrs={"rows": "8"}), help_text=_(
        "For merging, {number} becomes the number of the leading opinion; for topics, {title} becomes the title."))
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999, initial=0,
                               help_text=_("The lowest number stands first, and forms begin with it."))
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def prepare(self) -> None:
        if isinstance(self.obj, TriageTemplate):
            for name in self.fields:
                self.initial.setdefault(name, getattr(self.obj, name))

    def values(self) -> dict[str, Any]:
        told = super().values()
        if self.obj is None:
            told["jurisdiction"] = Jurisdiction.objects.filter(
                pk__in=scope_of(self.user).jurisdictions(Role.OFFICE)).order_by("pk").first()
        return told


class Begin(ActForm):
    """The product's words for whatever has none yet."""

    def values(self) -> dict[str, Any]:
        return {"jurisdiction": Jurisdiction.objects.filter(
            pk__in=scope_of(self.user).jurisdictions(Role.OFFICE)).order_by("pk").first()}
