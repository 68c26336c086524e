"""Working days with make-up days, due dates with their worked sum, and the only clock of the domain.

Counting follows Civil Code arts. 201-203: the day of the event is not counted; a last day that is a day of rest
moves to the next working day; a period of months ends on the same day number, or on the month's last day.
"""

import calendar as months_of
import time as seconds
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext

from consult.kit import holidays
from consult.kit.models import CalendarDay

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((time(9), time(12)), (time(13), time(17)))
DAY = timedelta(days=1)
#: Other processes learn of a newly loaded year after this many seconds.
FRESH_FOR = 300.0


def now() -> datetime:
    return timezone.now()


def today() -> date:
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The date in China at an aware moment."""
    return moment.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """The moment at which a day begins in China."""
    return datetime.combine(day, time(), ZONE)


# --- the table of days ------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Table:
    days: dict[date, bool]
    names: dict[date, str]
    years: frozenset[int]
    read_at: float
    #: By year: how many working days it has had by each of its days. Lists count the age of every row.
    sums: dict[int, list[int]] = field(default_factory=dict)


_table: _Table | None = None


def _days() -> _Table:
    global _table
    if _table is None or seconds.monotonic() - _table.read_at > FRESH_FOR:
        rows = list(CalendarDay.objects.values_list("date", "is_workday", "name"))
        days = {day: works for day, works, _name in rows}
        # Every year's official notice names National Day; a lone make-up day of a neighbouring year is not a notice.
        years = frozenset(day.year for day, works in days.items() if day.month == 10 and not works)
        _table = _Table(days, {day: name for day, _works, name in rows}, years, seconds.monotonic())
    return _table


def forget() -> None:
    """Read the table of days again at the next question."""
    global _table
    _table = None


def load(days: Iterable[tuple[date, bool, str]], source: str) -> int:
    """Store official days ``(date, is_workday, name)``, replacing what was known of them; gives their number."""
    rows = [CalendarDay(date=day, is_workday=works, name=name, source=source) for day, works, name in days]
    CalendarDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["date"],
                                    update_fields=["is_workday", "name", "source"])
    forget()
    transaction.on_commit(forget)
    return len(rows)


def seed() -> int:
    """Load the years that come with the product."""
    return sum(load(days, source) for source, days in holidays.years())


def is_known(year: int) -> bool:
    """Is the official calendar of this year in the table?"""
    return year in _days().years


def is_workday(day: date) -> bool:
    table = _days()
    if (listed := table.days.get(day)) is not None:
        return listed
    if day.weekday() >= 5:
        return False
    return day.year in table.years or (day.month, day.day) not in holidays.STATUTORY


def name_of(day: date) -> str:
    """What the official calendar calls a day that differs from the week; "" for all others."""
    return _days().names.get(day, "")


# --- counting ---------------------------------------------------------------------------------------------------

def _walk(day: date, step: int) -> Iterator[date]:
    while True:
        day += step * DAY
        if is_workday(day):
            yield day


def add_workdays(day: date, number: int) -> date:
    """The ``number``-th working day after ``day`` (before it, when negative); 0 gives ``day`` itself."""
    walk = _walk(day, 1 if number > 0 else -1)
    for _unused in range(abs(number)):
        day = next(walk)
    return day


def workdays_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and with ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -workdays_between(end, start)
    years = [_by(date(year, 12, 31)) for year in range(start.year, end.year)]
    return sum(years) + _by(end) - _by(start)


def _by(day: date) -> int:
    """How many working days its year has had by this day."""
    sums = _days().sums
    if day.year not in sums:
        first = date(day.year, 1, 1)
        sums[day.year] = list(accumulate(is_workday(first + n * DAY) for n in range(366 if months_of.isleap(day.year) else 365)))
    return sums[day.year][day.timetuple().tm_yday - 1]


def next_workday(day: date) -> date:
    """``day`` itself when it is a working day, else the next one."""
    return day if is_workday(day) else add_workdays(day, 1)


def add_months(day: date, number: int) -> date:
    """The same day number ``number`` months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months_of.monthrange(year, month + 1)[1]))


def in_words(day: date) -> str:
    """2026年11月24日, as papers write it (GB/T 9704-2012): no zero before month and day."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Due:
    """A due date; ``provisional`` while the official calendar is missing; ``sum`` is the worked-out sentence.

    ``begin``, ``number`` and ``unit`` are what was asked for, ``plain`` the end before a day of rest moved it: from them
    ``consult.kit.steps`` tells which days were left out, and why.
    """

    on: date
    provisional: bool
    sum: Any  # a lazy sentence
    begin: date
    number: int
    unit: str
    plain: date

    def __str__(self) -> str:
        return self.on.isoformat()


def due_on(start: date | datetime, *, workdays: int | None = None, months: int | None = None,
           days: int | None = None) -> Due:
    """When a period that begins with the event on ``start`` ends; give exactly one of the three lengths."""
    given = {unit: n for unit, n in (("workdays", workdays), ("months", months), ("days", days)) if n is not None}
    if len(given) != 1:
        raise TypeError("give exactly one of workdays, months, days")
    (unit, number), = given.items()
    begin = local_date(start) if isinstance(start, datetime) else start
    plain = _plain_end(begin, unit, number)
    end = next_workday(plain)
    unknown = tuple(year for year in range(_first_counted(begin, plain, unit), end.year + 1) if not is_known(year))
    return Due(end, bool(unknown), _sum(begin, unit, number, plain, end, unknown), begin, number, unit, plain)


def _plain_end(begin: date, unit: str, number: int) -> date:
    if unit == "workdays":
        return add_workdays(begin, number)
    return add_months(begin, number) if unit == "months" else begin + number * DAY


def _first_counted(begin: date, plain: date, unit: str) -> int:
    # Working days in between matter only when they are what is counted.
    return (begin + DAY if begin < plain else begin).year if unit == "workdays" else plain.year


def length(unit: str, number: int) -> str:
    """So many working days, months or days, in words."""
    if unit == "workdays":
        return ngettext("%(n)d working day", "%(n)d working days", number) % {"n": number}
    if unit == "months":
        return ngettext("%(n)d month", "%(n)d months", number) % {"n": number}
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


def _worked(begin: date, unit: str, number: int, plain: date, end: date, unknown: tuple[int, ...]) -> str:
    text = f"{begin} + {length(unit, number)} = {plain}"
    if end != plain:
        text = gettext("%(sum)s, a day of rest, so %(end)s") % {"sum": text, "end": end}
    if unknown:
        text = gettext("%(sum)s (provisional: the official calendar of %(years)s is not known yet)") % {
            "sum": text, "years": ", ".join(map(str, unknown))}
    return text


_sum = lazy(_worked, str)


# --- office hours -----------------------------------------------------------------------------------------------

def in_office_hours(moment: datetime) -> bool:
    """Is somebody at the desk: a working day, 09-12 or 13-17 in China?"""
    local = moment.astimezone(ZONE)
    return any(begin <= local.time() < end for begin, end in OFFICE_HOURS) and is_workday(local.date())


def office_time(moment: datetime) -> datetime:
    """``moment`` itself in office hours, else the next moment the office opens."""
    local = moment.astimezone(ZONE)
    if is_workday(local.date()):
        for begin, end in OFFICE_HOURS:
            if local.time() < end:
                return max(local, datetime.combine(local.date(), begin, ZONE))
    return datetime.combine(add_workdays(local.date(), 1), OFFICE_HOURS[0][0], ZONE)
