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


class Moment(models.TextChoices):
    """When something was seen: before the work, after it, or as it stands."""

    BEFORE = "before", _("before the work")
    AFTER = "after", _("after the work")
    NOW = "now", _("as it is now")


class VoiceKind(models.TextChoices):
    """Three who judge without having read each other."""

    RESIDENT = "resident", _("resident")
    MEMBER = "member", _("committee member")
    DEPARTMENT = "department", _("department")


class VoiceVerdict(models.TextChoices):
    KEPT = "kept", _("kept")
    PARTLY = "partly", _("partly kept")
    NOT = "not", _("not kept")
    NOT_HAD = "not_had", _("not to be had")


class Reason(models.TextChoices):
    """Why a task is in a sample."""

    NOT_SATISFIED = "not_satisfied", _("somebody was not satisfied")
    OVERDUE = "overdue", _("answered after its due date")
    RANDOM = "random", _("drawn by lot")


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
    "hear": _("voice recorded"), "lower": _("outcome lowered"), "reopen": _("second handling ordered"), "draw": _("sample drawn"),
    "draft": _("drafted"), "edit": _("edited"), "issue": _("issued"), "send_back": _("sent back"),
})
