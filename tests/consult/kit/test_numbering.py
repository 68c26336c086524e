import threading
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from consult.kit import audit, numbering
from consult.kit.models import AuditEvent, NumberSeries
from consult.people.models import User


@pytest.mark.django_db
def test_numbers_run_from_one_in_each_series_and_year() -> None:
    given = [numbering.next_number(*series) for series in
             [("opinion/D", 2026), ("opinion/D", 2026), ("opinion/E", 2026), ("opinion/D", 2027), ("opinion/D", 2026)]]
    assert given == [1, 2, 1, 1, 3]


@pytest.mark.django_db
def test_a_number_rolled_back_is_given_again() -> None:
    assert numbering.next_number("opinion", 2026) == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        assert numbering.next_number("opinion", 2026) == 2
        raise RuntimeError
    assert numbering.next_number("opinion", 2026) == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(TransactionManagementError):
        numbering.next_number("opinion", 2026)


@pytest.mark.django_db
def test_a_void_number_stays_on_record(ann: User, nine: datetime) -> None:
    for _unused in range(3):
        numbering.next_number("briefing", 2026)
    numbering.void("briefing", 2026, 2, by=ann, at=nine, reason="typed twice")
    assert numbering.voided("briefing", 2026) == [2]
    assert numbering.next_number("briefing", 2026) == 4
    row = NumberSeries.objects.get(series="briefing")
    assert row.voided == [{"number": 2, "at": nine.isoformat(), "by": "Ann", "reason": "typed twice"}]
    event = audit.trail_of(row).get()
    assert (event.verb, event.actor, event.data["number"]) == ("kit.void_number", ann, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 2, 9])
def test_only_a_given_number_can_be_voided_and_once(number: int, ann: User, nine: datetime) -> None:
    for _unused in range(2):
        numbering.next_number("briefing", 2026)
    numbering.void("briefing", 2026, 2, by=ann, at=nine, reason="typed twice")
    with pytest.raises(ValidationError):
        numbering.void("briefing", 2026, number, by=ann, at=nine, reason="again")
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_get_the_same_number() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an SQLite in memory has one connection; see TEST_DATABASE_URL")
    given: list[int] = []
    start = threading.Barrier(2)

    def take() -> None:
        start.wait()
        for _unused in range(20):
            with transaction.atomic():
                number = numbering.next_number("race", 2026)
                if number % 7:
                    given.append(number)
                else:
                    transaction.set_rollback(True)  # given again to the next
                    skipped.append(number)
        connection.close()

    skipped: list[int] = []
    threads = [threading.Thread(target=take) for _unused in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, len(given) + 1))
    _ends_before_seven(given, skipped)


def _ends_before_seven(given: list[int], skipped: list[Any]) -> None:
    """Rolled back at seven each time, the series never gets past six."""
    assert max(given) == 6
    assert set(skipped) == {7}
