"""A department owes something: the task, its parts, its clock and its reply."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Instruction
from consult.kit.grants import GrantBase
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Department, Jurisdiction, User
from consult.recommendations.models import Recommendation
from consult.tasks.states import ANSWERING, OWED, AskState, Light, Outcome, Part, Publicity, ReplyState, TaskState

S = TaskState


class TaskQuerySet(models.QuerySet["Task"]):
    def owed(self) -> "TaskQuerySet":
        """Departments still owe these."""
        return self.filter(state__in=OWED)

    def overdue(self, today: date) -> "TaskQuerySet":
        """Owed, and the date has passed while the clock ran."""
        return self.ticking().filter(due_on__lt=today)

    def ticking(self) -> "TaskQuerySet":
        """Owed, and the clock does not stand still."""
        return self.owed().filter(~Exists(ClockStop.objects.filter(task=OuterRef("pk"), until=None)))

    def in_part_of(self, departments: Any) -> "TaskQuerySet":
        """Tasks in which one of these departments has a part now."""
        return self.filter(pk__in=Assignment.objects.filter(department__in=departments, ended_at=None).values("task_id"))

    def asking(self) -> "TaskQuerySet":
        """Tasks with a return or an extension that waits for a decision."""
        extensions = Extension.objects.filter(state=AskState.ASKED)
        returns = ReturnRequest.objects.filter(state=AskState.ASKED)
        return self.filter(Q(pk__in=extensions.values("task_id")) | Q(pk__in=returns.values("assignment__task_id")))


class Task(Stateful):
    """What an instruction asks of departments. ``due_on`` follows from facts alone; ``original_due_on`` never moves."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=120)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="+", verbose_name=_("instruction"))
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="+", verbose_name=_("recommendation"))
    text = models.TextField(_("what is asked"))
    urgent = models.BooleanField(_("urgent"), default=False)
    key = models.BooleanField(_("key supervision"), default=False)
    state = StateField(choices=S.choices, default=S.PROPOSED)
    round = models.PositiveSmallIntegerField(_("handling"), default=1)
    proposed_at = models.DateTimeField(_("proposed at"))
    assigned_at = models.DateTimeField(_("assigned at"), null=True, blank=True)
    assigned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+",
                                    verbose_name=_("assigned by"))
    original_due_on = models.DateField(_("original due date"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_provisional = models.BooleanField(_("due date provisional"), default=False)
    began_on = models.DateField(_("this handling began on"), null=True, blank=True)
    look_back_on = models.DateField(_("look back on"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar[Any] = ["due_on", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "due_on", "-id"]),
            models.Index(fields=["jurisdiction", "state", "due_on", "-id"]),
        ]
        constraints: ClassVar[Any] = [models.CheckConstraint(
            condition=Q(state__in=["proposed", "dropped"]) | Q(assigned_at__isnull=False, original_due_on__isnull=False,
                                                               due_on__isnull=False),
            name="assigned_task_has_its_dates"),
            models.UniqueConstraint(fields=["instruction", "recommendation"], name="proposed_once_an_instruction")]

    def __str__(self) -> str:
        return self.title

    @transition(field="state", source=S.PROPOSED, target=S.ASSIGNED)
    def assign(self, who: Any) -> None:
        self.assigned_by = who

    @transition(field="state", source=[S.ASSIGNED, S.HANDLING], target=S.HANDLING)
    def begin(self) -> None: ...

    @transition(field="state", source=[S.ASSIGNED, S.HANDLING], target=S.ASSIGNED)
    def reassign(self) -> None: ...

    @transition(field="state", source=S.HANDLING, target=S.COSIGNING)
    def submit_reply(self) -> None: ...

    @transition(field="state", source=[S.HANDLING, S.COSIGNING], target=S.IN_REVIEW)
    def ready(self) -> None: ...

    @transition(field="state", source=[S.IN_REVIEW, S.COSIGNING], target=S.HANDLING)
    def send_back(self) -> None: ...

    @transition(field="state", source=S.IN_REVIEW, target=S.ANSWERED)
    def approve(self, when: Any, look_back_on: date) -> None:
        self.answered_at, self.look_back_on = when, look_back_on

    @transition(field="state", source=S.ANSWERED, target=S.HANDLING)
    def rehandle(self) -> None:
        self.round += 1

    @transition(field="state", source=S.ANSWERED, target=S.CLOSED)
    def close(self, when: Any) -> None:
        self.closed_at = when

    @transition(field="state", source=S.PROPOSED, target=S.DROPPED)
    def drop(self) -> None: ...


    @property
    def parts(self) -> "list[Assignment]":
        """The parts in force; read from the prefetched rows where there are some."""
        return [part for part in self.assignments.all() if part.ended_at is None]

    @property
    def replies_now(self) -> "list[Reply]":
        """The replies of this handling."""
        return [reply for reply in self.replies.all() if reply.round == self.round]

    @property
    def stopped(self) -> "ClockStop | None":
        """The stop in force, if the clock stands still."""
        return next((stop for stop in self.stops.all() if stop.until is None), None)


class TaskGrant(GrantBase):
    """One person may see one task for a while (a clerk lent, an expert asked)."""

    content_object = models.ForeignKey(Task, models.CASCADE)


class Assignment(models.Model):
    """One department's part in one task. A department sees the task because this row says so."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    assigned_at = models.DateTimeField(_("assigned at"))
    sign_by = models.DateField(_("to be signed for by"))
    return_by = models.DateField(_("may be returned until"))
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("signed for by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, help_text=_("Set when the part was returned."))

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar[Any] = ["id"]
        indexes: ClassVar[Any] = [models.Index(fields=["department", "task"])]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["task", "department"], condition=Q(ended_at=None), name="department_once_a_task"),
            models.UniqueConstraint(fields=["task"], condition=Q(part__in=["lead", "sole"], ended_at=None),
                                    name="one_lead_a_task"),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.get_part_display()}"

    @property
    def answers(self) -> bool:
        return self.part in ANSWERING

    @property
    def leads(self) -> bool:
        return self.part in (Part.LEAD, Part.SOLE)


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


class Ask(Stateful):
    """A request of a department that the supervision office decides."""

    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    state = StateField(choices=AskState.choices, default=AskState.ASKED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.CharField(_("reason of the decision"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @transition(field="state", source=AskState.ASKED, target=AskState.GRANTED)
    def grant(self, who: Any, when: Any, decision: str) -> None:
        self.decided_by, self.decided_at, self.decision = who, when, decision

    @transition(field="state", source=AskState.ASKED, target=AskState.REFUSED)
    def refuse(self, who: Any, when: Any, decision: str) -> None:
        self.decided_by, self.decided_at, self.decision = who, when, decision


class Extension(Ask):
    """A new date asked before the due date; the approver writes a definite one."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="extensions", verbose_name=_("task"))
    round = models.PositiveSmallIntegerField(_("handling"), default=1)
    asked_until = models.DateField(_("asked until"))
    granted_until = models.DateField(_("granted until"), null=True, blank=True)
    progress = models.TextField(_("progress so far"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering: ClassVar[Any] = ["asked_at", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["task"], condition=Q(state="asked"), name="one_open_extension")]

    @transition(field="state", source=AskState.ASKED, target=AskState.GRANTED)
    def grant(self, who: Any, when: Any, decision: str, granted_until: date | None = None) -> None:
        self.decided_by, self.decided_at, self.decision, self.granted_until = who, when, decision, granted_until


class ReturnRequest(Ask):
    """Not our duty: with reason and the department that should handle it, within the window."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="returns", verbose_name=_("assignment"))
    suggested = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("who should handle it"))

    class Meta:
        verbose_name = _("return request")
        verbose_name_plural = _("return requests")
        ordering: ClassVar[Any] = ["asked_at", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["assignment"], condition=Q(state="asked"), name="one_open_return")]


class ClockStop(models.Model):
    """The clock stands still, with a reason and an approver."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="stops", verbose_name=_("task"))
    reason = models.CharField(_("reason"), max_length=200)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("approved by"))

    class Meta:
        verbose_name = _("clock stop")
        verbose_name_plural = _("clock stops")
        ordering: ClassVar[Any] = ["since", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["task"], condition=Q(until=None), name="one_open_clock_stop")]


class Progress(models.Model):
    """What a department has done so far."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="progress", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    text = models.TextField(_("progress"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        ordering: ClassVar[Any] = ["at", "id"]


class Reply(Stateful):
    """A department's answer in one round of handling; frozen once approved."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="replies", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    round = models.PositiveSmallIntegerField(_("handling"))
    doc_no = models.CharField(_("document number"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=1, choices=Outcome.choices)
    claimed = models.CharField(_("outcome the department claimed"), max_length=1, choices=Outcome.choices, blank=True)
    text = models.TextField(_("answer, point by point"))
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

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering: ClassVar[Any] = ["round", "id"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["task", "department", "round"], name="one_reply_a_round"),
            models.CheckConstraint(condition=~Q(outcome="B") | Q(promise_on__isnull=False), name="outcome_b_has_a_promise"),
            models.CheckConstraint(condition=Q(publicity="open") | ~Q(publicity_reason=""), name="unpublished_reply_says_why"),
        ]

    @transition(field="state", source=[ReplyState.DRAFTED, ReplyState.RETURNED], target=ReplyState.SUBMITTED)
    def submit(self) -> None:
        self.submission += 1

    @transition(field="state", source=ReplyState.SUBMITTED, target=ReplyState.APPROVED)
    def approve(self, who: Any, when: Any, note: str, outcome: str, promise_on: date | None) -> None:
        self.reviewed_by, self.reviewed_at, self.review_note = who, when, note
        if outcome != self.outcome:
            self.claimed, self.outcome = self.outcome, outcome
        self.promise_on = promise_on

    @transition(field="state", source=ReplyState.SUBMITTED, target=ReplyState.RETURNED)
    def send_back(self, who: Any, when: Any, note: str) -> None:
        self.reviewed_by, self.reviewed_at, self.review_note = who, when, note

    @property
    def result(self) -> str:
        """The outcome today: a kept promise counts as settled, though the paper stays as it was."""
        return Outcome.A if self.fulfilled_on else self.outcome

    @property
    def jurisdiction_id(self) -> int:
        return self.task.jurisdiction_id


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


class Reminder(models.Model):
    """A reminder sent, by the clock or by the supervision office."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders", verbose_name=_("task"))
    light = models.CharField(_("light"), max_length=8, choices=Light.choices, blank=True)
    round = models.PositiveSmallIntegerField(_("handling"), default=1)
    text = models.CharField(_("text"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar[Any] = ["at", "id"]
