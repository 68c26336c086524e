"""Looking back: visits to see whether the answer holds, three voices on it, difficulties, bulletins, and samples to visit."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.followups.district import DistrictBulletin as DistrictBulletin
from consult.followups.states import (
    BulletinState,
    DifficultyState,
    FindingKind,
    LookBackKind,
    LookBackState,
    Moment,
    Reason,
    VoiceKind,
    VoiceVerdict,
)
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import CommitteeMember, Department, Jurisdiction
from consult.tasks.models import Task
from consult.tasks.states import Outcome

S = LookBackState
D = DifficultyState


class LookBack(Stateful):
    """One visit or symposium on one answered task."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name=_("task"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    kind = models.CharField(_("kind"), max_length=12, choices=LookBackKind.choices)
    planned_on = models.DateField(_("planned for"))
    place = models.CharField(_("place"), max_length=120)
    lead = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+", verbose_name=_("led by member"))
    with_whom = models.CharField(_("with whom"), max_length=200, blank=True)
    promise = models.JSONField(_("what the answer promised"), default=dict, blank=True)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    state = StateField(choices=S.choices, default=S.PLANNED)
    state_note = models.CharField(_("note on the state"), max_length=300, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by"))
    planned_at = models.DateTimeField(_("planned at"))
    visited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("recorded by"))
    reopened_round = models.PositiveSmallIntegerField(_("handling it led to"), null=True, blank=True)

    class Meta:
        verbose_name = _("look-back")
        verbose_name_plural = _("look-backs")
        ordering: ClassVar[Any] = ["-planned_on", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "-planned_on", "-id"]),
            # With the task: what a department may read is found without the table.
            models.Index(fields=["jurisdiction", "state", "-planned_on", "-id", "task"]),
            models.Index(fields=["task", "-planned_on"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def heard(self) -> str:
        """What was seen or heard, for the search."""
        return "\n".join(self.findings.values_list("text", flat=True))

    @property
    def promised(self) -> list[dict[str, Any]]:
        """The answers as they stood when this was planned: codes with their words, days as days."""
        return [{**one, "outcome": Outcome(one["outcome"]).label, **{
            name: date.fromisoformat(one[name]) if one[name] else None for name in ("promise_on", "kept_on", "answered_on")}}
            for one in self.promise.get("answers", [])]

    @transition(field="state", source=S.PLANNED, target=S.VISITED)
    def visit(self, on: Any, summary: str, who: Any) -> None:
        self.visited_on, self.summary, self.visited_by = on, summary, who

    @transition(field="state", source=S.VISITED, target=S.PLANNED)
    def send_back(self, note: str) -> None:
        self.state_note = note

    @transition(field="state", source=S.VISITED, target=S.CONFIRMED)
    def confirm(self, note: str = "") -> None:
        self.state_note = note

    @transition(field="state", source=S.PLANNED, target=S.CANCELLED)
    def cancel(self, note: str) -> None:
        self.state_note = note


class FindingQuerySet(models.QuerySet["Finding"]):
    def as_it_is(self) -> "FindingQuerySet":
        """What is so now: not what was so before the work."""
        return self.exclude(moment=Moment.BEFORE)


class Finding(models.Model):
    """One thing seen or heard on a day, before or after the work or as it is now, with photos as attachments."""

    look_back = models.ForeignKey(LookBack, models.CASCADE, related_name="findings", verbose_name=_("look-back"))
    kind = models.CharField(_("finding"), max_length=12, choices=FindingKind.choices)
    moment = models.CharField(_("when it was so"), max_length=8, choices=Moment.choices, default=Moment.NOW)
    taken_on = models.DateField(_("seen on"))
    text = models.TextField(_("what was seen or heard"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering: ClassVar[Any] = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def jurisdiction_id(self) -> int:
        return self.look_back.jurisdiction_id


class Voice(models.Model):
    """What one of three says about the promise; frozen. A department's from its own account, a resident's without a name."""

    look_back = models.ForeignKey(LookBack, models.CASCADE, related_name="voices", verbose_name=_("look-back"))
    kind = models.CharField(_("whose voice"), max_length=12, choices=VoiceKind.choices)
    verdict = models.CharField(_("was it kept"), max_length=8, choices=VoiceVerdict.choices)
    text = models.TextField(_("in words"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("department"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        ordering: ClassVar[Any] = ["at", "id"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["look_back", "department"], name="department_speaks_once"),
            models.UniqueConstraint(fields=["look_back"], condition=models.Q(kind="member") & ~models.Q(verdict="not_had"),
                                    name="member_speaks_once"),
            models.CheckConstraint(condition=models.Q(kind="department") & ~models.Q(verdict="not_had")
                                   & models.Q(department__isnull=False)
                                   | (~models.Q(kind="department") | models.Q(verdict="not_had")) & models.Q(department=None),
                                   name="voice_of_a_department_names_it"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_verdict_display()}"


class Difficulty(Stateful):
    """What stands in the way, and to whom it was passed up."""

    look_back = models.ForeignKey(LookBack, models.CASCADE, related_name="difficulties", verbose_name=_("look-back"))
    text = models.TextField(_("difficulty"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    escalated_to = models.CharField(_("passed up to"), max_length=80, blank=True)
    solution = models.TextField(_("how it was solved"), blank=True)
    state = StateField(choices=D.choices, default=D.FOUND)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("found by"))
    at = models.DateTimeField(_("found at"))
    escalated_at = models.DateTimeField(_("passed up at"), null=True, blank=True)
    solved_at = models.DateTimeField(_("solved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("difficulty")
        verbose_name_plural = _("difficulties")
        ordering: ClassVar[Any] = ["at", "id"]
        indexes: ClassVar[Any] = [models.Index(fields=["jurisdiction", "state", "-at"])]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 40 else f"{self.text[:39]}…"

    @transition(field="state", source=D.FOUND, target=D.ESCALATED)
    def escalate(self, to: str, when: Any) -> None:
        self.escalated_to, self.escalated_at = to, when

    @transition(field="state", source=[D.FOUND, D.ESCALATED], target=D.SOLVED)
    def solve(self, solution: str, when: Any) -> None:
        self.solution, self.solved_at = solution, when


class Bulletin(Stateful):
    """A progress bulletin (进展通报) on one task, numbered when issued."""

    number = models.CharField(_("number"), max_length=32, blank=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name=_("task"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    state = StateField(choices=BulletinState.choices, default=BulletinState.DRAFTED)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by"))
    drafted_at = models.DateTimeField(_("drafted at"))
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("issued by"))
    progress = models.JSONField(_("facts it was issued with"), null=True, blank=True)

    class Meta:
        verbose_name = _("progress bulletin")
        verbose_name_plural = _("progress bulletins")
        ordering: ClassVar[Any] = ["-drafted_at", "-id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(
            fields=["jurisdiction", "number"], condition=~models.Q(number=""), name="bulletin_number_once")]

    def __str__(self) -> str:
        return self.title

    @transition(field="state", source=BulletinState.DRAFTED, target=BulletinState.ISSUED)
    def issue(self, number: str, who: Any, when: Any, progress: dict[str, Any]) -> None:
        self.number, self.issued_by, self.issued_at, self.progress = number, who, when, progress


class Sample(models.Model):
    """Tasks drawn for a look-back: a share in per cent by lot, from a seed, so that anybody can draw them again."""

    number = models.CharField(_("number"), max_length=32)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"))
    share = models.PositiveSmallIntegerField(_("share in per cent"))
    seed = models.CharField(_("seed"), max_length=40)
    rest = models.JSONField(_("keys the lot was drawn from"), default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("sample for look-back")
        verbose_name_plural = _("samples for look-back")
        ordering: ClassVar[Any] = ["-at", "-id"]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["jurisdiction", "number"], name="sample_number_once"),
            models.CheckConstraint(condition=models.Q(share__lte=100), name="sample_up_to_a_hundred"),
            models.CheckConstraint(condition=models.Q(since__lte=models.F("until")), name="sample_has_a_period"),
        ]

    def __str__(self) -> str:
        return self.number


class SampleItem(models.Model):
    """One task of a sample, and why it is in it."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="items", verbose_name=_("sample"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name=_("task"))
    reason = models.CharField(_("why it was drawn"), max_length=16, choices=Reason.choices)

    class Meta:
        verbose_name = _("task of a sample")
        verbose_name_plural = _("tasks of a sample")
        ordering: ClassVar[Any] = ["id"]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=["sample", "task"], name="task_once_a_sample")]
