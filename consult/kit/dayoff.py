"""The State Council's yearly notice of holidays, read from its own words or from plain lines, and looked at before it counts."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence

Day = tuple[date, bool, str]

#: 2027-10-01 休 国庆节 · 2027-10-09 班
_LINE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[\s,]+(休|班)[\s,]*(\S*)\s*")
#: 七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）上班。
_NOTICE = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}、)?([\u4e00-\u9fff、]{2,20})[：:](.+)")
_SPAN = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(][^）)]{0,30}[）)])?"
                   r"(?:至(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(][^）)]{0,30}[）)])?)?")
WORKED = "调休上班"
LONGEST, FEWEST, MOST = 15, 7, 45


def read(text: str, year: int) -> list[Day]:
    """The days of ``text`` that differ from the week, in their order. ValidationError names the lines that make no sense."""
    found: dict[date, Day] = {}
    wrong: list[Sentence] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            for day in _days(line, year):
                if day[0] in found and found[day[0]][1] != day[1]:
                    raise ValueError(day[0])
                found[day[0]] = day
        except ValueError:
            wrong.append(_("Line %(n)s can't be read: %(line)s") % {"n": number, "line": line.strip()[:60]})
    if wrong:
        raise ValidationError(wrong)
    return [found[day] for day in sorted(found)]


def _days(line: str, year: int) -> Iterator[Day]:
    if plain := _LINE.fullmatch(line.strip()):
        day = date(*map(int, plain.groups()[:3]))
        yield from _off_the_week(day, day, plain[4] == "班", plain[5] or ("" if plain[4] == "休" else WORKED))
        return
    notice = _NOTICE.match(line)
    if not notice:
        raise ValueError(line)
    for sentence in notice[2].split("。"):
        works = "上班" in sentence
        if works or "放假" in sentence:
            for since, until in _spans(sentence.partition("共")[0], year):
                yield from _off_the_week(since, until, works, WORKED if works else notice[1])


def _spans(said: str, year: int) -> Iterator[tuple[date, date]]:
    """Each day or stretch of days; a month or year that is not said is that of the one before."""
    month = 0
    for part in _SPAN.finditer(said):
        year, month = int(part[1] or year), int(part[2] or month)
        since = date(year, month, int(part[3]))
        if part[6]:
            year, month = int(part[4] or year), int(part[5] or month)
        until = date(year, month, int(part[6])) if part[6] else since
        if not timedelta(0) <= until - since < timedelta(days=LONGEST):
            raise ValueError(said)
        yield since, until


def _off_the_week(since: date, until: date, works: bool, name: str) -> Iterator[Day]:
    for n in range((until - since).days + 1):
        day = since + timedelta(days=n)
        if works == (day.weekday() >= 5):
            yield day, works, name
        elif works:
            raise ValueError(day)  # a weekday is worked anyway: the notice must mean another day


def check(days: list[Day], year: int, source: str) -> None:
    """Is this the whole notice of one year? Raises ValidationError by field."""
    off = [day for day, works, _name in days if not works]
    wrong: list[Sentence] = []
    if strange := [day for day, _works, _name in days if not date(year - 1, 12, 1) <= day <= date(year + 1, 1, 31)]:
        wrong.append(_("%(day)s is not in %(year)s.") % {"day": strange[0], "year": year})
    if not any((day.month, day.year) == (10, year) for day in off):
        wrong.append(_("National Day is missing: paste the whole notice of %(year)s.") % {"year": year})
    if not FEWEST <= len(off) <= MOST:
        wrong.append(_("%(n)s weekdays off are not a year's holidays: paste the whole notice.") % {"n": len(off)})
    found: dict[str, list[Sentence]] = {"text": wrong} if wrong else {}
    if not source.strip():
        found["source"] = [_("Name the notice and its number.")]
    if found:
        raise ValidationError(found)
