"""How a date was worked out, day by day: which days were left out, which were counted against the week, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from consult.kit import calendar
from consult.kit.calendar import DAY, Due
from consult.kit.rules import Sentence

#: Why days were counted or not.
WEEKEND, HOLIDAY, FIXED, MAKE_UP, SHORT_MONTH = "weekend", "holiday", "fixed", "make-up", "short month"


@dataclass(frozen=True)
class Step:
    """Some days in a row, ``since`` and ``until`` included, and why they were counted or not."""

    since: date
    until: date
    counted: bool
    why: str
    name: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def plain(self) -> dict[str, str | bool]:
        """For programs: codes and ISO days."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat(), "counted": self.counted, "why": self.why,
                "name": self.name}


def steps(due: Due) -> list[Step]:
    """What is not plain about a due date, in the order of the days.

    Of working days: each run of days left out, each make-up day counted. Of months: a day the month does not have (Civil
    Code art. 202). Of any: the days of rest that moved its end (art. 203).
    """
    found = []
    if due.unit == "workdays":
        found = list(_walked(due.begin + DAY, due.plain))
    elif due.unit == "months" and due.plain.day != due.begin.day:
        found = [Step(due.plain, due.plain, True, SHORT_MONTH, str(due.begin.day))]
    return [*found, *_walked(due.plain, due.on - DAY)] if due.on > due.plain else found


def _walked(first: date, last: date) -> Iterator[Step]:
    day = first
    while day <= last:
        if calendar.is_workday(day):
            if day.weekday() >= 5:
                yield Step(day, day, True, MAKE_UP, calendar.name_of(day))
            day += DAY
            continue
        until = day
        while until < last and not calendar.is_workday(until + DAY):
            until += DAY
        yield _left_out(day, until)
        day = until + DAY


def _left_out(since: date, until: date) -> Step:
    days = [since + n * DAY for n in range((until - since).days + 1)]
    name = next((name for day in days if (name := calendar.name_of(day))), "")
    if name:
        return Step(since, until, False, HOLIDAY, name)
    return Step(since, until, False, WEEKEND if all(day.weekday() >= 5 for day in days) else FIXED)


# --- in words -----------------------------------------------------------------------------------------------------

_WORDS: dict[str, Sentence] = {
    HOLIDAY: _("%(days)s not counted: %(name)s"),
    FIXED: _("%(days)s not counted: day of rest fixed by statute"),
    MAKE_UP: _("%(days)s counted: make-up working day"),
    SHORT_MONTH: _("the month has no day %(name)s: its last day, %(days)s, is the end"),
}


def in_words(due: Due) -> list[Sentence]:
    """The steps as sentences; plain weekends are told by their number."""
    found = steps(due)
    said: list[Sentence] = [_WORDS[one.why] % {"days": _span(one), "name": one.name} for one in found if one.why != WEEKEND]
    if weekend := sum(one.days for one in found if one.why == WEEKEND):
        said.append(ngettext_lazy("%(n)d day of weekends not counted", "%(n)d days of weekends not counted", weekend)
                    % {"n": weekend})
    return said


def _span(step: Step) -> Sentence:
    if step.since == step.until:
        return step.since.isoformat()
    return _("%(since)s to %(until)s") % {"since": step.since, "until": step.until}
