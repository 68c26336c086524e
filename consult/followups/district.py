"""The district bulletin: what all departments of a district did in a period, compiled from data."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consult.followups.states import BulletinState
from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Department, Jurisdiction


class DistrictBulletin(Stateful):
    """A bulletin of the supervision office (督办通报) on one period: a foreword, and facts that are frozen when it is issued."""

    number = models.CharField(_("number"), max_length=80, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("foreword"))
    state = StateField(choices=BulletinState.choices, default=BulletinState.DRAFTED)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by"),
                                   help_text=_("Whoever worded it last."))
    drafted_at = models.DateTimeField(_("drafted at"))
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
                                  verbose_name=_("issued by"))
    facts = models.JSONField(_("facts it was issued with"), null=True, blank=True)
    departments = models.ManyToManyField(Department, related_name="+", blank=True, verbose_name=_("departments that read it"))

    class Meta:
        verbose_name = _("district bulletin")
        verbose_name_plural = _("district bulletins")
        ordering: ClassVar[Any] = ["-drafted_at", "-id"]
        indexes: ClassVar[Any] = [models.Index(fields=["jurisdiction", "-drafted_at", "-id"])]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=["jurisdiction", "number"], condition=~Q(number=""),
                                    name="district_bulletin_number_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="district_bulletin_has_a_period"),
            models.CheckConstraint(condition=~Q(state="issued") | Q(issued_at__isnull=False, facts__isnull=False) & ~Q(number=""),
                                   name="issued_district_bulletin_is_frozen"),
        ]

    def __str__(self) -> str:
        return self.title

    @transition(field="state", source=BulletinState.DRAFTED, target=BulletinState.ISSUED)
    def issue(self, number: str, who: Any, when: Any, facts: dict[str, Any]) -> None:
        self.number, self.issued_by, self.issued_at, self.facts = number, who, when, facts
