"""What the submitter is told: the whole loop, in order, in plain words, without a name, a telephone or an inner note."""

import pytest

from consult.journey import receipt
from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.tasks.models import Reply
from tests import make
from tests.make_topics import voice

NOTE = "内部备注：此人多次来访"


def words(opinion):
    return "\n".join(f"{said.title} {said.text}" for said in receipt.for_submitter(opinion))


@pytest.fixture
def told(place, cast):
    said = voice(place, contact={"name": make.NAME, "phone": make.PHONE})
    opinions.accept(said, by=cast.office, at=make.AT)
    opinions.note(said, text=NOTE, by=cast.office, at=make.AT)
    opinions.add_fact(said, text="补充：房东又催了。", at=make.AT)
    make.case(place, cast, topic=make.closed_topic(place, cast, opinions=[said]))
    return Opinion.objects.get(pk=said.pk)


def test_the_whole_loop_is_told(told):
    steps = receipt.for_submitter(told)
    found = [str(step.title) for step in steps]
    for title in ("You handed in your opinion.", "The CPPCC office accepted it.", "You added:",
                  "Your opinion became part of a topic for consultation.", "It was talked over at one table.",
                  "The consultation gave its advice.", "A leader of the district gave an instruction to act on it.",
                  "A department was charged with it.", "The department has answered, and the answer was checked.",
                  "The task was closed.", "Members went to look whether it was really done.",
                  "You were asked to rate how it was handled.", "You rated it.",
                  "The case was published for everybody to read."):
        assert title in found
    assert [step.link for step in steps if step.link]
    days = [step.on for step in steps]
    assert days == sorted(days)
    assert found[0] == "You handed in your opinion."


def test_no_person_no_telephone_and_nothing_inner_is_told(place, cast, told):
    said = words(told)
    people = [user.name for user in cast.roles().values()]
    assert not [name for name in people if name in said]
    assert make.NAME not in said
    assert make.PHONE not in said
    assert NOTE not in said
    contact = Reply.objects.get().contact
    assert contact not in said
    assert contact.split()[-1] not in said


def test_drafts_are_not_told(place, cast):
    said = voice(place)
    make.topic(place, cast, state="drafted", title="拟议中的议题", opinions=[said])
    became = [step for step in receipt.for_submitter(said) if "became part of a topic" in str(step.title)]
    assert [str(step.text) for step in became] == ["It is being prepared."]
    task = make.answered(place, cast, state="in_review", opinions=[voice(place, text="又一件。过渡费。")])
    assert "The department has answered" not in words(trail_opinion(task))


def trail_opinion(task):
    from consult.journey.trail import related
    return related(Opinion, task).get()


def test_a_second_handling_is_told(place, cast):
    from consult.evaluations import actions
    said = voice(place)
    task = make.invited(place, cast, opinions=[said])
    make.rate_all(task, "dissatisfied")
    actions.rehandle(task, note="补发差额", by=cast.office, at=make.AT)
    assert "handles it a second time" in words(said)
    assert "The department has answered" not in words(said)


def test_the_open_invitation_and_only_that(place, cast):
    from datetime import timedelta

    from consult.evaluations import actions
    said = voice(place)
    assert not receipt.was_asked(said)
    task = make.invited(place, cast, opinions=[said])
    rating = make.rating_of(task, said)
    assert receipt.open_rating(said, make.TODAY) == rating
    assert receipt.open_rating(said, rating.due_on) == rating
    assert receipt.open_rating(said, rating.due_on + timedelta(days=1)) is None
    actions.give(rating, work="satisfied", result="satisfied", holder=said, at=make.AT)
    assert receipt.open_rating(said, make.TODAY) is None
    assert receipt.was_asked(said)
