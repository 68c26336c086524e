"""A finished case is told in public, by date and by administrative order."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit.states import StateField, Stateful, transition
from consult.people.models import Jurisdiction, Subdistrict
from consult.showcases.states import CaseState
from consult.topics.models import Topic

S = CaseState


class Case(Stateful):
    """One finished topic told for everybody: what was asked, how it was talked over, what came of it."""

    topic = models.OneToOneField(Topic, models.PROTECT, related_name="+", verbose_name=_("topic"))
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, related_name="+", verbose_name=_("subdistrict"))
    title = models.CharField(_("title"), max_length=120)
    asked = models.TextField(_("what was asked"))
    talked = models.TextField(_("how it was talked over"))
    outcome = models.TextField(_("what came of it"))
    told_on = models.DateField(_("date of the case"))
    state = StateField(choices=S.choices, default=S.DRAFTED)
    state_note = models.CharField(_("note on the state"), max_length=300, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering: ClassVar[Any] = ["-told_on", "-id"]
        indexes: ClassVar[Any] = [models.Index(fields=["state", "-told_on", "-id"])]

    def __str__(self) -> str:
        return self.title

    @transition(field="state", source=[S.DRAFTED, S.WITHDRAWN], target=S.PUBLISHED)
    def publish(self, when: Any) -> None:
        self.published_at = when

    @transition(field="state", source=S.PUBLISHED, target=S.WITHDRAWN)
    def withdraw(self, note: str) -> None:
        self.state_note = note
