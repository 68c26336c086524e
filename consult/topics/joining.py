"""“Me too”: somebody joins a public topic as one more voice, with an opinion and a receipt of their own.

Nothing of the loop is passed by: the opinion waits for triage like any other, with the topic's number on it; the office
takes all that wait into the topic in one step, and each is kept, told and asked to rate.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import because, rule
from consult.opinions import actions as opinions_actions
from consult.opinions.models import Opinion
from consult.opinions.states import OPEN, IdentityMode, OpinionState
from consult.opinions.wording import plain
from consult.people.rules import is_office
from consult.topics import actions
from consult.topics.models import Topic
from consult.topics.states import ANNOUNCED, TAKES_VOICES, Kind

#: What they say who say nothing else.
ME_TOO = _("This concerns me too.")


def takes(topic: Topic) -> bool:
    """May everybody join it? Announced, and no conflict between people."""
    return topic.state in ANNOUNCED and topic.kind != Kind.CONFLICT


def join(topic: Topic, *, key: UUID, at: datetime, text: str = "", identity_mode: str = IdentityMode.ANONYMOUS,
         photos: Sequence[Any] = (), **said: Any) -> tuple[Opinion, str | None]:
    """Hand in one more voice for the topic; the same ``key`` again is the same voice. ``said`` as in opinions.submit."""
    if not takes(topic):
        raise ValidationError(_("This topic can't be joined any more. Please hand in your opinion as a new one."))
    return opinions_actions.submit(
        text=text.strip() or plain(ME_TOO), jurisdiction=topic.jurisdiction, project=topic.project, joins=topic.number,
        identity_mode=identity_mode, photos=photos, key=key, at=at, **said)


def waiting(topic: Topic) -> QuerySet[Opinion]:
    """Those who joined and were not yet taken in, answered or declined."""
    return Opinion.objects.filter(jurisdiction=topic.jurisdiction_id, joins=topic.number,
                                  state__in=(*OPEN, OpinionState.KEPT))


def topic_of(opinion: Opinion) -> Topic | None:
    """The topic an opinion wants to join, if any."""
    return Topic.objects.filter(number=opinion.joins, jurisdiction=opinion.jurisdiction_id).first() if opinion.joins else None


def is_open(topic: Topic) -> bool:
    """Can voices still be taken in?"""
    return topic.state in TAKES_VOICES


@because(_("Nobody who joined is waiting."))
def somebody_waits(user: Any, topic: Any) -> bool:
    return topic is not None and waiting(topic).exists()


may_take_joined = rule("topics.take_joined", is_office & somebody_waits)


def take_joined(topic: Topic, *, by: Any, at: datetime) -> Topic:
    """Take everybody in who joined and waits; each is told."""
    return actions.add_opinion(topic, opinions=list(waiting(topic).order_by("pk")), by=by, at=at)
