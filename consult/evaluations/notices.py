"""Who hears what of an evaluation."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from consult.evaluations.models import Appraisal, Rating, Voter
from consult.kit import calendar, notices
from consult.people.notices import holders
from consult.people.roles import Role
from consult.tasks.notices import clerks

notices.kinds("evaluations", {
    "invited": _("Please rate how “%(title)s” was handled, until %(due)s."),
    "dissatisfied": _("A rater is not satisfied with “%(title)s”."),
    "to_vote": _("Please cast your ballot on “%(title)s”."),
    "appraised": _("The appraisal “%(title)s” of your department is closed. You can read its result."),
})


def invited(rating: Rating, at: datetime) -> None:
    people = [rating.member.user] if rating.member else []
    if rating.opinion and rating.opinion.resident:
        people = [rating.opinion.resident.user]
    notices.queue("evaluations.invited", people, rating, at=at, title=rating.task.title, due=rating.due_on.isoformat())


def dissatisfied(rating: Rating, at: datetime) -> None:
    office = holders(Role.OFFICE, where=rating.jurisdiction_id, at=at)
    notices.queue("evaluations.dissatisfied", office, rating, at=at, title=rating.task.title)


def to_vote(appraisal: Appraisal, at: datetime) -> None:
    voters = [voter.user for voter in Voter.objects.filter(appraisal=appraisal).select_related("user")]
    notices.queue("evaluations.to_vote", voters, appraisal, at=at, title=appraisal.title)


def appraised(appraisal: Appraisal, at: datetime) -> None:
    """The clerks of the department that was appraised."""
    users = clerks([appraisal.department] if appraisal.department else [], calendar.local_date(at))
    notices.queue("evaluations.appraised", users, appraisal, at=at, title=appraisal.title)
