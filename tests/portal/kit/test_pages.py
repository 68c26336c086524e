"""Paging: as far as is counted by number, further down after the last row of the page before; no row is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.opinions.models import Opinion
from consult.tasks.states import TaskState as S
from portal.kit import lists
from portal.members.opinions import Opinions
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/members/opinions/"


@pytest.fixture
def nine(place: Any, cast: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nine opinions of the cadre's subdistrict, some of the same minute, newest first; two on a page, four counted."""
    monkeypatch.setattr(lists.List, "cap", 4)
    monkeypatch.setattr(Opinions, "per_page", 2)
    made = [Opinion.objects.create(number=f"O-{n}", jurisdiction=place.jurisdiction, subdistrict=place.subdistrict,
                                   text="灯坏了。", submitted_at=at - timedelta(minutes=n // 3)) for n in range(9)]
    return [one.pk for one in sorted(made, key=lambda one: (one.submitted_at, one.pk), reverse=True)]


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def walked(client: Client, address: str) -> list[dict[str, Any]]:
    found = []
    while address:
        context = client.get(address).context
        found.append({**context["page"], "address": address, "count": context["count"], "capped": context["capped"]})
        address = context["page"]["next"]
    return found


def test_every_row_is_met_once_in_order(nine: list[int], cast: Any) -> None:
    pages = walked(signed_in(cast.cadre), PAGE)
    assert [row.pk for page in pages for row in page["rows"]] == nine
    assert ["after=" in page["address"] for page in pages] == [False, False, True, True, True]
    assert [page["number"] for page in pages] == [1, 2, 3, 4, 5] and all(page["capped"] for page in pages)
    assert pages[3]["previous"] == f"{PAGE}?page=3"


def test_a_page_far_down_is_the_same_by_number(nine: list[int], cast: Any) -> None:
    client = signed_in(cast.cadre)
    for page in walked(client, PAGE):
        assert client.get(f"{PAGE}?page={page['number']}").context["page"]["rows"] == page["rows"]


def test_rows_that_went_or_were_never_there_are_no_hindrance(nine: list[int], cast: Any) -> None:
    client = signed_in(cast.cadre)
    address = walked(client, PAGE)[1]["next"]
    Opinion.objects.filter(pk=nine[3]).delete()
    assert [row.pk for row in client.get(address).context["page"]["rows"]] == nine[5:7]
    for strange in ("0", "x", "9" * 40, "-1", ""):
        shown = client.get(PAGE, {"page": 3, "after": strange})
        assert [row.pk for row in shown.context["page"]["rows"]] == nine[5:7]


def test_another_order_or_filter_begins_at_the_top(nine: list[int], cast: Any) -> None:
    shown = signed_in(cast.cadre).get(walked(signed_in(cast.cadre), PAGE)[2]["address"])
    for heading in shown.context["headings"]:
        assert "after" not in heading["sort"] and "page" not in heading["sort"]


def test_far_down_asks_a_query_more_however_far(nine: list[int], cast: Any) -> None:
    client, counts = signed_in(cast.cadre), []
    for page in walked(client, PAGE)[:-1]:
        with CaptureQueriesContext(connection) as asked:
            client.get(page["address"])
        counts.append(len(asked))
    assert counts == [counts[0]] * 2 + [counts[0] + 1] * 2


def test_what_is_to_be_done_stands_above_what_is_over(place: Any, cast: Any) -> None:
    over = [make.task(place, cast, state=S.ANSWERED) for _n in range(2)]
    waits = [make.task(place, cast, state=state) for state in (S.HANDLING, S.ASSIGNED)]
    assert {task.due_on for task in over} <= {waits[0].due_on, waits[1].due_on}
    client = signed_in(cast.clerk)
    shown = [task.pk for task in client.get("/departments/tasks/").context["page"]["rows"]]
    assert sorted(shown[:2]) == sorted(task.pk for task in waits) and shown[2:] == [over[1].pk, over[0].pk]
    by_number = [task.pk for task in client.get("/departments/tasks/?sort=number").context["page"]["rows"]]
    assert by_number == [task.pk for task in sorted([*over, *waits], key=lambda task: task.number)]
