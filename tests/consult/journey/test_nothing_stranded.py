"""What would otherwise lie still on nobody's desk: a promise of outcome B, a topic whose only session was cancelled."""

from datetime import timedelta

from consult.consultations import actions as consultations
from consult.journey import due
from consult.tasks import actions as tasks
from consult.tasks.states import Outcome
from tests import make


def kinds(user, today=make.TODAY):
    return {need.kind: need for need in due.needs(user, today)}


def test_a_promise_stays_with_its_department_and_then_with_the_supervision(place, cast):
    promised = make.TODAY + timedelta(days=40)
    task = make.task(place, cast, state="answered", reply={"outcome": Outcome.B, "promise_on": promised})
    need = kinds(cast.clerk)["task.promise"]
    assert (need.obj, need.due) == (task, promised)
    assert "task.promise" not in kinds(cast.clerk2)
    assert "task.broken" not in kinds(cast.supervision, promised)
    assert kinds(cast.supervision, promised + timedelta(days=1))["task.broken"].obj == task
    tasks.keep_promise(task, evidence="已公示发放清单。", by=cast.clerk, at=make.AT)
    assert "task.promise" not in kinds(cast.clerk)


def test_a_topic_is_not_lost_with_its_cancelled_session(place, cast):
    made = make.consultation(place, cast)
    assert "topic.stranded" not in kinds(cast.office)
    consultations.cancel(made, note="天气原因", by=cast.office, at=make.AT)
    assert kinds(cast.office)["topic.stranded"].obj == made.topic
