"""The forms of opinions: handing in, assisted entry, triage, the receipt."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, parameters
from consult.kit.sealing import mask
from consult.opinions.states import TEXT_MAX, Channel, IdentityMode, Tag
from consult.people.models import CommitteeMember, Jurisdiction, Subdistrict
from consult.people.roles import Role, scope_of
from consult.renewal.models import RenewalProject
from consult.renewal.rules import visible_to as visible_projects
from portal.kit.forms import ActForm, Dressed

BY_HAND = (Channel.PHONE, Channel.WALK_IN, Channel.LETTER, Channel.ON_SITE, Channel.MEMBER)


class Handed(ActForm):
    """What handing in asks for, by oneself or with help: only the words are required."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = forms.CharField(
        label=_("What do you want to say?"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": "7"}),
        help_text=_("One matter at a time, in your own words: what is the matter, where, and what should be done. "
                    "Please write no names and no telephone numbers here."),
        error_messages={"required": _("Write what you want to say.")})
    project = forms.ModelChoiceField(RenewalProject.objects.none(), label=_("Which renewal project is it about?"),
                                     required=False, empty_label=_("None of these, or I don't know"))
    subdistrict = forms.ModelChoiceField(Subdistrict.objects.none(), label=_("In which subdistrict?"), required=False,
                                         empty_label=_("I don't know"))
    place = forms.CharField(label=_("Where exactly?"), max_length=120, required=False,
                            help_text=_("For example a street, a corner, a building. No flat number needed."))
    tags = forms.MultipleChoiceField(label=_("What is it about?"), choices=Tag.choices, required=False,
                                     widget=forms.CheckboxSelectMultiple)
    identity_mode = forms.ChoiceField(label=_("Who may know who you are?"), choices=IdentityMode.choices,
                                      initial=IdentityMode.ANONYMOUS, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Your name"), max_length=50, required=False,
                           widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False,
                            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
    consent = forms.BooleanField(
        label=_("I agree that the CPPCC office keeps my name and telephone number, sealed, to ask me about this matter "
                "and to answer me."), required=False)
    share_with_department = forms.BooleanField(
        label=_("I also agree that the handling department is told my name and telephone number."), required=False,
        help_text=_("Needed only for the third answer above."))

    def prepare(self) -> None:
        self.field("project").queryset = visible_projects(self.user)
        self.field("subdistrict").queryset = Subdistrict.objects.filter(jurisdiction=self.district())
        self.field("consent").help_text = _(
            "Erased %(days)s days after the matter is closed, or at once when you withdraw this with your receipt.") % {
            "days": parameters.value("contact_retention", on=calendar.today())}

    def field(self, name: str) -> Any:
        return self.fields[name]

    def district(self) -> Jurisdiction | None:
        """The district the opinion goes to unless the project says otherwise."""
        return Jurisdiction.objects.filter(level=Jurisdiction.Level.DISTRICT).first()

    def contact(self) -> dict[str, str]:
        return {name: value for name in ("name", "phone") if (value := self.cleaned_data.get(name))}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mode = data.get("identity_mode")
        if mode and mode != IdentityMode.ANONYMOUS and self.contact() and not data.get("consent"):
            self.add_error("consent", _("Tick this, or leave the name and the telephone number empty."))
        if mode == IdentityMode.DEPARTMENT and not data.get("share_with_department"):
            self.add_error("share_with_department",
                           _("Tick this to let the department know who you are, or choose another answer above."))
        return data

    def values(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in (
            "key", "text", "project", "subdistrict", "place", "tags", "identity_mode", "share_with_department")}
        project = told["project"]
        return {**told, "contact": self.contact(), "jurisdiction": project.jurisdiction if project else self.district()}


class Submit(Handed):
    """A resident hands in an opinion, without an account or with one."""

    website = forms.CharField(label=_("Leave this empty"), required=False,
                              widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def speaks_up(self) -> bool:
        """Does somebody who got an error want to be known? Then the fields for it are open."""
        return self.is_bound and self.data.get("identity_mode", IdentityMode.ANONYMOUS) != IdentityMode.ANONYMOUS

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(_("This field is a trap for machines: please empty it and send again."))
        return ""


class Enter(Handed):
    """Assisted entry: somebody speaks, staff or a member writes."""

    channel = forms.ChoiceField(label=_("How did it come in?"),
                                choices=[(channel.value, channel.label) for channel in BY_HAND])
    bearer = forms.ModelChoiceField(CommitteeMember.objects.none(), label=_("Brought in by member"), required=False)
    field_order = ("key", "channel", "bearer", "text")

    def prepare(self) -> None:
        super().prepare()
        self.reword()
        scope = scope_of(self.user)
        if not scope.holds(Role.OFFICE):
            del self.fields["bearer"]
        else:
            self.field("bearer").queryset = CommitteeMember.objects.filter(jurisdiction=self.district())
        if not scope.holds(Role.OFFICE, Role.MEMBER):
            own = self.field("subdistrict")
            own.queryset, own.required, own.empty_label = own.queryset.filter(pk__in=scope.subdistricts()), True, None
            self.field("project").queryset = self.field("project").queryset.filter(subdistrict__in=scope.subdistricts())

    def reword(self) -> None:
        """The one who writes is not the one who speaks."""
        self.field("text").label = _("What did they say?")
        self.field("text").help_text = _("One matter at a time, as near to their own words as possible. No names, no numbers.")
        self.field("identity_mode").label = _("Who may know who they are?")
        self.field("name").label = _("Their name")
        self.field("consent").label = _("I read out to them that the CPPCC office keeps name and telephone number, sealed, "
                                        "for this matter only, and they agreed.")
        self.field("share_with_department").label = _("They also agreed that the handling department is told.")

    def district(self) -> Jurisdiction | None:
        mine = scope_of(self.user).jurisdictions(Role.OFFICE, Role.MEMBER, Role.CADRE)
        return Jurisdiction.objects.filter(pk__in=mine).first()

    def values(self) -> dict[str, Any]:
        told = super().values()
        return {**told, "channel": self.cleaned_data["channel"], "bearer": self.cleaned_data.get("bearer")}


class Receipt(Dressed, forms.Form):
    """Number and code."""

    number = forms.CharField(label=_("Number"), max_length=32, help_text=_("As on the receipt, for example YJ2026-00012."),
                             widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(label=_("Receipt code"), max_length=40, help_text=_("Twelve digits; spaces don't matter."),
                           widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))


class Fact(ActForm):
    text = forms.CharField(label=_("What do you want to add?"), max_length=TEXT_MAX, widget=forms.Textarea)


# --- the office --------------------------------------------------------------------------------------------------------


class Reissue(ActForm):
    """Whoever lost the code tells the telephone number they left."""

    phone = forms.CharField(
        label=_("Telephone number they tell you"), max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("It is compared with the number left with the opinion, without opening anything. "
                    "Wrong numbers are kept on record."))


class Reveal(ActForm):
    reason = forms.CharField(label=_("Why must the identity be known?"), max_length=300, widget=forms.Textarea,
                             help_text=_("Your name, the time and this reason are kept for good. "
                                         "The submitter can see how often it was opened."))



def without_numbers(text: str) -> str:
    """Words for readers who must not learn telephone and identity numbers."""
    return mask(text)
