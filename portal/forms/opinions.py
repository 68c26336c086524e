"""The forms of opinions: handing in, assisted entry, triage, the receipt."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.sealing import mask
from consult.opinions import consent, delicate, rules, wording
from consult.opinions.models import Consent, Opinion
from consult.opinions.states import (
    HANDLED,
    REFERRALS,
    TEXT_MAX,
    Channel,
    IdentityMode,
    OpinionState,
    Outcome,
    Reason,
    Tag,
)
from consult.people.models import CommitteeMember, Jurisdiction, Subdistrict
from consult.people.roles import Role, scope_of
from consult.renewal.models import RenewalProject
from consult.renewal.rules import visible_to as visible_projects
from portal.forms.photos import Photos
from portal.kit.forms import ActForm, Dressed

BY_HAND = (Channel.PHONE, Channel.WALK_IN, Channel.LETTER, Channel.ON_SITE, Channel.MEMBER)


def home_district() -> Jurisdiction | None:
    """The district whose CPPCC this installation serves."""
    return Jurisdiction.objects.filter(level=Jurisdiction.Level.DISTRICT).first()


class Handed(Photos, ActForm):
    """What handing in asks for, by oneself or with help: only the words are required."""

    #: The consents are read out to somebody, not read by them.
    read_out = False
    #: What the text seems to hold, when that is all that keeps it from being handed in.
    warned: tuple[Any, ...] = ()

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
    consent = forms.BooleanField(required=False)
    share_with_department = forms.BooleanField(required=False, help_text=_("Needed only for the third answer above."))
    go_on = forms.BooleanField(required=False, widget=forms.HiddenInput, label=_("I have read this: keep it as it is."))

    def prepare(self) -> None:
        super().prepare()
        self.places()
        self.field("consent").label = consent.WORDS[Consent.Kind.OFFICE, self.read_out]
        self.field("consent").help_text = consent.kept_for(calendar.today())
        self.field("share_with_department").label = consent.WORDS[Consent.Kind.DEPARTMENT, self.read_out]

    def places(self) -> None:
        self.field("project").queryset = visible_projects(self.user)
        self.field("subdistrict").queryset = Subdistrict.objects.filter(jurisdiction=self.district())

    def field(self, name: str) -> Any:
        return self.fields[name]

    def district(self) -> Jurisdiction | None:
        """The district the opinion goes to unless the project says otherwise."""
        return home_district()

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
        if not self.errors:
            self.warn(data)
        return data

    def warn(self, data: dict[str, Any]) -> None:
        """Once all is right: what would better be left out? Whoever has read it goes on."""
        kinds = delicate.found(f"{data.get('text', '')}\n{data.get('place', '')}")
        if kinds and not data.get("go_on"):
            self.field("go_on").widget = forms.CheckboxInput()
            self.warned = tuple(delicate.KINDS[kind] for kind in kinds)
            self.add_error("go_on", _("The text seems to hold %(what)s. Everybody who works on the matter reads it: better "
                                      "leave it out if it is not needed. You can also keep it as it is.") % {
                "what": str(_(", ")).join(str(kind) for kind in self.warned)})

    def values(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in (
            "key", "text", "project", "subdistrict", "place", "tags", "photos", "identity_mode", "share_with_department")}
        project = told["project"]
        return {**told, "contact": self.contact(), "wordings": self.wordings(),
                "jurisdiction": project.jurisdiction if project else self.district()}

    def wordings(self) -> dict[str, str]:
        """The consents as they stand on the page: of these the record is made."""
        return {kind: consent.wording(kind, calendar.today(), read_out=self.read_out) for kind in Consent.Kind.values}


class Submit(Handed):
    """A resident hands in an opinion, without an account or with one."""

    website = forms.CharField(label=_("Leave this empty"), required=False,
                              widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def speaks_up(self) -> bool:
        """Does somebody whose page comes back want to be known? Then the fields for it are open."""
        return (self.is_bound or "text" in self.initial) and self["identity_mode"].value() != IdentityMode.ANONYMOUS

    def has_place(self) -> bool:
        """Is something written in the folded fields for the place?"""
        return any(self[name].value() or self[name].errors for name in ("subdistrict", "place"))

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(_("This field is a trap for machines: please empty it and send again."))
        return ""


class Join(Submit):
    """“Me too”: one more voice for a public topic; whoever likes adds words, photos and a contact."""

    text = forms.CharField(
        label=_("Do you want to add something?"), max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": "4"}),
        help_text=_("For example where you live and what it means for you. Please write no names and no telephone numbers."))
    project = subdistrict = place = tags = None  # type: ignore[assignment]

    def places(self) -> None:
        """The topic says where."""

    def values(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in ("key", "text", "photos", "identity_mode", "share_with_department")}
        return {**told, "contact": self.contact(), "wordings": self.wordings()}


class Enter(Handed):
    """Assisted entry: somebody speaks, staff or a member writes."""

    read_out = True

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


class Fact(Photos, ActForm):
    """Something to add, with photos; the same key is the same message."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    text = forms.CharField(label=_("What do you want to add?"), max_length=TEXT_MAX, widget=forms.Textarea)
    field_order = ("key", "text", "photos")


class Contact(ActForm):
    """One's own name and telephone number, as they shall be kept from now on."""

    name = forms.CharField(label=_("Your name"), max_length=50, required=False,
                           widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False,
                            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
    consent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, kept: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kept:
            del self.fields["consent"]
        else:
            self.fields["consent"].label = consent.WORDS[Consent.Kind.OFFICE, False]
            self.fields["consent"].help_text = consent.kept_for(calendar.today())

    def values(self) -> dict[str, Any]:
        agreed = self.cleaned_data.get("consent")
        return {"contact": {name: self.cleaned_data[name] for name in ("name", "phone")},
                "agreed": consent.wording(Consent.Kind.OFFICE, calendar.today()) if agreed else ""}


# --- triage -------------------------------------------------------------------------------------------------------


def letter_field(**more: Any) -> forms.CharField:
    return forms.CharField(label=_("Message to the submitter"), max_length=3000, widget=forms.Textarea(attrs={"rows": "6"}),
                           help_text=_("They read exactly these words. Write kindly and plainly."), **more)


class Letter(ActForm):
    """An outcome that needs nothing but the words to the submitter."""

    message = letter_field()


class Chosen(ActForm):
    """The words follow a choice: left empty, the usual ones for that choice are sent. They are shown below the form."""

    chooser = ""
    template_letters = True
    message = letter_field(required=False)

    def prepare(self) -> None:
        self.fields["message"].help_text = _("They read exactly these words. Left empty, the usual words are sent; "
                                             "you find them below.")

    def letters(self) -> list[tuple[str, Any, str]]:
        """(code, label, usual words) per choice, for the page and its small script."""
        return [(code, label, self.usual(code)) for code, label in self.fields[self.chooser].choices if code]  # type: ignore[attr-defined]

    def usual(self, code: str) -> str:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("message") or "").strip() and data.get(self.chooser):
            data["message"] = self.usual(data[self.chooser])
        return data


class Refer(Chosen):
    chooser = "outcome"
    outcome = forms.ChoiceField(label=_("Passed on to"), choices=[(o.value, o.label) for o in REFERRALS],
                                widget=forms.RadioSelect)
    passed_to = forms.CharField(label=_("Name of the body"), max_length=80, required=False,
                                help_text=_("Needed for a department."))
    field_order = ("outcome", "passed_to", "message")

    def usual(self, code: str) -> str:
        return wording.letter(code)


class Decline(Chosen):
    chooser = "reason"
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices, widget=forms.RadioSelect)
    field_order = ("reason", "message")

    def usual(self, code: str) -> str:
        return wording.letter(Outcome.DECLINE, code)



class Merge(ActForm):
    """Typed in by its number, or taken over from the list of similar ones by a link."""

    into = forms.CharField(label=_("Number of the opinion that says the same"), max_length=32)
    message = letter_field(required=False)

    def prepare(self) -> None:
        self.fields["message"].help_text = _("They read exactly these words. Left empty, the usual words are sent: "
                                             "others say the same, it is handled together, you will get your own answer.")

    def candidates(self) -> QuerySet[Opinion]:
        return rules.visible_to(self.user).filter(jurisdiction=self.obj.jurisdiction_id).exclude(pk=self.obj.pk).filter(
            state__in=(*HANDLED, OpinionState.MERGED))

    def clean_into(self) -> Opinion:
        from consult.opinions.receipts import tidy_number
        found = self.candidates().filter(number=tidy_number(self.cleaned_data["into"])).first()
        if found is None:
            raise forms.ValidationError(_("There is no such opinion in this district that could be merged into."))
        return found


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
