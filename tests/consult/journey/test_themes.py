"""What is said where, week by week, and what rises of a sudden: counted, never guessed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.journey import due, themes
from consult.kit import parameters
from consult.opinions.models import Opinion
from consult.opinions.states import Tag
from tests import make

FEE, SCHOOL = Tag.TRANSITION_FEE, Tag.SCHOOL


def said(place: Any, n: int = 1, *, days: int = 0, tags: Any = (FEE,), project: Any = True, **values: Any) -> None:
    """``n`` opinions, so many days ago."""
    where = {"project": place.project} if project is True else {"project": project, "subdistrict": place.subdistrict}
    for _n in range(n):
        make.opinion(tags=list(tags), at=make.AT - timedelta(days=days), **where, **values)


def steady(place: Any, each: int = 1, weeks: int = 8, **values: Any) -> None:
    """So many in each week before the last."""
    for week in range(1, weeks + 1):
        said(place, each, days=week * 7, **values)


def rises(today: Any = make.TODAY) -> list[themes.Rise]:
    return themes.rises(Opinion.objects.all(), today)


# --- counting -----------------------------------------------------------------------------------------------------


def test_a_week_is_seven_days_and_the_last_one_ends_today() -> None:
    days = themes.starts(make.TODAY, 3)
    assert [str(day) for day in days] == ["2026-11-04", "2026-11-11", "2026-11-18"]


def test_each_opinion_counts_in_the_week_of_its_day_here(place: Any) -> None:
    """00:10 on the 18th in China is the 17th elsewhere."""
    early = datetime.fromisoformat("2026-11-18T00:10:00+08:00")
    make.opinion(project=place.project, at=early)
    make.opinion(project=place.project, at=early - timedelta(minutes=11))
    cells = themes.counted(Opinion.objects.all(), themes.starts(make.TODAY, 2))
    assert sorted((cell.week, cell.n) for cell in cells) == [(0, 1), (1, 1)]


def test_cells_say_theme_and_place(place: Any) -> None:
    said(place, 2, tags=(FEE, SCHOOL))
    said(place, project=None, tags=())
    cells = themes.counted(Opinion.objects.all(), themes.starts(make.TODAY, 2))
    assert sorted((cell.week, cell.tags, cell.place, cell.n) for cell in cells) == [
        (1, (), (None, place.subdistrict.pk), 1), (1, (FEE, SCHOOL), (place.project.pk, None), 2)]


def test_charts_hold_what_was_counted(place: Any) -> None:
    said(place, 2, tags=(FEE, SCHOOL))
    said(place, days=7, tags=(FEE,))
    said(place, project=None, tags=())
    weeks, by_theme, by_place = themes.charts(Opinion.objects.all(), make.TODAY, 8)
    assert [value for _day, value in weeks.table.rows] == [0] * 6 + [1, 3]
    assert {str(row[0]): (row[-3], row[-2], row[-1]) for row in by_theme.table.rows} == {
        str(FEE.label): (1, 2, 3), str(SCHOOL.label): (0, 2, 2), str(themes.label_of("")): (0, 1, 1)}
    assert {str(row[0]): row[-1] for row in by_place.table.rows} == {place.project.name: 3, place.subdistrict.name: 1}
    assert len(by_theme.table.columns) == 1 + 8 + 1


def test_many_places_are_counted_together(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "NAMED", 1)
    said(place, 3)
    for _n in range(2):
        said(place, project=make.project(place.jurisdiction, place.subdistrict))
    table = themes.charts(Opinion.objects.all(), make.TODAY, 8)[2].table
    assert [row[-1] for row in table.rows] == [3, 2]
    assert table.rows[0][0] == place.project.name


def test_nothing_said_makes_no_chart(place: Any) -> None:
    assert themes.charts(Opinion.objects.all(), make.TODAY, 12) == []


@pytest.mark.parametrize("weeks", [8, 26])
def test_three_queries_however_many_weeks_and_opinions(place: Any, weeks: int) -> None:
    counts = []
    for _round in range(2):
        said(place, 2)
        said(place, project=make.project(place.jurisdiction, place.subdistrict), days=7, tags=(SCHOOL,))
        said(place, project=None, days=14)
        with CaptureQueriesContext(connection) as seen:
            themes.charts(Opinion.objects.all(), make.TODAY, weeks)
        counts.append(len(seen))
    assert counts == [3, 3]
    assert not [query for query in seen.captured_queries if "django_date" in query["sql"]]  # Trunc* runs in Python on SQLite


# --- rises --------------------------------------------------------------------------------------------------------


def test_a_sudden_rise_is_told_with_its_reason(place: Any) -> None:
    steady(place, 1)
    said(place, 1, days=70)
    said(place, 6)
    rise, = rises()
    assert (rise.theme, rise.place, rise.where) == (FEE, (place.project.pk, None), place.project.name)
    assert (rise.n, rise.mean, rise.weeks, rise.limit) == (6, 1.0, 8, 4.0)
    assert rise.newest == Opinion.objects.order_by("-pk").first()
    for part in (str(FEE.label), place.project.name, "6", "1.0", "8", "4"):
        assert part in str(rise.words)


@pytest.mark.parametrize(("before", "now"), [(1, 4), (4, 10), (0, 4), (6, 13)])
def test_what_chance_brings_is_no_rise(place: Any, before: int, now: int) -> None:
    """Below the minimum of 5, or not above mean + 3 × √mean."""
    said(place, days=70)
    steady(place, before)
    said(place, now)
    assert rises() == []


@pytest.mark.parametrize(("before", "now"), [(0, 5), (4, 11), (1, 5)])
def test_one_more_is_a_rise(place: Any, before: int, now: int) -> None:
    said(place, days=70)
    steady(place, before)
    said(place, now)
    assert len(rises()) == 1


def test_in_its_first_weeks_nothing_is_a_rise(place: Any) -> None:
    said(place, 1, days=20)
    said(place, 9)
    assert rises() == []


def test_a_rise_all_over_the_district_is_one_of_the_theme(place: Any) -> None:
    said(place, days=70)
    for _n in range(6):
        said(place, project=make.project(place.jurisdiction, place.subdistrict))
    rise, = rises()
    assert (rise.theme, rise.place) == (FEE, themes.NOWHERE)
    assert str(rise.about) == str(FEE.label)


def test_a_rise_at_a_place_about_many_things_is_one_of_the_place(place: Any) -> None:
    said(place, days=70)
    for tag in (FEE, SCHOOL, Tag.SITE):
        said(place, 2, tags=(tag,))
    rise, = rises()
    assert (rise.theme, rise.place) == ("", (place.project.pk, None))
    assert str(rise.about) == place.project.name


def test_the_settings_decide(place: Any, cast: Any) -> None:
    said(place, days=70)
    said(place, 4)
    assert rises() == []
    parameters.put("rise_minimum", 3, since=make.TODAY, basis="办公室会议纪要", by=cast.sysadmin, at=make.AT)
    assert len(rises()) == 1
    parameters.put("rise_before", 70, since=make.TODAY, basis="办公室会议纪要", by=cast.sysadmin, at=make.AT)
    said(place, days=100)
    assert rises()[0].weeks == 10
    parameters.put("rise_spreads", 9, since=make.TODAY, basis="办公室会议纪要", by=cast.sysadmin, at=make.AT)
    steady(place, 1)
    assert rises() == []


def test_a_rise_waits_for_the_office_of_its_district_and_for_nobody_else(place: Any, cast: Any) -> None:
    steady(place, 1, weeks=10)
    said(place, 8)

    def told(user: Any) -> list[due.Need]:
        return [need for need in due.needs(user, make.TODAY) if need.kind == "opinion.rise"]

    need, = told(cast.office)
    assert need.due == make.TODAY
    assert need.url_name == "office:trends"
    assert place.project.name in str(need.label)
    assert not any(told(user) for name, user in cast.roles().items() if name != "office")


def test_rises_cost_as_many_queries_with_many_as_with_one(place: Any) -> None:
    said(place, 2, days=70)

    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            for rise in rises():
                str(rise.words)
        return len(seen)

    said(place, 6)
    one = counted()
    for tag in (SCHOOL, Tag.SITE, Tag.LIVING):
        said(place, 12, project=make.project(place.jurisdiction, place.subdistrict), tags=(tag,))
    assert len(rises()) > 1
    assert counted() == one <= 8
