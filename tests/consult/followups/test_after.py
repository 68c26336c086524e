"""What a look-back changes: an outcome goes down, never up; a matter that is not settled is handled again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.followups import actions
from consult.journey import due, receipt
from consult.kit import audit
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.recommendations.models import Recommendation
from consult.tasks import actions as tasks
from consult.tasks import letter
from consult.tasks.models import Lowering, Task
from consult.topics.models import Topic
from tests import make

DAY = make.TODAY + timedelta(days=30)
WHY = "公示栏空着，居民没有见到名册。"
LATER = make.AT + timedelta(days=1)


@pytest.fixture
def task(place, cast):
    return make.task(place, cast, state="answered", co=[place.b])


def lowered(look_back, cast, **values):
    return actions.lower(look_back, **{"reply": look_back.task.replies.last(), "outcome": "C", "reason": WHY, "by": cast.office,
                                       "at": make.AT, **values})


# --- lowering -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["member", "clerk", "clerk2", "supervision", "chair", "leader", "lawyer", "other_office"])
def test_only_the_office_lowers(place, cast, task, name):
    made = make.look_back(place, cast, task=task, state="visited")
    with pytest.raises(Denied):
        lowered(made, cast, by=getattr(cast, name))


@pytest.mark.parametrize("state", ["planned", "cancelled"])
def test_not_before_somebody_has_looked(place, cast, task, state):
    with pytest.raises(WrongState):
        lowered(make.look_back(place, cast, task=task, state=state), cast)


@pytest.mark.parametrize("state", ["visited", "confirmed"])
def test_the_answer_counts_less_and_its_paper_stays(place, cast, task, state):
    reply = task.replies.get()
    paper, facts = letter.paper(reply), letter.facts(reply)
    one = lowered(make.look_back(place, cast, task=task, state=state), cast, outcome="B", promise_on=DAY)
    reply.refresh_from_db()
    assert (reply.result, reply.promise_on, reply.approved_as) == ("B", DAY, ("A", None))
    assert (one.before, one.after, one.reason, one.by, one.at) == ("A", "B", WHY, cast.office, make.AT)
    assert (letter.paper(reply), letter.facts(reply)) == (paper, facts)
    task.refresh_from_db()
    assert (task.state, task.look_back_on) == ("answered", DAY)
    event = audit.trail_of(task).filter(verb="tasks.lower_outcome").get()
    assert (event.before, event.after, event.data["reason"]) == ("A", "B", WHY)
    told = set(Notice.objects.filter(kind="tasks.lowered").values_list("user", flat=True))
    assert told == {cast.clerk.pk, cast.clerk2.pk, cast.supervision.pk, cast.leader.pk}
    assert "task.promise" in {need.kind for need in due.needs(cast.clerk, make.TODAY)}


@pytest.mark.parametrize(("values", "field"), [
    ({"outcome": "A"}, "outcome"), ({"outcome": "X"}, "outcome"), ({"outcome": "B"}, "promise_on"), ({"reason": " "}, "reason"),
    ({"outcome": "B", "promise_on": make.TODAY}, "promise_on"), ({"reason": "请打13905317788"}, "reason")])
def test_what_is_wrong_is_said_beside_the_field(place, cast, task, values, field):
    made = make.look_back(place, cast, task=task, state="visited")
    with pytest.raises(ValidationError) as wrong:
        lowered(made, cast, **values)
    assert set(wrong.value.message_dict) == {field}
    assert not Lowering.objects.exists()


def test_step_by_step_downwards_only(place, cast, task):
    made = make.look_back(place, cast, task=task, state="visited")
    for code in ("B", "C", "D"):
        lowered(made, cast, outcome=code, promise_on=DAY)
        for up in "ABCD"[:"ABCD".index(code) + 1]:
            with pytest.raises(ValidationError):
                lowered(made, cast, outcome=up, promise_on=DAY)
    reply = task.replies.get()
    assert (reply.outcome, reply.promise_on, reply.approved_as) == ("D", None, ("A", None))
    assert [one.after for one in reply.lowerings.all()] == ["B", "C", "D"]


def test_a_promise_reported_as_kept_is_taken_back(place, cast, at):
    task = make.task(place, cast, state="answered", reply={"outcome": "B", "promise_on": DAY})
    tasks.keep_promise(task, evidence="已公示", by=cast.clerk, at=at)
    made = make.look_back(place, cast, task=task, state="confirmed")
    with pytest.raises(ValidationError):
        lowered(made, cast, outcome="B")
    one = lowered(made, cast, outcome="B", promise_on=DAY + timedelta(days=10))
    reply = task.replies.get()
    assert (reply.result, reply.fulfilled_on, reply.evidence) == ("B", None, "")
    assert (one.kept_before, one.evidence_before, one.promise_before) == (make.TODAY, "已公示", DAY)
    assert reply.approved_as == ("B", DAY)
    tasks.keep_promise(task, evidence="这次贴出来了", by=cast.clerk, at=at)
    assert task.replies.get().result == "A"


def test_a_look_back_does_not_judge_a_later_answer(place, cast, task):
    made = make.look_back(place, cast, task=task, state="confirmed", finding="not")
    tasks.rehandle(task, note="再办", by=cast.office, at=LATER)
    with pytest.raises(WrongState):
        lowered(made, cast)
    make.carry(task, cast, "answered", at=LATER)
    for act in (lambda: lowered(made, cast), lambda: actions.reopen(made, note="再办", by=cast.supervision, at=LATER)):
        with pytest.raises(WrongState):
            act()
    again = make.look_back(place, cast, task=task, state="visited", at=LATER)
    with pytest.raises(WrongState):  # the first answer is history
        lowered(again, cast, reply=task.replies.get(round=1), at=LATER)
    with pytest.raises(ValidationError):
        lowered(again, cast, reply=make.task(place, cast, state="answered").replies.get(), at=LATER)


# --- handled again ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["office", "member", "clerk", "chair", "leader", "lawyer", "other_office"])
def test_only_the_supervision_office_orders_it(place, cast, at, task, name):
    made = make.look_back(place, cast, task=task, state="confirmed", finding="not")
    with pytest.raises(Denied):
        actions.reopen(made, note="再办", by=getattr(cast, name), at=at)


@pytest.mark.parametrize("state", ["planned", "visited", "cancelled"])
def test_only_what_was_confirmed_is_a_ground(place, cast, at, task, state):
    made = make.look_back(place, cast, task=task, state=state, finding="not")
    with pytest.raises(WrongState):
        actions.reopen(made, note="再办", by=cast.supervision, at=at)


def test_what_is_kept_is_no_ground_and_words_are_needed(place, cast, at, task):
    made = make.look_back(place, cast, task=task, state="confirmed")
    with pytest.raises(ValidationError, match="没有需要再次办理"):
        actions.reopen(made, note="再办", by=cast.supervision, at=at)
    for note in (" ", "请打13905317788"):
        with pytest.raises(ValidationError) as wrong:
            actions.reopen(make.look_back(place, cast, task=task, state="confirmed", verdict="partly"), note=note,
                           by=cast.supervision, at=at)
        assert set(wrong.value.message_dict) == {"note"}


def test_an_answered_task_begins_again_with_its_own_limit(place, cast, task):
    made = make.look_back(place, cast, task=task, state="confirmed", finding="partly")
    original = task.original_due_on
    actions.reopen(made, note="把名册贴出来", by=cast.supervision, at=LATER)
    task.refresh_from_db()
    assert (task.state, task.round, task.original_due_on, made.reopened_round) == ("handling", 2, original, 2)
    assert task.began_on == LATER.date() < task.due_on
    assert Notice.objects.filter(kind="tasks.rehandled", user=cast.clerk).exists()
    assert set(Notice.objects.filter(kind="followups.reopened").values_list("user", flat=True)) == {
        cast.office.pk, cast.member.pk, cast.leader.pk}
    with pytest.raises(WrongState):
        actions.reopen(made, note="再来", by=cast.supervision, at=LATER)


def test_a_closed_task_and_its_topic_are_taken_up_again(place, cast):
    task = make.concluded(place, cast)
    made = make.look_back(place, cast, task=task, state="confirmed", finding="not")
    topic = Topic.objects.get()
    assert (task.state, topic.state) == ("closed", "closed")
    actions.reopen(made, note="过渡费又停了", by=cast.supervision, at=LATER)
    task, topic = Task.objects.get(), Topic.objects.get()
    advice = Recommendation.objects.get(pk=task.recommendation_id)
    assert (task.state, task.round, task.closed_at, topic.state, advice.state) == ("handling", 2, None, "tracked", "assigned")
    assert audit.trail_of(task).filter(verb="tasks.reopen").get().data["note"] == "过渡费又停了"
    with translation.override("en"):
        said = " ".join(str(one.title) for one in receipt.for_submitter(topic.voices.first().opinion))
    assert "it was not settled" in said and "Somebody was not satisfied" not in said
    # And the loop ends again.
    make.carry(task, cast, "answered", at=LATER)
    make.look_back(place, cast, task=task, state="confirmed", at=LATER)
    evaluations.invite(task, message="已补发。", by=cast.office, at=LATER)
    make.rate_all(task)
    evaluations.conclude(task, by=cast.office, at=LATER)
    assert (task.state, Topic.objects.get().state) == ("closed", "closed")


def test_an_invitation_to_rate_the_first_answer_is_over(place, cast):
    task = make.invited(place, cast)
    made = make.look_back(place, cast, task=task, state="confirmed", finding="not")
    actions.reopen(made, note="没有贴", by=cast.supervision, at=LATER)
    rating = Rating.objects.get(member__user=cast.member)
    opinion = Rating.objects.exclude(opinion=None).first().opinion
    assert receipt.open_rating(opinion, make.TODAY) is None
    assert "rating.give" not in {need.kind for need in due.needs(cast.member, make.TODAY)}
    with pytest.raises(WrongState, match="二次办理"):
        evaluations.give(rating, work="satisfied", result="satisfied", by=cast.member, at=LATER)
    evaluations.expire(today=LATER.date(), at=LATER)
    assert set(Rating.objects.values_list("state", flat=True)) == {"unrated"}
