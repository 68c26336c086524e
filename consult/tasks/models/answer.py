"""What a department gives: its opinion, its talks, its progress, its reply, its counter-signature."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Department, Jurisdiction, User
from consult.tasks.models.task import Assignment, Task
from consult.tasks.states import Outcome, Promise, Publicity, ReplyState


class CoOpinion(models.Model):
    """What a co-handling department tells the lead (会办意见)."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="opinions", verbose_name=_("assignment"))
    text = models.TextField(_("co-handling opinion"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("co-handling opinion")
        verbose_name_plural = _("co-handling opinions")
        ordering: ClassVar[Any] = ["at", "id"]


class Meeting(models.Model):
    """A face-to-face talk (面商) before the reply."""

    class Way(models.TextChoices):
        MEETING = "meeting", _("meeting")
        PHONE = "phone", _("telephone")
        LETTER = "letter", _("letter")

    task = models.ForeignKey(Task, models.CASCADE, related_name="meetings", verbose_name=_("task"))
    way = models.CharField(_("way"), max_length=8, choices=Way.choices)
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    people = models.CharField(_("with whom"), max_length=200)
    points = models.TextField(_("points agreed"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("face-to-face talk")
        verbose_name_plural = _("face-to-face talks")
        ordering: ClassVar[Any] = ["held_on", "id"]


class Progress(models.Model):
    """What a department has done so far."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="progress", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    text = models.TextField(_("progress"))
    percent = models.PositiveSmallIntegerField(_("how far, in per cent"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=100),
                                                             name="progress_up_to_a_hundred")]


#: Approved, and not kept yet.
PROMISED = Q(outcome="B", state="approved", fulfilled_on=None)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def results(self) -> "ReplyQuerySet":
        """What came of the tasks: approved, and not replaced by the approved reply of a second handling."""
        later = Reply.objects.filter(task=OuterRef("task"), round__gt=OuterRef("round"), state=ReplyState.APPROVED)
        return self.filter(~Exists(later), state=ReplyState.APPROVED)

    def resulting(self, outcome: str) -> "ReplyQuerySet":
        """Replies by their outcome today: the same as ``Reply.result``, asked of the database."""
        kept = Q(fulfilled_on__isnull=False)
        return self.filter(Q(outcome=outcome) | kept) if outcome == Outcome.A else self.filter(~kept, outcome=outcome)

    def promised(self) -> "ReplyQuerySet":
        """What the present handling promised (outcome B) and nobody has shown to be kept."""
        return self.filter(PROMISED, task__round=F("round"))

    def promising(self, what: str, today: date) -> "ReplyQuerySet":
        """Replies by what became of their promise: the same as ``Reply.promise``, asked of the database."""
        asked = {Promise.KEPT: Q(fulfilled_on__isnull=False), Promise.OPEN: Q(fulfilled_on=None, promise_on__gte=today),
                 Promise.BROKEN: Q(fulfilled_on=None, promise_on__lt=today)}
        return self.filter(asked[Promise(what)], outcome=Outcome.B)


class Reply(Stateful):
    """A department's answer in one round of handling; frozen once approved."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="replies", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    #: That of its task, which never changes: the index of a district's results begins with it.
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, editable=False, db_index=False, related_name="+")
    round = models.PositiveSmallIntegerField(_("handling"))
    doc_no = models.CharField(_("document number"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=1, choices=Outcome.choices)
    claimed = models.CharField(_("outcome the department claimed"), max_length=1, choices=Outcome.choices, blank=True)
    text = models.TextField(_("answer"), blank=True)
    points = models.JSONField(_("answers to the points"), default=list, blank=True,
                              help_text=_("Pairs of what was recommended and what is answered."))
    promise_on = models.DateField(_("promised by"), null=True, blank=True)
    contact = models.CharField(_("contact person and telephone of the department"), max_length=80)
    publicity = models.CharField(_("publicity"), max_length=12, choices=Publicity.choices, default=Publicity.OPEN)
    publicity_reason = models.CharField(_("reason if not published"), max_length=200, blank=True)
    state = StateField(choices=ReplyState.choices, default=ReplyState.DRAFTED)
    submission = models.PositiveSmallIntegerField(_("times submitted"), default=0)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written at"))
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+",
                                    verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    review_note = models.TextField(_("review"), blank=True)
    fulfilled_on = models.DateField(_("promise kept on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    publish_by = models.DateField(_("to be published by"), null=True, blank=True)
    public_text = models.TextField(_("text as published"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+",
                                     verbose_name=_("published by"))

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering: ClassVar[Any] = ["round", "id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["-published_at", "-id"], condition=Q(published_at__isnull=False), name="replies_published"),
            models.Index(fields=["publish_by"], condition=Q(publish_by__isnull=False, published_at=None),
                         name="replies_to_publish"),
            # Few at any time, and every light asks for them.
            models.Index(fields=["task", "round"], condition=Q(state="returned"), name="reply_returned"),
            models.Index(fields=["-reviewed_at", "-id"], condition=Q(state="approved"), name="reply_newest_result"),
            models.Index(fields=["jurisdiction", "-reviewed_at", "-id"], condition=Q(state="approved"), name="reply_newest_here"),
            models.Index(fields=["promise_on", "-reviewed_at", "-id"], condition=Q(state="approved"), name="reply_promise"),
            # What is promised and not kept yet, for whoever promised it and for whoever sees to it.
            models.Index(fields=["department", "promise_on", "id"], condition=PROMISED, name="reply_to_keep"),
            models.Index(fields=["jurisdiction", "promise_on", "id"], condition=PROMISED, name="reply_promised_here"),
        ]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["task", "department", "round"], name="one_reply_a_round"),
            models.CheckConstraint(condition=~Q(outcome="B") | Q(promise_on__isnull=False), name="outcome_b_has_a_promise"),
            models.CheckConstraint(condition=Q(publicity="open") | ~Q(publicity_reason=""), name="unpublished_reply_says_why"),
        ]

    @transition(field="state", source=[ReplyState.DRAFTED, ReplyState.RETURNED], target=ReplyState.SUBMITTED)
    def submit(self) -> None:
        self.submission += 1

    @transition(field="state", source=ReplyState.SUBMITTED, target=ReplyState.APPROVED)
    def approve(self, who: Any, when: Any, note: str, outcome: str, promise_on: date | None,
                opened: tuple[str, str, date | None]) -> None:
        """``opened``: the class of publicity after review, the reason, and by when it is published."""
        self.reviewed_by, self.reviewed_at, self.review_note = who, when, note
        self.publicity, self.publicity_reason, self.publish_by = opened
        if outcome != self.outcome:
            self.claimed, self.outcome = self.outcome, outcome
        self.promise_on = promise_on

    @transition(field="state", source=ReplyState.SUBMITTED, target=ReplyState.RETURNED)
    def send_back(self, who: Any, when: Any, note: str) -> None:
        self.reviewed_by, self.reviewed_at, self.review_note = who, when, note

    @property
    def whole(self) -> str:
        """All its words: the answer, then each point with what is answered to it."""
        said = [f"{n}. {point['asked']}\n{point['answer']}" for n, point in enumerate(self.points, 1)]
        return "\n\n".join(part for part in [self.text, *said] if part)

    @property
    def approved_as(self) -> tuple[str, date | None]:
        """The code and the promised day of the approved paper, whatever a look-back found later."""
        first = next(iter(self.lowerings.all()), None)
        return (first.before, first.promise_before) if first else (self.outcome, self.promise_on)

    @property
    def result(self) -> str:
        """The outcome today: a kept promise counts as settled, though the paper stays as it was."""
        return Outcome.A if self.fulfilled_on else self.outcome

    def promise(self, today: date) -> Promise | None:
        """What became of the promise; None when none was made."""
        if self.outcome != Outcome.B or self.promise_on is None:
            return None
        if self.fulfilled_on:
            return Promise.KEPT
        return Promise.BROKEN if self.promise_on < today else Promise.OPEN


class Lowering(models.Model):
    """An outcome that did not hold when it was looked at: what the answer had said, what it counts as, who found so and why."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="lowerings", verbose_name=_("reply"))
    before = models.CharField(_("outcome before"), max_length=1, choices=Outcome.choices)
    after = models.CharField(_("outcome after"), max_length=1, choices=Outcome.choices)
    promise_before = models.DateField(_("promised by, before"), null=True, blank=True)
    kept_before = models.DateField(_("promise reported as kept on"), null=True, blank=True)
    evidence_before = models.TextField(_("evidence given for it"), blank=True)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lowered by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("lowering of an outcome")
        verbose_name_plural = _("lowerings of outcomes")
        ordering: ClassVar[Any] = ["at", "id"]
        # A kept promise counts as A: taken back, it may stay a B with a new day.
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=Q(after__gt=models.F("before")) | Q(kept_before__isnull=False, after__gte=models.F("before")),
            name="an_outcome_is_only_lowered")]


class Countersign(models.Model):
    """A co-handling department stands behind the lead's reply of one round (会签)."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="countersigns", verbose_name=_("reply"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name=_("assignment"))
    submission = models.PositiveSmallIntegerField(_("of which submission"), default=1)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("counter-signature")
        verbose_name_plural = _("counter-signatures")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["reply", "assignment", "submission"],
                                                              name="countersigned_once_a_submission")]
