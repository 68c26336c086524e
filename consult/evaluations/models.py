"""Was it worth it: ratings by residents and members, appraisals by anonymous ballot. Never by the evaluated."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consult.evaluations.states import AppraisalState, Rater, RatingState, Satisfaction, VoterGroup
from consult.kit.states import StateField, Stateful, transition
from consult.opinions.models import Opinion
from consult.people.models import CommitteeMember, Department, Jurisdiction
from consult.tasks.models import Task

S = RatingState


class Rating(Stateful):
    """One rater's view of one round of handling: work and result apart. Only the rater's own session can give it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name=_("task"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    round = models.PositiveSmallIntegerField(_("handling"))
    rater = models.CharField(_("rater"), max_length=10, choices=Rater.choices)
    opinion = models.ForeignKey(Opinion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opinion"))
    member = models.ForeignKey(CommitteeMember, models.PROTECT, null=True, blank=True, related_name="+",
                               verbose_name=_("committee member"))
    work = models.CharField(_("the work done"), max_length=14, choices=Satisfaction.choices, blank=True)
    result = models.CharField(_("the result"), max_length=14, choices=Satisfaction.choices, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    state = StateField(choices=S.choices, default=S.INVITED)
    invited_at = models.DateTimeField(_("invited at"))
    due_on = models.DateField(_("until"))
    given_at = models.DateTimeField(_("rated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering: ClassVar[Any] = ["due_on", "id"]
        indexes: ClassVar[Any] = [models.Index(fields=["member", "state"]), models.Index(fields=["opinion", "state"]),
                                  models.Index(fields=["jurisdiction", "-invited_at", "-id"])]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["task", "round", "opinion"], name="opinion_rates_once_a_round"),
            models.UniqueConstraint(fields=["task", "round", "member"], name="member_rates_once_a_round"),
            models.CheckConstraint(condition=Q(rater="resident", opinion__isnull=False, member=None)
                                   | Q(rater="member", member__isnull=False, opinion=None), name="rating_has_one_rater"),
            models.CheckConstraint(condition=~Q(state="given") | (~Q(work="") & ~Q(result="")),
                                   name="given_rating_says_both"),
        ]

    def __str__(self) -> str:
        return str(self.task)

    @transition(field="state", source=S.INVITED, target=S.GIVEN)
    def give(self, work: str, result: str, comment: str, when: Any) -> None:
        self.work, self.result, self.comment, self.given_at = work, result, comment, when

    @transition(field="state", source=S.INVITED, target=S.UNRATED)
    def expire(self) -> None: ...


class Appraisal(Stateful):
    """An anonymous appraisal by invited groups: of one task, or of a department over a period."""

    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("department"))
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    title = models.CharField(_("title"), max_length=120)
    state = StateField(choices=AppraisalState.choices, default=AppraisalState.OPENED)
    voters = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Voter", related_name="+", verbose_name=_("voters"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    figures = models.JSONField(_("figures it was closed with"), null=True, blank=True)

    class Meta:
        verbose_name = _("appraisal")
        verbose_name_plural = _("appraisals")
        ordering: ClassVar[Any] = ["-opened_at", "-id"]
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=Q(task__isnull=False, department=None, since=None, until=None)
            | Q(task=None, department__isnull=False, since__isnull=False, until__isnull=False, until__gte=F("since")),
            name="appraisal_of_a_task_or_a_department")]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Task | Department | None:
        """What is appraised."""
        return self.task if self.task_id else self.department

    @transition(field="state", source=AppraisalState.OPENED, target=AppraisalState.CLOSED)
    def close(self, when: Any, figures: dict[str, Any] | None = None) -> None:
        self.closed_at, self.figures = when, figures


class Voter(models.Model):
    """Who may cast a ballot, and whether they did: shares no key, time or order with the ballots."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="+", verbose_name=_("appraisal"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("voter"))
    group = models.CharField(_("group"), max_length=12, choices=VoterGroup.choices)
    has_cast = models.BooleanField(_("has cast a ballot"), default=False)

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["appraisal", "user"], name="one_voice_an_appraisal")]


class Ballot(models.Model):
    """One anonymous ballot: a random key, the group and the scores (aspect code -> 0..100)."""

    id = models.UUIDField(primary_key=True)
    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="ballots", verbose_name=_("appraisal"))
    group = models.CharField(_("group"), max_length=12, choices=VoterGroup.choices)
    scores = models.JSONField(_("scores"))

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering: ClassVar[Any] = ["id"]
