"""What is said, where, week by week: by theme and place, and what rises of a sudden. Counts for the office; writes nothing.

A week is seven days and the last one ends today, so that no week is half. The office reads every opinion of its
district, so nothing is hidden from it here; who else is to read these figures needs small numbers covered first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any, NamedTuple

from django.db.models import Count, Max, Value
from django.utils.translation import gettext_lazy as _

from consult.kit import parameters
from consult.kit.charts import ChartSpec, grid, line
from consult.kit.rules import Sentence
from consult.opinions.groups import Place
from consult.opinions.models import Opinion
from consult.opinions.states import Tag
from consult.people.models import Subdistrict
from consult.renewal.models import RenewalProject

WEEK = timedelta(days=7)
#: Of places so many are named; the others are counted together.
NAMED = 12
#: So many rises are told, the steepest first.
TOLD = 10
NOWHERE: Place = (None, None)


class Cell(NamedTuple):
    """So many opinions of one week with the same tags and place, and the last of them."""

    week: int
    tags: tuple[str, ...]
    place: Place
    n: int
    last: int


@dataclass(frozen=True)
class Rise:
    """More in the last seven days than the weeks before let expect: about a theme, at a place, or both."""

    theme: str
    place: Place
    where: Sentence
    n: int
    mean: float
    weeks: int
    limit: float
    newest: Opinion
    day: date

    @property
    def about(self) -> Sentence:
        theme = label_of(self.theme) if self.theme else ""
        return _("%(theme)s · %(place)s") % {"theme": theme, "place": self.where} if theme and self.where else theme or self.where

    @property
    def reason(self) -> Sentence:
        return _("%(n)s in seven days; in the %(weeks)s weeks before %(mean)s a week on average. By chance it is hardly ever "
                 "more than %(limit)s.") % {"n": self.n, "weeks": self.weeks, "mean": f"{self.mean:.1f}",
                                            "limit": int(self.limit)}

    @property
    def words(self) -> Sentence:
        return _("Sudden rise: %(about)s: %(reason)s") % {"about": self.about, "reason": self.reason}


def starts(today: date, weeks: int) -> list[date]:
    """The first days of the last weeks, the oldest first."""
    return [today + timedelta(days=1) - WEEK * n for n in range(weeks, 0, -1)]


def counted(rows: Any, days: Sequence[date]) -> list[Cell]:
    """The opinions of the weeks that begin on ``days``: one query, each week a range of the index."""
    parts = [rows.between(day, day + WEEK).order_by().annotate(week=Value(n)).values(
        "week", "tags", "project", "subdistrict").annotate(n=Count("pk"), last=Max("pk")) for n, day in enumerate(days)]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [Cell(row["week"], tuple(row["tags"] or ()), (row["project"], None) if row["project"] else (None, row["subdistrict"]),
                 row["n"], row["last"]) for row in found]


def label_of(tag: str) -> Sentence:
    """The theme in words; codes of earlier lists are shown as they are."""
    return Tag(tag).label if tag in Tag.values else tag or _("no theme given")


def names_of(places: Iterable[Place]) -> Mapping[Place, Sentence]:
    """What the places are called."""
    wanted = set(places)
    projects = RenewalProject.objects.filter(pk__in=[one for one, _street in wanted if one]).only("name")
    streets = Subdistrict.objects.filter(pk__in=[street for _one, street in wanted if street]).only("name")
    return {NOWHERE: _("no place given"), **{(one.pk, None): one.name for one in projects},
            **{(None, one.pk): one.name for one in streets}}


# --- a sudden rise ------------------------------------------------------------------------------------------------


def rises(rows: Any, today: date) -> list[Rise]:
    """What was said in the last seven days more often than the weeks before let expect, the steepest first.

    The control chart for counts: more than mean + 3 × √mean (settings rise_spreads and rise_before), and at least
    rise_minimum. Told only where opinions came in before those weeks, else everything would be new.
    """
    weeks = max(1, parameters.value("rise_before", today) // 7)
    days = starts(today, weeks + 1)
    cells = counted(rows, days)
    if not any(cell.week == weeks for cell in cells) or not rows.between(date(2000, 1, 1), days[1]).exists():
        return []
    least, spreads = parameters.value("rise_minimum", today), parameters.value("rise_spreads", today)
    now, before, last = _series(cells, weeks)
    limits = {key: before[key] / weeks + spreads * sqrt(before[key] / weeks) for key, n in now.items() if n >= least}
    high = {key: now[key] - limit for key, limit in limits.items() if now[key] > limit}
    told = sorted((key for key in high if not _explained(key, high, now)), key=lambda key: (-high[key], str(key)))[:TOLD]
    if not told:
        return []
    names, newest = names_of(place for _theme, place in told), Opinion.objects.in_bulk({last[key] for key in told})
    return [Rise(theme, place, names.get(place, "") if any(place) else "", now[theme, place], before[theme, place] / weeks,
                 weeks, limits[theme, place], newest[last[theme, place]], today) for theme, place in told]


Key = tuple[str, Place]


def _series(cells: Iterable[Cell], weeks: int) -> tuple[Counter[Key], Counter[Key], dict[Key, int]]:
    """By theme, by place, and by both: how many in the last week, how many before, and the latest."""
    now: Counter[Key] = Counter()
    before: Counter[Key] = Counter()
    last: dict[Key, int] = defaultdict(int)
    for cell in cells:
        keys = {(tag, place) for tag in cell.tags for place in {NOWHERE, cell.place}}
        for key in keys | ({("", cell.place)} if any(cell.place) else set()):
            if cell.week == weeks:
                now[key] += cell.n
                last[key] = max(last[key], cell.last)
            else:
                before[key] += cell.n
    return now, before, last


def _explained(key: Key, high: Mapping[Key, float], now: Mapping[Key, int]) -> bool:
    """A rise of a theme or a place alone, of which a rise of that theme at one place is the better half."""
    theme, place = key
    return not (theme and any(place)) and any(
        now[one] * 2 >= now[key] for one in high
        if one[0] and any(one[1]) and (one[0] == theme or one[1] == place))


# --- charts -------------------------------------------------------------------------------------------------------


def charts(rows: Any, today: date, weeks: int, found: Sequence[Rise] = ()) -> list[ChartSpec]:
    """Opinions by week, by theme and week, by place and week; rises are marked in the last week. Three queries."""
    days = starts(today, weeks)
    cells = counted(rows, days)
    if not cells:
        return []
    names = names_of({cell.place for cell in cells})
    by_week: Counter[int] = Counter()
    by_theme: dict[str, Counter[int]] = defaultdict(Counter)
    by_place: dict[Place, Counter[int]] = defaultdict(Counter)
    for cell in cells:
        by_week[cell.week] += cell.n
        by_place[cell.place][cell.week] += cell.n
        for tag in cell.tags or ("",):
            by_theme[tag][cell.week] += cell.n
    total = by_week.total()
    return [
        line(_("Opinions by week"), [(day, by_week[n]) for n, day in enumerate(days)], label=_("Week from"),
             summary=_("%(n)s opinions in %(weeks)s weeks.") % {"n": total, "weeks": weeks}),
        _grid(_("By theme and week"), _("Theme"), days, [(label_of(tag), by_theme[tag]) for tag in _most(by_theme, "")],
              {str(label_of(one.theme)) for one in found if one.theme}, total),
        _grid(_("By place and week"), _("Place"), days, _places(by_place, names),
              {str(one.where) for one in found if any(one.place)}, total)]


def _most(series: Mapping[Any, Counter[int]], nothing: Any) -> list[Any]:
    """The keys, those with most first, the one that says nothing last."""
    return sorted(series, key=lambda key: (key == nothing, -series[key].total(), str(key)))


def _places(series: Mapping[Place, Counter[int]], names: Mapping[Place, Sentence]) -> list[tuple[Sentence, Counter[int]]]:
    order = _most(series, NOWHERE)
    told = [(names.get(place, "–"), series[place]) for place in order[:NAMED]]
    others = sum((series[place] for place in order[NAMED:]), Counter[int]())
    return [*told, (_("other places"), others)] if others else told


def _grid(title: Sentence, label: Sentence, days: Sequence[date], rows: Sequence[tuple[Sentence, Counter[int]]],
          risen: set[str], total: int) -> ChartSpec:
    columns = [f"{day:%m-%d}" for day in days]
    numbers = [(name, [counts[n] for n in range(len(days))]) for name, counts in rows]
    marked = {(n, len(days) - 1) for n, (name, _counts) in enumerate(rows) if str(name) in risen}
    first, counts = rows[0]
    return grid(title, columns, numbers, label=label, marked=marked, summary=_(
        "Most often: %(what)s, %(n)s of %(all)s. The weeks are named by their first day; ▲ is a sudden rise.") % {
            "what": first, "n": counts.total(), "all": total})
