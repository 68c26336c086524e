"""The official working-day calendars that come with the product, and the days of rest fixed by statute.

Only days that differ from the week are listed: working days taken off, weekend days worked. Later years are
loaded by an administrator after the State Council's yearly notice.
"""

from collections.abc import Iterator
from datetime import date

#: Days of rest in every year, used (provisionally) when a year's notice is not known yet.
STATUTORY = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})

#: year: ((holiday, its weekdays off as month.day), ...), weekend days worked
YEARS: dict[int, tuple[tuple[tuple[str, str], ...], str]] = {
    2025: ((("元旦", "1.1"), ("春节", "1.28 1.29 1.30 1.31 2.3 2.4"), ("清明节", "4.4"), ("劳动节", "5.1 5.2 5.5"),
            ("端午节", "6.2"), ("国庆节、中秋节", "10.1 10.2 10.3 10.6 10.7 10.8")),
           "1.26 2.8 4.27 9.28 10.11"),
    2026: ((("元旦", "1.1 1.2"), ("春节", "2.16 2.17 2.18 2.19 2.20 2.23"), ("清明节", "4.6"),
            ("劳动节", "5.1 5.4 5.5"), ("端午节", "6.19"), ("中秋节", "9.25"),
            ("国庆节", "10.1 10.2 10.5 10.6 10.7")),
           "1.4 2.14 2.28 5.9 9.20 10.10"),
}


def _dates(year: int, listed: str) -> Iterator[date]:
    return (date(year, *map(int, day.split("."))) for day in listed.split())


def _days(year: int) -> Iterator[tuple[date, bool, str]]:
    off, worked = YEARS[year]
    for name, listed in off:
        yield from ((day, False, name) for day in _dates(year, listed))
    yield from ((day, True, "调休上班") for day in _dates(year, worked))


def years() -> Iterator[tuple[str, list[tuple[date, bool, str]]]]:
    """For each year known: its source, and its days as ``(date, is_workday, name)``."""
    return ((f"国务院办公厅关于{year}年部分节假日安排的通知", list(_days(year))) for year in YEARS)
