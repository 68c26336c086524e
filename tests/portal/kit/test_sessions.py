"""Half an hour from the last page, written once a minute."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.kit import sessions

pytestmark = pytest.mark.django_db
HOME = "/members/"


def written(client: Client, path: str = HOME) -> bool:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return any("django_session" in one["sql"] and not one["sql"].startswith("SELECT") for one in asked)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    now = [1_800_000_000.0]
    monkeypatch.setattr(sessions.time, "time", lambda: now[0])

    def passes(seconds: float) -> None:
        now[0] += seconds
    return passes


def test_reading_prolongs_once_a_minute(client: Client, cast: Any, clock: Any) -> None:
    client.force_login(cast.member)
    assert written(client)
    clock(59)
    assert not written(client)
    clock(1)
    assert written(client)
    clock(-3600)  # a clock that was set back
    assert written(client)


def test_what_prolongs_moves_the_end_and_the_cookie(client: Client, cast: Any, clock: Any) -> None:
    client.force_login(cast.member)
    written(client)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    clock(30)
    answer = client.get(HOME)
    assert "session" not in answer.cookies and (Session.objects.get().expire_date - timezone.now()).seconds < 60
    clock(30)
    answer = client.get(HOME)
    assert answer.cookies["session"]["max-age"] == 1800
    assert (Session.objects.get().expire_date - timezone.now()).seconds > 1700


def test_a_session_that_ended_is_not_begun_again_by_reading(client: Client, cast: Any, clock: Any) -> None:
    client.force_login(cast.member)
    Session.objects.all().delete()
    assert client.get(HOME).status_code == 302
    assert client.get("/").status_code == 200
    assert not Session.objects.exists()


def test_strangers_have_none(client: Client, cast: Any) -> None:
    assert not written(client, "/") and not Session.objects.exists()


def test_a_database_that_is_away_is_not_a_session_that_ended(client: Client, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(cast.member)

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(Session, "save", away)
        answer = client.get(HOME)
    assert answer.status_code == 503 and answer["Retry-After"]
    assert client.get(HOME).status_code == 200


def test_who_signed_out_elsewhere_meanwhile_is_told_so(client: Client, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(cast.member)
    encode = client.session.__class__.encode

    def gone(self: Any, data: Any) -> str:
        Session.objects.all().delete()
        return encode(self, data)
    client.raise_request_exception = False
    monkeypatch.setattr(client.session.__class__, "encode", gone)
    assert client.get(HOME).status_code == 400
