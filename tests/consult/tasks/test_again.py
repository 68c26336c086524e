"""A further instruction on the same recommendation starts work again, even when everything was settled and struck off."""

from consult.recommendations.models import Recommendation
from consult.tasks import actions
from consult.tasks.models import Task
from consult.topics.models import Topic
from tests import make

WORDS = {"kind": "act", "text": "请再办。", "given_on": make.TODAY}


def instructed_again(task, cast):
    paper = actions.record_instruction(task.instruction.issue.briefing, **WORDS, by=cast.leader, at=make.AT)
    return Task.objects.get(instruction=paper)


def test_a_second_instruction_while_the_first_is_answered(place, cast, at):
    again = instructed_again(make.task(place, cast, state="answered"), cast)
    actions.assign(again, lead=place.b, by=cast.supervision, at=at)
    assert Recommendation.objects.get().state == "assigned"


def test_a_new_instruction_takes_a_closed_topic_up_again(place, cast, at):
    first = make.concluded(place, cast)
    assert (Recommendation.objects.get().state, Topic.objects.get().state) == ("closed", "closed")
    again = instructed_again(first, cast)
    actions.assign(again, lead=place.b, by=cast.supervision, at=at)
    assert (Recommendation.objects.get().state, Topic.objects.get().state) == ("assigned", "tracked")
