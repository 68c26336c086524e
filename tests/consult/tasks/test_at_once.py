"""Twenty at one moment: signing, a return, more time, a counter-signature, a review are each done once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from consult.kit import audit
from consult.kit.rules import Denied
from consult.people.models import User
from consult.people.roles import Role
from consult.tasks import actions
from consult.tasks.models import Countersign, Extension, ReturnRequest, Task
from consult.tasks.states import TaskState as S
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture(autouse=True)
def writers() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one after the other")


def at_once(*verbs: Callable[[int], Any]) -> list[int]:
    """Twenty threads, each calling one of ``verbs`` in turn, all at one moment; gives which of the verbs won."""
    gate = Barrier(MANY)

    def run(n: int) -> int | None:
        try:
            gate.wait(30)
            verbs[n % len(verbs)](n)
            return n % len(verbs)
        except (Denied, ValidationError):
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return [won for won in pool.map(run, range(MANY)) if won is not None]


def anew(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def person(user: User) -> User:
    """As another request knows them: nothing is remembered."""
    return User.objects.get(pk=user.pk)


def test_signed_for_once(place, cast, at):
    task = make.task(place, cast)
    assert len(at_once(lambda n: actions.sign_for(anew(task), by=person(cast.clerk), at=at))) == 1
    assert audit.trail_of(task).filter(verb="tasks.sign_for").count() == 1


def test_a_return_is_granted_or_refused_never_both(place, cast, at):
    task = make.task(place, cast)
    actions.ask_return(task, reason="不属于我局职责", suggested=place.b, by=cast.clerk, at=at)
    won = at_once(lambda n: actions.grant_return(anew(task), to=place.b, by=person(cast.supervision), at=at),
                  lambda n: actions.refuse_return(anew(task), decision="属于你局职责", by=person(cast.supervision), at=at))
    assert len(won) == 1
    assert ReturnRequest.objects.get().state == ("granted", "refused")[won[0]]
    assert task.assignments.filter(ended_at=None).get().department == (place.b, place.a)[won[0]]


def test_a_return_is_asked_for_once(place, cast, at):
    task = make.task(place, cast)
    assert len(at_once(lambda n: actions.ask_return(anew(task), reason="不属于我局职责", suggested=place.b, by=person(cast.clerk),
                                                    at=at))) == 1
    assert ReturnRequest.objects.count() == 1


def test_more_time_is_granted_once_and_the_date_moves_once(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.ask_extension(task, asked_until=date(2027, 3, 15), reason="待测绘", progress="已过半", by=cast.clerk, at=at)
    until = date(2027, 3, 15)
    won = at_once(lambda n: actions.grant_extension(anew(task), granted_until=until, by=person(cast.supervision), at=at),
                  lambda n: actions.refuse_extension(anew(task), decision="抓紧办理", by=person(cast.supervision), at=at))
    assert len(won) == 1 and Extension.objects.get().state == ("granted", "refused")[won[0]]
    assert audit.trail_of(task).filter(verb="tasks.recompute").count() == 1 - won[0]


def test_countersigned_once(place, cast, at):
    task = make.task(place, cast, state=S.COSIGNING, co=[place.b])
    assert len(at_once(lambda n: actions.countersign(anew(task), by=person(cast.clerk2), at=at))) == 1
    assert Countersign.objects.count() == 1 and anew(task).state == S.IN_REVIEW


def test_a_reply_is_approved_or_sent_back_never_both(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW)
    second = make.appointed("supervision2", "督查室乙", Role.SUPERVISION, place.jurisdiction)
    won = at_once(lambda n: actions.approve(anew(task), by=person(cast.supervision), at=at),
                  lambda n: actions.send_back(anew(task), note="请逐条答复", by=person(second), at=at))
    assert len(won) == 1 and anew(task).state == (S.ANSWERED, S.HANDLING)[won[0]]


def test_the_clock_is_stopped_once(place, cast, at):
    task = make.task(place, cast)
    assert len(at_once(lambda n: actions.stop_clock(anew(task), ground="higher", reason="请示市局", by=person(cast.supervision),
                                                    at=at))) == 1
    assert task.stops.count() == 1
