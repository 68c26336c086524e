"""Ratings: only after a look, only by the rater, work and result apart, and unrated is never satisfied."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consult.evaluations import actions, rules, totals
from consult.evaluations.models import Rating
from consult.kit import audit, calendar
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.people.models import Appointment, CommitteeMember
from consult.people.roles import Role
from consult.recommendations.models import Recommendation
from consult.topics.models import Topic
from tests import make
from tests.make_evaluations import MESSAGE, rating_of
from tests.make_tasks import carry
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
    task = make.looked_at(place, cast, opinions=[])
    CommitteeMember.objects.update(user=None)
    with pytest.raises(ValidationError, match="Nobody can be asked"):
        actions.invite(task, message=MESSAGE, by=cast.office, at=at)
    actions.conclude(task, by=cast.office, at=at)
    assert task.state == "closed"


def test_a_topic_without_voices_asks_the_members(place, cast):
    task = make.invited(place, cast, opinions=[])
    assert set(Rating.objects.filter(task=task).values_list("rater", flat=True)) == {"member"}


# --- rating ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(place, cast):
    return make.invited(place, cast, opinions=[make.own_voice(place, cast), voice(place)])


def test_only_the_rater_gives_a_rating_never_the_evaluated_and_nobody_for_them(cast, at, asked):
    for rater in ("member", "resident"):
        rating = rating_of(asked, getattr(cast, rater))
        for name, user in cast.roles().items():
            if name != rater:
                with pytest.raises(Denied):
                    actions.give(rating, **GOOD, by=user, at=at)
        with pytest.raises(Denied):
            actions.give(rating, **GOOD, by=None, at=at)
        actions.give(rating, **GOOD, by=getattr(cast, rater), at=at)
        assert (rating.state, rating.work, rating.result, rating.given_at) == ("given", "satisfied", "basically", at)


def test_a_receipt_rates_its_own_opinion_and_no_other(at, asked):
    mine, other = Opinion.objects.order_by("resident_id", "pk")[0:2]
    rating = rating_of(asked, mine)
    with pytest.raises(Denied):
        actions.give(rating, **GOOD, holder=other, at=at)
    actions.give(rating, **GOOD, holder=mine, at=at)
    mine.refresh_from_db()
    assert (rating.state, mine.state) == ("given", "rated")
    with pytest.raises(Denied):
        actions.give(Rating.objects.filter(rater="member").first(), **GOOD, holder=mine, at=at)


def test_whoever_handles_the_matter_does_not_rate_their_own_opinion(place, cast, at, asked):
    rating = rating_of(asked, cast.resident)
    Appointment.objects.filter(user=cast.resident).delete()
    make.appoint(cast.resident, Role.CLERK, place.jurisdiction, department=place.a)
    with pytest.raises(Denied, match="cannot judge it"):
        actions.give(rating, **GOOD, by=cast.resident, at=at)


@pytest.mark.parametrize("missing", ["work", "result"])
def test_work_and_result_are_both_needed(cast, at, asked, missing):
    for wrong in ("", "excellent"):
        with pytest.raises(ValidationError) as raised:
            actions.give(rating_of(asked, cast.member), **{**GOOD, missing: wrong}, by=cast.member, at=at)
        assert set(raised.value.message_dict) == {missing}


def test_the_database_refuses_a_rating_that_says_half(asked):
    rating = Rating.objects.filter(task=asked).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(state="given", work="satisfied")


@pytest.mark.parametrize("where", ["work", "result"])
def test_not_satisfied_needs_words_and_is_told_to_the_office(cast, at, asked, where):
    rating = rating_of(asked, cast.member)
    with pytest.raises(ValidationError) as wrong:
        actions.give(rating, **{**GOOD, where: "dissatisfied"}, comment=" ", by=cast.member, at=at)
    assert set(wrong.value.message_dict) == {"comment"}
    actions.give(rating, **{**GOOD, where: "dissatisfied"}, comment="还没到账", by=cast.member, at=at)
    assert totals.of_task(asked).dissatisfied == 1
    assert [n.user for n in Notice.objects.filter(kind="evaluations.dissatisfied")] == [cast.office]


def test_a_rating_given_stands(cast, at, asked):
    rating = rating_of(asked, cast.member)
    stale = Rating.objects.get(pk=rating.pk)
    actions.give(rating, **GOOD, by=cast.member, at=at)
    with pytest.raises(WrongState):
        actions.give(stale, **BAD, by=cast.member, at=at)
    rating.refresh_from_db()
    assert rating.result == "basically"
    assert [event.verb for event in audit.trail_of(rating)] == ["evaluations.give"]


def test_after_the_window_nobody_rates_and_unrated_is_never_satisfied(cast, at, asked):
    member, lawyer = rating_of(asked, cast.member), rating_of(asked, cast.lawyer)
    actions.give(member, **GOOD, by=cast.member, at=at)
    last = make.morning(lawyer.due_on)
    assert actions.expire(today=lawyer.due_on, at=last) == 0
    late = last + timedelta(days=1)
    with pytest.raises(ValidationError, match="ended on"):
        actions.give(lawyer, **GOOD, by=cast.lawyer, at=late)
    assert actions.expire(today=late.date(), at=late) == 3
    assert actions.expire(today=late.date(), at=late) == 0
    lawyer.refresh_from_db()
    assert (lawyer.state, lawyer.work, lawyer.result) == ("unrated", "", "")
    found = totals.of_task(asked)
    assert (found.invited, found.given, found.unrated, found.waiting) == (4, 1, 3, 0)
    assert sum(found.result.values()) == 1
    assert found.response_rate == 25
    with pytest.raises(WrongState):
        actions.give(lawyer, **GOOD, by=cast.lawyer, at=at)


def test_the_last_day_counts(cast, asked):
    rating = rating_of(asked, cast.member)
    actions.give(rating, **GOOD, by=cast.member, at=make.morning(rating.due_on))
    assert rating.state == "given"


# --- who sees -------------------------------------------------------------------------------------------------


def test_single_ratings_are_seen_by_office_chair_and_the_rater_alone(cast, asked):
    everything = Rating.objects.count()
    seen = {name: rules.visible_to(user).count() for name, user in cast.roles().items()}
    assert {name: n for name, n in seen.items() if n} == {
        "office": everything, "chair": everything, "member": 1, "lawyer": 1, "resident": 1}
    assert rules.visible_to(AnonymousUser()).count() == 0


# --- what follows ---------------------------------------------------------------------------------------------


def test_second_handling_only_when_somebody_is_not_satisfied(cast, at, asked):
    with pytest.raises(ValidationError, match="Nobody said"):
        actions.rehandle(asked, note="再查一次", by=cast.office, at=at)
    actions.give(rating_of(asked, cast.member), **BAD, by=cast.member, at=at)
    for name, user in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                actions.rehandle(asked, note="再查一次", by=user, at=at)
    with pytest.raises(ValidationError) as wrong:
        actions.rehandle(asked, note="", by=cast.office, at=at)
    assert "note" in wrong.value.message_dict


def test_a_second_handling_has_its_own_round_date_look_back_and_ratings(place, cast, at, asked):
    actions.give(rating_of(asked, cast.member), **BAD, by=cast.member, at=at)
    original = asked.original_due_on
    later = at + timedelta(days=1)
    actions.rehandle(asked, note="补发差额", by=cast.office, at=later)
    asked.refresh_from_db()
    assert (asked.state, asked.round, asked.original_due_on) == ("handling", 2, original)
    assert asked.due_on > later.date()
    assert Recommendation.objects.get(pk=asked.recommendation_id).state == "assigned"
    assert not Rating.objects.filter(round=1, state="invited").exists()
    with pytest.raises(ValidationError):
        actions.invite(asked, message=MESSAGE, by=cast.office, at=later)

    carry(asked, cast, "answered", at=later)
    asked.refresh_from_db()
    with pytest.raises(ValidationError, match="look-back"):
        actions.invite(asked, message=MESSAGE, by=cast.office, at=later)
    make.look_back(place, cast, task=asked, state="confirmed", at=later)
    again = later + timedelta(hours=1)
    actions.invite(asked, message="差额已补发。", by=cast.office, at=again)
    assert rating_of(asked, cast.member).round == 2
    assert Rating.objects.filter(task=asked).count() == 8
    opinion = Opinion.objects.filter(resident=None).first()
    assert opinion.messages.filter(text="差额已补发。").count() == 1
    actions.give(rating_of(asked, opinion), **GOOD, holder=opinion, at=again)
    assert totals.of_task(asked).redone == 1


def test_concluding_waits_for_everybody_and_for_the_second_handling(cast, at, asked):
    with pytest.raises(ValidationError, match="still have time"):
        actions.conclude(asked, by=cast.office, at=at)
    actions.give(rating_of(asked, cast.member), **BAD, by=cast.member, at=at)
    late = make.morning(rating_of(asked, cast.lawyer).due_on) + timedelta(days=1)
    actions.expire(today=late.date(), at=late)
    with pytest.raises(ValidationError, match="second handling"):
        actions.conclude(asked, note="算了", by=cast.office, at=late)


def test_concluding_needs_a_question_first_and_an_answer(place, cast, at):
    task = make.looked_at(place, cast)
    with pytest.raises(ValidationError, match="First invite"):
        actions.conclude(task, by=cast.office, at=at)


def test_after_a_second_handling_the_reason_is_written_down(place, cast, at, asked):
    actions.give(rating_of(asked, cast.member), **BAD, by=cast.member, at=at)
    actions.rehandle(asked, note="补发差额", by=cast.office, at=at)
    carry(asked, cast, "answered", at=at)
    make.look_back(place, cast, task=asked, state="confirmed")
    actions.invite(asked, message=MESSAGE + "（二次）", by=cast.office, at=at)
    make.rate_all(asked, "dissatisfied")
    with pytest.raises(ValidationError):
        actions.conclude(asked, by=cast.office, at=at)
    actions.conclude(asked, note="标准由市里确定，已报市政协", by=cast.office, at=at)
    assert asked.state == "closed"


def test_only_the_office_concludes(cast, at, asked):
    make.rate_all(asked)
    for name, user in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                actions.conclude(asked, by=user, at=at)
    actions.conclude(asked, by=cast.office, at=at)
    with pytest.raises((Denied, ValidationError)):
        actions.conclude(asked, by=cast.office, at=at)


def test_the_topic_closes_with_its_last_recommendation(place, cast, at):
    held = make.talked_over(place, cast)
    old = make.recommendation(place, cast, consultation=held, title="被替换的建议", state="superseded")
    Recommendation.objects.filter(supersedes=old).delete()
    make.recommendation(place, cast, consultation=held, title="撤回的建议", state="withdrawn")
    first = make.answered(place, cast, consultation=held)
    second = make.answered(place, cast, consultation=held)
    for task, state in ((first, "tracked"), (second, "closed")):
        make.look_back(place, cast, task=task, state="confirmed")
        make.invited(place, cast, task=task)
        make.rate_all(task)
        actions.conclude(task, by=cast.office, at=at)
        assert task.state == "closed"
        assert Recommendation.objects.get(pk=task.recommendation_id).state == "closed"
        assert Topic.objects.get(pk=held.topic_id).state == state


def test_a_consultation_nobody_concluded_does_not_keep_the_topic_open(place, cast, at):
    held = make.talked_over(place, cast, concluded=False)
    task = make.concluded(place, cast, consultation=held)
    held.refresh_from_db()
    assert (task.state, held.state) == ("closed", "concluded")
    assert Topic.objects.get().state == "closed"


def test_a_topic_that_is_talked_over_again_stays_open(place, cast, at):
    held = make.talked_over(place, cast)
    task = make.invited(place, cast, consultation=held)
    make.consultation(place, cast, about=Topic.objects.get(), seated=False)
    make.rate_all(task)
    actions.conclude(task, by=cast.office, at=at)
    assert Topic.objects.get().state == "in_consultation"


def test_two_tasks_of_one_recommendation_are_concluded_one_after_the_other(place, cast, at):
    first = make.answered(place, cast, state="assigned")
    advice = Recommendation.objects.get(pk=first.recommendation_id)
    second = make.task(place, cast, chosen=advice)
    for task in (first, second):
        carry(task, cast, "answered")
        make.look_back(place, cast, task=task, state="confirmed")
    for task, state in ((first, "looked_back"), (second, "closed")):
        make.invited(place, cast, task=task)
        make.rate_all(task)
        actions.conclude(task, by=cast.office, at=at)
        advice.refresh_from_db()
        assert (task.state, advice.state) == ("closed", state)


# --- a new question -------------------------------------------------------------------------------------------


def test_a_rater_raises_a_new_matter_which_starts_at_the_beginning(cast, at, asked):
    topic = Topic.objects.get()
    opinion, code = actions.raise_opinion(rating_of(asked, cast.member), text="周转房楼道灯坏了。", by=cast.member, at=at)
    assert (opinion.state, opinion.channel, opinion.project) == ("submitted", "evaluation", topic.project)
    assert opinion.bearer == cast.member.membership
    assert code
    with pytest.raises(Denied):
        actions.raise_opinion(rating_of(asked, cast.member), text="冒名", by=cast.lawyer, at=at)


def test_by_receipt_it_stays_anonymous_and_has_a_receipt_of_its_own(at, asked):
    holder = Opinion.objects.filter(resident=None).first()
    opinion, code = actions.raise_opinion(rating_of(asked, holder), text="周转房楼道灯坏了。", holder=holder, at=at)
    assert code
    assert (opinion.identity_mode, opinion.resident, opinion.entered_by) == ("anonymous", None, None)
    other = Opinion.objects.exclude(resident=None).first()
    with pytest.raises(Denied):
        actions.raise_opinion(rating_of(asked, holder), text="冒名", holder=other, at=at)


def test_from_the_own_account_it_is_found_among_the_own_opinions(cast, at, asked):
    opinion, _code = actions.raise_opinion(rating_of(asked, cast.resident), text="楼道灯坏了。", by=cast.resident, at=at)
    assert opinion.resident.user == cast.resident
    with pytest.raises(ValidationError):
        actions.raise_opinion(rating_of(asked, cast.resident), text=" ", by=cast.resident, at=at)
