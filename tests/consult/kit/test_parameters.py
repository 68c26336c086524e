from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consult.kit import audit, parameters
from consult.kit.models import Parameter
from consult.people.models import User

pytestmark = pytest.mark.django_db


def put(value: int, since: str, until: str | None = None) -> None:
    Parameter.objects.create(key="task_sign_for", value=value, valid_from=date.fromisoformat(since), basis="notice",
                             valid_until=until and date.fromisoformat(until))


def test_the_default_holds_until_a_dated_value_does() -> None:
    put(3, "2026-06-01")
    put(1, "2026-09-01", "2026-09-30")
    days = ["2026-05-31", "2026-06-01", "2026-09-01", "2026-09-30", "2026-10-01"]
    assert [parameters.value("task_sign_for", on=date.fromisoformat(day)) for day in days] == [2, 3, 1, 1, 3]


def test_an_unknown_key_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        parameters.value("task_sign", on=date(2026, 11, 24))


def test_two_values_from_one_day_are_refused() -> None:
    put(3, "2026-06-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        put(4, "2026-06-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        put(4, "2026-07-01", "2026-06-30")


def test_every_default_has_words_and_a_basis() -> None:
    for default in parameters.defaults.values():
        assert str(default.label)
        assert default.basis
        assert default.unit in parameters.UNITS


@pytest.mark.usefixtures("days")
def test_a_period_ends_by_the_value_of_its_first_day() -> None:
    assert str(parameters.due("task_sign_for", date(2026, 11, 24))) == "2026-11-26"
    assert str(parameters.due("task_reply", datetime(2026, 8, 23, 20, tzinfo=UTC))) == "2026-11-24"
    assert str(parameters.due("contact_retention", date(2026, 5, 28))) == "2026-11-24"
    for number in ("task_return_max", "opinion_claim"):
        with pytest.raises(TypeError):
            parameters.due(number, date(2026, 11, 24))


def test_a_setting_changes_from_a_day_on(ann: User, nine: datetime) -> None:
    for value in (3, 4):
        row = parameters.put("task_sign_for", value, since=date(2026, 12, 1), basis="Decision 7", by=ann, at=nine)
    assert parameters.value("task_sign_for", on=date(2026, 11, 30)) == 2
    assert parameters.value("task_sign_for", on=date(2026, 12, 1)) == 4
    assert [event.data["value"] for event in audit.trail_of(row)] == [3, 4]


@pytest.mark.parametrize(("key", "since", "basis"), [
    ("nothing", "2026-12-01", "Decision 7"), ("task_sign_for", "2026-11-23", "Decision 7"),
    ("task_sign_for", "2026-12-01", " "),
])
def test_settings_are_not_changed_wrongly(ann: User, nine: datetime, key: str, since: str, basis: str) -> None:
    with pytest.raises(ValidationError):
        parameters.put(key, 3, since=date.fromisoformat(since), basis=basis, by=ann, at=nine)
    assert Parameter.objects.count() == 0


def test_read_once_it_says_the_same_for_every_day() -> None:
    put(3, "2026-03-01", "2026-05-31")
    put(4, "2026-05-01")
    days = [date(2026, month, 15) for month in range(1, 13)]
    with CaptureQueriesContext(connection) as seen:
        on = parameters.dated("task_sign_for", "task_return_window")
        found = {key: [on(key, day) for day in days] for key in ("task_sign_for", "task_return_window")}
    assert len(seen) == 1
    assert found == {key: [parameters.value(key, on=day) for day in days] for key in found}
