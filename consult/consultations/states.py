"""Where a consultation stands, its forms, venues, groups, and what its records may say."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class ConsultationState(models.TextChoices):
    PREPARING = "preparing", _("in preparation")
    NOTIFIED = "notified", _("invitations sent")
    IN_SESSION = "in_session", _("in session")
    ENDED = "ended", _("ended")
    MINUTED = "minuted", _("minutes to be confirmed")
    CONFIRMED = "confirmed", _("minutes confirmed")
    CONCLUDED = "concluded", _("results formed")
    ARCHIVED = "archived", _("archived")
    CANCELLED = "cancelled", _("cancelled")


#: The panel knows of it.
NOTICED = (ConsultationState.NOTIFIED, ConsultationState.IN_SESSION, ConsultationState.ENDED, ConsultationState.MINUTED,
           ConsultationState.CONFIRMED, ConsultationState.CONCLUDED, ConsultationState.ARCHIVED)
#: The minutes are confirmed: nothing of the record changes any more.
CONFIRMED_ON = (ConsultationState.CONFIRMED, ConsultationState.CONCLUDED, ConsultationState.ARCHIVED)
#: The record is being written.
RECORDING = (ConsultationState.IN_SESSION, ConsultationState.ENDED)
BEFOREHAND = (ConsultationState.PREPARING, ConsultationState.NOTIFIED)
#: "There is none", said expressly: consensus, dissent or open points.
NOTHING = "—"


class Form(models.TextChoices):
    MONTHLY = "monthly", _("monthly consultation")
    ROUND_TABLE = "round_table", _("round table")
    ON_SITE = "on_site", _("on-site consultation")
    MICRO = "micro", _("micro consultation")
    SPECIAL = "special", _("special consultation meeting")
    ONLINE = "online", _("online consultation")


class Venue(models.TextChoices):
    YARD = "yard", _("village yard")
    HOME = "home", _("resident's home")
    COMMUNITY_ROOM = "community_room", _("community room")
    STUDIO = "studio", _("member studio")
    SITE_OFFICE = "site_office", _("project site office")
    HALL = "hall", _("CPPCC meeting hall")
    ONLINE = "online", _("online")


class Group(models.TextChoices):
    """The five groups of a panel."""

    MEMBERS = "members", _("committee members")
    SUBDISTRICT = "subdistrict", _("subdistrict cadres")
    DEPARTMENTS = "departments", _("departments")
    EXPERTS = "experts", _("experts")
    PUBLIC = "public", _("residents")


class Duty(models.TextChoices):
    CHAIR = "chair", _("chair")
    CONVENOR = "convenor", _("convenor")
    RECORDER = "recorder", _("recorder")
    SPEAKER = "speaker", _("speaks")
    ANSWERER = "answerer", _("answers")
    ADVISER = "adviser", _("advises")
    PARTY = "party", _("party to the matter")
    OBSERVER = "observer", _("observer")


class Presence(models.TextChoices):
    ATTENDED = "attended", _("attended")
    LEAVE = "leave", _("on leave")
    ABSENT = "absent", _("absent")
    PARTLY = "partly", _("late or left early")


class ItemKind(models.TextChoices):
    """通报 → 提问 → 解答 → 发言"""

    REPORT = "report", _("report")
    QUESTION = "question", _("questions")
    ANSWER = "answer", _("answers")
    SPEECH = "speech", _("statements")


class Cleared(models.TextChoices):
    OPEN = "open", _("not yet said")
    CLEARED = "cleared", _("cleared up")
    NOT_CLEARED = "not_cleared", _("not cleared up")


class Verdict(models.TextChoices):
    OPEN = "open", _("not yet decided")
    ADOPTED = "adopted", _("adopted")
    PARTLY = "partly", _("partly adopted")
    NOT_ADOPTED = "not_adopted", _("not adopted")


audit.names("consultations", {
    "prepare": _("prepared"), "invite": _("panelist added"), "uninvite": _("panelist taken off"), "notify": _("invitations sent"),
    "start": _("began"), "end": _("ended"), "cancel": _("cancelled"), "sign_in": _("attendance recorded"),
    "ask": _("question recorded"), "reply": _("answer recorded"), "rejoin": _("rejoinder recorded"),
    "clear": _("question marked"), "demand": _("demand recorded"), "decide": _("demand decided"),
    "take_position": _("position recorded"), "settle": _("agreement recorded"), "summarise": _("result summarised"),
    "submit_minutes": _("minutes submitted"), "return_minutes": _("minutes sent back"), "confirm": _("minutes confirmed"),
    "conclude": _("results formed"), "archive": _("archived"), "add_item": _("agenda item added"),
    "remove_item": _("agenda item taken off"), "amend": _("changed"), "attach": _("file added"),
    "freeze": _("record frozen"), "reply_later": _("promised answer given"),
})
