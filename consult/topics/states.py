"""Where a topic stands, which kind it is, and how urgent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class TopicState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    UNDER_REVIEW = "under_review", _("before the chairpersons' meeting")
    REPORTED = "reported", _("reported to the district Party committee")
    PLANNED = "planned", _("in the annual plan")
    PUBLISHED = "published", _("announced")
    IN_CONSULTATION = "in_consultation", _("in consultation")
    CONSULTED = "consulted", _("consulted")
    TRACKED = "tracked", _("being followed up")
    CLOSED = "closed", _("closed")
    DEFERRED = "deferred", _("deferred")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: The question has not been talked over yet.
BEFORE_TALKS = (TopicState.DRAFTED, TopicState.UNDER_REVIEW, TopicState.REPORTED, TopicState.PLANNED, TopicState.PUBLISHED)
#: Another voice may still join.
TAKES_VOICES = (*BEFORE_TALKS, TopicState.IN_CONSULTATION)
#: Announced, and everything after.
ANNOUNCED = (TopicState.PUBLISHED, TopicState.IN_CONSULTATION, TopicState.CONSULTED, TopicState.TRACKED, TopicState.CLOSED)


class Kind(models.TextChoices):
    """The kind decides the method: policy explains, planning carries wishes into the plan, conflict mediates."""

    POLICY = "policy", _("policy")
    PLANNING = "planning", _("planning")
    CONFLICT = "conflict", _("conflict")


class Priority(models.IntegerChoices):
    HIGH = 1, _("high")
    NORMAL = 2, _("normal")
    LOW = 3, _("low")


audit.names("topics", {
    "open": _("opened"), "amend": _("changed"), "tell_voices": _("result told to everyone who spoke"),
    "submit_review": _("put before the chairpersons' meeting"), "send_back": _("sent back"),
    "approve": _("approved by the chairpersons' meeting"), "record_consent": _("put in the annual plan"),
    "publish": _("announced"), "begin": _("consultation began"), "conclude": _("consultation concluded"),
    "track": _("follow-up began"), "close": _("closed"), "reopen": _("taken up again"), "defer": _("deferred"),
    "resume": _("resumed"), "withdraw": _("withdrawn"), "add_opinion": _("opinion added"),
    "drop_opinion": _("opinion taken out"), "set_priority": _("priority set"), "add_milestone": _("milestone added"),
    "reach_milestone": _("milestone reached"),
})
