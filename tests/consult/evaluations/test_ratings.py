"""Ratings: only after a look, only by the rater, work and result apart, and unrated is never satisfied."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from consult.evaluations import actions, rules, totals
from consult.evaluations.models import Rating
from consult.kit import audit, calendar
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.people.roles import Role
from tests import make
from tests.make_evaluations import MESSAGE, rating_of
from tests.make_topics import voice

GOOD = {"work": "satisfied", "result": "basically"}
BAD = {"work": "basically", "result": "dissatisfied", "comment": "还差一个季度没有到账"}


@pytest.fixture
def task(place, cast):
    return make.looked_at(place, cast)


# --- asking ---------------------------------------------------------------------------------------------------


def test_nobody_is_asked_before_the_look_back_of_this_answer_is_confirmed(place, cast, at):
    task = make.answered(place, cast)
    with pytest.raises(ValidationError, match="look-back"):
        actions.invite(task, message=MESSAGE, by=cast.office, at=at)
    make.look_back(place, cast, task=task, state="visited")
    with pytest.raises(ValidationError, match="look-back"):
        actions.invite(task, message=MESSAGE, by=cast.office, at=at)
    assert not Rating.objects.exists()


def test_a_task_that_is_not_answered_is_not_rated(place, cast, at):
    with pytest.raises(ValidationError, match="after the reply"):
        actions.invite(make.answered(place, cast, state="in_review"), message=MESSAGE, by=cast.office, at=at)


def test_only_the_office_of_the_district_asks(cast, at, task):
    for name, user in cast.roles().items():
        if name == "office":
            continue
        with pytest.raises(Denied):
            actions.invite(task, message=MESSAGE, by=user, at=at)
    actions.invite(task, message=MESSAGE, by=cast.office, at=at)
    with pytest.raises(ValidationError, match="already"):
        actions.invite(task, message=MESSAGE, by=cast.office, at=at)


def test_words_for_the_residents_are_needed(cast, at, task):
    with pytest.raises(ValidationError) as wrong:
        actions.invite(task, message="  ", by=cast.office, at=at)
    assert "message" in wrong.value.message_dict


@pytest.mark.parametrize("merged_is_older", [False, True])
def test_each_voice_is_told_and_asked_separately_and_merged_ones_too(place, cast, at, merged_is_older):
    first, second, third = voice(place), voice(place, text="房租贵，过渡费没到。"), voice(place, text="同上，过渡费。")
    taken, merged = (second, first) if merged_is_older else (first, second)
    opinions.merge(merged, into=taken, by=cast.office, at=at)
    task = make.looked_at(place, cast, opinions=[taken, third])
    actions.invite(task, message=MESSAGE, by=cast.office, at=at)
    for opinion in (first, second, third):
        opinion.refresh_from_db()
        assert opinion.state == "responded"
        assert opinion.messages.filter(text=MESSAGE).count() == 1
        assert rating_of(task, opinion).state == "invited"
    assert Rating.objects.filter(rater="resident").count() == 3


def test_the_members_at_the_table_are_asked_once_each_with_the_same_date(place, cast, at, task):
    actions.invite(task, message=MESSAGE, by=cast.office, at=at)
    members = Rating.objects.filter(rater="member")
    assert {rating.member.user for rating in members} == {cast.member, cast.lawyer}
    assert {rating.due_on for rating in Rating.objects.all()} == {calendar.add_workdays(make.TODAY, 15)}
    heard = Notice.objects.filter(kind="evaluations.invited")
    assert {notice.user for notice in heard} == {cast.member, cast.lawyer}


def test_a_resident_with_an_account_hears_of_the_invitation(place, cast):
    make.invited(place, cast, opinions=[make.own_voice(place, cast)])
    assert Notice.objects.filter(kind="evaluations.invited", user=cast.resident).exists()


def test_when_nobody_can_be_asked_the_office_may_still_conclude(place, cast, at):
    cast.member.membership.__class__.objects.update(user=None)
    held = make.talked_over(place, cast, opinions=[])
    task = make.answered(place, cast, consultation=held)
    make.look_back(place, cast, task=task, state="confirmed", lead=cast.member.membership) if False else None
    # ...
