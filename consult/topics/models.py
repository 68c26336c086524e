"""Opinions become a question: the topic, its voices, its milestones and the year's plan."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consult.kit.states import StateField, Stateful, transition
from consult.opinions.models import Opinion
from consult.people.models import Jurisdiction, SpecialCommittee
from consult.renewal.models import RenewalProject
from consult.renewal.states import Stage
from consult.topics.states import (
    ANNOUNCED,
    BEFORE_CONSENT,
    BEFORE_TALKS,
    TAKES_VOICES,
    Kind,
    PlanState,
    Priority,
    TopicState,
)

S = TopicState


class Weighting(models.Model):
    """The weights by which a district orders what waits: valid from a day on, with the rule or decision they come from."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    valid_from = models.DateField(_("valid from"))
    basis = models.CharField(_("rule or decision"), max_length=200)
    voices = models.PositiveSmallIntegerField(_("weight of the voices"))
    matter = models.PositiveSmallIntegerField(_("weight of the matter"))
    stage = models.PositiveSmallIntegerField(_("weight of the stage"))
    signing = models.PositiveSmallIntegerField(_("weight of the signing"))
    age = models.PositiveSmallIntegerField(_("weight of the age"))
    normal_from = models.PositiveSmallIntegerField(_("normal priority from"))
    high_from = models.PositiveSmallIntegerField(_("high priority from"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        verbose_name = _("weights of the priority")
        verbose_name_plural = _("weights of the priority")
        ordering: ClassVar[Any] = ["-valid_from"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["jurisdiction", "valid_from"], name="weighting_once_a_day"),
            models.CheckConstraint(condition=Q(normal_from__gt=0, high_from__gt=models.F("normal_from")),
                                   name="weighting_high_above_normal"),
        ]

    def __str__(self) -> str:
        return str(self.valid_from)


class AnnualPlan(Stateful):
    """The annual consultation plan of a district: a draft to which topics are put, and the versions that were adopted."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    year = models.PositiveSmallIntegerField(_("year"))
    state = StateField(choices=PlanState.choices, default=PlanState.DRAFTED)

    class Meta:
        verbose_name = _("annual plan")
        verbose_name_plural = _("annual plans")
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["jurisdiction", "year"], name="one_plan_a_year")]

    def __str__(self) -> str:
        return str(self.year)

    @transition(field="state", source=PlanState.DRAFTED, target=PlanState.ADOPTED)
    def adopt(self) -> None: ...

    @transition(field="state", source=PlanState.ADOPTED, target=PlanState.DRAFTED)
    def revise(self) -> None: ...

    # Open while it is a draft; the state stays.

    @transition(field="state", source=PlanState.DRAFTED, target=None)
    def add_topics(self) -> None: ...

    @transition(field="state", source=PlanState.DRAFTED, target=None)
    def remove_topic(self) -> None: ...

    @transition(field="state", source=PlanState.DRAFTED, target=None)
    def move_topic(self) -> None: ...


class PlanVersion(models.Model):
    """The annual plan as it was adopted: frozen. A change is a new version."""

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="versions", verbose_name=_("annual plan"))
    number = models.PositiveSmallIntegerField(_("version"))
    adopted_on = models.DateField(_("adopted on"))
    adopted_by = models.CharField(_("adopted by"), max_length=120)
    paper = models.CharField(_("paper of consent"), max_length=120)
    items = models.JSONField(_("topics as adopted"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("version of the annual plan")
        verbose_name_plural = _("versions of the annual plan")
        ordering: ClassVar[Any] = ["number"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]

    def __str__(self) -> str:
        return f"{self.plan} / {self.number}"


class TopicQuerySet(models.QuerySet["Topic"]):
    def announced(self) -> "TopicQuerySet":
        """Announced, and everything after: in consultation, consulted, followed up, closed."""
        return self.filter(state__in=ANNOUNCED)

    def open_to_public(self) -> "TopicQuerySet":
        """Announced and not a conflict between people."""
        return self.announced().exclude(kind=Kind.CONFLICT)

    def conflicts(self) -> models.QuerySet[Any, Any]:
        """Keys of those between people, which are closed to others."""
        return self.filter(kind=Kind.CONFLICT).values("pk")

    def ready_for_talks(self) -> "TopicQuerySet":
        """A consultation on them may be prepared."""
        return self.filter(state__in=(S.PUBLISHED, S.IN_CONSULTATION, S.CONSULTED, S.TRACKED))

    def with_voices(self) -> "TopicQuerySet":
        """Each with ``voice_count``: the opinions taken in, without those merged into them."""
        counted = (TopicOpinion.objects.filter(topic=models.OuterRef("pk")).order_by().values("topic")
                   .annotate(n=models.Count("pk")).values("n"))
        return self.annotate(voice_count=Coalesce(models.Subquery(counted), 0))


class Topic(Stateful):
    """A question fit to be talked over: one project, its stage, one focus, dates. Vague topics can't be opened."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    project = models.ForeignKey(RenewalProject, models.PROTECT, related_name="+", verbose_name=_("renewal project"))
    stage = models.CharField(_("project stage"), max_length=16, choices=Stage.choices)
    focus = models.CharField(_("focus"), max_length=300, help_text=_("The one question to be settled, in one sentence."))
    background = models.TextField(_("background"), blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    priority_reason = models.CharField(_("reason for the priority"), max_length=200)
    committee = models.ForeignKey(SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("special committee"))
    plan = models.ForeignKey(AnnualPlan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("annual plan"))
    consent_paper = models.CharField(_("paper of consent"), max_length=120, blank=True)
    consented_on = models.DateField(_("consented on"), null=True, blank=True)
    planned_on = models.DateField(_("planned date of the consultation"))
    finish_on = models.DateField(_("to be settled by"))
    state = StateField(choices=S.choices, default=S.DRAFTED)
    state_note = models.CharField(_("note on the state"), max_length=300, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened at"))

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar[Any] = ["priority", "planned_on", "id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "priority", "planned_on", "id"]),
            models.Index(fields=["priority", "planned_on", "id"]),
            models.Index(fields=["project", "priority", "planned_on", "id"]),
            models.Index(fields=["id"], condition=models.Q(kind=Kind.CONFLICT), name="topic_conflicts"),
            models.Index(fields=["jurisdiction", "state", "priority", "planned_on"]),
        ]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(finish_on__gte=models.F("planned_on")), name="topic_is_settled_after_its_date"),
            models.CheckConstraint(condition=~Q(focus="") & ~Q(priority_reason=""), name="topic_has_focus_and_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    @transition(field="state", source=S.DRAFTED, target=S.UNDER_REVIEW)
    def submit_review(self) -> None: ...

    @transition(field="state", source=[S.UNDER_REVIEW, S.REPORTED], target=S.DRAFTED)
    def send_back(self, note: str) -> None:
        self.state_note = note

    @transition(field="state", source=S.UNDER_REVIEW, target=S.REPORTED)
    def approve(self) -> None: ...

    @transition(field="state", source=S.REPORTED, target=S.PLANNED)
    def record_consent(self, plan: AnnualPlan, paper: str, on: date) -> None:
        self.plan, self.consent_paper, self.consented_on = plan, paper, on

    @transition(field="state", source=S.PLANNED, target=S.PUBLISHED)
    def publish(self) -> None: ...

    @transition(field="state", source=[S.PUBLISHED, S.CONSULTED, S.TRACKED, S.IN_CONSULTATION], target=S.IN_CONSULTATION)
    def begin(self) -> None: ...

    @transition(field="state", source=[S.IN_CONSULTATION, S.CONSULTED], target=S.CONSULTED)
    def conclude(self) -> None: ...

    @transition(field="state", source=[S.CONSULTED, S.TRACKED], target=S.TRACKED)
    def track(self) -> None: ...

    @transition(field="state", source=[S.CONSULTED, S.TRACKED], target=S.CLOSED)
    def close(self) -> None: ...

    @transition(field="state", source=S.CLOSED, target=S.TRACKED)
    def reopen(self) -> None: ...

    @transition(field="state", source=list(BEFORE_TALKS), target=S.DEFERRED)
    def defer(self, note: str) -> None:
        self.state_note, self.plan = note, None

    @transition(field="state", source=S.DEFERRED, target=S.DRAFTED)
    def resume(self) -> None: ...

    @transition(field="state", source=[*BEFORE_TALKS, S.DEFERRED], target=S.WITHDRAWN)
    def withdraw(self, note: str) -> None:
        self.state_note, self.plan = note, None

    # Steps that leave the state as it is: the state says when they are open.

    @transition(field="state", source=S.DRAFTED, target=None)
    def amend(self, **facts: Any) -> None:
        for name, value in facts.items():
            setattr(self, name, value)

    @transition(field="state", source=list(BEFORE_CONSENT), target=None)
    def enter_plan(self, plan: AnnualPlan) -> None:
        self.plan = plan

    @transition(field="state", source=list(BEFORE_CONSENT), target=None)
    def leave_plan(self) -> None:
        self.plan = None

    @transition(field="state", source=list(BEFORE_TALKS), target=None)
    def replan(self, plan: AnnualPlan, planned_on: date, finish_on: date) -> None:
        self.plan, self.planned_on, self.finish_on = plan, planned_on, finish_on

    @transition(field="state", source=list(TAKES_VOICES), target=None)
    def add_opinion(self) -> None: ...

    @transition(field="state", source=list(BEFORE_TALKS), target=None)
    def drop_opinion(self) -> None: ...

    @transition(field="state", source=list(TAKES_VOICES), target=None)
    def set_priority(self, priority: int, reason: str) -> None:
        self.priority, self.priority_reason = priority, reason

    @transition(field="state", source=[*TAKES_VOICES, S.CONSULTED, S.TRACKED], target=None)
    def add_milestone(self) -> None: ...

    @transition(field="state", source=[*TAKES_VOICES, S.CONSULTED, S.TRACKED], target=None)
    def reach_milestone(self) -> None: ...

    @transition(field="state", source=[S.IN_CONSULTATION, S.CONSULTED, S.TRACKED, S.CLOSED], target=None)
    def tell_voices(self) -> None: ...


class TopicOpinion(models.Model):
    """One voice behind a topic. An opinion speaks in one topic at a time."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="voices", verbose_name=_("topic"))
    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="+", verbose_name=_("opinion"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        ordering: ClassVar[Any] = ["added_at", "id"]


class Milestone(models.Model):
    """A dated step of a topic."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="milestones", verbose_name=_("topic"))
    name = models.CharField(_("milestone"), max_length=120)
    due_on = models.DateField(_("due on"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar[Any] = ["due_on", "id"]

    def __str__(self) -> str:
        return self.name
