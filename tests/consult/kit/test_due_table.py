"""Dates worked out by hand, from the notices of 2025 and 2026 and the plain calendar of 2027, whose notice is not known."""

import json
import re
from datetime import date, timedelta
from io import StringIO

import hypothesis
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import strategies as st

from consult.kit import calendar, dayoff, holidays, steps

#: Event, length (W working days, M months, D days), due; "?": provisional. Make-up days carry a star in the comments.
WRITTEN = """
# 2025: New Year, Spring Festival 28 Jan - 4 Feb, worked on 26 Jan* (Sun) and 8 Feb* (Sat)
2024-12-31 +1W 2025-01-02   2025-01-24 +1W 2025-01-26   2025-01-24 +2W 2025-01-27
2025-01-24 +3W 2025-02-05   2025-01-27 +1W 2025-02-05   2025-02-07 +1W 2025-02-08
2025-02-07 +2W 2025-02-10   2025-01-20 +10W 2025-02-08   2025-02-14 +5W 2025-02-21
# Qingming 4-6 Apr; Labour Day 1-5 May, worked on 27 Apr* (Sun)
2025-04-03 +1W 2025-04-07   2025-04-25 +1W 2025-04-27   2025-04-25 +4W 2025-04-30
2025-04-25 +5W 2025-05-06   2025-04-30 +2W 2025-05-07
# Dragon Boat 31 May - 2 Jun; National Day and Mid-Autumn 1-8 Oct, worked on 28 Sep* (Sun) and 11 Oct* (Sat)
2025-05-30 +1W 2025-06-03   2025-09-26 +1W 2025-09-28   2025-09-26 +3W 2025-09-30
2025-09-30 +1W 2025-10-09   2025-09-30 +3W 2025-10-11   2025-09-30 +4W 2025-10-13
2025-09-24 +5W 2025-09-30   2025-09-24 +6W 2025-10-09   2025-10-10 +2W 2025-10-13
# over the year's end: 1-3 Jan 2026 off, worked on 4 Jan* (Sun)
2025-12-31 +1W 2026-01-04   2025-12-30 +2W 2026-01-04   2025-12-31 +2W 2026-01-05
2025-12-24 +5W 2025-12-31   2025-12-24 +7W 2026-01-05
# Spring Festival 15-23 Feb 2026, worked on 14 Feb* (Sat) and 28 Feb* (Sat)
2026-02-13 +1W 2026-02-14   2026-02-13 +2W 2026-02-24   2026-02-14 +1W 2026-02-24
2026-02-27 +1W 2026-02-28   2026-02-27 +2W 2026-03-02   2026-02-10 +15W 2026-03-09
# Qingming 4-6 Apr; Labour Day 1-5 May, worked on 9 May* (Sat); Dragon Boat 19-21 Jun
2026-04-03 +1W 2026-04-07   2026-04-30 +1W 2026-05-06   2026-04-30 +4W 2026-05-09
2026-05-08 +1W 2026-05-09   2026-05-08 +2W 2026-05-11   2026-06-18 +1W 2026-06-22
# Mid-Autumn 25-27 Sep, National Day 1-7 Oct, worked on 20 Sep* (Sun) and 10 Oct* (Sat)
2026-09-18 +1W 2026-09-20   2026-09-18 +2W 2026-09-21   2026-09-24 +5W 2026-10-09
2026-09-24 +6W 2026-10-10   2026-09-24 +7W 2026-10-12   2026-10-09 +2W 2026-10-12
# into 2027, whose notice is not known: 1 Jan is off by statute, and everything counted there is provisional
2026-12-31 +1W 2027-01-04?   2026-12-30 +1W 2026-12-31   2026-12-25 +5W 2027-01-04?
2027-04-30 +1W 2027-05-03?   2027-09-30 +1W 2027-10-04?   2027-06-01 +5W 2027-06-08?
# months: the same day, the last day of a shorter month, moved past days of rest
2025-01-31 +1M 2025-02-28   2025-01-30 +1M 2025-02-28   2025-03-31 +1M 2025-04-30
2025-11-30 +3M 2026-02-28   2025-11-15 +3M 2026-02-24   2025-12-01 +1M 2026-01-04
2025-07-01 +3M 2025-10-09   2025-08-31 +1M 2025-09-30   2026-06-25 +3M 2026-09-28
2026-07-10 +3M 2026-10-10   2026-08-24 +3M 2026-11-24   2026-11-24 +3M 2027-02-24?
2026-11-30 +3M 2027-03-01?   2026-10-01 +3M 2027-01-04?   2024-02-29 +12M 2025-02-28
2023-11-29 +3M 2024-02-29?   2026-08-29 +6M 2027-03-01?   2024-11-29 +3M 2025-02-28
# plain days
2026-09-23 +2D 2026-09-28   2026-09-24 +7D 2026-10-08   2026-02-04 +10D 2026-02-14
2025-12-31 +3D 2026-01-04   2026-12-30 +3D 2027-01-04?   2026-11-24 +0D 2026-11-24
"""
UNITS = {"W": "workdays", "M": "months", "D": "days"}
TABLE = [(start, int(number), UNITS[unit], end, bool(unsure)) for start, number, unit, end, unsure in re.findall(
    r"([\d-]{10}) \+(\d+)([WMD]) ([\d-]{10})(\??)", WRITTEN)]


def test_the_table_is_long_enough_and_counts_every_make_up_day() -> None:
    assert len(TABLE) >= 60 and len(set(TABLE)) == len(TABLE)
    worked = {day for year in (2025, 2026) for day, works, _name in holidays._days(year) if works}
    counted = {day for start, number, unit, end, _unsure in TABLE if unit == "workdays" for day in worked
               if start < day.isoformat() <= end}
    assert counted == worked and len(worked) == 11


@pytest.mark.parametrize(("start", "number", "unit", "end", "provisional"), TABLE)
def test_worked_out_by_hand(days: int, start: str, number: int, unit: str, end: str, provisional: bool) -> None:
    due = calendar.due_on(date.fromisoformat(start), **{unit: number})
    assert (due.on.isoformat(), due.provisional) == (end, provisional)


# --- what always holds --------------------------------------------------------------------------------------------

some_day = st.dates(date(2025, 1, 1), date(2028, 12, 31))
some = hypothesis.settings(max_examples=150, deadline=None,
                           suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])


@some
@hypothesis.given(start=some_day, later=st.integers(0, 40), number=st.integers(1, 90))
def test_a_later_start_never_ends_earlier_and_never_on_a_day_of_rest(days: int, start: date, later: int, number: int) -> None:
    first = calendar.due_on(start, workdays=number).on
    second = calendar.due_on(start + timedelta(later), workdays=number).on
    assert first <= second and first < calendar.due_on(start, workdays=number + 1).on
    assert calendar.is_workday(first)


@some
@hypothesis.given(start=some_day, one=st.integers(1, 40), other=st.integers(1, 40))
def test_counting_on_is_counting_at_once(days: int, start: date, one: int, other: int) -> None:
    halfway = calendar.add_workdays(start, one)
    assert calendar.add_workdays(halfway, other) == calendar.add_workdays(start, one + other)


@some
@hypothesis.given(start=some_day, number=st.integers(5, 60), runs=st.integers(0, 59), stands=st.integers(0, 60))
def test_a_clock_that_stood_still_has_as_many_days_left(days: int, start: date, number: int, runs: int, stands: int) -> None:
    due = calendar.due_on(start, workdays=number).on
    stopped = calendar.add_workdays(start, min(runs, number))
    resumed = stopped + timedelta(stands)
    moved = calendar.due_on(due, workdays=calendar.workdays_between(stopped, resumed)).on
    assert calendar.workdays_between(resumed, moved) == calendar.workdays_between(stopped, due)


@some
@hypothesis.given(start=some_day, number=st.integers(1, 60))
def test_the_steps_add_up(days: int, start: date, number: int) -> None:
    """All days between the event and the end, less those left out, are the days asked for."""
    due = calendar.due_on(start, workdays=number)
    left_out = sum(one.days for one in steps.steps(due) if not one.counted)
    assert (due.on - start).days - left_out == number


# --- said ---------------------------------------------------------------------------------------------------------


def test_each_date_opens_to_its_sum(days: int) -> None:
    due = calendar.due_on(date(2026, 9, 24), workdays=12)
    assert [str(one) for one in steps.in_words(due)] == [
        "2026-09-25 to 2026-09-27 not counted: 中秋节", "2026-10-01 to 2026-10-07 not counted: 国庆节",
        "2026-10-10 counted: make-up working day", "3 days of weekends not counted"]
    short = steps.in_words(calendar.due_on(date(2026, 11, 30), months=3))
    assert str(short[0]) == "the month has no day 30: its last day, 2027-02-28, is the end"
    assert str(steps.in_words(calendar.due_on(date(2026, 12, 31), workdays=1))[0]) == \
        "2027-01-01 to 2027-01-03 not counted: day of rest fixed by statute"


def run(*words: str) -> str:
    out = StringIO()
    call_command("due", *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_date_sum_and_whether_it_is_provisional(days: int) -> None:
    assert run("--from", "2026-09-24", "--working-days", "5").splitlines()[:2] == [
        "2026-10-09", "2026-09-24 + 5个工作日 = 2026-10-09"]
    assert "provisional" in run("--from", "2026-11-30", "--months", "3", "--language", "en")
    said = json.loads(run("--from", "2026-09-24", "--working-days", "6", "--json"))
    assert (said["due"], said["provisional"], [one["why"] for one in said["steps"]]) == (
        "2026-10-10", False, ["holiday", "holiday", "make-up"])


@pytest.mark.parametrize("words", [["--from", "2026-9-4", "--days", "1"], ["--from", "2026-09-04"],
                                   ["--from", "2026-09-04", "--days", "1", "--months", "1"],
                                   ["--from", "2026-09-04", "--working-days", "-1"], ["--from", "2026-09-04", "--days", "99999"]])
def test_the_command_says_what_is_wrong(days: int, words: list[str]) -> None:
    with pytest.raises(CommandError) as wrong:
        run(*words)
    assert wrong.value.returncode in (1, 2) and str(wrong.value)


# --- the notice of a year -----------------------------------------------------------------------------------------

NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""


def test_the_words_of_the_notice_are_read(days: int) -> None:
    found = dayoff.read(NOTICE_2026, 2026)
    dayoff.check(found, 2026, "国办发明电")
    assert {(day, works) for day, works, _name in found} == {(day, works) for day, works, _name in holidays._days(2026)}
    plain = "\n".join(f"{day} {'班' if works else '休'} {name}" for day, works, name in found)
    assert dayoff.read(plain, 2026) == found


def test_a_holiday_over_the_years_end(days: int) -> None:
    found = dayoff.read("一、元旦：2026年12月31日（周四）至2027年1月2日（周六）放假调休，共3天。", 2027)
    assert [day.isoformat() for day, _works, _name in found] == ["2026-12-31", "2027-01-01"]


@pytest.mark.parametrize(("text", "field"), [
    ("随便写的一行", ""), ("2026-13-40 休 元旦", ""), ("七、国庆节：10月7日至1日放假。", ""),
    ("2026-10-12 班", ""), ("2026-10-01 休 国庆节\n2026-10-01 休 国庆节\n2026-10-10 休\n2026-10-10 班", "text"),
    ("二、春节：2月16日（周一）至20日（周五）放假，共5天。", "text"), (NOTICE_2026 + "\n2029-01-01 休 元旦", "text"),
    ("2026-10-01 休 国庆节", "text"),
])
def test_what_is_no_whole_notice_is_refused(text: str, field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        dayoff.check(dayoff.read(text, 2026), 2026, "通知")
    assert wrong.value.messages and (not field or field in wrong.value.error_dict)


def test_a_notice_without_a_name_is_refused() -> None:
    with pytest.raises(ValidationError) as wrong:
        dayoff.check(dayoff.read(NOTICE_2026, 2026), 2026, " ")
    assert list(wrong.value.error_dict) == ["source"]
