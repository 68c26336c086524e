"""What a department keeps at its desk: the working copy of its reply, its usual words, its milestones."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.people.models import Department, User
from consult.tasks.models.task import Task


class Draft(models.Model):
    """The reply of one handling as it stands on the screen: kept by itself, checked by nobody, read by its department alone."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="drafts", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    round = models.PositiveSmallIntegerField(_("handling"))
    fields = models.JSONField(_("fields"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("working copy of a reply")
        verbose_name_plural = _("working copies of replies")
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["task", "department", "round"],
                                                              name="one_working_copy_a_handling")]


class TextBlock(models.Model):
    """Words a department uses again and again in its replies."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="+", verbose_name=_("department"))
    title = models.CharField(_("name of the text block"), max_length=40)
    text = models.TextField(_("text"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")
        ordering: ClassVar[Any] = ["department", "title"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["department", "title"],
                                                              name="text_block_named_once_a_department")]

    def __str__(self) -> str:
        return self.title


class Milestone(models.Model):
    """A step on the way that a department set itself: what, until when, and what shows that it was reached."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones", verbose_name=_("task"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    title = models.CharField(_("milestone"), max_length=120)
    due_on = models.DateField(_("to be reached by"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar[Any] = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title


class KeyStep(models.Model):
    """One step of key supervision (望闻问切评), with the day and what it showed."""

    class Step(models.TextChoices):
        LOOK = "look", _("look: seen on the spot")
        HEAR = "hear", _("hear: residents heard")
        ASK = "ask", _("ask: those who advised were asked")
        CONFER = "confer", _("confer: talked over in a case meeting")
        JUDGE = "judge", _("judge: by anonymous vote")

    task = models.ForeignKey(Task, models.CASCADE, related_name="key_steps", verbose_name=_("task"))
    step = models.CharField(_("step"), max_length=8, choices=Step.choices)
    held_on = models.DateField(_("held on"))
    text = models.TextField(_("what it showed"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of key supervision")
        verbose_name_plural = _("steps of key supervision")
        ordering: ClassVar[Any] = ["held_on", "id"]
