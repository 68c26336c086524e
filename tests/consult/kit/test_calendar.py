from datetime import UTC, date, datetime, timedelta

import hypothesis
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import strategies as st

from consult.kit import calendar
from consult.kit.models import CalendarDay

YEAR_2026 = [date(2026, 1, 1) + timedelta(n) for n in range(365)]
OFF = {(1, 1), (1, 2), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (2, 23), (4, 6), (5, 1), (5, 4), (5, 5), (6, 19),
       (9, 25), (10, 1), (10, 2), (10, 5), (10, 6), (10, 7)}
WORKED = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}


@pytest.mark.parametrize(("year", "number"), [(2025, 248), (2026, 248)])
def test_a_year_has_so_many_working_days(days: int, year: int, number: int) -> None:
    assert calendar.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == number


def test_every_day_of_2026(days: int) -> None:
    for day in YEAR_2026:
        spot = (day.month, day.day)
        assert calendar.is_workday(day) == (spot in WORKED or (day.weekday() < 5 and spot not in OFF)), day


def test_the_table_is_read_once(days: int) -> None:
    calendar.forget()
    with CaptureQueriesContext(connection) as queries:
        for day in YEAR_2026:
            calendar.is_workday(day)
        calendar.due_on(date(2026, 9, 1), workdays=60)
    assert len(queries) == 1


@pytest.mark.parametrize(("start", "workdays", "end"), [
    ("2026-11-24", 5, "2026-12-01"),
    ("2026-11-24", 1, "2026-11-25"),
    ("2026-11-24", 0, "2026-11-24"),
    ("2026-09-30", 1, "2026-10-08"),   # over National Day
    ("2026-09-30", 3, "2026-10-10"),   # a Saturday that is worked
    ("2026-09-18", 1, "2026-09-20"),   # a Sunday that is worked
    ("2026-02-13", 2, "2026-02-24"),   # 14 Feb is worked, then Spring Festival
    ("2026-11-21", 1, "2026-11-23"),   # an event on a Saturday
    ("2026-11-21", 0, "2026-11-23"),   # at once, on a Saturday
])
def test_periods_of_working_days(days: int, start: str, workdays: int, end: str) -> None:
    due = calendar.due_on(date.fromisoformat(start), workdays=workdays)
    assert (str(due), due.provisional) == (end, False)


@pytest.mark.parametrize(("start", "months", "end"), [
    ("2026-08-24", 3, "2026-11-24"),
    ("2025-11-30", 3, "2026-02-28"),   # the month's end; this Saturday is worked
    ("2026-01-31", 1, "2026-02-28"),
    ("2026-07-03", 3, "2026-10-08"),   # 3 October: to the first working day after the holiday
    ("2026-08-21", 3, "2026-11-23"),   # a Saturday
    ("2025-12-24", 11, "2026-11-24"),
])
def test_periods_of_months(days: int, start: str, months: int, end: str) -> None:
    due = calendar.due_on(date.fromisoformat(start), months=months)
    assert (str(due), due.provisional) == (end, False)


def test_periods_of_plain_days(days: int) -> None:
    assert calendar.due_on(date(2026, 9, 24), days=7).on == date(2026, 10, 8)


def test_a_month_after_the_29th_of_february(days: int) -> None:
    assert calendar.add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_the_sum_is_worked_out(days: int) -> None:
    assert str(calendar.due_on(date(2026, 11, 24), workdays=5).sum) == "2026-11-24 + 5 working days = 2026-12-01"
    assert str(calendar.due_on(date(2026, 11, 24), workdays=1).sum) == "2026-11-24 + 1 working day = 2026-11-25"
    assert str(calendar.due_on(date(2026, 7, 3), months=3).sum) == (
        "2026-07-03 + 3 months = 2026-10-03, a day of rest, so 2026-10-08")


@pytest.mark.parametrize(("workdays", "end", "provisional"), [(3, "2026-12-31", False), (4, "2027-01-04", True)])
def test_next_year_is_provisional_until_its_notice(days: int, workdays: int, end: str, provisional: bool) -> None:
    due = calendar.due_on(date(2026, 12, 28), workdays=workdays)
    assert (str(due), due.provisional) == (end, provisional)
    assert ("2027 is not known yet" in str(due.sum)) == provisional


def test_a_year_without_notice_knows_weekends_and_fixed_days(days: int) -> None:
    rest = [day for n in range(365) if not calendar.is_workday(day := date(2027, 1, 1) + timedelta(n))
            and day.weekday() < 5]
    assert rest == [date(2027, 1, 1), date(2027, 10, 1)]  # the other fixed days are at a weekend


def test_loading_the_notice_ends_the_provisional_time(days: int) -> None:
    assert calendar.due_on(date(2026, 12, 30), workdays=2).provisional
    notice = [(date(2027, 1, 1), False, "元旦"), (date(2027, 1, 2), True, "调休上班"), (date(2027, 10, 1), False, "国庆节")]
    assert calendar.load(notice, "notice") == 3
    due = calendar.due_on(date(2026, 12, 30), workdays=2)
    assert (str(due), due.provisional) == ("2027-01-02", False)
    assert calendar.load([(date(2027, 1, 2), False, "元旦")], "corrected") == 1
    assert str(calendar.due_on(date(2026, 12, 30), workdays=2)) == "2027-01-04"
    assert CalendarDay.objects.filter(date__year=2027).count() == 3


def test_a_lone_day_of_a_neighbouring_year_is_no_notice(days: int) -> None:
    calendar.load([(date(2027, 1, 3), True, "调休上班")], "2026")
    assert not calendar.is_known(2027)


def test_counting_back_and_between(days: int) -> None:
    assert calendar.add_workdays(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert calendar.workdays_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert calendar.workdays_between(date(2026, 10, 10), date(2026, 9, 30)) == -3
    assert calendar.workdays_between(date(2026, 10, 8), date(2026, 10, 8)) == 0


def test_a_period_has_one_length(days: int) -> None:
    for lengths in ({}, {"workdays": 1, "months": 1}):
        with pytest.raises(TypeError):
            calendar.due_on(date(2026, 11, 24), **lengths)


def test_the_day_is_that_of_china(days: int) -> None:
    evening = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    assert calendar.local_date(evening) == date(2026, 11, 25)
    assert calendar.due_on(evening, workdays=1).on == date(2026, 11, 26)


@pytest.mark.parametrize(("moment", "opens"), [
    ("2026-11-24 08:59", "2026-11-24 09:00"),
    ("2026-11-24 10:30", "2026-11-24 10:30"),
    ("2026-11-24 12:00", "2026-11-24 13:00"),
    ("2026-11-24 17:00", "2026-11-25 09:00"),
    ("2026-11-27 18:00", "2026-11-30 09:00"),
    ("2026-10-10 10:00", "2026-10-10 10:00"),
    ("2026-10-01 10:00", "2026-10-08 09:00"),
])
def test_office_hours(days: int, moment: str, opens: str) -> None:
    at, then = (datetime.fromisoformat(text).replace(tzinfo=calendar.ZONE) for text in (moment, opens))
    assert calendar.office_time(at) == then
    assert calendar.in_office_hours(at) == (at == then)
    assert calendar.in_office_hours(then)


# --- what holds for every date ----------------------------------------------------------------------------------

FEW = hypothesis.settings(max_examples=300, deadline=None, database=None,
                          suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
dates = st.dates(date(2024, 12, 1), date(2027, 12, 31))


@FEW
@hypothesis.given(start=dates, number=st.integers(1, 90))
def test_counting_forth_and_measuring_agree(days: int, start: date, number: int) -> None:
    end = calendar.add_workdays(start, number)
    assert calendar.is_workday(end)
    assert calendar.workdays_between(start, end) == number
    assert calendar.workdays_between(end, start) == -number
    assert calendar.due_on(start, workdays=number).on == end


@FEW
@hypothesis.given(start=st.dates(date(1999, 1, 1), date(2034, 12, 31)), length=st.integers(0, 1500))
def test_measuring_is_counting_day_by_day(days: int, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    assert calendar.workdays_between(start, end) == sum(calendar.is_workday(start + timedelta(days=n + 1)) for n in range(length))


@FEW
@hypothesis.given(start=dates, unit=st.sampled_from(["workdays", "months", "days"]), number=st.integers(0, 12))
def test_a_period_ends_on_a_working_day_and_grows(days: int, start: date, unit: str, number: int) -> None:
    due, longer = (calendar.due_on(start, **{unit: n}) for n in (number, number + 1))
    assert calendar.is_workday(due.on)
    assert start <= due.on <= longer.on
    assert str(due.sum).startswith(f"{start} + ")
    if due.on.year not in (2025, 2026):
        assert due.provisional
    elif start.year >= 2025:
        assert not due.provisional


@FEW
@hypothesis.given(start=dates, number=st.integers(0, 30))
def test_a_month_keeps_the_day_or_takes_the_last(start: date, number: int) -> None:
    end = calendar.add_months(start, number)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == number
    assert end.day == start.day or (end + timedelta(1)).day == 1
