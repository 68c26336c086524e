"""The reply: gates before it, counter-signatures, review, freeze, the promise, and the second handling."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.briefings.states import InstructionState
from consult.kit import attachments
from consult.kit.audit import trail_of
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.recommendations.states import RecommendationState
from consult.tasks import actions, rules
from consult.tasks.models import Reply, Task
from consult.tasks.states import TaskState
from tests import make
from tests.make_tasks import REPLY, morning

S = TaskState


def test_only_who_answers_writes_and_only_after_signing(place, cast, at):
    task = make.task(place, cast, co=[place.b])
    with pytest.raises(Denied) as refused:
        actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    assert "签收" in str(refused.value.reason)
    make.carry(task, cast, S.HANDLING)
    for name in ("clerk2", "supervision", "office", "leader", "other_clerk", "member"):
        with pytest.raises(Denied):
            actions.draft_reply(task, **REPLY, by=getattr(cast, name), at=at)
    actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    with pytest.raises(Denied):
        actions.submit_reply(task, by=cast.clerk2, at=at)


def test_progress_goes_forward_and_is_done_only_with_evidence(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    actions.report_progress(task, text="已踏勘", percent=40, by=cast.clerk, at=at)
    actions.report_progress(task, text="本单位尚未开始", percent=0, by=cast.clerk2, at=at)
    for percent, field in ((30, "percent"), (101, "percent"), (-1, "percent"), (100, "photos")):
        with pytest.raises(ValidationError) as wrong:
            actions.report_progress(task, text="进展", percent=percent, by=cast.clerk, at=at)
        assert list(wrong.value.error_dict) == [field]
    made = actions.report_progress(task, text="已完成", percent=100, photos=[make.photo()], by=cast.clerk, at=at)
    file, = attachments.of(made)
    for name in ("clerk", "clerk2", "supervision", "office", "leader", "member", "other_clerk", "resident", "other_office"):
        seen = name in ("clerk", "clerk2", "supervision", "office", "leader")
        assert attachments.may_fetch(getattr(cast, name), file) is seen, name
    assert trail_of(task).last().data == {"department": place.a.name, "percent": 100, "files": 1}


@pytest.mark.parametrize(("values", "field"), [
    ({"text": " "}, "text"), ({"contact": ""}, "contact"), ({"outcome": "X"}, "outcome"), ({"outcome": "B"}, "promise_on"),
    ({"outcome": "B", "promise_on": make.TODAY}, "promise_on"), ({"publicity": "closed"}, "publicity_reason")])
def test_a_draft_says_what_it_lacks(place, cast, at, values, field):
    task = make.task(place, cast, state=S.HANDLING)
    with pytest.raises(ValidationError) as wrong:
        actions.draft_reply(task, **{**REPLY, **values}, by=cast.clerk, at=at)
    assert set(wrong.value.error_dict) == {field}
    assert not Reply.objects.exists()


def test_nothing_is_submitted_unwritten(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    with pytest.raises(ValidationError):
        actions.submit_reply(task, by=cast.clerk, at=at)


def test_a_key_item_needs_a_talk_first(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, key=True)
    actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    with pytest.raises(ValidationError):
        actions.submit_reply(task, by=cast.clerk, at=at)
    talk = {"way": "meeting", "people": "委员甲", "points": "逐条说明"}
    with pytest.raises(ValidationError):
        actions.meet(task, **talk, held_on=make.TODAY + timedelta(days=1), by=cast.clerk, at=at)
    actions.meet(task, **talk, held_on=make.TODAY, by=cast.clerk, at=at)
    actions.submit_reply(task, by=cast.clerk, at=at)
    assert task.state == S.IN_REVIEW


def test_review_waits_for_every_counter_signature(place, cast, at):
    third, clerk3 = make.third_department(place)
    task = make.task(place, cast, state=S.COSIGNING, co=[place.b, third])
    with pytest.raises(WrongState):
        actions.approve(task, by=cast.supervision, at=at)
    with pytest.raises(Denied):
        actions.countersign(task, by=cast.clerk, at=at)
    actions.countersign(task, by=cast.clerk2, at=at)
    assert task.state == S.COSIGNING
    with pytest.raises(WrongState):
        actions.countersign(task, by=cast.clerk2, at=at)
    actions.countersign(task, by=clerk3, at=at)
    assert task.state == S.IN_REVIEW


def test_after_a_redo_counter_signatures_are_given_anew(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW, co=[place.b])
    actions.send_back(task, note="未逐条答复", by=cast.supervision, at=at)
    assert task.state == S.HANDLING
    actions.draft_reply(task, **{**REPLY, "text": "重写后的答复"}, by=cast.clerk, at=at)
    actions.submit_reply(task, by=cast.clerk, at=at)
    assert task.state == S.COSIGNING
    actions.countersign(task, by=cast.clerk2, at=at)
    actions.approve(task, by=cast.supervision, at=at)
    assert Reply.objects.get().text == "重写后的答复"


def test_separate_departments_each_answer(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, separate=[place.a, place.b])
    for clerk, state in ((cast.clerk, S.HANDLING), (cast.clerk2, S.IN_REVIEW)):
        actions.draft_reply(task, **REPLY, by=clerk, at=at)
        actions.submit_reply(task, by=clerk, at=at)
        assert task.state == state
    with pytest.raises(ValidationError):
        actions.approve(task, outcome="C", by=cast.supervision, at=at)
    actions.approve(task, by=cast.supervision, at=at)
    assert set(Reply.objects.values_list("state", flat=True)) == {"approved"}


@pytest.mark.parametrize("name", ["clerk", "office", "chair", "leader", "member", "other_office"])
def test_only_the_supervision_office_reviews(place, cast, at, name):
    task = make.task(place, cast, state=S.IN_REVIEW)
    with pytest.raises(Denied):
        actions.approve(task, by=getattr(cast, name), at=at)
    with pytest.raises(Denied):
        actions.send_back(task, note="重写", by=getattr(cast, name), at=at)


def test_approving_freezes_answers_and_reports(place, cast, at):
    task = make.task(place, cast, state=S.ANSWERED)
    reply = Reply.objects.get()
    assert (reply.state, reply.reviewed_by) == ("approved", cast.supervision)
    assert task.recommendation.state == RecommendationState.ANSWERED
    assert task.instruction.state == InstructionState.REPORTED
    assert task.look_back_on == date(2027, 2, 24)
    assert {cast.office.pk, cast.leader.pk, cast.clerk.pk} <= set(
        Notice.objects.filter(kind="tasks.answered").values_list("user", flat=True))
    with pytest.raises(WrongState):
        actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    with pytest.raises(WrongState):
        actions.send_back(task, note="重写", by=cast.supervision, at=at)
    assert len(trail_of(reply).last().data["sha256"]) == 64


def test_the_instruction_waits_for_its_last_task(place, cast, at):
    first = make.recommendation(place, cast)
    second = make.recommendation(place, cast, consultation=first.consultation, title="另一条")
    one, two = Task.objects.filter(instruction=make.instructed(place, cast, first, second)).order_by("pk")
    for task in (one, two):
        actions.assign(task, lead=place.a, by=cast.supervision, at=at)
    make.carry(one, cast, S.ANSWERED)
    assert Task.objects.get(pk=one.pk).instruction.state == InstructionState.ASSIGNED
    make.carry(two, cast, S.ANSWERED)
    assert Task.objects.get(pk=one.pk).instruction.state == InstructionState.REPORTED


def test_the_review_may_change_the_code(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW)
    with pytest.raises(ValidationError):
        actions.approve(task, outcome="B", by=cast.supervision, at=at)
    actions.approve(task, outcome="B", promise_on=date(2027, 6, 30), by=cast.supervision, at=at)
    reply = Reply.objects.get()
    assert (reply.outcome, reply.claimed, task.look_back_on) == ("B", "A", date(2027, 6, 30))


def test_who_reads_a_reply_before_and_after(place, cast, at):
    _dept, clerk3 = make.third_department(place)
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    everybody = {**cast.roles(), "clerk3": clerk3}

    def readers():
        fresh = Task.objects.get(pk=task.pk)
        return {name for name in ("clerk", "clerk2", "supervision", "office", "chair", "leader", "member")
                if rules.replies_visible_to(everybody[name], fresh)}

    assert readers() == {"clerk", "supervision", "office"}
    actions.submit_reply(task, by=cast.clerk, at=at)
    assert readers() == {"clerk", "clerk2", "supervision", "office"}
    actions.countersign(task, by=cast.clerk2, at=at)
    actions.approve(task, by=cast.supervision, at=at)
    assert readers() == {"clerk", "clerk2", "supervision", "office", "chair", "leader", "member"}


def test_a_promise_is_kept_with_evidence(place, cast, at):
    task = make.task(place, cast, state=S.ANSWERED, reply={"outcome": "B", "promise_on": date(2027, 3, 31)})
    assert task.look_back_on == date(2027, 3, 31)
    with pytest.raises(ValidationError):
        actions.keep_promise(task, evidence=" ", by=cast.clerk, at=at)
    for name in ("clerk2", "office", "leader", "member"):
        with pytest.raises(Denied):
            actions.keep_promise(task, evidence="照片", by=getattr(cast, name), at=at)
    reply = actions.keep_promise(task, evidence="验收单", by=cast.clerk, at=at)
    assert (reply.outcome, Reply.objects.get().result) == ("B", "A")
    with pytest.raises(WrongState):
        actions.keep_promise(task, evidence="再次", by=cast.clerk, at=at)


def test_a_second_handling_has_its_own_month_and_keeps_the_first_dates(place, cast):
    task = make.task(place, cast, state=S.ANSWERED)
    later = morning(date(2026, 12, 10))
    actions.rehandle(task, note="居民不满意", by=cast.office, at=later)
    assert (task.state, task.round) == (S.HANDLING, 2)
    assert (task.due_on, task.original_due_on) == (date(2027, 1, 11), date(2027, 2, 24))
    assert trail_of(task).filter(verb="tasks.rehandle").get().data["due_on_before"] == "2027-02-24"
    make.carry(task, cast, S.ANSWERED, at=later, reply={"text": "第二次答复"})
    assert list(Reply.objects.order_by("round").values_list("round", "text")) == [(1, REPLY["text"]), (2, "第二次答复")]


def test_the_approver_is_never_the_writer(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW)
    Reply.objects.update(written_by=cast.supervision)  # a clerk yesterday, in the supervision office today
    with pytest.raises(Denied):
        actions.approve(Task.objects.get(), by=cast.supervision, at=at)
    assert task.pk
