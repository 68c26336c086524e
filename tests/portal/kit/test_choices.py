"""Drop-downs of filters are remembered, each for its reader and language; what is sent is judged by the database."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.kit import recall
from consult.people.models import Subdistrict

pytestmark = pytest.mark.django_db
PAGE = "/office/opinions/?filters=1"


@pytest.fixture(autouse=True)
def a_minute(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(recall, "SECONDS", 60)
    now = [1000.0]
    monkeypatch.setattr(recall.time, "monotonic", lambda: now[0])
    return now


def signed_in(user: Any, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def asked(client: Client) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(PAGE).status_code == 200
    return len(seen)


def test_they_are_asked_for_once_a_minute(place: Any, cast: Any, a_minute: Any) -> None:
    client = signed_in(cast.office)
    client.get(PAGE)
    fewer = asked(client)
    new = Subdistrict.objects.create(name="新设街道", jurisdiction=place.jurisdiction, order=99)
    assert "新设街道" not in client.get(PAGE).content.decode()
    assert client.get(PAGE, {"subdistrict": new.pk}).context["filters"].form.is_valid()
    a_minute[0] += 60
    assert asked(client) > fewer
    assert "新设街道" in client.get(PAGE).content.decode()


def test_everybody_has_their_own(place: Any, cast: Any) -> None:
    here = signed_in(cast.office).get(PAGE).content.decode()
    there = signed_in(cast.other_office).get(PAGE).content.decode()
    assert place.subdistrict.name in here and place.subdistrict.name not in there
    Subdistrict.objects.filter(pk=place.subdistrict.pk).update(name_en="White Stone")
    assert "White Stone" not in signed_in(cast.office).get(PAGE).content.decode()
    chinese = signed_in(cast.office, "zh-hans").get(PAGE).content.decode()
    assert place.subdistrict.name in chinese


def test_no_more_are_kept_than_fit(place: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "MOST", 2)
    signed_in(cast.office).get(PAGE)
    assert len(recall._known) == 2
