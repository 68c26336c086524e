"""What is asked when a briefing is compiled, sent, or answered by an instruction."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.briefings import document, rules
from consult.briefings.models import Annex, BriefingItem, Comment, Issue
from consult.briefings.states import BriefingKind, InstructionKind, Part
from consult.kit import calendar
from consult.people.models import User
from consult.people.roles import STAFF, Role, scope_of
from consult.people.rules import people_in
from consult.recommendations.models import Recommendation
from consult.recommendations.rules import visible_to as visible_recommendations
from consult.topics.models import Topic
from portal.kit.forms import ActForm, Note

#: The words of a briefing that a form asks for, beside its recommendations and annexes.
WORDS = ("title", "main_to", "cc", "overview", "problems", "dissent", "contact", "copies")


class Edit(ActForm):
    """The words of a briefing, in the order they are printed."""

    title = forms.CharField(label=_("Title"), max_length=120)
    main_to = forms.CharField(label=_("Main recipient"), max_length=120)
    overview = forms.CharField(label=_("Overview of the consultation"), widget=forms.Textarea(attrs={"rows": "6"}),
                               help_text=_("When, where, who by number, how many opinions. Nobody by name."))
    problems = forms.CharField(label=_("Problems"), widget=forms.Textarea(attrs={"rows": "6"}))
    dissent = forms.CharField(label=_("Dissent"), required=False, widget=forms.Textarea(attrs={"rows": "4"}),
                              help_text=_("Kept from the consultation. It may be shortened, not left out."))
    correction_reason = forms.CharField(label=_("Reason for the correction"), widget=forms.Textarea(attrs={"rows": "2"}),
                                        help_text=_("Printed on the paper, before the list of changes."))
    personal = forms.BooleanField(label=_("This correction is about personal data"), required=False,
                                  help_text=_("The list of changes then doesn't print again what stood there."))
    cc = forms.CharField(label=_("Copies to"), max_length=300, required=False)
    contact = forms.CharField(label=_("Contact of the office"), max_length=80, required=False,
                              help_text=_("Name and telephone, printed below the date. A formal motion needs it."))
    copies = forms.IntegerField(label=_("Printed copies"), min_value=1, max_value=9999, required=False,
                                help_text=_("Only if it is also printed: the number stands in the last line."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def prepare(self) -> None:
        self.initial["seen"] = document.mark(self.obj)
        if not self.obj.corrects_id:
            del self.fields["correction_reason"], self.fields["personal"]


class Compile(Edit):
    """A new briefing on one topic; the topic is chosen first."""

    seen = None
    topic = forms.ModelChoiceField(Topic.objects.none(), widget=forms.HiddenInput)
    corrects = forms.ModelChoiceField(Issue.objects.none(), widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=BriefingKind.choices, initial=BriefingKind.BRIEFING,
                             help_text=_("Each kind has its own run of numbers."))
    recommendations = forms.ModelMultipleChoiceField(Recommendation.objects.none(), label=_("Recommendations"),
                                                     widget=forms.CheckboxSelectMultiple)
    field_order = ("topic", "corrects", "kind", "title", "recommendations")

    def prepare(self) -> None:
        mine = scope_of(self.user).jurisdictions(Role.OFFICE)
        ready = visible_recommendations(self.user).filter(jurisdiction__in=mine).ready()
        self.chosen = self.given("topic")
        self.topics = Topic.objects.filter(pk__in=ready.values("consultation__topic")).order_by("-pk")
        corrected = rules.issues_visible_to(self.user).filter(jurisdiction__in=mine)
        again = BriefingItem.objects.filter(briefing__paper=self.given("corrects") or 0).values("recommendation")
        fields: Any = self.fields
        fields["topic"].queryset = Topic.objects.filter(jurisdiction__in=mine)
        fields["corrects"].queryset = corrected
        if not self.given("corrects"):
            del fields["correction_reason"], fields["personal"]
        fields["recommendations"].queryset = (
            ready.filter(consultation__topic=self.chosen)
            | Recommendation.objects.filter(pk__in=again, jurisdiction__in=mine)).order_by("number", "version")

    def given(self, name: str) -> int | None:
        """The key sent with the form, or the one it began with."""
        value = str((self.data.get(name) if self.is_bound else self.initial.get(name)) or "")
        return int(value) if value.isdecimal() else None


class Choose(ActForm):
    recommendations = forms.ModelMultipleChoiceField(Recommendation.objects.none(), label=_("Recommendations"),
                                                     widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["recommendations"].queryset = visible_recommendations(self.user).ready().filter(
            consultation__topic=self.obj.topic_id).order_by("number")


class DropItem(ActForm):
    item = forms.ModelChoiceField(BriefingItem.objects.none(), label=_("Recommendation"), widget=forms.RadioSelect,
                                  empty_label=None)

    def prepare(self) -> None:
        field: Any = self.fields["item"]
        field.queryset = self.obj.items.select_related("recommendation")
        field.label_from_instance = lambda item: str(item.recommendation)


class Arrange(ActForm):
    """One number for each recommendation, in the order they shall be printed."""

    def prepare(self) -> None:
        for number, item in enumerate(self.obj.items.select_related("recommendation"), 1):
            self.fields[f"item_{item.pk}"] = forms.IntegerField(
                label=str(item.recommendation), min_value=1, max_value=99, initial=number)

    def values(self) -> dict[str, Any]:
        placed = sorted(self.cleaned_data.items(), key=lambda pair: pair[1])
        return {"order": [int(name.removeprefix("item_")) for name, _place in placed]}


class Checked(Note):
    """Before a paper goes on: what the records say otherwise than the text. It goes on as it was when this page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def prepare(self) -> None:
        words = document.snapshot(self.obj)
        self.doubts = [{**one, "part": Part(one["part"]).label} for one in words["doubts"]]
        self.initial["seen"] = document.digest(words)


# --- comments and annexes -----------------------------------------------------------------------------------------


class WriteComment(ActForm):
    part = forms.ChoiceField(label=_("About"), choices=Part.choices)
    text = forms.CharField(label=_("What should be changed"), max_length=2000, widget=forms.Textarea(attrs={"rows": "4"}),
                           help_text=_("For the office and the chair only. Review and sign-off wait until it is settled."))


class SettleComment(ActForm):
    comment = forms.ModelChoiceField(Comment.objects.none(), label=_("Open comments"), widget=forms.RadioSelect, empty_label=None)
    answer = forms.CharField(label=_("What was done"), max_length=300, widget=forms.Textarea(attrs={"rows": "3"}))

    def prepare(self) -> None:
        field: Any = self.fields["comment"]
        field.queryset = self.obj.comments.open().select_related("by")
        field.label_from_instance = lambda one: f"{one.get_part_display()}: {one}（{one.by}）"


class WriteAnnex(ActForm):
    title = forms.CharField(label=_("Title of the annex"), max_length=120)
    text = forms.CharField(label=_("Text"), max_length=20000, widget=forms.Textarea(attrs={"rows": "12"}),
                           help_text=_("Paragraphs apart by an empty line. “## ” begins a heading, “### ” a smaller one, "
                                       "“- ” a list, and a table has lines like | item | number |."))


class EditAnnex(WriteAnnex):
    """The annex named in the address, else the first."""

    annex = forms.ModelChoiceField(Annex.objects.none(), widget=forms.HiddenInput)
    field_order = ("annex",)

    def prepare(self) -> None:
        field: Any = self.fields["annex"]
        field.queryset = self.obj.annexes.all()
        rows = list(field.queryset)
        found = next((one for one in rows if str(one.pk) == str(self.initial.get("annex"))), rows[0] if rows else None)
        if found:
            self.initial.update(annex=found.pk, title=found.title, text=found.text)


class DropAnnex(ActForm):
    annex = forms.ModelChoiceField(Annex.objects.none(), label=_("Annex"), widget=forms.RadioSelect, empty_label=None)

    def prepare(self) -> None:
        field: Any = self.fields["annex"]
        field.queryset = self.obj.annexes.all()


class MoveAnnex(DropAnnex):
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=99, help_text=_("1 comes first."))


# --- sending and answering ----------------------------------------------------------------------------------------


class Dispatch(ActForm):
    recipients = forms.ModelMultipleChoiceField(User.objects.none(), label=_("Recipients"),
                                                widget=forms.CheckboxSelectMultiple,
                                                help_text=_("Each gets a numbered copy; opening it is the read receipt."))

    def prepare(self) -> None:
        desks = people_in(rules.ADDRESSEES, self.obj.jurisdiction_id, calendar.today())
        had = self.obj.paper.recipients.values("user") if self.obj.issue_or_none else []
        field: Any = self.fields["recipients"]
        field.queryset = desks.exclude(pk__in=had).order_by("name")
        posts = posts_of(desks, self.obj.jurisdiction_id)
        field.label_from_instance = lambda user: f"{user}（{posts.get(user.pk, '')}）"
        usual = people_in([Role.LEADER, Role.SUPERVISION], self.obj.jurisdiction_id, calendar.today()).exclude(pk__in=had)
        # Whoever holds the wrong paper is to get the right one.
        wrong = self.obj.corrects.recipients.values("user") if self.obj.corrects else []
        holders = desks.filter(pk__in=wrong).exclude(pk__in=had)
        self.initial.setdefault("recipients", list({*usual, *holders}))


def posts_of(people: Any, jurisdiction: int) -> dict[int, str]:
    """What each of these people is, in words; read once for the whole list."""
    from consult.people.models import Appointment
    rows = Appointment.objects.in_force(calendar.today()).filter(
        user__in=people, role__in=rules.ADDRESSEES, jurisdiction=jurisdiction).order_by("-pk")
    return {row.user_id: row.post or str(row.get_role_display()) for row in rows}


class LetRead(ActForm):
    reader = forms.ModelChoiceField(User.objects.none(), label=_("Reader"))
    until = forms.DateField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def prepare(self) -> None:
        field: Any = self.fields["reader"]
        # A department is the one to be advised: it reads its task.
        readers = set(STAFF) - {Role.CLERK, Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN}
        field.queryset = people_in(readers, self.obj.jurisdiction_id, calendar.today()).order_by("name")


class Instruct(ActForm):
    """Short for a leader; an office that writes down what was given on paper also names the leader and the day."""

    leader = forms.ModelChoiceField(User.objects.none(), label=_("Leader"), empty_label=None)
    kind = forms.ChoiceField(label=_("What it asks for"), choices=InstructionKind.choices, initial=InstructionKind.ACT,
                             widget=forms.RadioSelect)
    text = forms.CharField(label=_("Instruction"), required=False, max_length=2000, strip=False,
                           widget=forms.Textarea(attrs={"rows": "5"}),
                           help_text=_("Kept word for word. May stay empty for a read-mark."))
    given_on = forms.DateField(label=_("Given on"))

    def prepare(self) -> None:
        received = self.obj.paper.recipients.values("user") if self.obj.issue_or_none else []
        leaders = people_in([Role.LEADER], self.obj.jurisdiction_id, calendar.today()).filter(pk__in=received)
        if leaders.filter(pk=self.user.pk).exists():
            del self.fields["leader"], self.fields["given_on"]
            return
        fields: Any = self.fields
        fields["leader"].queryset = leaders.order_by("name")
        fields["given_on"].initial = calendar.today()

    def values(self) -> dict[str, Any]:
        return {"leader": self.user, "given_on": calendar.today(), **self.cleaned_data}


class Report(ActForm):
    result = forms.CharField(label=_("Result"), widget=forms.Textarea(attrs={"rows": "6"}),
                             help_text=_("What was done, for the leader to read back."))


class ReadBack(ActForm):
    read_back = forms.CharField(label=_("Read-back"), required=False, widget=forms.Textarea(attrs={"rows": "3"}),
                                help_text=_("What the leader, or the leader's office, said to the result. "
                                            "The leader may leave it empty."))


def words_of(briefing: Any, user: Any) -> dict[str, Any]:
    """The form begins with the words as they are."""
    return {name: getattr(briefing, name) for name in (*WORDS, "correction_reason", "personal")}
