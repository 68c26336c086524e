"""What makes an opinion from the public page doubtful: it is kept and looked at, and nobody is asked a riddle."""

import base64
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import altcha as library
import pytest
import time_machine as clock
from django.db import connection, connections
from django.test import Client
from django.utils import translation

from consult.kit import parameters
from consult.opinions.models import Opinion
from consult.opinions.states import Doubt, OpinionState
from portal.kit import altcha, guard
from tests import make

HALL = "203.0.113.77"
EVIL = ("", "x", "e30=", "bnVsbA==", "W10=", "💧", "\x00", "=" * 40, "A" * 5000,
        *(base64.b64encode(json.dumps(said).encode()).decode() for said in (
            {"challenge": 1, "solution": 2}, {"challenge": {}, "solution": {}},
            {"challenge": {"parameters": None}, "solution": []},
            {"challenge": {"parameters": {"algorithm": "SHA-256", "nonce": "zz", "salt": 1, "cost": 10**9}, "signature": "x"},
             "solution": {"counter": 1, "derivedKey": "00"}}, [[[[1]]]], "text", 5)))


def allow(by: Any, **most: int) -> None:
    for name, value in most.items():
        parameters.put(name, value, since=make.TODAY, basis="测试", by=by, at=make.AT)


def form(**values: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "text": "路灯不亮。", "identity_mode": "anonymous", **values}


def opened(client: Client, **values: Any) -> dict[str, Any]:
    """The form as the page gave it, filled in."""
    page = client.get("/say/").context["form"]
    return form(key=str(page["key"].value()), stamp=page["stamp"].value(), **values)


def solved(client: Client) -> str:
    """What proof.js puts into the form: the challenge and its solution."""
    challenge = client.get("/say/challenge/").json()
    solution = library.solve_challenge(library.Challenge.from_dict(challenge))
    assert solution is not None
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": {
        "counter": solution.counter, "derivedKey": solution.derived_key, "time": 1}}).encode()).decode()


def kept() -> Opinion:
    return Opinion.objects.order_by("id").last()  # type: ignore[return-value]


@pytest.fixture
def client(place: Any) -> Client:
    return Client(REMOTE_ADDR=HALL)


# --- the form --------------------------------------------------------------------------------------------------------


@pytest.fixture
def timed(cast: Any) -> None:
    allow(cast.sysadmin, intake_seconds=5)


@pytest.mark.parametrize(("after", "doubts"), [(1, [Doubt.FAST]), (4, [Doubt.FAST]), (60, []), (3600 * 30, [])])
def test_faster_than_anybody_can_write(client: Client, timed: None, after: int, doubts: list[Doubt]) -> None:
    typed = opened(client)
    with clock.travel(make.AT + timedelta(seconds=after), tick=True):
        assert client.post("/say/", typed).status_code == 302
    assert kept().doubts == doubts
    assert kept().state == (OpinionState.QUARANTINED if doubts else OpinionState.SUBMITTED)


def test_a_stamp_is_good_for_its_own_form_only(client: Client, timed: None) -> None:
    typed = opened(client)
    with clock.travel(make.AT + timedelta(minutes=2), tick=True):
        for stamp in (typed["stamp"], "", "x", typed["stamp"][:-1], f"{uuid.uuid4()}:1:x"):
            client.post("/say/", form(stamp=stamp))
            assert kept().doubts == [Doubt.UNOPENED], stamp
        client.post("/say/", typed)
    assert kept().doubts == []


def test_an_error_on_the_way_keeps_the_time_of_opening(client: Client, timed: None) -> None:
    typed = opened(client, text="")
    with clock.travel(make.AT + timedelta(minutes=2), tick=True):
        page = client.post("/say/", typed)
        assert page.status_code == 422
        again = page.context["form"]
        assert (again["stamp"].value(), str(again["key"].value())) == (typed["stamp"], typed["key"])
        client.post("/say/", {**typed, "text": "现在写好了。"})
    assert kept().doubts == []


def test_the_trap_raises_a_doubt_and_gives_a_receipt(client: Client) -> None:
    page = client.post("/say/", form(website="http://x", identity_mode="cppcc_only", name=make.NAME, phone=make.PHONE,
                                     consent="on"), follow=True)
    assert kept().doubts == [Doubt.TRAP]
    assert kept().state == OpinionState.QUARANTINED
    assert page.context["code"] in page.content.decode()
    assert kept().number in page.content.decode()
    looked = Client().post("/receipt/", {"number": kept().number, "code": page.context["code"]}, follow=True)
    with translation.override("en"):
        assert "It was received and is being checked." in [str(step.title) for step in looked.context["steps"]]
    assert kept().identity.sealed


def test_the_page_shows_nothing_of_it(client: Client) -> None:
    words = client.get("/say/").content.decode()
    for name in ("stamp", "altcha"):
        assert f'type="hidden" name="{name}"' in words
    assert 'data-challenge="/say/challenge/"' in words


# --- proof of work ---------------------------------------------------------------------------------------------------


def test_it_is_asked_for_only_while_very_many_come_in(client: Client, cast: Any) -> None:
    allow(cast.sysadmin, intake_calm=2)
    for _one in range(2):
        client.post("/say/", form())
        assert kept().doubts == []
    client.post("/say/", form())
    assert kept().doubts == [Doubt.UNPROVEN]
    proof = solved(client)
    client.post("/say/", form(altcha=proof))
    assert kept().doubts == []
    client.post("/say/", form(altcha=proof))
    assert kept().doubts == [Doubt.UNPROVEN], "a solution counts once"
    Client(REMOTE_ADDR="198.51.100.1").post("/say/", form())
    assert kept().doubts == [], "elsewhere it is calm"


def test_the_whole_district_can_be_busy(client: Client, cast: Any) -> None:
    allow(cast.sysadmin, intake_calm_district=3)
    for n in range(5):
        Client(REMOTE_ADDR=f"198.51.{n}.1").post("/say/", form())
    assert [one.doubts for one in Opinion.objects.order_by("id")] == [[], [], [], ["unproven"], ["unproven"]]


@pytest.mark.parametrize("said", EVIL)
def test_nonsense_is_no_proof_and_no_error(client: Client, cast: Any, said: str) -> None:
    allow(cast.sysadmin, intake_calm=0)
    assert client.post("/say/", form(altcha=said)).status_code == 302
    assert kept().doubts == [Doubt.UNPROVEN]


def test_a_challenge_of_others_or_changed_or_too_old_is_no_proof(client: Client, db: None) -> None:
    foreign = library.create_challenge("SHA-256", 1, counter=3, hmac_secret="another")
    for challenge in (foreign, library.create_challenge("SHA-256", 1, counter=3)):
        found = library.solve_challenge(challenge)
        assert found is not None
        assert not altcha.spend(base64.b64encode(json.dumps({
            "challenge": challenge.to_dict(), "solution": {"counter": found.counter, "derivedKey": found.derived_key}
        }).encode()).decode(), make.AT)
    proof = json.loads(base64.b64decode(solved(client)))
    easier = {**proof, "challenge": {**proof["challenge"], "parameters": {
        **proof["challenge"]["parameters"], "keyPrefix": "00", "expiresAt": 2 ** 33}}}
    wrong = {**proof, "solution": {**proof["solution"], "counter": proof["solution"]["counter"] + 1, "derivedKey": "00"}}
    for said in (easier, wrong):
        assert not altcha.spend(base64.b64encode(json.dumps(said).encode()).decode(), make.AT)
    late = make.AT + altcha.LASTS + timedelta(minutes=1)
    with clock.travel(late):
        assert not altcha.spend(base64.b64encode(json.dumps(proof).encode()).decode(), late)
    assert altcha.spend(base64.b64encode(json.dumps(proof).encode()).decode(), make.AT)
    # The same solution, written down in another way, is spent already.
    assert not altcha.spend(base64.b64encode(json.dumps(proof, indent=1).encode()).decode(), make.AT)


def test_challenges_differ_and_nothing_is_kept_of_them(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        pages = [client.get("/say/challenge/") for _one in range(3)]
    assert len({page.json()["parameters"]["nonce"] for page in pages}) == 3
    assert {page["Cache-Control"] for page in pages} == {"no-store"}
    assert altcha.RANGE == 50_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="several writers at one moment need PostgreSQL")
def test_shown_ten_times_at_once_it_counts_once() -> None:
    proof = solved(Client())

    def one(_n: int) -> bool:
        try:
            return altcha.spend(proof, make.AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(10))) == 1


# --- a flood ---------------------------------------------------------------------------------------------------------


def test_a_flood_is_marked_to_the_last_one_and_stops_nobody(cast: Any, timed: None) -> None:
    allow(cast.sysadmin, quarantine_per_hour=60)
    bots = [Client(REMOTE_ADDR=f"10.{n % 7}.{n % 50}.{n % 11}") for n in range(80)]
    answers = [bot.post("/say/", form(text=f"广告 {n}", website="http://x" if n % 2 else "")).status_code
               for n, bot in enumerate(bots)]
    assert (answers.count(302), answers.count(429)) == (60, 20)
    assert not Opinion.objects.filter(doubts=[]).exists()
    assert not Opinion.objects.heard().exists()
    office = Client(REMOTE_ADDR="10.0.0.0")
    office.force_login(cast.office)
    assert office.post("/opinions/enter/", form(channel="phone", text="代录")).status_code == 302
    neighbour = Client(REMOTE_ADDR="10.0.0.0")
    typed = opened(neighbour, text="我是住户。")
    with clock.travel(make.AT + timedelta(minutes=2), tick=True):
        assert neighbour.post("/say/", typed).status_code == 302
    assert set(Opinion.objects.heard().values_list("text", flat=True)) == {"代录", "我是住户。"}


def test_time_is_read_from_the_stamp(place: Any) -> None:
    key = uuid.uuid4()
    made = guard.stamp(key, make.AT)
    assert guard.seconds(made, key, make.AT + timedelta(seconds=9)) == 9
    assert guard.seconds(made, uuid.uuid4(), make.AT) is None
