"""The office's pages of groups and trends: proposals with reasons, on to the ordinary acts; counted queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.opinions import groups
from consult.opinions.models import Opinion
from consult.opinions.states import Tag
from tests import make

FEE = ["过渡费三个月没有到账，房租都是借的。", "三个月没领到过渡费了，请问什么时候到账？",
       "过渡费拖了三个月不到账，租房的钱没着落。"]
PAGE, TRENDS, MERGE = "/office/groups/", "/office/trends/", "/office/groups/merge/"


@pytest.fixture(name="office")
def _office(cast: Any) -> Client:
    client = Client()
    client.force_login(cast.office)
    return client


def said(where: Any, /, *texts: str, **values: Any) -> list[Opinion]:
    return [make.opinion(text=text, **{"project": where.project, **values}) for text in texts or FEE]


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def test_a_group_shows_its_reason_and_its_voices(office: Client, place: Any) -> None:
    fee = said(place, place="一号楼", at=make.AT - timedelta(days=2))
    page = office.get(PAGE)
    shown, = page.context["shown"]
    assert list(shown.group.members) == fee
    assert shown.days == 2
    text = words(page)
    assert "过渡费" in text and "一号楼" in text and place.project.name in text
    for one in fee:
        assert one.number in text
        assert f'name="opinions" value="{one.pk}" checked' in text


def test_from_a_group_a_topic_is_opened_with_those_ticked(office: Client, place: Any) -> None:
    fee = said(place)
    query = "&".join(f"opinions={one.pk}" for one in fee[:2])
    form = office.get(f"/topics/open/?{query}").context["form"]
    assert set(form.initial["opinions"]) == {one.pk for one in fee[:2]}
    assert form.initial["project"] == place.project.pk
    assert words(office.get(f"/topics/open/?{query}")).count("checked") >= 2


def test_or_they_join_a_topic_of_the_project(office: Client, place: Any, cast: Any) -> None:
    topic = make.topic(place, cast, state="drafted")
    fee = said(place)
    (joined, url), = next(one for one in office.get(PAGE).context["shown"]).topics
    assert joined == topic
    page = office.get(url, {"opinions": [fee[0].pk, fee[2].pk]})
    assert page.context["form"].initial["opinions"] == [str(fee[0].pk), str(fee[2].pk)]
    office.post(url, {"opinions": [fee[0].pk, fee[2].pk]})
    assert set(topic.voices.values_list("opinion", flat=True)) >= {fee[0].pk, fee[2].pk}
    assert [shown.group.members for shown in office.get(PAGE).context["shown"]] == []


def test_or_one_speaks_for_all(office: Client, place: Any) -> None:
    fee = said(place)
    page = office.get(MERGE, {"opinions": [one.pk for one in fee]})
    assert page.context["form"].initial["into"] == fee[0].pk
    wrong = office.post(MERGE, {"opinions": [fee[1].pk], "into": fee[1].pk})
    assert wrong.status_code == 422
    assert Opinion.objects.filter(state="merged").count() == 0
    done = office.post(MERGE, {"opinions": [one.pk for one in fee], "into": fee[1].pk, "message": "已并案办理。"})
    assert done.headers["Location"] == PAGE
    assert sorted(Opinion.objects.filter(merged_into=fee[1]).values_list("pk", flat=True)) == [fee[0].pk, fee[2].pk]


def test_nothing_of_another_district_is_merged(office: Client, place: Any) -> None:
    mine, = said(place, FEE[0])
    theirs, = said(place, FEE[1], project=None, jurisdiction=place.other, subdistrict=place.other_subdistrict)
    answer = office.post(MERGE, {"opinions": [mine.pk, theirs.pk], "into": mine.pk})
    assert answer.status_code == 422
    assert "opinions" in answer.context["form"].errors
    assert theirs.number not in words(answer)


def test_groups_are_narrowed_by_place_and_theme(office: Client, place: Any) -> None:
    said(place)
    other = make.project(place.jurisdiction, place.subdistrict)
    said(place, project=other, tags=[Tag.SCHOOL])
    assert len(office.get(PAGE).context["shown"]) == 2
    for query in (f"project={other.pk}", "tag=school"):
        shown, = office.get(f"{PAGE}?{query}").context["shown"]
        assert shown.group.where == other
    assert len(office.get(f"{PAGE}?subdistrict={place.subdistrict.pk}").context["shown"]) == 2
    assert office.get(f"{PAGE}?project=x").status_code == 422


def test_many_are_grouped_when_asked(office: Client, place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "AT_ONCE", 0)
    said(place)
    page = office.get(PAGE)
    assert page.context["stale"] and not page.context["shown"]
    assert "<button" in words(page)
    assert office.post(PAGE).headers["Location"] == PAGE
    page = office.get(PAGE)
    assert not page.context["stale"] and len(page.context["shown"]) == 1


def test_a_page_that_waits_looks_again_by_itself(office: Client, place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "AT_ONCE", 0)
    monkeypatch.setattr(groups, "find_groups", type("Job", (), {"enqueue": staticmethod(lambda home: None)}))
    said(place)
    office.post(PAGE)
    assert 'http-equiv="refresh"' in words(office.get(PAGE))


def test_as_many_queries_with_three_groups_as_with_one(office: Client, place: Any, cast: Any) -> None:
    asked = []
    for more in (1, 2):
        for _n in range(more):
            project = make.project(place.jurisdiction, place.subdistrict)
            said(place, project=project)
            make.topic(place, cast, state="drafted", project=project)
        office.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            page = office.get(PAGE)
        asked.append(len(queries))
    assert len(page.context["shown"]) == 3
    assert asked[0] == asked[1]


def test_trends_show_charts_with_tables_and_rises_with_reasons(office: Client, place: Any) -> None:
    for week in range(1, 11):
        make.opinion(project=place.project, at=make.AT - timedelta(days=7 * week))
    said(place, *[f"{FEE[0]}{n}" for n in range(7)])
    page = office.get(TRENDS)
    rise, = page.context["rises"]
    text = words(page)
    assert str(rise.reason) in text and "▲" in text
    assert text.count('role="img"') == 3 and text.count("<details><summary>") >= 3
    assert place.project.name in text
    assert len(office.get(f"{TRENDS}?weeks=26").context["charts"][0].table.rows) == 26
    assert office.get(f"{TRENDS}?tag=school").context["charts"] == []
    assert office.get(f"{TRENDS}?weeks=99").status_code == 422


def test_trends_count_only_the_office_s_own_district(office: Client, place: Any) -> None:
    said(place, project=None, jurisdiction=place.other, subdistrict=place.other_subdistrict)
    assert office.get(TRENDS).context["charts"] == []


def test_as_many_queries_for_trends_with_three_as_with_one(office: Client, place: Any) -> None:
    asked = []
    for rows in (1, 3):
        while Opinion.objects.count() < rows:
            said(place, FEE[0], project=make.project(place.jurisdiction, place.subdistrict))
        office.get(TRENDS)
        with CaptureQueriesContext(connection) as queries:
            office.get(TRENDS)
        asked.append(len(queries))
    assert asked[0] == asked[1]
