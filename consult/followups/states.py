"""Where a look-back stands, and what it may find."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class LookBackState(models.TextChoices):
    PLANNED = "planned", _("planned")
    VISITED = "visited", _("visited")
    CONFIRMED = "confirmed", _("confirmed")
    CANCELLED = "cancelled", _("cancelled")


class LookBackKind(models.TextChoices):
    """实地走访 · 座谈问询"""

    SITE_VISIT = "site_visit", _("site visit")
    SYMPOSIUM = "symposium", _("symposium")


class FindingKind(models.TextChoices):
    CARRIED_OUT = "carried_out", _("carried out")
    PARTLY = "partly", _("partly carried out")
    NOT = "not", _("not carried out")


class DifficultyState(models.TextChoices):
    FOUND = "found", _("found")
    ESCALATED = "escalated", _("escalated")
    SOLVED = "solved", _("solved")


class BulletinState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    ISSUED = "issued", _("issued")


audit.names("followups", {
    "plan": _("planned"), "visit": _("visited"), "find": _("finding recorded"), "confirm": _("confirmed"),
    "cancel": _("cancelled"), "meet_difficulty": _("difficulty found"), "escalate": _("escalated"), "solve": _("solved"),
    "draft": _("drafted"), "edit": _("edited"), "issue": _("issued"), "send_back": _("sent back"),
})
