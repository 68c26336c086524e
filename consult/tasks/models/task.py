"""The task itself and the parts departments have in it."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Instruction
from consult.kit.grants import GrantBase
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Department, Jurisdiction, User
from consult.recommendations.models import Recommendation
from consult.tasks.states import ANSWERING, OPEN, OVER, OWED, AskState, Part, Signing, TaskState

if TYPE_CHECKING:
    from consult.tasks.models.answer import Reply
    from consult.tasks.models.clock import ClockStop

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
        return self.owed().exclude(pk__in=self.model.objects.filter(stops__isnull=False, stops__until=None).values("pk"))

    def answered_late(self) -> "TaskQuerySet":
        """Answered after the day on which they were due, time that was granted included."""
        return self.filter(answered_at__date__gt=models.F("due_on"))

    def in_part_of(self, departments: Any) -> "TaskQuerySet":
        """Tasks in which one of these departments has a part now."""
        return self.filter(pk__in=Assignment.objects.filter(department__in=departments, ended_at=None).values("task_id"))

    def asking(self, jurisdictions: Iterable[Any] | None = None) -> "TaskQuerySet":
        """Tasks with a return or an extension that waits for a decision; of these districts alone, if they are named."""
        kinds: Any = (self.model._meta.get_field("extensions").related_model, Assignment._meta.get_field("returns").related_model)
        extensions, returns = (kind.objects.filter(state=AskState.ASKED) for kind in kinds)
        if jurisdictions is not None:
            here = [*jurisdictions]
            extensions, returns = extensions.filter(jurisdiction__in=here), returns.filter(jurisdiction__in=here)
        return self.filter(Q(pk__in=extensions.values("task_id")) | Q(pk__in=returns.values("assignment__task_id")))


class Task(Stateful):
    """What an instruction asks of departments. ``due_on`` follows from facts alone; ``original_due_on`` never moves."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=120)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="+", verbose_name=_("instruction"))
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="+", verbose_name=_("recommendation"))
    #: Whose instruction it is, copied from it and never changed: a leader's tasks are found by one index.
    leader = models.ForeignKey(User, models.PROTECT, editable=False, db_index=False, related_name="+")
    text = models.TextField(_("what is asked"))
    urgent = models.BooleanField(_("urgent"), default=False)
    key = models.BooleanField(_("key supervision"), default=False)
    key_lead = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+",
                                 verbose_name=_("leader in charge of the key supervision"))
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
            models.Index(fields=["jurisdiction", "due_on", "-id"], condition=Q(state__in=OPEN), name="task_open"),
            models.Index(fields=["jurisdiction", "-proposed_at", "-id"], name="task_newest"),
            # For departments, which find theirs by their parts.
            models.Index(fields=["due_on", "-id", "state"], condition=Q(state__in=OPEN), name="task_open_anywhere"),
            models.Index(fields=["-proposed_at", "-id", "state"], condition=Q(state__in=OVER), name="task_over_anywhere"),
            models.Index(fields=["leader", "jurisdiction", "due_on", "-id"], condition=Q(state__in=OPEN),
                         name="task_open_leader"),
            models.Index(fields=["leader", "jurisdiction", "-proposed_at", "-id"], condition=Q(state__in=OVER),
                         name="task_over_leader"),
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

    @transition(field="state", source=S.CLOSED, target=S.HANDLING)
    def reopen(self) -> None:
        self.round += 1
        self.closed_at = None

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


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self) -> "AssignmentQuerySet":
        """Parts that were not handed over."""
        return self.filter(ended_at=None)

    def signing(self, how: str, today: date) -> "AssignmentQuerySet":
        """Parts by whether they are signed for: the same as ``Assignment.signing``, asked of the database."""
        asked = {Signing.SIGNED: Q(signed_at__isnull=False), Signing.WAITS: Q(signed_at=None, sign_by__gte=today),
                 Signing.LATE: Q(signed_at=None, sign_by__lt=today)}
        return self.filter(asked[Signing(how)])


class Assignment(models.Model):
    """One department's part in one task. A department sees the task because this row says so."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments", verbose_name=_("task"))
    #: The task's, copied: it never changes, and the lists of a district begin with it.
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, editable=False, db_index=False, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    assigned_at = models.DateTimeField(_("assigned at"))
    sign_by = models.DateField(_("to be signed for by"))
    return_by = models.DateField(_("may be returned until"))
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("signed for by"))
    handler = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handler"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, help_text=_("Set when the part was returned."))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar[Any] = ["id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["department", "task"]),
            models.Index(fields=["department", "task"], condition=Q(ended_at=None), name="assignment_in_force"),
            models.Index(fields=["department", "jurisdiction"], condition=Q(ended_at=None), name="assignment_districts"),
            models.Index(fields=["department", "sign_by", "id"], condition=Q(ended_at=None, signed_at=None),
                         name="assignment_to_sign"),
            models.Index(fields=["jurisdiction", "-assigned_at", "-id"], condition=Q(ended_at=None),
                         name="assignment_newest_here"),
            models.Index(fields=["-assigned_at", "-id"], condition=Q(ended_at=None), name="assignment_newest"),
            models.Index(fields=["sign_by", "-assigned_at", "-id"], condition=Q(ended_at=None), name="assignment_sign_by"),
        ]
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

    def signing(self, today: date) -> Signing:
        if self.signed_at is not None:
            return Signing.SIGNED
        return Signing.LATE if self.sign_by < today else Signing.WAITS

    @property
    def leads(self) -> bool:
        return self.part in (Part.LEAD, Part.SOLE)
