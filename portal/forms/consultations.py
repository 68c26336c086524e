"""Forms of consultations, short enough for a phone in a village yard."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import AgendaItem, Consultation, Demand, Panelist, Position, Statement
from consult.consultations.rules import name_for, veil
from consult.consultations.states import (
    NOTHING,
    Cleared,
    Duty,
    Form,
    Group,
    ItemKind,
    Presence,
    Venue,
    Verdict,
)
from consult.kit import calendar
from consult.opinions.models import Opinion
from consult.opinions.rules import text_for
from consult.people.models import CommitteeMember, Department, User
from consult.people.roles import Role
from consult.people.rules import is_office, people_in
from consult.topics.models import Topic
from consult.topics.rules import reads_voices
from consult.topics.rules import visible_to as visible_topics
from consult.topics.states import TopicState
from portal.kit.forms import ActForm

TALKED = (TopicState.PUBLISHED, TopicState.IN_CONSULTATION, TopicState.CONSULTED, TopicState.TRACKED)
YES_NO = ((True, _("yes")), (False, _("no")))


def yes(value: Any) -> bool:
    return str(value) == "True"


class Session(ActForm):
    """Time, place, form and papers of a session."""

    title = forms.CharField(label=_("Title"), max_length=120)
    form = forms.ChoiceField(label=_("Form"), choices=Form.choices, initial=Form.ON_SITE)
    venue_kind = forms.ChoiceField(label=_("Kind of venue"), choices=Venue.choices)
    venue = forms.CharField(label=_("Venue"), max_length=120)
    starts_at = forms.DateTimeField(label=_("Starts at"))
    ends_at = forms.DateTimeField(label=_("Ends at"))
    visits = forms.IntegerField(label=_("Preparatory visits so far"), min_value=0, initial=0)
    plan_version = forms.CharField(label=_("Version of the plan under discussion"), max_length=60, required=False,
                                   help_text=_("For planning questions."))
    materials = forms.CharField(label=_("Materials"), required=False, widget=forms.Textarea(attrs={"rows": "3"}))
    is_open = forms.BooleanField(label=_("Announce title, time and place to the public"), required=False,
                                 help_text=_("Never for a conflict."))


class Prepare(Session):
    topic = forms.ModelChoiceField(Topic.objects.none(), label=_("Topic"))
    field_order = ("topic",)

    def prepare(self) -> None:
        self.fields["topic"].queryset = visible_topics(self.user).filter(state__in=TALKED)  # type: ignore[attr-defined]


def begin(request: Any) -> dict[str, Any]:
    """Title and place from the topic named in the address."""
    given = request.GET.get("topic", "")
    topic = visible_topics(request.user).filter(pk=given).first() if given.isdecimal() else None
    if topic is None:
        return {}
    day = topic.planned_on
    return {"topic": topic.pk, "title": topic.title, "starts_at": f"{day}T09:00", "ends_at": f"{day}T11:30"}


def words_of(consultation: Consultation, user: Any) -> dict[str, Any]:
    return {name: getattr(consultation, name) for name in Session.base_fields}


class Invite(ActForm):
    """One seat. Members and accounts are chosen; residents and department heads may be named by hand."""

    group = forms.ChoiceField(label=_("Group"), choices=Group.choices)
    duty = forms.ChoiceField(label=_("Duty"), choices=Duty.choices, initial=Duty.SPEAKER)
    member = forms.ModelChoiceField(CommitteeMember.objects.none(), label=_("Committee member"), required=False)
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), required=False)
    is_head = forms.BooleanField(label=_("Head of the department"), required=False)
    user = forms.ModelChoiceField(User.objects.none(), label=_("Account"), required=False,
                                  help_text=_("For experts, cadres, clerks and residents who can sign in."))
    name = forms.CharField(label=_("Name"), max_length=50, required=False, help_text=_("Empty: as in the account."))
    post = forms.CharField(label=_("Unit and post"), max_length=80, required=False)
    must_attend = forms.BooleanField(label=_("Must attend"), required=False, initial=True)

    def prepare(self) -> None:
        fields: Any = self.fields
        home = self.obj.jurisdiction_id
        # Who has an account as a resident is the office's to know; others write a resident's name by hand.
        roles = (Role.EXPERT, Role.CADRE, Role.CLERK, Role.OFFICE, *([Role.RESIDENT] if is_office(self.user, self.obj) else []))
        fields["member"].queryset = CommitteeMember.objects.filter(jurisdiction=home)
        fields["department"].queryset = Department.objects.filter(jurisdiction=home)
        fields["user"].queryset = people_in(roles, home, calendar.today()).order_by("name")


class Seats(forms.ModelChoiceField):
    """Somebody at the table, as this reader may call them."""

    reader: Any = None

    def label_from_instance(self, obj: Any) -> str:
        return f"{name_for(self.reader, obj)} · {obj.post or obj.get_group_display()}"


class AtTable(ActForm):
    """A form about seats and voices of one consultation; fields are narrowed by their names."""

    def prepare(self) -> None:
        for field in self.fields.values():
            if isinstance(field, Seats):
                field.reader, field.queryset = self.user, self.obj.panel.select_related("consultation")
            elif isinstance(field, Voice):
                voices = Opinion.objects.filter(pk__in=self.obj.topic.voices.values("opinion_id"))
                field.reader, field.queryset = self.user, voices if reads_voices(self.user, self.obj.topic) else voices.none()
            elif isinstance(field, Rows):
                field.cover, field.queryset = veil(self.user, self.obj), getattr(self.obj, field.rows).all()


class Voice(forms.ModelChoiceField):
    """An opinion behind the topic, in the words this reader may read."""

    reader: Any = None

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {text_for(self.reader, obj)[:60]}"


class Rows(forms.ModelChoiceField):
    """A row of the record: statement, demand, position, agenda item."""

    rows = ""
    #: Covers residents' names for readers who must not learn them.
    cover: Any = staticmethod(str)

    def label_from_instance(self, obj: Any) -> str:
        said = str(self.cover(getattr(obj, "question", "") or getattr(obj, "text", "") or str(obj)))
        return said if len(said) <= 60 else said[:59] + "…"

    def __init__(self, model: Any, rows: str, **kwargs: Any) -> None:
        super().__init__(model.objects.none(), **kwargs)
        self.rows = rows


def seat(label: Any, **kwargs: Any) -> Seats:
    return Seats(Panelist.objects.none(), label=label, **kwargs)


def voice() -> Voice:
    return Voice(Opinion.objects.none(), label=_("From which opinion"), required=False)


def area(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": str(rows)}), **kwargs)


class Uninvite(AtTable):
    panelist = seat(_("Panelist"))


class SignIn(AtTable):
    panelist = seat(_("Panelist"))
    presence = forms.ChoiceField(label=_("Attendance"), choices=Presence.choices, widget=forms.RadioSelect)


class AddItem(ActForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=ItemKind.choices)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    minutes = forms.IntegerField(label=_("Duration in minutes"), min_value=1, max_value=480, initial=10)


class RemoveItem(AtTable):
    item = Rows(AgendaItem, "agenda", label=_("Agenda item"))


class Notify(ActForm):
    reason = forms.CharField(label=_("Reason, if the notice is shorter than usual"), max_length=300, required=False)


class Ask(AtTable):
    asked_by = seat(_("Asked by"))
    question = area(_("Question"))
    opinion = voice()


class Reply(AtTable):
    statement = Rows(Statement, "statements", label=_("Question"))
    answered_by = seat(_("Answered by"))
    on_the_spot = forms.TypedChoiceField(label=_("Answered on the spot?"), choices=YES_NO, coerce=yes, initial=True,
                                         widget=forms.RadioSelect)
    answer = area(_("Answer"), required=False)
    answer_due_on = forms.DateField(label=_("If taken back: answer promised by"), required=False)


class Rejoin(AtTable):
    statement = Rows(Statement, "statements", label=_("Question"))
    text = area(_("Rejoinder"))


class Clear(AtTable):
    statement = Rows(Statement, "statements", label=_("Question"))
    cleared = forms.ChoiceField(label=_("Cleared up?"), widget=forms.RadioSelect,
                                choices=[(c.value, c.label) for c in (Cleared.CLEARED, Cleared.NOT_CLEARED)])


class ReplyLater(AtTable):
    statement = Rows(Statement, "statements", label=_("Question"))
    answer = area(_("Answer"))

    def prepare(self) -> None:
        super().prepare()
        fields: Any = self.fields
        fields["statement"].queryset = self.obj.statements.promised()


class MakeDemand(AtTable):
    raised_by = seat(_("Raised by"))
    text = area(_("Demand"))
    opinion = voice()


class Decide(AtTable):
    demand = Rows(Demand, "demands", label=_("Demand"))
    verdict = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect,
                                choices=[(v.value, v.label) for v in Verdict if v != Verdict.OPEN])
    reason = area(_("Reason"))
    plan_version = forms.CharField(label=_("Version of the plan"), max_length=60, required=False,
                                   help_text=_("Empty: the version under discussion."))


class TakePosition(ActForm):
    party = forms.CharField(label=_("Party"), max_length=60)
    position = area(_("What the party wants"))


class Settle(AtTable):
    position = Rows(Position, "positions", label=_("Party"))
    agreed = forms.TypedChoiceField(label=_("Agreed?"), choices=YES_NO, coerce=yes, widget=forms.RadioSelect)
    agreement = area(_("What was agreed"), required=False)


THREE = (("consensus", _("Consensus")), ("dissent", _("Dissent")), ("open_points", _("Open points")))


class Summarise(ActForm):
    consensus = area(_("Consensus"), required=False)
    dissent = area(_("Dissent"), required=False, help_text=_("Kept as it is, never smoothed."))
    open_points = area(_("Open points"), required=False)
    none = forms.MultipleChoiceField(label=_("Of these there is none"), choices=THREE, required=False,
                                     widget=forms.CheckboxSelectMultiple)


def summary_of(consultation: Consultation, user: Any) -> dict[str, Any]:
    said = {name: getattr(consultation, name) for name, _label in THREE}
    return {**{name: "" if text == NOTHING else text for name, text in said.items()},
            "none": [name for name, text in said.items() if text == NOTHING]}


class MinutesText(ActForm):
    text = area(_("Minutes"), rows=18, help_text=_("A first wording from the record stands here; change it freely."))
