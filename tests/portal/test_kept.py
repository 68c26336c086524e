"""What was typed survives an expired page, a locked and a dead database; never for a form another site sent."""

import re
import uuid
from html import unescape
from typing import Any
from unittest import mock

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from consult.opinions import actions
from consult.opinions.models import Opinion
from tests import make
from tests.portal.browse import Reader

HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}
WORDS = "写了很久的一段话<b>，请不要丢。</b>"


def fields(answer: Any) -> dict[str, str]:
    """What the page would send again."""
    page = answer.content.decode()
    inputs = [attrs for tag, attrs in Reader(page).elements if tag == "input" and attrs.get("name")]
    found = {attrs["name"]: attrs.get("value", "") for attrs in inputs}
    seen = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S)
    return found | {name: unescape(value) for name, value in seen}


def browser() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False, **HERE)


def test_an_expired_page_gives_the_words_back_and_takes_them_once(place: Any) -> None:
    client, key = browser(), str(uuid.uuid4())
    typed = make.said(text=WORDS, key=key, place="石桥路口", tags=["school"], photos=[make.snapshot()])
    page = client.post("/say/", typed)
    assert page.status_code == 403
    assert "<b>" not in page.content.decode().partition("<textarea")[2].partition("</textarea>")[0]
    sent = fields(page)
    assert (sent["text"], sent["key"], sent["place"], sent["tags"]) == (WORDS, key, "石桥路口", "school")
    assert 'action="/say/"' in page.content.decode()
    for _again in range(2):
        assert client.post("/say/", sent)["Location"] == "/say/receipt/"
    assert Opinion.objects.get().text == WORDS


@pytest.mark.parametrize("origin", [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}, {
    "HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "same-site"}])
def test_the_form_of_another_site_is_never_handed_back(place: Any, origin: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True, **{**HERE, **origin})
    page = client.post("/say/", make.said(text=WORDS))
    assert page.status_code == 403
    assert "写了很久" not in page.content.decode() and "Send it again" not in page.content.decode()


def test_without_a_word_where_it_comes_from_nothing_is_handed_back(place: Any) -> None:
    page = Client(enforce_csrf_checks=True).post("/say/", make.said(text=WORDS))
    assert page.status_code == 403 and "写了很久" not in page.content.decode()


def test_passwords_and_codes_are_typed_anew(place: Any) -> None:
    login = browser().post("/accounts/login/", {"login": "office", "password": "very-secret-words"})
    assert login.status_code == 403 and "very-secret-words" not in login.content.decode()
    receipt = browser().post("/receipt/", {"number": "YJ2026-00001", "code": "123456789012"})
    assert receipt.status_code == 403 and "123456789012" not in receipt.content.decode()
    assert "YJ2026-00001" in receipt.content.decode()


#: The last two are the driver's own: what goes wrong while a cursor is closed is not translated by Django.
@pytest.mark.parametrize("wrong", [
    OperationalError("database is locked"), InterfaceError("connection already closed"),
    connection.Database.OperationalError("server closed the connection"), connection.Database.InterfaceError("closed")])
def test_a_database_that_does_not_answer_loses_nothing(place: Any, wrong: Exception) -> None:
    client, key = browser(), str(uuid.uuid4())
    token = client.get("/say/").context["csrf_token"]
    typed = make.said(text=WORDS, key=key, csrfmiddlewaretoken=str(token))
    with mock.patch.object(actions, "submit", side_effect=wrong):
        page = client.post("/say/", typed)
    assert page.status_code == 503 and page["Retry-After"] == "30" and page["Cache-Control"] == "no-store"
    assert "unsafe" not in page["Content-Security-Policy"]
    sent = fields(page)
    assert (sent["text"], sent["key"]) == (WORDS, key)
    assert client.post("/say/", sent)["Location"] == "/say/receipt/"
    assert client.post("/say/", sent)["Location"] == "/say/receipt/"
    assert Opinion.objects.count() == 1


def test_what_has_no_key_may_have_been_taken_and_says_so(cast: Any) -> None:
    """The answer was lost, not the words, and perhaps not the step: who sends it again should look first."""
    client = Client(raise_request_exception=False, **HERE)
    client.force_login(cast.office)
    opinion = make.opinion()
    with mock.patch.object(actions, "tell", side_effect=OperationalError("gone")):
        page = client.post(f"/opinions/{opinion.pk}/note/", {"text": WORDS}).content.decode()
    assert "请先看一看是否已经办成" in page and "look first" in page
    with mock.patch.object(actions, "submit", side_effect=OperationalError("gone")):
        page = client.post("/opinions/enter/", make.said(text=WORDS, channel="phone")).content.decode()
    assert "请先看一看" not in page and "只会登记一次" in page


def test_with_the_database_dead_the_page_still_stands(db: None, django_db_blocker: Any) -> None:
    """Nothing of it asks the database: neither for the district, nor for the menu, nor for the session."""
    client = Client(raise_request_exception=False, **HERE)
    dead = OperationalError("connection refused")
    with mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=dead):
        page = client.post("/say/", make.said(text=WORDS))
        shown = client.get("/topics/")
    assert (page.status_code, shown.status_code) == (503, 503)
    assert fields(page)["text"] == WORDS
    assert "<textarea" not in shown.content.decode()


def test_other_mistakes_of_ours_keep_the_words_too(place: Any) -> None:
    client = browser()
    token = str(client.get("/say/").context["csrf_token"])
    with mock.patch.object(actions, "submit", side_effect=ZeroDivisionError):
        page = client.post("/say/", make.said(text=WORDS, csrfmiddlewaretoken=token))
    assert page.status_code == 500 and fields(page)["text"] == WORDS
    with mock.patch("portal.kit.kept.render_to_string", side_effect=ZeroDivisionError):
        bare = Client(raise_request_exception=False).get("/nothing", HTTP_HOST="testserver")
    assert bare.status_code == 404


def test_whoever_was_signed_out_while_writing_reads_the_words_and_sends_them_on(cast: Any) -> None:
    client = Client(raise_request_exception=False, **HERE)
    page = client.post("/opinions/enter/", make.said(text=WORDS, channel="phone"))
    assert page.status_code == 403 and fields(page)["text"] == WORDS and "/accounts/login/" in page.content.decode()
    client.force_login(cast.office)
    assert client.post("/opinions/enter/", fields(page)).status_code == 302
    assert Opinion.objects.get().text == WORDS
    nobody = Client(**HERE).post("/opinions/enter/", {})
    assert nobody.status_code == 302 and nobody["Location"].startswith("/accounts/login/")


def test_staff_lose_nothing_either(cast: Any) -> None:
    client = browser()
    client.force_login(cast.office)
    page = client.post("/opinions/enter/", make.said(text=WORDS, channel="phone"))
    assert page.status_code == 403 and fields(page)["text"] == WORDS
