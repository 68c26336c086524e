"""Who hears what of a topic: the chair of what waits, the office of what came back, members of what was announced."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from consult.kit import notices
from consult.people.notices import holders
from consult.people.roles import Role
from consult.topics.models import AnnualPlan, Topic

notices.kinds("topics", {
    "submit_review": _("Topic %(number)s waits for the chairpersons' meeting."),
    "approve": _("Topic %(number)s was approved: report it to the district Party committee."),
    "send_back": _("Topic %(number)s was sent back; the note says why."),
    "publish": _("Topic %(number)s was announced."),
    "conclude": _("The consultation on topic %(number)s is concluded: tell everyone who spoke."),
    "adopt": _("The annual plan %(year)s was adopted."),
})


def to_office(kind: str, topic: Topic, at: datetime) -> None:
    notices.queue(f"topics.{kind}", holders(Role.OFFICE, where=topic.jurisdiction_id, at=at), topic, at=at,
                  number=topic.number)


def to_chair(kind: str, topic: Topic, at: datetime) -> None:
    notices.queue(f"topics.{kind}", holders(Role.CHAIR, where=topic.jurisdiction_id, at=at), topic, at=at,
                  number=topic.number)


def announced(topic: Topic, at: datetime) -> None:
    """All members of the district."""
    notices.queue("topics.publish", holders(Role.MEMBER, where=topic.jurisdiction_id, at=at), topic, at=at,
                  number=topic.number)


def adopted(plan: AnnualPlan, at: datetime) -> None:
    """All members of the district, and the chair."""
    notices.queue("topics.adopt", holders(Role.MEMBER, Role.CHAIR, where=plan.jurisdiction_id, at=at), plan, at=at,
                  year=plan.year)
