"""What moves a date, and what is asked: extensions, returns, stops, reminders."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Department, Jurisdiction, User
from consult.tasks.models.task import Assignment, Task
from consult.tasks.states import GROUND_BASIS, AskState, Ground, Light, Rung


class Ask(Stateful):
    """A request of a department that the supervision office decides."""

    #: Copied from the task, where an index must begin with it; never differs from it.
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", editable=False, db_index=False)
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
        indexes: ClassVar[Any] = [models.Index(fields=["jurisdiction", "task"], condition=Q(state="asked"),
                                               name="extension_asked")]
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
        indexes: ClassVar[Any] = [models.Index(fields=["jurisdiction", "assignment"], condition=Q(state="asked"),
                                               name="return_asked")]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["assignment"], condition=Q(state="asked"), name="one_open_return")]


class ClockStop(models.Model):
    """The clock stands still, on a lawful ground, with a reason and an approver."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="stops", verbose_name=_("task"))
    ground = models.CharField(_("ground"), max_length=12, choices=Ground.choices)
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

    @property
    def basis(self) -> str:
        """Where the ground comes from."""
        return GROUND_BASIS[self.ground]


class Reminder(models.Model):
    """A reminder sent, by the clock or by the supervision office."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders", verbose_name=_("task"))
    light = models.CharField(_("light"), max_length=8, choices=Light.choices, blank=True)
    rung = models.CharField(_("rung of the ladder"), max_length=8, choices=Rung.choices, blank=True)
    round = models.PositiveSmallIntegerField(_("handling"), default=1)
    text = models.CharField(_("text"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["task", "round", "rung"], condition=~Q(rung=""), name="each_rung_once_a_handling")]
