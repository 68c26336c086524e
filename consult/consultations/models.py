"""The question is talked over: panel, attendance, question–answer–rejoinder, demands, positions, minutes."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.states import (
    BEFOREHAND,
    CONFIRMED_ON,
    NOTICED,
    RECORDING,
    Cleared,
    ConsultationState,
    Duty,
    Form,
    Group,
    ItemKind,
    Presence,
    Venue,
    Verdict,
)
from consult.kit.grants import GrantBase
from consult.kit.states import StateField, Stateful, transition
from consult.opinions.models import Opinion
from consult.people.models import CommitteeMember, Department, Jurisdiction, LiaisonOffice, SpecialCommittee
from consult.topics.models import Topic
from consult.topics.states import Kind

S = ConsultationState


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def confirmed(self) -> "ConsultationQuerySet":
        """Their minutes are confirmed, so their result may be used."""
        return self.filter(state__in=CONFIRMED_ON)

    def coming(self, at: datetime) -> "ConsultationQuerySet":
        """Invitations are sent and they have not begun."""
        return self.filter(state=S.NOTIFIED, ends_at__gte=at)

    def open_to_public(self) -> "ConsultationQuerySet":
        return self.filter(is_open=True, state__in=NOTICED).exclude(topic__in=Topic.objects.conflicts())


class Consultation(Stateful):
    """One session on one topic. Its method follows the topic's kind; conflict sessions are closed to others."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=120)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name=_("topic"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    form = models.CharField(_("form"), max_length=12, choices=Form.choices, default=Form.ON_SITE)
    venue_kind = models.CharField(_("kind of venue"), max_length=16, choices=Venue.choices)
    venue = models.CharField(_("venue"), max_length=120)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    started_at = models.DateTimeField(_("began at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    committee = models.ForeignKey(SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("special committee"))
    liaison_office = models.ForeignKey(LiaisonOffice, models.PROTECT, null=True, blank=True, related_name="+",
                                       verbose_name=_("liaison office"))
    materials = models.TextField(_("materials"), blank=True)
    visits = models.PositiveSmallIntegerField(_("preparatory visits"), default=0)
    plan_version = models.CharField(_("version of the plan under discussion"), max_length=60, blank=True)
    consensus = models.TextField(_("consensus"), blank=True)
    dissent = models.TextField(_("dissent"), blank=True)
    open_points = models.TextField(_("open points"), blank=True)
    is_open = models.BooleanField(_("announced to the public"), default=False)
    state = StateField(choices=S.choices, default=S.PREPARING)
    state_note = models.CharField(_("note on the state"), max_length=300, blank=True)
    notified_at = models.DateTimeField(_("invitations sent at"), null=True, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("prepared by"))
    prepared_at = models.DateTimeField(_("prepared at"))

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering: ClassVar[Any] = ["-starts_at", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "-starts_at", "-id"]),
            models.Index(fields=["-starts_at", "-id"], condition=models.Q(is_open=True), name="consultation_open"),
            models.Index(fields=["jurisdiction", "state", "-starts_at", "-id"]),
            # With the key: which are on a conflict is told by the index alone.
            models.Index(fields=["topic", "-starts_at", "id"]),
            # For departments, which find theirs by their seats.
            models.Index(fields=["-starts_at", "-id", "state", "topic"], name="consultation_newest"),
        ]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="consultation_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed_to_others(self) -> bool:
        return self.topic.kind == Kind.CONFLICT

    @transition(field="state", source=list(BEFOREHAND), target=S.NOTIFIED)
    def notify(self, notified_at: datetime, note: str) -> None:
        self.notified_at, self.state_note = notified_at, note

    @transition(field="state", source=S.NOTIFIED, target=S.IN_SESSION)
    def start(self, started_at: datetime) -> None:
        self.started_at = started_at

    @transition(field="state", source=S.IN_SESSION, target=S.ENDED)
    def end(self, ended_at: datetime) -> None:
        self.ended_at = ended_at

    @transition(field="state", source=S.ENDED, target=S.MINUTED)
    def submit_minutes(self) -> None: ...

    @transition(field="state", source=S.MINUTED, target=S.ENDED)
    def return_minutes(self, note: str) -> None:
        self.state_note = note

    @transition(field="state", source=S.MINUTED, target=S.CONFIRMED)
    def confirm(self) -> None: ...

    @transition(field="state", source=S.CONFIRMED, target=S.CONCLUDED)
    def conclude(self) -> None: ...

    @transition(field="state", source=[S.CONFIRMED, S.CONCLUDED], target=S.ARCHIVED)
    def archive(self) -> None: ...

    @transition(field="state", source=list(BEFOREHAND), target=S.CANCELLED)
    def cancel(self, note: str) -> None:
        self.state_note = note

    # Steps that leave the state as it is: the state says when they are open. None is open after the confirmation,
    # except the promised answer, which is added and changes nothing that was confirmed.

    @transition(field="state", source=list(BEFOREHAND), target=None)
    def amend(self, **facts: Any) -> None:
        for name, value in facts.items():
            setattr(self, name, value)

    @transition(field="state", source=[*BEFOREHAND, S.IN_SESSION], target=None)
    def invite(self) -> None: ...

    @transition(field="state", source=list(BEFOREHAND), target=None)
    def uninvite(self) -> None: ...

    @transition(field="state", source=[*BEFOREHAND, S.IN_SESSION], target=None)
    def add_item(self) -> None: ...

    @transition(field="state", source=list(BEFOREHAND), target=None)
    def remove_item(self) -> None: ...

    @transition(field="state", source=[S.NOTIFIED, *RECORDING], target=None)
    def sign_in(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def ask(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def reply(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def rejoin(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def clear(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def demand(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def decide(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def take_position(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def settle(self) -> None: ...

    @transition(field="state", source=list(RECORDING), target=None)
    def summarise(self, consensus: str, dissent: str, open_points: str) -> None:
        self.consensus, self.dissent, self.open_points = consensus, dissent, open_points

    @transition(field="state", source=[*BEFOREHAND, *RECORDING], target=None)
    def attach(self) -> None: ...

    @transition(field="state", source=list(CONFIRMED_ON), target=None)
    def reply_later(self) -> None: ...


class ConsultationGrant(GrantBase):
    """One person from outside may see one consultation for a while."""

    content_object = models.ForeignKey(Consultation, models.CASCADE)


class Panelist(models.Model):
    """Somebody at the table: one of five groups, with a duty. Residents may be named by hand, without account."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="panel", verbose_name=_("consultation"))
    group = models.CharField(_("group"), max_length=12, choices=Group.choices)
    duty = models.CharField(_("duty"), max_length=12, choices=Duty.choices, default=Duty.SPEAKER)
    name = models.CharField(_("name"), max_length=50)
    post = models.CharField(_("unit and post"), max_length=80, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                             verbose_name=_("account"))
    member = models.ForeignKey(CommitteeMember, models.PROTECT, null=True, blank=True, related_name="+",
                               verbose_name=_("committee member"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("department"))
    is_head = models.BooleanField(_("head of the department"), default=False)
    must_attend = models.BooleanField(_("must attend"), default=True)

    class Meta:
        verbose_name = _("panelist")
        verbose_name_plural = _("panel")
        ordering: ClassVar[Any] = ["id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["user", "consultation", "group"]),
            models.Index(fields=["department", "consultation"]),
        ]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["consultation", "user"], condition=~Q(user=None), name="panelist_sits_once"),
            models.UniqueConstraint(fields=["consultation"], condition=Q(duty="chair"), name="one_chair_a_consultation"),
            models.CheckConstraint(condition=~Q(group="departments") | Q(department__isnull=False),
                                   name="department_panelist_names_it"),
            models.CheckConstraint(condition=~Q(group="members") | Q(member__isnull=False), name="member_panelist_is_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minuted_name(self) -> str:
        """The name as papers carry it: residents with their first character only."""
        return f"{self.name[:1]}**" if self.group == Group.PUBLIC else self.name


class Attendance(models.Model):
    """Whether a panelist came."""

    panelist = models.OneToOneField(Panelist, models.CASCADE, related_name="attendance", verbose_name=_("panelist"))
    presence = models.CharField(_("attendance"), max_length=10, choices=Presence.choices)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")


class AgendaItem(models.Model):
    """One item of the agenda."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="agenda", verbose_name=_("consultation"))
    order = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind.choices)
    title = models.CharField(_("title"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("duration in minutes"), default=10)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        ordering: ClassVar[Any] = ["order", "id"]

    def __str__(self) -> str:
        return self.title or str(ItemKind(self.kind).label)


class StatementQuerySet(models.QuerySet["Statement"]):
    def promised(self) -> "StatementQuerySet":
        """Taken back, and not answered since."""
        return self.filter(on_the_spot=False, later_answer="")


class Statement(models.Model):
    """Question → answer → rejoinder. Answered on the spot, or taken back with a date."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="statements", verbose_name=_("consultation"))
    opinion = models.ForeignKey(Opinion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opinion"))
    asked_by = models.ForeignKey(Panelist, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    question = models.TextField(_("question"))
    answered_by = models.ForeignKey(Panelist, models.PROTECT, null=True, blank=True, related_name="+",
                                    verbose_name=_("answered by"))
    answer = models.TextField(_("answer"), blank=True)
    on_the_spot = models.BooleanField(_("answered on the spot"), null=True)
    answer_due_on = models.DateField(_("answer promised by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    rejoinder = models.TextField(_("rejoinder"), blank=True)
    cleared = models.CharField(_("cleared up?"), max_length=12, choices=Cleared.choices, default=Cleared.OPEN)
    later_answer = models.TextField(_("answer given later"), blank=True)
    later_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                 verbose_name=_("given by"))
    later_at = models.DateTimeField(_("given at"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=~Q(on_the_spot=False) | Q(answer_due_on__isnull=False), name="taken_back_with_a_date")]

    def __str__(self) -> str:
        return self.question if len(self.question) <= 60 else self.question[:59] + "…"

    @property
    def is_answered(self) -> bool:
        return self.on_the_spot is not None

    @property
    def is_promised(self) -> bool:
        """Taken back, and not answered since."""
        return self.on_the_spot is False and not self.later_answer


class Demand(models.Model):
    """Planning: one wish, what became of it in which version of the plan, and why."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="demands", verbose_name=_("consultation"))
    opinion = models.ForeignKey(Opinion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opinion"))
    raised_by = models.ForeignKey(Panelist, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    text = models.TextField(_("demand"))
    verdict = models.CharField(_("decision"), max_length=12, choices=Verdict.choices, default=Verdict.OPEN)
    reason = models.TextField(_("reason"), blank=True)
    plan_version = models.CharField(_("version of the plan"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering: ClassVar[Any] = ["id"]
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=Q(verdict="open") | (~Q(reason="") & ~Q(plan_version="")), name="decided_demand_says_why_and_where")]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 60 else self.text[:59] + "…"


class Position(models.Model):
    """Conflict: what one party wants, and what it agreed to."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="positions", verbose_name=_("consultation"))
    party = models.CharField(_("party"), max_length=60)
    position = models.TextField(_("position"))
    agreed = models.BooleanField(_("agreed"), null=True)
    agreement = models.TextField(_("agreement"), blank=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering: ClassVar[Any] = ["id"]

    def __str__(self) -> str:
        return self.party


class Minutes(models.Model):
    """The minutes: text, then the chair's confirmation, then frozen with the hash of what was confirmed."""

    consultation = models.OneToOneField(Consultation, models.CASCADE, related_name="minutes", verbose_name=_("consultation"))
    text = models.TextField(_("minutes"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written at"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                     verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    snapshot = models.JSONField(_("what was confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
