"""One page to look for words: nobody finds what they may not see, what is found is marked, and it stays quick."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.journey import finding
from consult.kit import search
from consult.kit.rules import visibility
from tests import make

WORD = "过渡费"


def look(user: Any, **query: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get("/search/", query)


@pytest.fixture
def loop(cast: Any, place: Any) -> None:
    """Something of most kinds, with the word in it."""
    make.opinion(project=place.project, bearer=cast.member.membership, resident=cast.resident.residency)
    make.opinion(project=place.project, text=f"我也没有收到{WORD}")
    make.opinion(project=place.project, text=f"电话13900001234，{WORD}")
    make.task(place, cast)
    make.survey(by=cast.office, project=place.project)
    make.survey(by=cast.office, project=place.project, opened=False)
    make.look_back(place, cast, state="visited", with_whom=f"领{WORD}的居民")
    make.difficulty(place, cast)
    make.bulletin(place, cast)
    make.bulletin(place, cast, state="issued")
    search.rebuild()  # projects and papers of the fixtures were not made by verbs


@pytest.mark.usefixtures("loop")
def test_everybody_finds_what_they_see_and_nothing_else(cast: Any) -> None:
    somebody = 0
    for name, user in cast.roles().items():
        for word in (WORD, "费", "的", "不会有的字"):
            found = {type(hit.object): {one.object.pk for one in group.hits}
                     for group in finding.find(user, word, limit=100) for hit in group.hits}
            for model in finding.KINDS.values():
                seen = {row.pk for row in visibility(model, user) if any(
                    word in search.mask(str(getattr(row, field))) for field in search._found[model].fields)}
                assert found.get(model, set()) == seen, (name, word, model)
                somebody += len(seen)
    assert somebody > 20


@pytest.mark.usefixtures("loop")
def test_what_is_found_is_grouped_marked_and_masked(cast: Any) -> None:
    page = look(cast.office, q=WORD)
    assert f"<mark>{WORD}</mark>" in page.text and page.status_code == 200
    assert page.context["groups"][0].kind == "opinion"
    assert "13900001234" not in page.text
    assert look(cast.office, q="13900001234").context["groups"] == []
    assert look(cast.stranger, q="电话").context["groups"] == []


def test_what_was_typed_is_text(cast: Any) -> None:
    make.opinion(text="<script>alert(1)</script>停车<b>难</b>")
    page = look(cast.office, q="停车 <b>").text
    assert "&lt;script&gt;" in page and "<script>alert" not in page
    assert "<mark>停车</mark><mark>&lt;b&gt;</mark>难" in page


def test_a_number_is_found_and_nothing_is_asked_of_nothing(cast: Any) -> None:
    opinion = make.opinion()
    group, = look(cast.office, q=opinion.number.lower()).context["groups"]
    assert [hit.object for hit in group.hits] == [opinion]
    for text in ("", "   ", "，", "\x00"):
        page = look(cast.office, q=text)
        assert page.status_code == 200 and page.context["groups"] == []
    assert look(cast.office, q="难" * 500, kind="nonsense", page="x").status_code == 200


def test_it_costs_the_same_however_much_is_found(cast: Any) -> None:
    asked = []
    for count in (1, 4):
        for _ in range(count):
            make.opinion(text=f"{WORD}没有到账")
        client = Client()
        client.force_login(cast.office)
        client.get("/search/", {"q": WORD})
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": WORD})
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 25


def test_more_of_one_kind_page_by_page(cast: Any) -> None:
    for _ in range(30):
        make.opinion(text=f"{WORD}没有到账")
    page = look(cast.office, q=WORD)
    group, = page.context["groups"]
    assert len(group.hits) == 5 and group.more
    assert "kind=opinion" in page.text
    first = look(cast.office, q=WORD, kind="opinion").context
    second = look(cast.office, q=WORD, kind="opinion", page="2").context
    assert [len(first["groups"][0].hits), len(second["groups"][0].hits)] == [25, 5]
    assert first["next"] and not second["next"] and second["previous"]


@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_asked_to() -> None:
    assert Client().get("/search/").status_code == 302


def test_lines_are_cut_around_the_word() -> None:
    line, = finding.lines("前" * 200 + "停车" + "后" * 200, ["停车"])
    assert "停车" in line and line.startswith("…") and line.endswith("…") and len(line) < 100
    assert finding.lines("停车\n无\n停车难", ["停车"], "停车") == ("停车难",)
