"""Me too: an opinion of its own, taken into the topic by the office in one step, counted, told."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consult.journey import receipt
from consult.kit.rules import Denied
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from consult.topics import actions, joining
from tests import make


def test_one_more_voice_with_a_receipt_of_its_own(place: Any, cast: Any) -> None:
    topic, key = make.topic(place, cast), uuid.uuid4()
    opinion, code = joining.join(topic, key=key, at=make.AT)
    again, same = joining.join(topic, key=key, text="多按了一次", at=make.AT)
    assert (opinion.pk, code) == (again.pk, same)
    assert code and len(code) == 12
    assert (opinion.state, opinion.joins, opinion.project) == (OpinionState.SUBMITTED, topic.number, place.project)
    assert opinion.text
    assert joining.waiting(topic).count() == 1
    assert topic.title in str([one.title for one in receipt.for_submitter(opinion)])


def test_the_office_takes_all_in_with_one_step_and_each_is_told(place: Any, cast: Any) -> None:
    topic = make.topic(place, cast)
    joined = [joining.join(topic, key=uuid.uuid4(), text=words, at=make.AT)[0] for words in ("", "我家三个月没有收到。", "")]
    elsewhere, _code = make.handed_in(project=place.project)
    joining.take_joined(topic, by=cast.office, at=make.AT)
    assert set(topic.voices.values_list("opinion", flat=True)) >= {one.pk for one in joined}
    for one in joined:
        one.refresh_from_db()
        assert one.state == OpinionState.ADOPTED
        assert topic.title in one.messages.get().text
    elsewhere.refresh_from_db()
    assert elsewhere.state == OpinionState.SUBMITTED
    assert not joining.waiting(topic).exists()


@pytest.mark.parametrize("who", ["chair", "member", "clerk", "resident", "stranger", "other_office"])
def test_others_take_nobody_in(place: Any, cast: Any, who: str) -> None:
    topic = make.topic(place, cast)
    joining.join(topic, key=uuid.uuid4(), at=make.AT)
    assert joining.may_take_joined(cast.office, topic)
    with pytest.raises(Denied):
        joining.take_joined(topic, by=getattr(cast, who), at=make.AT)


def test_with_nobody_waiting_there_is_nothing_to_take_in(place: Any, cast: Any) -> None:
    topic = make.topic(place, cast)
    assert not joining.may_take_joined(cast.office, topic)
    with pytest.raises(ValidationError):
        actions.add_opinion(topic, opinions=[], by=cast.office, at=make.AT)


@pytest.mark.parametrize(("state", "kind"), [("drafted", "policy"), ("planned", "policy"), ("published", "conflict"),
                                             ("deferred", "policy")])
def test_what_is_not_public_can_not_be_joined(place: Any, cast: Any, state: str, kind: str) -> None:
    topic = make.topic(place, cast, state=state, kind=kind)
    before = Opinion.objects.count()
    with pytest.raises(ValidationError):
        joining.join(topic, key=uuid.uuid4(), at=make.AT)
    assert Opinion.objects.count() == before


def test_a_closed_topic_is_still_told_that_it_goes_on(place: Any, cast: Any) -> None:
    """No voice is taken in any more: the opinion waits for triage, with the topic's number on it."""
    topic = make.topic(place, cast, state="closed")
    opinion, _code = joining.join(topic, key=uuid.uuid4(), at=make.AT)
    assert not joining.is_open(topic)
    assert opinion.state == OpinionState.SUBMITTED
    assert joining.topic_of(opinion) == topic
    with pytest.raises(Denied):
        joining.take_joined(topic, by=cast.office, at=make.AT)
