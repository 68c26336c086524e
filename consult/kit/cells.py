"""What stands in one cell of a table from outside: as text, and as a moment however it was written."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900, from_excel

from consult.kit.calendar import ZONE

#: Serial numbers of days between 1982 and 2064; other numbers are no dates.
_SERIALS = range(30000, 60001)
_ERRORS = re.compile(r"#(?:N/A|VALUE!|REF!|NAME\?|DIV/0!|NUM!|NULL!)")
_BREAK = re.compile(r"_x000[dD]_\n?|_x000[aA]_|\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_AROUND = " \t\n\x0b\x0c\xa0\u2002\u2003\u200b\u3000\ufeff"
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*(?:日|号)?")
_CLOCK = re.compile(r"(上午|下午|晚上|中午|凌晨|AM|PM)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*分?\s*"
                    r"(?::?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?\s*(AM|PM)?", re.IGNORECASE)
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_AFTERNOON = {"下午", "晚上", "pm"}


def text(value: Any) -> str:
    """One line or several, without blanks around, control characters and the error values of formulas."""
    if value is None or (isinstance(value, str) and value[:1] == "#" and _ERRORS.fullmatch(value.strip())):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.isoformat(" ", "minutes")
    said = _CONTROL.sub("", _BREAK.sub("\n", str(value)))
    return said.strip(_AROUND)


def code(value: Any) -> str:
    """A number or a telephone number: half-width, on one line, without the marks that keep a spreadsheet from counting."""
    said = unicodedata.normalize("NFKC", text(value))
    if found := re.fullmatch(r'="(.*)"', said):
        said = found[1]
    return re.sub(r"\s+", " ", said).strip("'`\t ").strip()


def is_rounded(value: Any) -> bool:
    """Is it a number with more digits than a spreadsheet keeps? Then its last digits are lost."""
    return (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10 ** 15) or bool(
        isinstance(value, str) and re.fullmatch(r"\d(?:\.\d+)?[eE]\+\d{2}", value.strip()))


def moment(value: Any, epoch: datetime = CALENDAR_WINDOWS_1900) -> datetime | None:
    """The moment in a cell, in the zone of the installation; None for an empty one.

    Knows 2026-11-24, 2026/11/24 9:05, 2026.11.24, 2026年11月24日 下午3时5分, 20261124, 202611240905, ISO 8601, and serial
    numbers counted from ``epoch``. Raises ValueError for anything else, for example for days without a year.
    """
    if isinstance(value, datetime):
        return _aware(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=ZONE)
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in _SERIALS:
        return _serial(value, epoch)
    said = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip().strip("'\ufeff").strip()
    if not said:
        return None
    if re.fullmatch(r"\d{5}(?:\.\d+)?", said) and int(said[:5]) in _SERIALS:
        return _serial(float(said), epoch)
    return _aware(_written(re.sub(r"\.0$", "", said)))


def _serial(number: float, epoch: datetime) -> datetime:
    made = from_excel(number, epoch)
    # A tenth of a second is lost in the arithmetic of days.
    return _aware((made + timedelta(milliseconds=500)).replace(microsecond=0))


def _written(said: str) -> datetime:
    if re.fullmatch(r"\d{8}|\d{12}|\d{14}", said):
        form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}[len(said)]
        return datetime.strptime(said, form).replace(tzinfo=ZONE)
    if re.match(r"\d{4}-\d{2}-\d{2}T", said):
        return datetime.fromisoformat(said)
    day = _DAY.match(said)
    if not day:
        raise ValueError("no date")
    rest = _WEEKDAY.sub("", said[day.end():]).strip(" ,T")
    made = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=ZONE)
    return made + _clock(rest) if rest else made


def _clock(said: str) -> timedelta:
    found = _CLOCK.fullmatch(said)
    if not found:
        raise ValueError("no time of day")
    half = (found[1] or found[5] or "").casefold()
    hour, minute, second = int(found[2]), int(found[3] or 0), int(found[4] or 0)
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in ("am", "凌晨") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 59:
        raise ValueError("no time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _aware(made: datetime) -> datetime:
    return made if made.tzinfo else timezone.make_aware(made)
