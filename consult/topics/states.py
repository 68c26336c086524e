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


#: On its way to the consent of the Party committee.
BEFORE_CONSENT = (TopicState.DRAFTED, TopicState.UNDER_REVIEW, TopicState.REPORTED)
#: The question has not been talked over yet.
BEFORE_TALKS = (*BEFORE_CONSENT, TopicState.PLANNED, TopicState.PUBLISHED)
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


class PlanState(models.TextChoices):
    DRAFTED = "drafted", _("being drafted")
    ADOPTED = "adopted", _("in force")


class Standing(models.TextChoices):
    """A topic against the day the annual plan names for it."""

    ON_TIME = "on_time", _("on time")
    LATE = "late", _("late")
    UNDER_WAY = "under_way", _("being talked over")
    DONE = "done", _("done")
    DEFERRED = "deferred", _("deferred")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Factor(models.TextChoices):
    """What makes a topic urgent; each has its weight."""

    VOICES = "voices", _("How many people spoke of it")
    MATTER = "matter", _("It touches homes, money or safety")
    STAGE = "stage", _("Rights are being decided")
    SIGNING = "signing", _("Signing closes soon")
    AGE = "age", _("How long the oldest opinion has waited")


audit.names("topics", {
    "open": _("opened"), "amend": _("changed"), "tell_voices": _("result told to everyone who spoke"),
    "submit_review": _("put before the chairpersons' meeting"), "send_back": _("sent back"),
    "approve": _("approved by the chairpersons' meeting"), "record_consent": _("put in the annual plan"),
    "publish": _("announced"), "begin": _("consultation began"), "conclude": _("consultation concluded"),
    "track": _("follow-up began"), "close": _("closed"), "reopen": _("taken up again"), "defer": _("deferred"),
    "resume": _("resumed"), "withdraw": _("withdrawn"), "add_opinion": _("opinion added"),
    "drop_opinion": _("opinion taken out"), "set_priority": _("priority set"), "add_milestone": _("milestone added"),
    "reach_milestone": _("milestone reached"), "set_weights": _("weights of the priority set"),
    "draft_plan": _("annual plan begun"), "add_topics": _("topics put in the draft of the plan"),
    "remove_topic": _("topic taken out of the draft of the plan"), "move_topic": _("topic moved in the draft of the plan"),
    "adopt": _("annual plan adopted"), "revise": _("new version of the annual plan begun"),
    "enter_plan": _("put in the draft of the annual plan"), "leave_plan": _("taken out of the draft of the annual plan"),
    "replan": _("planned date changed"),
})
