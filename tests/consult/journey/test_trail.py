"""The trail: every stage from every stage, both ways, and never more than the reader may see."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.briefings.models import Briefing, Instruction
from consult.consultations.models import Consultation
from consult.evaluations.models import Rating
from consult.followups.models import LookBack
from consult.journey import trail
from consult.opinions.models import Opinion
from consult.recommendations.models import Recommendation
from consult.showcases.models import Case
from consult.tasks.models import Task
from consult.topics.models import Topic
from tests import make
from tests.make_topics import voice

ALL = (Opinion, Topic, Consultation, Recommendation, Briefing, Instruction, Task, LookBack, Rating, Case)


@pytest.fixture
def told(place, cast):
    """A loop that came round, and beside it another that must not get mixed in."""
    topic = make.closed_topic(place, cast)
    make.case(place, cast, topic=make.closed_topic(place, cast))
    return make.case(place, cast, topic=topic)


def kinds(steps):
    return [type(step.obj) for step in steps if step.obj is not None]


@pytest.mark.parametrize("model", ALL)
def test_from_every_stage_the_office_sees_the_whole_way(cast, told, model):
    obj = trail.related(model, told).order_by("pk").first()
    steps = trail.around(obj, cast.office)
    assert [str(step.stage_label) for step in steps] == [str(name) for _model, name, _field in trail.STAGES]
    assert [step.here for step in steps].count(True) == 1
    for other, step in zip(ALL, steps, strict=True):
        if step.obj is not None and other is not Rating:
            assert trail.related(other, told).filter(pk=step.obj.pk).exists(), other
    days = [step.date for step in steps]
    assert all(days)


@pytest.mark.parametrize("model", ALL)
def test_related_is_the_same_set_from_both_ends_without_doubles(told, model):
    mine = set(trail.related(model, told).values_list("pk", flat=True))
    assert mine
    assert mine != set(model.objects.values_list("pk", flat=True))
    for other in ALL:
        there = trail.related(other, told).first()
        keys = list(trail.related(model, there).values_list("pk", flat=True))
        assert len(keys) == len(set(keys))
        if other not in (Opinion, Rating) or model is not other:
            assert set(keys) == mine or (other is model and set(keys) == {there.pk}), (other, model)


def test_a_clerk_learns_how_many_spoke_and_nothing_of_any_opinion(place, cast):
    topic = make.closed_topic(place, cast, opinions=[voice(place), voice(place, text="另一件事，过渡费。")])
    task = Task.objects.get()
    steps = trail.around(task, cast.clerk)
    first = steps[0]
    assert (first.obj, first.title, first.date, first.voices) == (None, "", None, 2)
    assert Opinion not in kinds(steps)
    assert Rating not in kinds(steps)
    numbers = Opinion.objects.values_list("number", flat=True)
    assert not any(str(number) in str(step.title) for number in numbers for step in steps)
    assert topic in [step.obj for step in steps]


def test_what_a_reader_may_not_see_is_left_out(cast, told):
    task = trail.related(Task, told).get()
    for name in ("stranger", "other_office", "other_clerk"):
        assert set(kinds(trail.around(told, getattr(cast, name)))) <= {Case, Topic}, name
    assert set(kinds(trail.around(told, AnonymousUser()))) <= {Case, Topic}
    assert Instruction not in kinds(trail.around(task, cast.member))


def test_an_unconfirmed_look_back_and_drafts_stay_hidden_from_the_department(place, cast):
    task = make.answered(place, cast)
    look = make.look_back(place, cast, task=task, state="visited")
    assert look not in [step.obj for step in trail.around(task, cast.clerk)]
    assert look in [step.obj for step in trail.around(task, cast.office)]


def test_a_merged_opinion_follows_the_one_it_was_merged_into(place, cast):
    from consult.opinions import actions as opinions
    taken, merged = voice(place), voice(place, text="同上，过渡费。")
    opinions.merge(merged, into=taken, by=cast.office, at=make.AT)
    topic = make.topic(place, cast, opinions=[taken])
    assert topic in [step.obj for step in trail.around(merged, cast.office)]


def test_a_stage_names_a_few_and_counts_the_rest(place, cast):
    topic = make.topic(place, cast, opinions=[voice(place, text=f"过渡费没到账，第{n}户。") for n in range(9)])
    steps = [step for step in trail.around(topic, cast.office) if isinstance(step.obj, Opinion)]
    assert len(steps) == trail.SHOWN
    assert [step.more for step in steps] == [0] * (trail.SHOWN - 1) + [3]


def test_as_many_queries_for_three_of_everything_as_for_one(place, cast, told):
    def count(obj):
        with CaptureQueriesContext(connection) as seen:
            trail.around(obj, cast.office)
        return len(seen)

    one = trail.related(Topic, told).get()
    few = count(one)
    three = make.topic(place, cast, opinions=[voice(place, text=f"过渡费没到账，第{n}户。") for n in range(3)])
    assert count(three) <= few
    assert few <= len(trail.STAGES) + 4


def test_an_object_that_is_no_stage_has_no_trail(place, cast):
    assert trail.around(place.project, cast.office) == []
