"""The forms of triage: one opinion decided in the words its submitter will read, and nothing overlooked meanwhile."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.opinions import claims, letters, rules, splitting, wording
from consult.opinions.models import Opinion
from consult.opinions.receipts import tidy_number
from consult.opinions.states import HANDLED, REFERRALS, Letter, OpinionState, Outcome, Reason, Tag
from consult.people.roles import Role, scope_of
from portal.kit.forms import ActForm


def letter_field(**more: Any) -> forms.CharField:
    return forms.CharField(label=_("Message to the submitter"), max_length=3000, widget=forms.Textarea(attrs={"rows": "6"}),
                           help_text=_("They read exactly these words. Write kindly and plainly."), **more)


class Seen(ActForm):
    """A decision on what was read: whatever came in between is told, and what was typed is kept.

    ``seen`` is the last thing that had happened when the form was opened.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    take_over = forms.BooleanField(required=False)
    last: tuple[str, ...] = ()

    def prepare(self) -> None:
        self.initial.setdefault("seen", self.latest())
        claim = claims.holder(self.obj, calendar.now()) if self.obj is not None else None
        if claim is None or claim.by_id == getattr(self.user, "pk", None):
            del self.fields["take_over"]
        else:
            self.fields["take_over"].label = _("Take it over from %(name)s, who has it in hand until %(time)s") % {
                "name": claim.by, "time": timezone.localtime(claim.until).strftime("%H:%M")}

    def latest(self) -> int:
        last = audit.trail_of(self.obj).last() if self.obj is not None else None
        return last.pk if last else 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen = data.pop("seen", None)
        if seen and (news := list(audit.trail_of(self.obj).filter(pk__gt=seen).exclude(actor=self.user))):
            self.data = self.data.copy()
            self.data["seen"] = str(news[-1].pk)
            what = "、".join(f"{audit.label(event.verb)} {event.actor_label}".strip() for event in news)
            self.add_error(None, _("Something happened while you were writing: %(what)s. What you typed is kept. Look at the "
                                   "page again; send once more if it still holds.") % {"what": what})
        return data


class Worded(Seen):
    """A decision that is told: the office's own words for it can be chosen, and changed for this one."""

    message = letter_field()
    kind = ""
    field_order = ("template", "message", "take_over")

    def prepare(self) -> None:
        super().prepare()
        self.own = letters.of(self.district(), self.kind)
        if len(self.own) > 1:
            self.fields["template"] = forms.ChoiceField(
                label=_("Usual words"), choices=[(str(row.pk), row.name) for row in self.own], required=False)
            self.order_fields(self.field_order)
        self.initial.setdefault("message", letters.usual(self.district(), self.kind))

    def district(self) -> int | None:
        if self.obj is not None:
            return int(self.obj.jurisdiction_id)
        return min(scope_of(self.user).jurisdictions(Role.OFFICE), default=None)

    @property
    def chooser(self) -> str:
        return "template" if "template" in self.fields else ""

    def letters(self) -> list[tuple[str, Any, str]]:
        """(code, name, words) of each, for the page and its small script."""
        return [(str(row.pk), row.name, letters.filled(row.text)) for row in self.own] if self.chooser else []

    def clean(self) -> dict[str, Any]:
        """Chosen words stand for those nobody changed: so it works without the script, too."""
        data = super().clean()
        wanted = data.pop("template", "")
        known = {code: words for code, _name, words in self.letters()}
        typed = (data.get("message") or "").strip()
        if wanted in known and plain(typed) in {plain(words) for words in known.values()}:
            data["message"] = known[wanted]
        return data


def plain(text: str) -> str:
    """As browsers send it back or not: line ends make no other words."""
    return text.replace("\r\n", "\n").strip()


class Accept(Worded):
    kind = Letter.ACCEPT


class Answer(Worded):
    kind = Letter.ANSWER

    def clean(self) -> dict[str, Any]:
        """The usual words only begin an answer."""
        data = super().clean()
        if (data.get("message") or "").rstrip().endswith(("：", ":")):
            self.add_error("message", _("Write the answer itself after the first words."))
        return data


class Keep(Worded):
    kind = Letter.KEEP


class Chosen(Seen):
    """The words follow a choice: left empty, the usual ones for that choice are sent. They are shown below the form."""

    chooser = ""
    message = letter_field(required=False)

    def prepare(self) -> None:
        super().prepare()
        self.fields["message"].help_text = _("They read exactly these words. Left empty, the usual words are sent; "
                                             "you find them below.")

    district = Worded.district

    @cached_property
    def book(self) -> Any:
        return letters.book(self.district())

    def letters(self) -> list[tuple[str, Any, str]]:
        """(code, label, usual words) per choice, for the page and its small script."""
        return [(code, label, self.usual(code)) for code, label in self.fields[self.chooser].choices if code]  # type: ignore[attr-defined]

    def usual(self, code: str) -> str:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("message") or "").strip() and data.get(self.chooser):
            data["message"] = self.usual(data[self.chooser])
        return data


class Refer(Chosen):
    chooser = "outcome"
    outcome = forms.ChoiceField(label=_("Passed on to"), choices=[(o.value, o.label) for o in REFERRALS],
                                widget=forms.RadioSelect)
    passed_to = forms.CharField(label=_("Name of the body"), max_length=80, required=False,
                                help_text=_("Needed for a department."))
    field_order = ("outcome", "passed_to", "message", "take_over")

    def usual(self, code: str) -> str:
        return letters.from_book(self.book, code)


class Decline(Chosen):
    chooser = "reason"
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices, widget=forms.RadioSelect)
    field_order = ("reason", "message", "take_over")

    def usual(self, code: str) -> str:
        return letters.from_book(self.book, Outcome.DECLINE, code)


class Merge(Seen):
    """Typed in by its number, or taken over from the list of similar ones by a link."""

    into = forms.CharField(label=_("Number of the opinion that says the same"), max_length=32)
    message = letter_field(required=False)

    def prepare(self) -> None:
        super().prepare()
        self.fields["message"].help_text = _("They read exactly these words. Left empty, the usual words are sent: "
                                             "others say the same, it is handled together, you will get your own answer.")

    def candidates(self) -> QuerySet[Opinion]:
        return rules.visible_to(self.user).filter(jurisdiction=self.obj.jurisdiction_id).exclude(pk=self.obj.pk).filter(
            state__in=(*HANDLED, OpinionState.MERGED))

    def clean_into(self) -> Opinion:
        found = self.candidates().filter(number=tidy_number(self.cleaned_data["into"])).first()
        if found is None:
            raise forms.ValidationError(_("There is no such opinion in this district that could be merged into."))
        return found


class TakeBack(Seen):
    reason = forms.CharField(label=_("Why is it taken back?"), max_length=300, widget=forms.Textarea(attrs={"rows": "3"}),
                             help_text=_("Kept on record for the office; the submitter reads the message below."))
    message = letter_field()
    field_order = ("reason", "message", "take_over")

    def prepare(self) -> None:
        super().prepare()
        self.initial.setdefault("message", wording.plain(wording.TAKEN_BACK))


class Split(Seen):
    """The words of the second matter are ticked among those of the submitter."""

    chosen = forms.TypedMultipleChoiceField(label=_("Which sentences are the second matter?"), coerce=int,
                                            widget=forms.CheckboxSelectMultiple)
    tags = forms.MultipleChoiceField(label=_("What is the second matter about?"), choices=Tag.choices, required=False,
                                     widget=forms.CheckboxSelectMultiple, help_text=_("Nothing ticked: the same as the first."))
    message = letter_field()
    field_order = ("chosen", "tags", "message", "take_over")

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        fields["chosen"].choices = list(enumerate(splitting.pieces(self.obj.text)))
        fields["message"].help_text = _("They read exactly these words; {number} becomes the number of the second matter.")
        self.initial.setdefault("message", wording.plain(wording.SPLIT))
