"""The forms of surveys: drafting one, and answering it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.people.roles import Role, scope_of
from consult.renewal.models import RenewalProject
from consult.surveys.actions import WORDS_MAX
from consult.surveys.models import Choice, Question
from consult.surveys.states import Purpose, QuestionKind
from portal.kit.forms import ActForm

#: How many questions the form offers; a good survey has fewer.
QUESTIONS = range(1, 7)


class Draft(ActForm):
    """A survey with up to six questions; empty ones are left out."""

    project = forms.ModelChoiceField(RenewalProject.objects.none(), label=_("Renewal project"))
    title = forms.CharField(label=_("Title"), max_length=120)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    intro = forms.CharField(label=_("Introduction"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": "3"}))
    invited = forms.IntegerField(label=_("People asked"), min_value=0, initial=0,
                                 help_text=_("For the response rate. 0 when it is not known."))
    closes_on = forms.DateField(label=_("Closes on"), required=False)

    def prepare(self) -> None:
        mine = scope_of(self.user).jurisdictions(Role.OFFICE)
        self.fields["project"].queryset = RenewalProject.objects.filter(jurisdiction__in=mine)  # type: ignore[attr-defined]
        for n in QUESTIONS:
            said = {"n": n}
            self.fields[f"text{n}"] = forms.CharField(label=_("Question %(n)s") % said, max_length=200, required=n == 1)
            self.fields[f"kind{n}"] = forms.ChoiceField(label=_("Kind of question %(n)s") % said, choices=QuestionKind.choices)
            self.fields[f"choices{n}"] = forms.CharField(
                label=_("Choices of question %(n)s") % said, required=False, widget=forms.Textarea(attrs={"rows": "4"}),
                help_text=_("One a line. Leave empty for free text."))

    def groups(self) -> list[list[Any]]:
        """The fields of each question together, for the page."""
        return [[self[f"{part}{n}"] for part in ("text", "kind", "choices")] for n in QUESTIONS]

    def head(self) -> list[Any]:
        return [self[name] for name in self.base_fields]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        questions = [{"text": data[f"text{n}"], "kind": data[f"kind{n}"],
                      "choices": [line.strip() for line in data[f"choices{n}"].splitlines() if line.strip()]}
                     for n in QUESTIONS if data[f"text{n}"].strip()]
        return {**{name: data[name] for name in self.base_fields}, "questions": questions}


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
        given = {int(name[1:]): self.choice(value) for name, value in self.cleaned_data.items() if name != "key"}
        return {"key": self.cleaned_data["key"], "answers": given}

    def choice(self, value: Any) -> Choice | list[Choice] | str:
        known: dict[str, Choice] = getattr(self, "known", {})
        return [known[one] for one in value] if isinstance(value, list) else known.get(value, value)
