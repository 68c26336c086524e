"""Who hears what of a recommendation: the members at the table, and those who put their names to it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.consultations.states import Group
from consult.kit import notices
from consult.people.models import CommitteeMember, User
from consult.recommendations.models import Recommendation

notices.kinds(
    "recommendations",
    {
        "draft": _("Recommendation %(number)s was drafted from your consultation. You may put your name to it."),
        "edit": _("The words of recommendation %(number)s were changed. Please look whether you still endorse it."),
        "confirm": _("Recommendation %(number)s is confirmed: its words are now fixed."),
        "withdraw": _("Recommendation %(number)s, which you endorsed, was withdrawn."),
        "revise": _("Recommendation %(number)s, which you endorsed, is replaced by a new version.")
    },
)


def _members_at_the_table(recommendation: Recommendation) -> Any:
    seats = recommendation.consultation.panel.filter(group=Group.MEMBERS).exclude(user=None)
    return User.objects.filter(pk__in=seats.values("user_id"))


def endorsers(recommendation: Recommendation) -> Any:
    """The accounts of the members who endorsed this version."""
    members = CommitteeMember.objects.filter(pk__in=recommendation.endorsements.values("member_id"))
    return User.objects.filter(pk__in=members.values("user_id"))


def to_the_table(kind: str, recommendation: Recommendation, at: datetime) -> None:
    notices.queue(f"recommendations.{kind}", _members_at_the_table(recommendation), recommendation, at=at,
                  number=recommendation.number)


def to_endorsers(kind: str, recommendation: Recommendation, at: datetime, about: Recommendation | None = None) -> None:
    notices.queue(f"recommendations.{kind}", endorsers(recommendation), about or recommendation, at=at,
                  number=recommendation.number)
