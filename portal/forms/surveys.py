"""The forms of surveys: drafting one, and answering it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.people.roles import Role, scope_of
from consult.renewal.models import RenewalProject
from consult.surveys import serials
from consult.surveys.actions import WORDS_MAX
from consult.surveys.entering import AT_ONCE
from consult.surveys.models import Choice, Question, Survey
from consult.surveys.states import Purpose, QuestionKind, SurveyState
from portal.kit.forms import ActForm, Reason

#: How many questions the form offers; a good survey has fewer.
QUESTIONS = range(1, 7)


class Questions(ActForm):
    """A survey with up to six questions; empty ones are left out."""

    title = forms.CharField(label=_("Title"), max_length=120)
    intro = forms.CharField(label=_("Introduction"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": "3"}))
    invited = forms.IntegerField(label=_("People asked"), min_value=0, max_value=9_999_999, initial=0,
                                 help_text=_("For the response rate. 0 when it is not known."))
    invited_source = forms.CharField(
        label=_("Where this number comes from"), max_length=120, required=False,
        help_text=_("For example: list of households of the community, 1 November. Needed with a number."))
    closes_on = forms.DateField(label=_("Closes on"), required=False)
    parts: tuple[str, ...] = ("text", "kind", "choices")

    def prepare(self) -> None:
        for n in QUESTIONS:
            said = {"n": n}
            self.fields[f"text{n}"] = forms.CharField(label=_("Question %(n)s") % said, max_length=200, required=n == 1)
            self.fields[f"kind{n}"] = forms.ChoiceField(label=_("Kind of question %(n)s") % said, choices=QuestionKind.choices)
            self.fields[f"choices{n}"] = forms.CharField(
                label=_("Choices of question %(n)s") % said, required=False, widget=forms.Textarea(attrs={"rows": "4"}),
                help_text=_("One a line. Leave empty for free text."))

    def groups(self) -> list[list[Any]]:
        """The fields of each question together, for the page."""
        return [[self[f"{part}{n}"] for part in self.parts] for n in QUESTIONS]

    def head(self) -> list[Any]:
        return [self[name] for name in self.base_fields]

    def values(self) -> dict[str, Any]:
        questions = [self.question(n) for n in QUESTIONS if self.cleaned_data[f"text{n}"].strip()]
        return {**{name: self.cleaned_data[name] for name in self.base_fields}, "questions": questions}

    def question(self, n: int) -> dict[str, Any]:
        data = self.cleaned_data
        return {"text": data[f"text{n}"], "kind": data[f"kind{n}"],
                "choices": [line.strip() for line in data[f"choices{n}"].splitlines() if line.strip()]}


class Draft(Questions):
    """A new survey; one after a consultation may name the one before."""

    project = forms.ModelChoiceField(RenewalProject.objects.none(), label=_("Renewal project"))
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    follows = forms.ModelChoiceField(
        Survey.objects.none(), label=_("Compared with the survey before"), required=False, empty_label=_("none"),
        help_text=_("Questions with the same words are compared. To copy the questions of the survey before, begin on its page."))
    field_order = ("project", "title", "purpose", "follows")

    def prepare(self) -> None:
        mine = scope_of(self.user).jurisdictions(Role.OFFICE)
        self.fields["project"].queryset = RenewalProject.objects.filter(jurisdiction__in=mine)  # type: ignore[attr-defined]
        self.fields["follows"].queryset = Survey.objects.filter(  # type: ignore[attr-defined]
            jurisdiction__in=mine, purpose=Purpose.BEFORE).exclude(state=SurveyState.DRAFTED)
        super().prepare()

    def head(self) -> list[Any]:
        return [field for field in self if field.name in self.base_fields]


class Repeat(Questions):
    """The survey after the consultation: the questions of the one before, each compared with its own unless said otherwise."""

    parts = ("text", "kind", "choices", "same")

    def prepare(self) -> None:
        super().prepare()
        self.known = {str(question.pk): question for question in self.obj.questions.prefetch_related("choices")}
        before = list(self.known.values())
        named = [("", _("not compared")), *((str(one.pk), f"{n}. {one.text}") for n, one in enumerate(before, 1))]
        for n in QUESTIONS:
            self.fields[f"same{n}"] = forms.ChoiceField(label=_("Compared with"), choices=named, required=False)
            if n <= len(before):
                one = before[n - 1]
                self.initial.setdefault(f"text{n}", one.text)
                self.initial.setdefault(f"kind{n}", one.kind)
                self.initial.setdefault(f"choices{n}", "\n".join(choice.text for choice in one.choices.all()))
                self.initial.setdefault(f"same{n}", str(one.pk))

    def question(self, n: int) -> dict[str, Any]:
        return {**super().question(n), "same_as": self.known.get(self.cleaned_data[f"same{n}"])}


class Invited(ActForm):
    """How many were asked."""

    invited = forms.IntegerField(label=_("People asked"), min_value=0, max_value=9_999_999,
                                 help_text=_("For the response rate. 0 when it is not known."))
    invited_source = forms.CharField(
        label=_("Where this number comes from"), max_length=120, required=False,
        help_text=_("For example: list of households of the community, 1 November. Needed with a number."))


class Answers(ActForm):
    """The questions of one survey. Every question may be left out."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def prepare(self) -> None:
        for question in self.obj.questions.prefetch_related("choices"):
            self.fields[f"q{question.pk}"] = self.field(question)

    def field(self, question: Question) -> forms.Field:
        if question.kind == QuestionKind.TEXT:
            return forms.CharField(label=question.text, max_length=WORDS_MAX, required=False, widget=forms.Textarea,
                                   help_text=_("Please write no names and no telephone numbers here."))
        self.known = {**getattr(self, "known", {}), **{str(choice.pk): choice for choice in question.choices.all()}}
        choices = [(str(choice.pk), choice.text) for choice in question.choices.all()]
        if question.kind == QuestionKind.MANY:
            return forms.MultipleChoiceField(label=question.text, choices=choices, required=False,
                                             widget=forms.CheckboxSelectMultiple, help_text=_("Several answers are possible."))
        return forms.ChoiceField(label=question.text, choices=choices, required=False, widget=forms.RadioSelect)

    def values(self) -> dict[str, Any]:
        given = {int(name[1:]): self.choice(value) for name, value in self.cleaned_data.items() if name.startswith("q")}
        return {"key": self.cleaned_data["key"], "answers": given}

    def choice(self, value: Any) -> Choice | list[Choice] | str:
        known: dict[str, Choice] = getattr(self, "known", {})
        return [known[one] for one in value] if isinstance(value, list) else known.get(value, value)


# --- on paper -----------------------------------------------------------------------------------------------------


class Number(ActForm):
    """How many sheets are printed."""

    number = forms.IntegerField(label=_("Sheets to print"), min_value=1, max_value=AT_ONCE, initial=20,
                                help_text=_("Each gets its own number. Print them one-sided, and do not photocopy them."))


class Sheet(Answers):
    """One sheet copied by hand: its number, then the boxes by their printed numbers."""

    serial = forms.CharField(
        label=_("Number of the sheet"), max_length=20,
        error_messages={"required": _("Type the number of the sheet, or tick that it has none.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True, "data-first": ""}))
    unnumbered = forms.BooleanField(label=_("This sheet has no number of its own (photocopied or torn off)"), required=False)

    def prepare(self) -> None:
        super().prepare()
        self.fields["serial"].required = not self.data.get("unnumbered")
        said = {"like": serials.written(self.obj.pk, 37)}
        self.fields["serial"].help_text = _("As printed, for example %(like)s; the first part may be left out.") % said

    def field(self, question: Question) -> forms.Field:
        made = super().field(question)
        if isinstance(made, forms.ChoiceField):
            made.choices = [(value, f"{n}　{text}") for n, (value, text) in enumerate(made.choices, 1)]
            one = question.kind == QuestionKind.ONE
            made.help_text = _("Two boxes ticked where one is asked: leave it empty.") if one else ""
        return made

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("serial") and data.get("unnumbered"):
            self.add_error("unnumbered", _("Either the number or the tick: with a number the tick must be empty."))
        return data

    def values(self) -> dict[str, Any]:
        return {**super().values(), "serial": self.cleaned_data["serial"]}

    def so_far(self) -> int:
        """Sheets entered until now."""
        return int(self.obj.responses.counted().on_paper().count())


class Void(Reason):
    """Which sheet, and why."""

    serial = forms.CharField(label=_("Number of the sheet"), max_length=20,
                             widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
    field_order = ("serial", "reason")
