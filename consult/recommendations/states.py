"""How far a recommendation has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class RecommendationState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    CONFIRMED = "confirmed", _("confirmed")
    BRIEFED = "briefed", _("in a briefing")
    INSTRUCTED = "instructed", _("instructed")
    ASSIGNED = "assigned", _("assigned")
    ANSWERED = "answered", _("answered")
    LOOKED_BACK = "looked_back", _("looked back on")
    EVALUATED = "evaluated", _("evaluated")
    CLOSED = "closed", _("struck off")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("replaced by a newer version")


S = RecommendationState
#: Members may put their names to it.
ENDORSABLE = (S.DRAFTED, S.CONFIRMED, S.BRIEFED)
#: A leader asked for work on it.
FROM_INSTRUCTED = (S.INSTRUCTED, S.ASSIGNED, S.ANSWERED, S.LOOKED_BACK, S.EVALUATED, S.CLOSED)
#: Its words are frozen and it is in force.
IN_FORCE = (S.CONFIRMED, S.BRIEFED, *FROM_INSTRUCTED)


#: Off the way: nothing more is to be done about these words.
GONE = (RecommendationState.WITHDRAWN, RecommendationState.SUPERSEDED)

audit.names(
    "recommendations",
    {
        "draft": _("drafted"), "edit": _("edited"), "revise": _("revised"), "supersede": _("replaced by a newer version"),
        "endorse": _("endorsed"), "confirm": _("confirmed"), "brief": _("taken into a briefing"),
        "unbrief": _("taken out of the briefing"), "instruct": _("instructed"), "assign": _("assigned"),
        "answer": _("answered"), "look_back": _("looked back on"), "evaluate": _("evaluated"), "close": _("struck off"),
        "redo": _("handled again"), "withdraw": _("withdrawn")
    },
)
