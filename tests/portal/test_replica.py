"""What is read from the replica, and when it is not: rights never, one's own words never too late, a dead one never."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import RequestFactory

from consult.opinions.models import Opinion
from consult.people.models import Appointment, User
from portal import replica


class Servers:
    """A primary and a replica, as far as they are asked how far they are."""

    def __init__(self) -> None:
        self.written, self.replayed, self.asked, self.dead = 0, 0, 0, False

    def ask(self, database: str, question: str, words: Any = ()) -> Any:
        if database == replica.PRIMARY:
            return f"0/{self.written:X}"
        self.asked += 1
        if self.dead:
            raise DatabaseError("gone")
        return self.replayed >= int(words[0].partition("/")[2], 16)


class Closed:
    in_atomic_block = errors_occurred = False

    def close(self) -> None: ...


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    made = Servers()
    monkeypatch.setattr(replica, "ask", made.ask)
    monkeypatch.setattr(replica, "connections", {replica.PRIMARY: Closed(), replica.REPLICA: Closed()})
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(replica.time, "monotonic", lambda: now[0])
    return now


def whence(middleware: replica.ReadYourWrites, method: str = "get", *, wrote: bool = False,
           model: Any = Opinion) -> tuple[str, HttpResponse]:
    request = getattr(RequestFactory(), method)("/")
    if wrote:
        request.COOKIES[replica.COOKIE] = "1"
    seen: list[str] = []

    def page(_request: Any) -> HttpResponse:
        seen.append(replica.Router().db_for_read(model))
        return HttpResponse()

    middleware.get_response = page
    return seen[0] if (answer := middleware(request)) and seen else "", answer


@pytest.fixture
def warm(servers: Servers, clock: list[float]) -> replica.ReadYourWrites:
    """A web process that has known the primary for LAG seconds."""
    middleware = replica.ReadYourWrites(lambda request: HttpResponse())
    for _second in range(int(replica.LAG) + 2):
        servers.written += 1
        servers.replayed = servers.written
        middleware.fresh(clock[0])
        clock[0] += 1
    return middleware


def test_pages_are_read_from_the_replica_and_acts_from_the_primary(warm: replica.ReadYourWrites) -> None:
    assert whence(warm)[0] == "replica"
    assert whence(warm, "post")[0] == "default"


@pytest.mark.parametrize("model", [User, Appointment])
def test_rights_are_read_where_they_are_written(warm: replica.ReadYourWrites, model: Any) -> None:
    assert whence(warm, model=model)[0] == "default"


def test_whoever_wrote_reads_the_primary_for_longer_than_a_replica_may_lag(warm: replica.ReadYourWrites) -> None:
    _database, answer = whence(warm, "post")
    cookie = answer.cookies[replica.COOKIE]
    assert cookie["max-age"] > replica.LAG + 2 and cookie["httponly"] and cookie.value == "1"
    assert whence(warm, wrote=True)[0] == "default"
    assert whence(warm)[0] == "replica"
    assert replica.COOKIE not in whence(warm)[1].cookies


def test_a_replica_that_lags_too_far_is_left_alone(warm: replica.ReadYourWrites, servers: Servers, clock: list[float]) -> None:
    for _second in range(int(replica.LAG)):  # it stands still, but what it has is recent enough
        servers.written += 1
        assert whence(warm)[0] == "replica"
        clock[0] += 1
    for _second in range(3):
        servers.written += 1
        clock[0] += 1
        database = whence(warm)[0]
    assert database == "default"
    asked = servers.asked
    assert whence(warm)[0] == "default" and servers.asked == asked
    clock[0] += replica.PAUSE
    servers.replayed = servers.written
    assert whence(warm)[0] == "replica"


def test_a_dead_replica_is_asked_once_and_costs_nobody_a_page(warm: replica.ReadYourWrites, servers: Servers,
                                                              clock: list[float]) -> None:
    servers.dead = True
    assert [whence(warm)[0] for _page in range(3)] == ["default"] * 3
    asked = servers.asked
    whence(warm)
    assert servers.asked == asked
    servers.dead = False
    clock[0] += replica.PAUSE + 1
    assert whence(warm)[0] == "replica"


def test_a_replica_that_dies_in_the_middle_of_a_page_costs_nobody_the_page(warm: replica.ReadYourWrites, servers: Servers,
                                                                          clock: list[float]) -> None:
    read: list[str] = []

    def page(_request: Any) -> HttpResponse:
        read.append(replica.Router().db_for_read(Opinion))
        replica.connections[replica.REPLICA].errors_occurred = read[-1] == replica.REPLICA
        return HttpResponse(status=503 if read[-1] == replica.REPLICA else 200)

    warm.get_response = page
    assert warm(RequestFactory().get("/")).status_code == 200 and read == ["replica", "default"]
    assert warm(RequestFactory().get("/")).status_code == 200 and read[2:] == ["default"], "it is left alone for a while"
    clock[0] += replica.PAUSE + 1
    assert replica.Router().db_for_read(Opinion) == "default", "outside a request nothing is read from it"
    warm(RequestFactory().get("/"))
    assert read[3:] == ["replica", "default"]


def test_what_the_replica_is_not_to_blame_for_is_not_asked_twice(warm: replica.ReadYourWrites) -> None:
    read: list[str] = []

    def page(_request: Any) -> HttpResponse:
        read.append(replica.Router().db_for_read(Opinion))
        return HttpResponse(status=503)

    warm.get_response = page
    assert warm(RequestFactory().get("/")).status_code == 503 and read == ["replica"]
    assert warm(RequestFactory().post("/")).status_code == 503 and read == ["replica", "default"]


def test_a_new_process_knows_nothing_yet_and_reads_the_primary(servers: Servers, clock: list[float]) -> None:
    middleware = replica.ReadYourWrites(lambda request: HttpResponse())
    assert whence(middleware)[0] == "default" and servers.asked == 0


def test_inside_a_transaction_everything_is_read_where_it_is_written(warm: replica.ReadYourWrites) -> None:
    replica.connections[replica.PRIMARY].in_atomic_block = True
    assert whence(warm)[0] == "default"


def test_only_the_primary_is_migrated() -> None:
    router = replica.Router()
    assert router.allow_migrate("default", "tasks") and not router.allow_migrate("replica", "tasks")
    assert router.db_for_write(Opinion) == "default"
