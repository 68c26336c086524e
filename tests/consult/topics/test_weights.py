"""The weights of the priority: dated, each with its basis; what they do to the order is seen before."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit
from consult.kit.rules import Denied
from consult.opinions import actions as opinions
from consult.topics import actions, priority
from consult.topics.models import Topic, Weighting
from consult.topics.priority import DEFAULT, Weights
from consult.topics.states import Factor, Priority
from tests import make

DAY = timedelta(days=1)
NEW = {"voices": 1, "matter": 3, "stage": 0, "signing": 2, "age": 1, "normal_from": 3, "high_from": 6}


def test_what_is_said_of_a_weight_is_what_is_counted():
    for factor, table in ((Factor.VOICES, priority.VOICES), (Factor.AGE, priority.AGE)):
        numbers = [int(number) for number in re.findall(r"\d+", str(priority.MEANING[factor]))]
        assert sorted(numbers) == sorted(number for pair in table for number in pair)
    assert str(priority.SIGNING_SOON) in str(priority.MEANING[Factor.SIGNING])
    assert set(priority.MEANING) == set(Factor)
    assert len(priority.PRESSING) == len(priority.DECIDING) == 6  # named one by one in their sentences


def put(place, by, *, since=make.TODAY, basis="主席会议纪要〔2026〕9号", **changes):
    return actions.set_weights(place.jurisdiction, since=since, basis=basis, by=by, at=make.AT, **{**NEW, **changes})


def test_a_reason_is_a_fact_times_its_weight(place, cast):
    voices = [make.voice(place, f"过渡费问题之{n}") for n in range(6)]
    plain = priority.weigh(voices, place.project, "signing", make.TODAY)
    assert [(one.fact.factor, one.fact.steps, one.weight, one.points) for one in plain.reasons] == [
        (Factor.VOICES, 2, 1, 2), (Factor.MATTER, 1, 1, 1), (Factor.STAGE, 1, 1, 1)]
    put(place, cast.office)
    made = priority.weigh(voices, place.project, "signing", make.TODAY)
    assert [(one.fact.factor, one.points) for one in made.reasons] == [(Factor.VOICES, 2), (Factor.MATTER, 3)]
    assert (made.points, made.priority, plain.priority) == (5, Priority.NORMAL, Priority.HIGH)
    assert "1" in made.reasons[1].sum and "3" in made.reasons[1].sum and "×" in made.reasons[1].sum


def test_weights_hold_from_their_day_on_and_the_past_keeps_its_own(place, cast):
    home = place.jurisdiction
    assert priority.weights(home, make.TODAY) == DEFAULT
    put(place, cast.office, since=make.TODAY + DAY)
    assert priority.weights(home, make.TODAY) == DEFAULT
    assert priority.weights(home, make.TODAY + DAY) == Weights(**NEW)
    put(place, cast.office, since=make.TODAY + DAY, matter=4)
    put(place, cast.office, since=make.TODAY + 9 * DAY, matter=5)
    assert [priority.weights(home, make.TODAY + days * DAY).matter for days in (0, 1, 8, 9)] == [1, 4, 4, 5]
    assert priority.weights(place.other, make.TODAY + 9 * DAY) == DEFAULT
    first = Weighting.objects.earliest("valid_from")
    assert [event.data["matter"] for event in audit.trail_of(first)] == [3, 4]
    assert {event.verb for event in audit.trail_of(first)} == {"topics.set_weights"}
    with pytest.raises(ValidationError) as wrong:
        put(place, cast.office, since=make.TODAY - DAY)
    assert list(wrong.value.message_dict) == ["since"]


@pytest.mark.parametrize(("changes", "field"), [
    ({"basis": " "}, "basis"), ({"voices": 10}, "voices"), ({"age": -1}, "age"), ({"normal_from": 0}, "normal_from"),
    ({"high_from": 3}, "high_from"), ({"high_from": 100}, "high_from"),
    (dict.fromkeys(Factor.values, 0), "voices"),
])
def test_wrong_weights_are_refused_beside_the_field(place, cast, changes, field):
    with pytest.raises(ValidationError) as wrong:
        put(place, cast.office, **changes)
    assert list(wrong.value.message_dict) == [field]
    assert not Weighting.objects.exists()


def test_only_the_office_of_the_district_sets_them(place, cast):
    for name, who in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                put(place, who)
    assert not Weighting.objects.exists()
    put(place, cast.office)


@pytest.fixture
def waiting(place, cast):
    """One topic many speak of, one that touches money, one that does neither and is planned first."""
    school = [make.voice(place, f"学校什么时候建之{n}", tags=["school"]) for n in range(5)]
    facts = {"state": "drafted", "stage": "survey"}
    many = make.topic(place, cast, opinions=school, **facts)
    money = make.topic(place, cast, opinions=[make.voice(place)], **facts)
    plain = make.topic(place, cast, opinions=[make.voice(place, "想看看老照片", tags=["heritage"])], **facts,
                       planned_on=make.TODAY + DAY)
    make.topic(place, cast, state="closed")
    return many, money, plain


def order(then=DEFAULT):
    return priority.order(Topic.objects.all(), DEFAULT, then, make.TODAY)


def test_the_order_is_shown_as_it_is_and_as_it_would_be(waiting):
    many, money, plain = waiting
    assert [(row.topic, row.place_now, row.up) for row in order()] == [(many, 1, 0), (money, 2, 0), (plain, 3, 0)]
    turned = order(Weights(**NEW))
    assert [(row.topic, row.place_now, row.place_then, row.up) for row in turned] == [
        (money, 2, 1, 1), (many, 1, 2, -1), (plain, 3, 3, 0)]
    assert [(row.now.points, row.then.points) for row in turned] == [(1, 3), (2, 2), (0, 0)]
    assert not Weighting.objects.exists()


def test_the_order_counts_merged_voices_and_asks_as_much_for_three_as_for_one(waiting, place, cast, django_assert_num_queries):
    money = waiting[1]
    first = money.voices.get().opinion
    for n in range(4):
        opinions.merge(make.voice(place, f"同样的事之{n}"), into=first, by=cast.office, at=make.AT)
    with django_assert_num_queries(3):
        found = {row.topic: row.now for row in order()}
    assert found[money] == priority.suggest(money, make.TODAY)
    assert found[money].points == 3
    Topic.objects.exclude(pk=money.pk).update(kind="policy", plan=None)
    with django_assert_num_queries(3):
        assert len(priority.order(Topic.objects.filter(pk=money.pk), DEFAULT, DEFAULT, make.TODAY)) == 1
