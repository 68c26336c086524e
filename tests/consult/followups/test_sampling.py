"""A sample: all that went wrong, a share of the rest by lot, and the same lot again from its seed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.evaluations import actions as evaluations
from consult.followups import actions, rules, sampling
from consult.followups.models import Sample
from consult.followups.states import Reason
from consult.kit import audit
from consult.kit.rules import Denied
from consult.tasks import actions as tasks
from consult.tasks.models import Task
from tests import make

LATE = make.AT + timedelta(days=120)


def answered(place, cast, number):
    return [make.task(place, cast, state="answered") for _n in range(number)]


def reasons(sample):
    return dict(sample.items.values_list("task_id", "reason"))


@pytest.mark.parametrize("name", ["clerk", "supervision", "chair", "leader", "member", "resident", "other_office"])
def test_only_the_office_of_the_district_draws(place, cast, name):
    answered(place, cast, 1)
    with pytest.raises(Denied):
        make.sample(place, cast, by=getattr(cast, name))


def test_the_office_and_the_chair_read_it_nobody_that_is_looked_at(place, cast):
    answered(place, cast, 1)
    made = make.sample(place, cast)
    assert {name for name, user in cast.roles().items() if rules.samples_visible_to(user).filter(pk=made.pk).exists()} == {
        "office", "chair"}


@pytest.mark.parametrize(("values", "field"), [
    ({"until": make.TODAY + timedelta(days=1)}, "until"),
    ({"since": make.TODAY, "until": make.TODAY - timedelta(days=1)}, "since"),
    ({"share": 101}, "share"), ({"share": -1}, "share"), ({"seed": " "}, "seed")])
def test_what_is_wrong_is_said_beside_the_field(place, cast, values, field):
    answered(place, cast, 1)
    with pytest.raises(ValidationError) as wrong:
        make.sample(place, cast, **values)
    assert set(wrong.value.message_dict) == {field}


def test_nothing_is_drawn_from_nothing(place, cast):
    make.task(place, cast, state="handling")
    make.look_back(place, cast)
    with pytest.raises(ValidationError, match="没有待回头看"):
        make.sample(place, cast)
    assert not Sample.objects.exists()


@pytest.mark.parametrize(("share", "drawn"), [(0, 0), (1, 1), (20, 2), (21, 3), (100, 10)])
def test_a_share_is_rounded_up(share, drawn):
    keys = list(range(1, 11))
    assert len(sampling.lot(keys, share, "一号签")) == drawn


def test_the_lot_is_that_of_the_seed_whatever_the_order():
    keys = list(range(1, 201))
    first = sampling.lot(keys, 10, "27")
    assert first == sampling.lot(reversed(keys), 10, "27") != sampling.lot(keys, 10, "28")
    assert set(first) <= set(sampling.lot(keys, 20, "27"))
    # Fair enough: over many seeds every key comes up.
    assert {key for seed in range(200) for key in sampling.lot(keys, 10, str(seed))} == set(keys)


def test_what_waits_is_drawn_what_was_looked_at_is_not(place, cast, at):
    waiting, planned, cancelled, closed = answered(place, cast, 4)
    make.look_back(place, cast, task=planned)
    make.look_back(place, cast, task=cancelled, state="cancelled")
    tasks.close(closed, by=cast.office, at=at)
    make.task(place, cast, state="in_review")
    made = make.sample(place, cast)
    assert reasons(made) == dict.fromkeys([waiting.pk, cancelled.pk, closed.pk], Reason.RANDOM)
    assert made.rest == [waiting.pk, cancelled.pk, closed.pk]
    assert sampling.holds(made, made.items.all())
    made.rest = made.rest[:-1]
    assert not sampling.holds(made, made.items.all())
    event = audit.trail_of(made).get()
    assert (event.verb, event.data["seed"], event.data["random"]) == ("followups.draw", "一号签", 3)


def test_a_new_handling_is_drawn_again(place, cast, at):
    (task,) = answered(place, cast, 1)
    make.look_back(place, cast, task=task, state="confirmed")
    later = at + timedelta(days=1)
    tasks.rehandle(task, note="再办", by=cast.office, at=later)
    make.carry(task, cast, "answered", at=later)
    assert reasons(make.sample(place, cast, until=later.date(), at=later)) == {task.pk: Reason.RANDOM}


def test_all_that_came_late_are_drawn(place, cast, at):
    slow, quick = make.task(place, cast, state="handling"), make.task(place, cast, state="handling")
    make.carry(quick, cast, "answered")
    make.sign(slow, cast, at, {})
    make.answer(slow, cast, LATE, {"outcome": "A", "text": "已办结。", "contact": "王工"})
    tasks.approve(slow, by=cast.supervision, at=LATE)
    assert reasons(make.sample(place, cast, share=0, until=LATE.date(), at=LATE, since=make.TODAY)) == {slow.pk: Reason.OVERDUE}


def test_what_somebody_was_not_satisfied_with_is_looked_at_again(place, cast, at):
    """A rating follows a look-back: it is the rating nobody has looked at since."""
    task, good = make.invited(place, cast), make.invited(place, cast)
    evaluations.give(make.rating_of(task, cast.member), work="satisfied", result="dissatisfied", comment="没贴", by=cast.member,
                     at=at + timedelta(hours=1))
    evaluations.give(make.rating_of(good, cast.member), work="satisfied", result="basically", by=cast.member, at=at)
    assert reasons(make.sample(place, cast, share=0)) == {task.pk: Reason.NOT_SATISFIED}
    make.look_back(place, cast, task=task, at=at + timedelta(hours=2))
    with pytest.raises(ValidationError):
        make.sample(place, cast, share=0)


def test_numbers_go_on_and_another_district_is_never_drawn_from(place, cast):
    answered(place, cast, 1)
    assert [make.sample(place, cast).number for _n in range(2)] == ["CC2026-001", "CC2026-002"]
    with pytest.raises(ValidationError):
        evaluations.draw_sample(place.other, since=make.TODAY, until=make.TODAY, share=100, seed="1", by=cast.other_office,
                                at=make.AT)


def test_what_became_of_each_in_a_fixed_number_of_queries(place, cast, at):
    def asked():
        made = make.sample(place, cast)
        with CaptureQueriesContext(connection) as seen:
            rows = sampling.items_of(made)
            (counted,) = sampling.counted(Sample.objects.filter(pk=made.pk))
        assert (counted.drawn, counted.planned, counted.done) == (len(rows), 0, 0)
        return len(seen)

    answered(place, cast, 1)
    one = asked()
    answered(place, cast, 2)
    assert asked() == one
    made = make.sample(place, cast)
    first, second, _third = Task.objects.order_by("pk")
    make.look_back(place, cast, task=first)
    make.look_back(place, cast, task=second, state="confirmed")
    actions.cancel(make.look_back(place, cast, task=_third), note="改期", by=cast.office, at=at)
    assert [look_back and look_back.state for _item, look_back in sampling.items_of(made)] == ["planned", "confirmed", None]
    (counted,) = sampling.counted(Sample.objects.filter(pk=made.pk))
    assert (counted.drawn, counted.planned, counted.done) == (3, 2, 1)
