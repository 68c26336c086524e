"""Forms of tasks: clean values, nothing saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.models import Attachment
from consult.people.models import Department, User
from consult.tasks import keying, points, publishing, rules
from consult.tasks.models import Assignment, KeyStep, Meeting, Milestone, Reply
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


class Kept(forms.Textarea):
    """Words for which the department has text blocks."""

    def __init__(self, rows: int) -> None:
        super().__init__({"rows": str(rows), "data-blocks": ""})


class DraftReply(ActForm):
    """One field for each numbered point of the task; the words are kept while they are written (see ``portal.rooms.drafts``)."""

    text = words(_("Answer, point by point"), 10, max_length=20000, required=False,
                 help_text=_("Header, number and signature block are set by the system."))
    outcome = forms.ChoiceField(label=_("How it turned out"), choices=Outcome.choices, widget=forms.RadioSelect)
    promise_on = forms.DateField(label=_("Promised by"), required=False, help_text=_("Needed for outcome B."))
    contact = forms.CharField(label=_("Contact person and telephone of your department"), max_length=80)
    doc_no = forms.CharField(label=_("Document number of the letter"), max_length=40, required=False)
    publicity = forms.ChoiceField(label=_("Publication"), choices=Publicity.choices, widget=forms.RadioSelect,
                                  initial=Publicity.OPEN)
    publicity_reason = forms.CharField(label=_("Reason if not published on your own initiative"), max_length=200, required=False)
    files = FilesField(label=_("Papers that go with it"), required=False)

    def prepare(self) -> None:
        self.asked = points.of(self.obj.text) if self.obj else []
        self.fields["text"].widget = Kept(4 if self.asked else 10)
        if not self.asked:
            return
        self.fields["text"].label = _("What is said to the whole")
        named = {f"point_{n}": forms.CharField(label=_("Point %(n)s: %(asked)s") % {"n": n, "asked": asked}, max_length=6000,
                                               widget=Kept(4)) for n, asked in enumerate(self.asked, 1)}
        rest = {name: field for name, field in self.fields.items() if name != "text"}
        self.fields = {**named, "text": self.fields["text"], **rest}

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        answers = [given.pop(f"point_{n}") for n, _asked in enumerate(self.asked, 1)]
        return {**given, "answers": answers}


class TakeOut(ActForm):
    files = forms.ModelMultipleChoiceField(label=_("Papers to take out"), queryset=Attachment.objects.none(),
                                           widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        mine = rules.my_departments(self.user)
        own = [reply.pk for reply in self.obj.replies_now if reply.department_id in mine]
        field: Any = self.fields["files"]
        field.queryset = Attachment.objects.filter(
            app_label="tasks", model="reply", object_id__in=[str(pk) for pk in own])


class NameHandler(ActForm):
    handler = forms.ModelChoiceField(label=_("Handler"), queryset=User.objects.none(),
                                     help_text=_("Hears of this task first. Everybody hears when it is overdue."))

    def prepare(self) -> None:
        mine = [part.department_id for part in self.obj.parts if part.department_id in rules.my_departments(self.user)]
        field: Any = self.fields["handler"]
        field.queryset = rules.colleagues(mine, calendar.today()).order_by("name", "pk")


class SetMilestone(ActForm):
    title = forms.CharField(label=_("What will be done"), max_length=120)
    due_on = forms.DateField(label=_("To be reached by"))


class ReachMilestone(ActForm):
    milestone = forms.ModelChoiceField(label=_("Milestone"), queryset=Milestone.objects.none(), empty_label=None,
                                       widget=forms.RadioSelect)
    evidence = words(_("What shows that it is reached"), 4, max_length=2000)
    photos = FilesField(label=_("Evidence"), required=False)

    def prepare(self) -> None:
        field: Any = self.fields["milestone"]
        field.queryset = Milestone.objects.filter(task=self.obj, reached_on=None,
                                                  department__in=rules.my_departments(self.user))


class LeadKey(ActForm):
    leader = forms.ModelChoiceField(label=_("Leader in charge"), queryset=User.objects.none())

    def prepare(self) -> None:
        field: Any = self.fields["leader"]
        field.queryset = keying.leaders_for(self.obj, calendar.today())


class KeyStepForm(ActForm):
    step = forms.ChoiceField(label=_("Step"), choices=KeyStep.Step.choices, widget=forms.RadioSelect)
    held_on = forms.DateField(label=_("Held on"))
    text = words(_("What it showed"))


class OneReply(ActForm):
    """One of several replies of a task."""

    reply = forms.ModelChoiceField(label=_("Reply"), queryset=Reply.objects.none(), empty_label=None, widget=forms.RadioSelect)
    found = staticmethod(publishing.to_publish)

    def prepare(self) -> None:
        field: Any = self.fields["reply"]
        field.queryset = Reply.objects.filter(pk__in=[one.pk for one in self.found(self.obj)]).select_related("department")
        field.label_from_instance = lambda reply: reply.department


class PublishReply(OneReply):
    text = words(_("What the public reads"), 14, max_length=30000, help_text=_(
        "Take out whatever tells who spoke: names, telephone numbers, flats. The contact person is not published."))


class CloseToPublic(OneReply):
    publicity = forms.ChoiceField(label=_("Publication"), widget=forms.RadioSelect,
                                  choices=[choice for choice in Publicity.choices if choice[0] != Publicity.OPEN])
    reason = forms.CharField(label=_("Reason"), max_length=200)


class WithdrawReply(OneReply):
    found = staticmethod(publishing.published)
    reason = words(_("Why it is taken back"), 3, max_length=300)


class Block(ActForm):
    title = forms.CharField(label=_("Name"), max_length=40)
    text = words(_("Text"), 8)


class NewBlock(Block):
    """A clerk of several departments says whose words they are."""

    def prepare(self) -> None:
        mine = rules.my_departments(self.user)
        departments = Department.objects.filter(pk__in=mine)
        self.fields = {"department": forms.ModelChoiceField(
            label=_("Department"), queryset=departments, initial=next(iter(mine), None), empty_label=None), **self.fields}


class Approve(ActForm):
    outcome = forms.ChoiceField(label=_("Outcome after review"), required=False, widget=forms.RadioSelect,
                                choices=[("", _("as the department says")), *Outcome.choices])
    promise_on = forms.DateField(label=_("Promised by"), required=False, help_text=_("Only when you change the outcome to B."))
    publicity = forms.ChoiceField(label=_("Publication after review"), required=False, widget=forms.RadioSelect,
                                  choices=[("", _("as the department says")), *Publicity.choices])
    publicity_reason = forms.CharField(label=_("Reason if not published on your own initiative"), max_length=200, required=False)
    note = words(_("Remark"), 3, required=False, max_length=2000)


class SendBack(ActForm):
    note = words(_("What the reply lacks"), max_length=2000,
                 help_text=_("Does it answer each point? Were people talked to? Is the form right?"))


class KeepPromise(ActForm):
    evidence = words(_("What shows that the promise is kept"), max_length=2000)


class Urge(ActForm):
    text = words(_("What the departments should do"), 3, max_length=300)
