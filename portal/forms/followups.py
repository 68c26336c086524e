"""Forms of look-backs: made for a phone on the spot; clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.followups import hearing
from consult.followups.states import FindingKind, LookBackKind, Moment, VoiceKind, VoiceVerdict
from consult.people.models import CommitteeMember, Jurisdiction
from consult.people.roles import Role, scope_of
from consult.tasks.models import Reply
from consult.tasks.states import Outcome, ReplyState
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
    moment = forms.ChoiceField(label=_("When was it so?"), choices=Moment.choices, widget=forms.RadioSelect, required=False,
                               initial=Moment.NOW)
    taken_on = forms.DateField(label=_("On which day?"), required=False,
                               help_text=_("The day the photo was taken, or it was seen. Leave it empty for today."))
    photos = FilesField(label=_("Photos"),
                        help_text=_("Straight from the phone. Where they were taken is removed from the file."))


    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "moment": found["moment"] or Moment.NOW}


def verdict(*left_out: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Was what was promised kept?"), widget=forms.RadioSelect,
                             choices=[(code, label) for code, label in VoiceVerdict.choices if code not in left_out])


class Hear(ActForm):
    verdict = verdict()
    text = words(_("What the resident says, in their words"), max_length=2000, help_text=_(
        "No name, number or flat: write “a resident”. If no resident was to be had, say why."))


class Say(ActForm):
    verdict = verdict(VoiceVerdict.NOT_HAD)
    text = words(_("Why you judge so"), max_length=2000, help_text=_("Please write no residents' names or telephone numbers."))


class Speak(ActForm):
    verdict = verdict(VoiceVerdict.NOT_HAD)
    text = words(_("What was done, and what is still to be done"), max_length=2000,
                 help_text=_("Please write no residents' names or telephone numbers."))


class GoWithout(ActForm):
    kind = forms.ChoiceField(label=_("Whose voice was not to be had?"), widget=forms.RadioSelect)
    reason = words(_("Why it was not to be had"), 3, max_length=1000)

    def prepare(self) -> None:
        lacking = hearing.missing(self.obj)
        field: Any = self.fields["kind"]
        field.choices = [(code, label) for code, label in VoiceKind.choices if code in lacking]


class Answers(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.department} · {Outcome(obj.result).label}"


class Lower(ActForm):
    reply = Answers(label=_("Which answer"), queryset=Reply.objects.none(), empty_label=None)
    outcome = forms.ChoiceField(label=_("What it counts as from now on"), widget=forms.RadioSelect,
                                choices=[one for one in Outcome.choices if one[0] != "A"])
    promise_on = forms.DateField(label=_("Promised by"), required=False, help_text=_("Needed for outcome B: a day to come."))
    reason = words(_("What was found that the answer does not hold"), max_length=2000)

    def prepare(self) -> None:
        task = self.obj.task
        approved = Reply.objects.filter(task=task, round=task.round, state=ReplyState.APPROVED).select_related("department")
        field: Any = self.fields["reply"]
        field.queryset = approved


class Again(ActForm):
    note = words(_("What has to be done again"), max_length=1000)


class Draw(ActForm):
    home = forms.ModelChoiceField(Jurisdiction.objects.none(), label=_("District"), empty_label=None)
    since = forms.DateField(label=_("Answered or closed from"))
    until = forms.DateField(label=_("to"))
    share = forms.IntegerField(label=_("Share of the rest, in per cent"), min_value=0, max_value=100, help_text=_(
        "All with which somebody was not satisfied and all that came late are drawn; of the rest this share, by lot."))
    seed = forms.CharField(label=_("Seed of the lot"), max_length=40, help_text=_(
        "Any word or number, for instance one drawn in the meeting. With it anybody can draw the same tasks again."))

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["home"].queryset = mine = homes(self.user)
        if len(mine) == 1:
            fields["home"].widget, fields["home"].initial = forms.HiddenInput(), mine[0]
            fields["home"].required = False

    def values(self) -> dict[str, Any]:
        found = super().values()
        home = found.pop("home") or homes(self.user).first()
        return {**found, "jurisdiction": home}


def homes(user: Any) -> Any:
    """The districts whose office this is; nearly always one."""
    return Jurisdiction.objects.filter(pk__in=scope_of(user).jurisdictions(Role.OFFICE))


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
