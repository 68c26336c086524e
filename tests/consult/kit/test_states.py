"""The only door to a state column, tried on the opinion."""

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from consult.kit import audit, states
from consult.kit.models import AuditEvent
from consult.kit.rules import Denied, because
from consult.kit.states import WrongState, can, move
from consult.opinions.models import Opinion
from consult.people.models import Jurisdiction, User


@because("not today")
def never(user: Any, obj: Any) -> bool:
    return False


@pytest.fixture
def opinion(district: Jurisdiction, nine: datetime) -> Opinion:
    return Opinion.objects.create(number="O-1", jurisdiction=district, text="A lamp is out.", submitted_at=nine)


def in_database(opinion: Opinion) -> str:
    return str(Opinion.objects.values_list("state", flat=True).get(pk=opinion.pk))


def test_a_move_changes_the_row_the_copy_and_the_log(opinion: Opinion, ann: User, nine: datetime) -> None:
    copy = Opinion.objects.get(pk=opinion.pk)
    assert move(copy, "keep", by=ann, at=nine, data={"note": "soon"}) is copy
    assert copy.state == in_database(opinion) == "kept"
    event = audit.trail_of(opinion).get()
    assert (event.verb, event.before, event.after, event.actor, event.data) == (
        "opinions.keep", "submitted", "kept", ann, {"note": "soon"})


def test_a_move_that_is_not_open_writes_nothing(opinion: Opinion, ann: User, nine: datetime) -> None:
    assert not can(opinion, "archive")
    with pytest.raises(WrongState) as wrong:
        move(opinion, "archive", by=ann, at=nine)
    assert "handed in" in str(wrong.value.reason)
    assert in_database(opinion) == "submitted"
    assert AuditEvent.objects.count() == 0


def test_the_database_decides_not_the_copy(opinion: Opinion, ann: User, nine: datetime) -> None:
    stale = Opinion.objects.get(pk=opinion.pk)
    move(opinion, "keep", by=ann, at=nine)
    assert can(stale, "decline")
    with pytest.raises(WrongState):
        move(stale, "decline", by=ann, at=nine)
    assert audit.trail_of(opinion).count() == 1


def test_the_rule_is_asked_before_the_state(opinion: Opinion, ann: User, nine: datetime) -> None:
    with pytest.raises(Denied, match="not today") as denied:
        move(opinion, "archive", by=ann, at=nine, rule=never)
    assert not isinstance(denied.value, WrongState)
    assert AuditEvent.objects.count() == 0


def test_when_the_log_fails_nothing_moves(opinion: Opinion, ann: User, nine: datetime,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "write", fail)
    with pytest.raises(RuntimeError):
        move(opinion, "keep", by=ann, at=nine)
    assert in_database(opinion) == opinion.state == "submitted"


def test_when_the_body_fails_nothing_is_written(opinion: Opinion, ann: User, nine: datetime) -> None:
    with pytest.raises(TypeError):
        move(opinion, "merge", by=ann, at=nine, nonsense=1)
    assert in_database(opinion) == "submitted"
    assert AuditEvent.objects.count() == 0


def test_the_values_of_a_move_are_kept(opinion: Opinion, ann: User, nine: datetime, district: Jurisdiction) -> None:
    other = Opinion.objects.create(number="O-2", jurisdiction=district, text="The lamp again.", submitted_at=nine)
    move(other, "merge", by=ann, at=nine, into=opinion)
    assert other.merged_into == Opinion.objects.get(pk=other.pk).merged_into == opinion


def test_the_column_has_no_other_door(opinion: Opinion) -> None:
    with pytest.raises(AttributeError):
        opinion.state = "archived"
    with pytest.raises(AttributeError):
        opinion.refresh_from_db(fields=["number"])
        opinion.state = "kept"


def test_lock_reads_again(opinion: Opinion, ann: User, nine: datetime) -> None:
    move(Opinion.objects.get(pk=opinion.pk), "keep", by=ann, at=nine)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert states.lock(opinion).state == "kept"
    if connection.features.has_select_for_update:
        assert "FOR UPDATE" in queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(opinion: Opinion, nine: datetime) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an SQLite in memory has one connection; see TEST_DATABASE_URL")
    start, outcomes = threading.Barrier(4), []

    def decline() -> None:
        mine = Opinion.objects.get(pk=opinion.pk)
        start.wait()
        try:
            move(mine, "decline", by=None, at=nine)
            outcomes.append("won")
        except WrongState:
            outcomes.append("late")
        connection.close()

    threads = [threading.Thread(target=decline) for _unused in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late", "late", "late", "won"]
    assert audit.trail_of(opinion).count() == 1
