"""The consultation advises: versioned recommendations addressed to departments, endorsed by members."""

import hashlib
import json
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import CommitteeMember, Department, Jurisdiction
from consult.recommendations.states import FROM_INSTRUCTED, IN_FORCE, RecommendationState

S = RecommendationState


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def ready(self) -> "RecommendationQuerySet":
        """Confirmed, and not yet in a briefing."""
        return self.filter(state=S.CONFIRMED)

    def instructed(self) -> "RecommendationQuerySet":
        """A leader asked for work on these, whatever came of it since."""
        return self.filter(state__in=FROM_INSTRUCTED)


class Recommendation(Stateful):
    """One piece of advice of one consultation. A confirmed text is frozen; a change is a new version."""

    number = models.CharField(_("number"), max_length=32)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("replaces"))
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="+", verbose_name=_("consultation"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    title = models.CharField(_("title"), max_length=120)
    problem = models.TextField(_("problem"))
    text = models.TextField(_("recommendation"))
    basis = models.TextField(_("basis"), blank=True)
    lead = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("suggested lead department"))
    co_departments = models.ManyToManyField(
        Department, blank=True, related_name="+", verbose_name=_("suggested co-handling departments"))
    wanted_by = models.DateField(_("wanted by"), null=True, blank=True)
    state = StateField(choices=S.choices, default=S.DRAFTED)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by"))
    drafted_at = models.DateTimeField(_("drafted at"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                     verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    sha256 = models.CharField(_("fingerprint of the confirmed text"), max_length=64, blank=True)
    state_note = models.CharField(_("note on the state"), max_length=300, blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering: ClassVar[Any] = ["-drafted_at", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "-drafted_at", "-id"]),
            models.Index(fields=["jurisdiction", "state", "-drafted_at", "-id"]),
            # For members: what was drafted last is not theirs to read yet.
            models.Index(fields=["jurisdiction", "-drafted_at", "-id"], condition=Q(state__in=IN_FORCE),
                         name="recommendation_in_force"),
            # With the date: a panel's own are put in order by the index alone.
            models.Index(fields=["consultation", "-drafted_at", "-id"])
        ]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["number", "version"], name="recommendation_version_once"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(problem=""), name="recommendation_says_something")
        ]

    def __str__(self) -> str:
        return self.title

    def fingerprint(self) -> str:
        """SHA-256 over what the recommendation says, so that a later change of frozen words would show."""
        said = [self.number, self.version, self.title, self.problem, self.text, self.basis]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @transition(field="state", source=S.DRAFTED, target=S.CONFIRMED)
    def confirm(self, who: Any, when: datetime) -> None:
        self.confirmed_by, self.confirmed_at, self.sha256 = who, when, self.fingerprint()

    @transition(field="state", source=S.CONFIRMED, target=S.SUPERSEDED)
    def supersede(self) -> None: ...

    @transition(field="state", source=S.CONFIRMED, target=S.BRIEFED)
    def brief(self) -> None: ...

    @transition(field="state", source=S.BRIEFED, target=S.CONFIRMED)
    def unbrief(self) -> None: ...

    @transition(field="state", source=[S.BRIEFED, S.INSTRUCTED], target=S.INSTRUCTED)
    def instruct(self) -> None: ...

    # Two leaders may ask for work on it, one of them when the other's task is answered or closed already.
    @transition(field="state", source=list(FROM_INSTRUCTED), target=S.ASSIGNED)
    def assign(self) -> None: ...

    @transition(field="state", source=[S.ASSIGNED, S.ANSWERED], target=S.ANSWERED)
    def answer(self) -> None: ...

    @transition(field="state", source=[S.ANSWERED, S.LOOKED_BACK, S.EVALUATED], target=S.LOOKED_BACK)
    def look_back(self) -> None: ...

    @transition(field="state", source=[S.ANSWERED, S.LOOKED_BACK, S.EVALUATED], target=S.EVALUATED)
    def evaluate(self) -> None: ...

    # A look-back may find that what was struck off is not settled.
    @transition(field="state", source=[S.ANSWERED, S.LOOKED_BACK, S.EVALUATED, S.CLOSED], target=S.ASSIGNED)
    def redo(self) -> None: ...

    @transition(field="state", source=S.EVALUATED, target=S.CLOSED)
    def close(self) -> None: ...

    @transition(field="state", source=[S.DRAFTED, S.CONFIRMED], target=S.WITHDRAWN)
    def withdraw(self, note: str) -> None:
        self.state_note = note[:300]


class Endorsement(models.Model):
    """A member puts their name to a recommendation."""

    recommendation = models.ForeignKey(
        Recommendation, models.CASCADE, related_name="endorsements", verbose_name=_("recommendation"))
    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+", verbose_name=_("committee member"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["recommendation", "member"], name="endorsed_once")]
