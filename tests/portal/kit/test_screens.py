"""The three shapes of a screen: what they show, what they refuse, and how many queries they need."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.kit import audit, notices
from consult.opinions.models import Opinion
from portal.kit import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.kit.screens")]


@pytest.fixture
def opinion(place: Any, at: Any) -> Opinion:
    return made(place, at, 1)


def made(place: Any, at: Any, n: int, **values: Any) -> Opinion:
    return Opinion.objects.create(number=f"O-{n}", jurisdiction=place.jurisdiction, subdistrict=place.subdistrict,
                                  place=f"house {n}", text=f"The lamp {n} is dark", submitted_at=at,
                                  **{"state": "submitted", **values})


@pytest.fixture
def office(client: Client, cast: Any) -> Client:
    return signed_in(cast.office)


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


# --- pages ---------------------------------------------------------------------------------------------------

def test_page_tells_what_it_is_and_what_one_may_do(office: Client, opinion: Opinion) -> None:
    answer = office.get(addresses.of(opinion))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "house 1" in html
    assert addresses.to("opinion.keep", opinion.pk) in html
    assert "Nobody may do this." in html
    assert addresses.to("opinion.answer", opinion.pk) not in html


def test_stranger_gets_404_colleague_403_with_the_reason(cast: Any, opinion: Opinion) -> None:
    url = addresses.to("opinion.decline", opinion.pk)
    assert signed_in(cast.other_office).get(addresses.of(opinion)).status_code == 404
    assert signed_in(cast.other_office).get(url).status_code == 404
    refused = signed_in(cast.clerk).get(url)
    assert refused.status_code == 403
    assert "Only the office may do this." in refused.content.decode()
    assert Client().get(addresses.of(opinion)).status_code == 302


def test_page_shows_who_did_what(office: Client, cast: Any, opinion: Opinion, at: Any) -> None:
    audit.write("opinions.keep", opinion, by=cast.office, at=at)
    answer = office.get(addresses.of(opinion))
    assert [event.verb for event, _words in answer.context["history"]] == ["opinions.keep"]
    assert str(cast.office) in answer.content.decode()


def test_opening_the_page_reads_its_notices(office: Client, cast: Any, opinion: Opinion, at: Any) -> None:
    notices.kinds("kittest", {"told": "Something about %(number)s."})
    notices.queue("kittest.told", [cast.office], opinion, at=at, number="O-1")
    about = notices.unread(cast.office).filter(kind="kittest.told")
    assert about.count() == 1
    office.get(addresses.of(opinion))
    assert about.count() == 0


# --- acts ----------------------------------------------------------------------------------------------------

def test_act_shows_effect_then_acts_once(office: Client, opinion: Opinion) -> None:
    url = addresses.to("opinion.keep", opinion.pk)
    assert "It is kept on record." in office.get(url).content.decode()
    answer = office.post(url, {"note": "for later"})
    assert answer.status_code == 302
    assert answer["Location"] == addresses.of(opinion)
    opinion.refresh_from_db()
    assert opinion.state == "kept"
    assert audit.trail_of(opinion).get().data == {"note": "for later"}


def test_invalid_form_is_422_and_keeps_what_was_typed(office: Client, opinion: Opinion) -> None:
    answer = office.post(addresses.to("opinion.decline", opinion.pk), {"reason": "because of it"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "because of it" in html
    assert "<title>Error:" in html
    assert 'href="#id_how_0"' in html
    assert 'aria-describedby="id_how_helptext id_how_error"' in html
    assert 'id="id_how_error"' in html
    assert 'id="id_how_helptext"' in html


def test_what_the_domain_refuses_stands_beside_its_field(office: Client, opinion: Opinion) -> None:
    answer = office.post(addresses.to("opinion.keep", opinion.pk), {"note": "wrong"})
    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors["note"] == ["Write another note."]
    assert form.non_field_errors() == ["Something else is missing."]


def test_wrong_state_is_told(office: Client, opinion: Opinion, place: Any, at: Any) -> None:
    done = made(place, at, 2, state="declined")
    url = addresses.to("opinion.decline", done.pk)
    assert office.get(url).status_code == 409
    answer = office.post(url, {"reason": "again", "how": "a"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert url not in office.get(addresses.of(done)).content.decode()


def test_denied_post_changes_nothing(cast: Any, opinion: Opinion) -> None:
    assert signed_in(cast.clerk).post(addresses.to("opinion.keep", opinion.pk), {}).status_code == 403
    opinion.refresh_from_db()
    assert opinion.state == "submitted"


def test_start_takes_what_the_address_knows(office: Client, cast: Any, opinion: Opinion) -> None:
    url = reverse("opinion.open")
    assert "O-1</textarea>" in office.get(url, {"note": "O-1"}).content.decode()
    assert office.post(url, {"note": "O-1"})["Location"] == addresses.of(opinion)
    assert signed_in(cast.clerk).get(url).status_code == 403


# --- lists ---------------------------------------------------------------------------------------------------

LIST = "/kit/opinions/"


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_list_and_page_need_the_same_queries_for_one_and_three(office: Client, cast: Any, place: Any, at: Any) -> None:
    first = made(place, at, 1)
    office.get(LIST), office.get(addresses.of(first))  # what a process reads once: kinds of objects, the calendar
    one, page = queries(office, LIST), queries(office, addresses.of(first))
    made(place, at, 2)
    made(place, at, 3)
    audit.write("opinions.keep", first, by=cast.office, at=at)
    audit.write("opinions.keep", first, by=cast.clerk, at=at)
    assert queries(office, LIST) == one
    assert queries(office, addresses.of(first)) == page


def test_filters_are_chips_that_can_be_taken_away(office: Client, place: Any, at: Any) -> None:
    made(place, at, 1)
    made(place, at, 2, state="declined", channel="phone")
    answer = office.get(LIST, {"state": "submitted", "place": "house", "submitted_after": "2026-01-01",
                               "tags": ["web", "phone"], "page": "1"})
    assert [row[0]["value"] for row in answer.context["rows"]] == ["O-1"]
    chips = {str(chip["value"]): chip["url"] for chip in answer.context["chips"]}
    assert len(chips) == 4
    assert "state=" not in chips["handed in"]
    assert "place=house" in chips["handed in"]
    assert "tags=" not in chips["Web, Phone"]
    assert "submitted_after" not in next(url for words, url in chips.items() if "–" in words)
    assert "page=" not in chips["house"]


def test_empty_and_nothing_found_are_told_apart(office: Client, place: Any, at: Any) -> None:
    assert "Nothing here." in office.get(LIST).content.decode()
    made(place, at, 1)
    html = office.get(LIST, {"place": "castle"}).content.decode()
    assert "Nothing here." not in html
    assert "Clear the filters" in html


def test_pages_keep_the_filter_and_count_is_capped(office: Client, place: Any, at: Any,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(30):
        made(place, at, n)
    answer = office.get(LIST, {"place": "house"})
    assert len(answer.context["rows"]) == 25
    assert answer.context["count"] == 30
    assert answer.context["page"]["next"] == f"{LIST}?place=house&page=2"
    second = office.get(answer.context["page"]["next"])
    assert len(second.context["rows"]) == 5
    assert second.context["page"]["previous"] == f"{LIST}?place=house"
    monkeypatch.setattr("portal.kit.lists.List.cap", 20)
    assert "20+" in office.get(LIST).content.decode()
    assert len(office.get(LIST, {"page": "x"}).context["rows"]) == 25


def test_sorting_by_heading(office: Client, place: Any, at: Any) -> None:
    made(place, at, 1)
    made(place, at, 2)
    answer = office.get(LIST, {"sort": "number"})
    assert [row[0]["value"] for row in answer.context["rows"]] == ["O-1", "O-2"]
    assert 'aria-sort="ascending"' in answer.content.decode()
    assert office.get(LIST, {"sort": "jurisdiction__code"}).status_code == 200


def test_list_shows_only_what_one_may_see(cast: Any, place: Any, at: Any) -> None:
    made(place, at, 1)
    assert not signed_in(cast.other_office).get(LIST).context["rows"]


def test_htmx_gets_the_results_alone_but_not_from_history(office: Client) -> None:
    part = office.get(LIST, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    back = office.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


# --- doors, switches, desks ----------------------------------------------------------------------------------

def test_strict_policy_and_nothing_inline(office: Client, opinion: Opinion) -> None:
    for url in ("/", LIST, addresses.of(opinion), addresses.to("opinion.decline", opinion.pk), "/accounts/login/"):
        answer = office.get(url, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        html = answer.content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert " onclick=" not in html
        assert "<script>" not in html
        assert "no-store" in answer["Cache-Control"]


def test_language_switch(client: Client) -> None:
    assert 'lang="zh-Hans"' in client.get("/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert 'lang="en"' in client.get("/").content.decode()


def test_text_size_switch(client: Client) -> None:
    assert client.post("/size/", {"size": "large", "next": "/accounts/login/"})["Location"] == "/accounts/login/"
    assert 'class="elder"' in client.get("/").content.decode()
    client.post("/size/", {"size": "extra"})
    assert 'class="elder extra"' in client.get("/").content.decode()
    assert client.post("/size/", {"size": "standard", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert 'class="elder' not in client.get("/").content.decode()
    client.post("/size/", {"size": "huge"})
    assert 'class="elder' not in client.get("/").content.decode()


def test_landing_after_signing_in(cast: Any) -> None:
    assert signed_in(cast.office).get("/desk/")["Location"] == "/office/"
    assert signed_in(cast.resident).get("/desk/")["Location"] == "/residents/"
    nobody = signed_in(cast.stranger).get("/desk/")
    assert nobody.status_code == 200
    assert "You have no desk here yet" in nobody.content.decode()
    assert Client().get("/desk/").status_code == 302


def test_another_desk_says_why_not(cast: Any) -> None:
    assert signed_in(cast.office).get("/office/").status_code == 200
    refused = signed_in(cast.resident).get("/office/")
    assert refused.status_code == 403
    assert "This desk belongs to other roles" in refused.content.decode()


def test_password_given_by_others_must_be_changed_first(cast: Any) -> None:
    cast.office.must_change_password = True
    cast.office.set_password("given-by-others-1")
    cast.office.save()
    client = signed_in(cast.office)
    assert client.get("/office/")["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200
    answer = client.post("/accounts/password/change/", {
        "oldpassword": "given-by-others-1", "password1": "lantern-and-bridge", "password2": "lantern-and-bridge"})
    assert answer.status_code == 302
    cast.office.refresh_from_db()
    assert not cast.office.must_change_password
    assert client.get("/office/").status_code == 200


def test_notices_are_shown_and_marked(office: Client, cast: Any, opinion: Opinion, at: Any) -> None:
    notices.kinds("kittest", {"told": "Something about %(number)s."})
    notices.queue("kittest.told", [cast.office], opinion, at=at, number="O-1")
    assert office.get("/notices/").status_code == 200
    assert office.post("/notices/").status_code == 302
    assert notices.unread(cast.office).count() == 0


def test_pages_for_errors_stand_by_themselves(client: Client) -> None:
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
    forged = Client(enforce_csrf_checks=True).post("/size/", {"size": "large"})
    assert forged.status_code == 403
    assert "<main" in forged.content.decode()
    assert "系统出错" in Path("templates/500.html").read_text(encoding="utf-8")


def test_home_shows_counts_and_what_was_new(office: Client, opinion: Opinion) -> None:
    html = office.get("/office/").content.decode()
    assert "What needs me now" in html
    assert 'class="tile late"' in html
    assert "Lately" in html
    assert addresses.of(opinion) in html
