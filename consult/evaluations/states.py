"""What a rater may say, and where an evaluation stands. Unrated is never satisfied."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", _("satisfied")
    BASICALLY = "basically", _("basically satisfied")
    DISSATISFIED = "dissatisfied", _("not satisfied")


class RatingState(models.TextChoices):
    INVITED = "invited", _("invited to rate")
    GIVEN = "given", _("rated")
    UNRATED = "unrated", _("not rated")


class Rater(models.TextChoices):
    RESIDENT = "resident", _("resident")
    MEMBER = "member", _("committee member")


class AppraisalState(models.TextChoices):
    OPENED = "opened", _("open for ballots")
    CLOSED = "closed", _("closed")


class Aspect(models.TextChoices):
    """The five aspects, with their weights in WEIGHTS (per cent)."""

    ORGANISATION = "organisation", _("leadership and organisation")
    MECHANISM = "mechanism", _("handling mechanism")
    TALKS = "talks", _("talks face to face")
    EFFECT = "effect", _("effect")
    REPLY = "reply", _("form of the reply")


WEIGHTS = {Aspect.ORGANISATION: 15, Aspect.MECHANISM: 15, Aspect.TALKS: 20, Aspect.EFFECT: 40, Aspect.REPLY: 10}

#: Fewer ballots than this and no score is shown.
FEWEST_BALLOTS = 5


class VoterGroup(models.TextChoices):
    MEMBERS = "members", _("committee members")
    PUBLIC = "public", _("residents")
    EXPERTS = "experts", _("experts")
    THIRD_PARTY = "third_party", _("third party")


audit.names("evaluations", {
    "invite": _("invited to rate"), "give": _("rated"), "expire": _("not rated in time"), "open": _("opened"),
    "cast": _("ballot cast"), "close": _("closed"), "conclude": _("concluded"), "raise": _("new question raised"),
})
