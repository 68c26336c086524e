"""Forms of tasks: clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.people.models import Department
from consult.tasks.models import Assignment, Meeting
from consult.tasks.states import Ground, Outcome, Publicity
from portal.kit.forms import ActForm, FilesField


def words(label: Any, rows: int = 5, **values: Any) -> forms.CharField:
    """A text of several lines."""
    values.setdefault("max_length", 4000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": str(rows)}), **values)


class OfDistrict(ActForm):
    """Departments offered are those of the task's district."""

    def prepare(self) -> None:
        here = Department.objects.filter(jurisdiction=self.obj.jurisdiction_id)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset.model is Department:
                field.queryset = here


class Assign(OfDistrict):
    lead = forms.ModelChoiceField(
        label=_("Lead department"), queryset=Department.objects.none(), required=False,
        help_text=_("Alone, it handles the task solely. Leave it empty only when departments answer separately."))
    co = forms.ModelMultipleChoiceField(
        label=_("Co-handling departments"), queryset=Department.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("They give the lead their opinion and counter-sign its reply."))
    separate = forms.ModelMultipleChoiceField(
        label=_("Departments that answer separately"), queryset=Department.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Each answers its own part."))
    urgent = forms.BooleanField(label=_("Urgent: 15 working days instead of 3 months"), required=False)
    key = forms.BooleanField(label=_("Key supervision: a face-to-face talk is needed before the reply"), required=False)


class AskReturn(OfDistrict):
    suggested = forms.ModelChoiceField(label=_("Who should handle it"), queryset=Department.objects.none())
    reason = words(_("Why it is not your department's duty"), max_length=2000)


class GrantReturn(OfDistrict):
    to = forms.ModelChoiceField(label=_("Department that takes it over"), queryset=Department.objects.none())
    decision = words(_("Remark"), 3, max_length=300, required=False)


class Decision(ActForm):
    decision = words(_("Reason of the decision"), 3, max_length=300)


class Parts(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.department} · {obj.get_part_display()}"


class Reassign(OfDistrict):
    part = Parts(label=_("Part to be handed over"), queryset=Assignment.objects.none())
    to = forms.ModelChoiceField(label=_("Department that takes it over"), queryset=Department.objects.none())
    reason = words(_("Who decided, and why"), 3, max_length=1000)

    def prepare(self) -> None:
        super().prepare()
        parts = Assignment.objects.filter(task=self.obj, ended_at=None).select_related("department")
        self.fields["part"].queryset = parts  # type: ignore[attr-defined]


class AskExtension(ActForm):
    asked_until = forms.DateField(label=_("Asked until"))
    reason = words(_("Why more time is needed"), max_length=2000)
    progress = words(_("What has been done so far"), max_length=2000)


class GrantExtension(ActForm):
    granted_until = forms.DateField(label=_("New due date"), help_text=_("A working day."))
    decision = words(_("Remark"), 3, max_length=300, required=False)


class StopClock(ActForm):
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What the task waits for"), max_length=200,
                             help_text=_("For example a lawsuit, the filing of a case, or a higher office's answer."))


class Meet(ActForm):
    way = forms.ChoiceField(label=_("Way"), choices=Meeting.Way.choices, widget=forms.RadioSelect)
    held_on = forms.DateField(label=_("Held on"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    people = forms.CharField(label=_("With whom"), max_length=200, help_text=_("Names or posts; no telephone numbers."))
    points = words(_("Points agreed"))


class Progress(ActForm):
    text = words(_("What has been done so far"))
    percent = forms.IntegerField(label=_("How far, in per cent"), min_value=0, max_value=100, required=False)
    photos = FilesField(label=_("Evidence"), required=False, help_text=_("Photos or papers; needed for 100 per cent."))


class Opinion(ActForm):
    text = words(_("Your department's opinion for the lead"), 6)


class DraftReply(ActForm):
    text = words(_("Answer, point by point"), 10, max_length=20000,
                 help_text=_("Header, number and signature block are set by the system."))
    outcome = forms.ChoiceField(label=_("How it turned out"), choices=Outcome.choices, widget=forms.RadioSelect)
    promise_on = forms.DateField(label=_("Promised by"), required=False, help_text=_("Needed for outcome B."))
    contact = forms.CharField(label=_("Contact person and telephone of your department"), max_length=80)
    doc_no = forms.CharField(label=_("Document number of the letter"), max_length=40, required=False)
    publicity = forms.ChoiceField(label=_("Publication"), choices=Publicity.choices, widget=forms.RadioSelect,
                                  initial=Publicity.OPEN)
    publicity_reason = forms.CharField(label=_("Reason if not published on your own initiative"), max_length=200, required=False)


class Approve(ActForm):
    outcome = forms.ChoiceField(label=_("Outcome after review"), required=False, widget=forms.RadioSelect,
                                choices=[("", _("as the department says")), *Outcome.choices])
    promise_on = forms.DateField(label=_("Promised by"), required=False, help_text=_("Only when you change the outcome to B."))
    note = words(_("Remark"), 3, required=False, max_length=2000)


class SendBack(ActForm):
    note = words(_("What the reply lacks"), max_length=2000,
                 help_text=_("Does it answer each point? Were people talked to? Is the form right?"))


class KeepPromise(ActForm):
    evidence = words(_("What shows that the promise is kept"), max_length=2000)


class Urge(ActForm):
    text = words(_("What the departments should do"), 3, max_length=300)
