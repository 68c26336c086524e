"""Looking back: visits to see whether the answer holds, difficulties passed up, progress bulletins."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.followups.states import BulletinState, DifficultyState, FindingKind, LookBackKind, LookBackState
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import CommitteeMember, Jurisdiction
from consult.tasks.models import Task

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
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    state = StateField(choices=S.choices, default=S.PLANNED)
    state_note = models.CharField(_("note on the state"), max_length=300, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by"))
    planned_at = models.DateTimeField(_("planned at"))
    visited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("look-back")
        verbose_name_plural = _("look-backs")
        ordering: ClassVar[Any] = ["-planned_on", "-id"]
        indexes: ClassVar[Any] = [
            models.Index(fields=["jurisdiction", "-planned_on", "-id"]),
            models.Index(fields=["task", "-planned_on"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def heard(self) -> str:
        """What was seen or heard, for the search."""
        return "\n".join(self.findings.values_list("text", flat=True))

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


class Finding(models.Model):
    """One thing seen or heard, with photos as attachments."""

    look_back = models.ForeignKey(LookBack, models.CASCADE, related_name="findings", verbose_name=_("look-back"))
    kind = models.CharField(_("finding"), max_length=12, choices=FindingKind.choices)
    text = models.TextField(_("what was seen or heard"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering: ClassVar[Any] = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def jurisdiction_id(self) -> int:
        return self.look_back.jurisdiction_id


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


from consult.followups.district import DistrictBulletin as DistrictBulletin  # noqa: E402
