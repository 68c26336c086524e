"""Forms of look-backs: made for a phone on the spot; clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.followups.states import FindingKind, LookBackKind
from consult.people.models import CommitteeMember
from portal.kit.forms import ActForm, FilesField


def words(label: Any, rows: int = 5, **values: Any) -> forms.CharField:
    """A text of several lines."""
    values.setdefault("max_length", 4000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": str(rows)}), **values)


class Plan(ActForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=LookBackKind.choices, widget=forms.RadioSelect)
    planned_on = forms.DateField(label=_("Day"))
    place = forms.CharField(label=_("Place"), max_length=120)
    lead = forms.ModelChoiceField(label=_("Led by member"), queryset=CommitteeMember.objects.none())
    with_whom = forms.CharField(label=_("With whom"), max_length=200, required=False,
                                help_text=_("For example residents' representatives, the community; no telephone numbers."))

    def prepare(self) -> None:
        here = CommitteeMember.objects.filter(jurisdiction=self.obj.jurisdiction_id).exclude(user=None)
        self.fields["lead"].queryset = here  # type: ignore[attr-defined]


class Find(ActForm):
    kind = forms.ChoiceField(label=_("How far is it carried out?"), choices=FindingKind.choices, widget=forms.RadioSelect)
    text = words(_("What did you see or hear?"), help_text=_("Please write no residents' names or telephone numbers."))
    photos = FilesField(label=_("Photos"),
                        help_text=_("Straight from the phone. Where they were taken is removed from the file."))


class Visit(ActForm):
    on = forms.DateField(label=_("Day of the visit"))
    summary = words(_("What the visit showed, in short"))


class Note(ActForm):
    note = words(_("Note"), 3, max_length=300)


class Confirm(ActForm):
    note = words(_("Note"), 3, max_length=300, required=False)


class Difficulty(ActForm):
    text = words(_("What stands in the way?"), max_length=2000)


class Escalate(ActForm):
    to = forms.CharField(label=_("Passed up to"), max_length=80, help_text=_("For example the district government's meeting."))


class Solve(ActForm):
    solution = words(_("How it was solved"), max_length=2000)


class Bulletin(ActForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    text = words(_("What has come of the task"), 10, max_length=20000, help_text=_("A blank line begins a new paragraph."))
