"""The panel of filters: drawn when somebody opens it, with the page where filters are in force; no list needs it to narrow."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from portal.kit.lists import List
from portal.kit.narrowing import Filters
from tests import make
from tests.portal.equality.comparing import heirs

pytestmark = pytest.mark.django_db
PAGE = "/office/opinions/"
HTMX = {"HX-Request": "true", "HX-Target": "filters"}


@pytest.fixture
def office(client: Client, cast: Any) -> Client:
    client.force_login(cast.office)
    return client


def test_a_closed_panel_is_left_out_and_has_a_link_without_scripts(office: Client, place: Any) -> None:
    page = office.get(f"{PAGE}?state=accepted")
    assert page.context["panel"] is None and 'name="channel"' not in page.content.decode()
    assert page.context["unfold"] == f"{PAGE}?state=accepted&filters=1"
    opened = office.get(page.context["unfold"])
    assert opened.context["panel"].form["state"].value() == "accepted"
    assert "<details" in opened.content.decode() and 'name="channel"' in opened.content.decode()


def test_opened_it_is_fetched_alone_with_what_is_chosen(office: Client, place: Any) -> None:
    answer = office.get(f"{PAGE}?state=accepted&filters=1", headers=HTMX)
    said = answer.content.decode()
    assert "<html" not in said and "data-count" not in said and 'name="channel"' in said
    assert '<option value="accepted" selected>' in said
    assert "HX-Target" in answer["Vary"]


def test_the_results_are_still_fetched_alone(office: Client, place: Any) -> None:
    make.opinion()
    said = office.get(f"{PAGE}?state=submitted", headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()
    assert "data-row" in said and "<html" not in said and 'name="channel"' not in said


def test_with_filters_in_force_it_stands_open_beside_the_list(client: Client, cast: Any) -> None:
    client.force_login(cast.supervision)
    page = client.get("/supervision/tasks/?state=handling")
    assert page.context["panel"].form["state"].value() == "handling"
    assert [chip["value"] for chip in page.context["chips"]] == [page.context["panel"].form.fields["state"].choices[3][1]]
    assert client.get("/supervision/tasks/?state=nothing").context["panel"].form.errors
    for link in ("clear", "unfold"):
        assert page.context[link].startswith("/supervision/tasks/")


def test_no_other_link_opens_it(office: Client, place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(List, "per_page", 1)
    for _n in range(2):
        make.opinion()
    page = office.get(f"{PAGE}?filters=1")
    assert page.context["page"]["next"] == f"{PAGE}?page=2"
    said = page.content.decode().replace(page.context["request"].get_full_path(), "")
    assert said.count("filters=1") == 0, "neither tabs nor lines nor forms"


KINDS = sorted({one.filterset for one in heirs(List) if one.filterset}, key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", KINDS)
def test_every_filter_is_asked_by_its_own_parameters(kind: type[Filters]) -> None:
    for name, one in kind.base_filters.items():
        for end in getattr(getattr(one.field_class, "widget", None), "suffixes", [""]):
            assert name in kind.asked(QueryDict(f"{name}_{end}=1" if end else f"{name}=1"))
    assert kind.asked(QueryDict("page=2&sort=number&after=7&filters=1&state=")) == []
