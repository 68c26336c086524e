"""What an approval leaves behind: no open ask, no stopped clock, no reply of a department that has no part any more."""

from datetime import date, timedelta

from consult.tasks import actions, clock
from consult.tasks.models import Extension, ReturnRequest
from consult.tasks.states import Light, TaskState
from tests import make
from tests.make_tasks import REPLY, morning

S = TaskState
MORE = {"reason": "需市级协调", "progress": "已完成摸底"}


def test_asks_end_with_the_answer(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.ask_return(task, reason="不属我局职责", suggested=place.b, by=cast.clerk, at=at)
    actions.ask_extension(task, asked_until=date(2027, 3, 15), **MORE, by=cast.clerk, at=at)
    make.answer(task, cast, at, REPLY)
    actions.approve(task, by=cast.supervision, at=at)
    assert (ReturnRequest.objects.get().state, Extension.objects.get().state) == ("refused", "refused")
    actions.rehandle(task, note="还差一户", by=cast.office, at=at)
    actions.ask_extension(task, asked_until=task.due_on + timedelta(days=5), **MORE, by=cast.clerk, at=at)


def test_a_stopped_clock_does_not_stand_still_in_the_second_handling(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.stop_clock(task, ground="higher", reason="等待市级批复", by=cast.supervision, at=at)
    make.answer(task, cast, at, REPLY)
    actions.approve(task, by=cast.supervision, at=at)
    actions.rehandle(task, note="还差一户", by=cast.office, at=at)
    late = task.due_on + timedelta(days=1)
    assert clock.light(task, late) == Light.RED
    assert type(task).objects.overdue(late).filter(pk=task.pk).exists()


def test_a_department_without_a_part_has_no_approved_reply(place, cast, at):
    third, clerk3 = make.third_department(place)
    task = make.task(place, cast, state=S.HANDLING, separate=[place.a, place.b])
    actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    actions.submit_reply(task, by=cast.clerk, at=at)
    actions.reassign(task, part=task.assignments.get(department=place.a), to=third, reason="职责划转", by=cast.supervision, at=at)
    actions.sign_for(task, by=clerk3, at=at)
    for clerk in (clerk3, cast.clerk2):
        actions.draft_reply(task, **REPLY, by=clerk, at=at)
        actions.submit_reply(task, by=clerk, at=at)
    actions.approve(task, by=cast.supervision, at=at)
    approved = task.replies.filter(state="approved").values_list("department__name", flat=True)
    assert set(approved) == {place.b.name, third.name}


def test_the_second_handling_says_what_is_to_be_done_again(client, place, cast, at):
    task = make.task(place, cast, state=S.ANSWERED)
    actions.rehandle(task, note="三号楼还没有补发", by=cast.office, at=morning(date(2026, 12, 1)))
    client.force_login(cast.clerk)
    assert "三号楼还没有补发" in client.get(f"/tasks/{task.pk}/").content.decode()
    assert morning(date(2026, 12, 1)) > at
