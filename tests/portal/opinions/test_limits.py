"""How often one network may do something within an hour: counted across all processes, and no address is kept."""

import io
import logging
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine as clock
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.test import Client, RequestFactory, override_settings

from consult.kit import buckets, calendar, parameters
from consult.kit.models import Bucket, DayChance
from consult.opinions import actions
from consult.opinions.models import Opinion, ReceiptTry
from consult.opinions.states import Doubt, OpinionState
from consult.surveys.models import Response
from portal.kit import limits
from tests import make

HALL, HOME = "203.0.113.77", "198.51.100.23"


def form(**values: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "text": "路灯不亮。", "identity_mode": "anonymous", **values}


def allow(by: Any, **most: int) -> None:
    for name, value in most.items():
        parameters.put(name, value, since=make.TODAY, basis="测试", by=by, at=make.AT)


@pytest.fixture
def few(cast: Any) -> int:
    """Three an hour, instead of sixty."""
    allow(cast.sysadmin, intake_per_hour=3)
    return 3


def hand_in(address: str = HALL, **values: Any) -> Any:
    return Client(REMOTE_ADDR=address).post("/say/", form(**values))


def waiting() -> int:
    return Opinion.objects.waiting().count()


def test_a_village_hall_is_let_in(place: Any) -> None:
    assert [hand_in().status_code for _one in range(20)] == [302] * 20
    assert waiting() == 20


def test_over_the_limit_it_is_kept_and_looked_at_first(few: int) -> None:
    for _one in range(few):
        assert hand_in().status_code == 302
    late = Client(REMOTE_ADDR=HALL)
    typed = form(text="写了很久的一段话，请不要丢。", place="石桥路口", tags=["school"])
    page = late.post("/say/", typed, follow=True)
    kept = Opinion.objects.get(text=typed["text"])
    assert (kept.state, kept.doubts, kept.place, kept.tags) == (OpinionState.QUARANTINED, [Doubt.CROWD], "石桥路口", ["school"])
    assert (kept.number, page.context["code"]) == (page.context["opinion"].number, page.context["code"])
    assert hand_in(HOME).status_code == 302, "other networks are not concerned"
    with clock.travel(make.AT + timedelta(hours=1), tick=True):
        assert hand_in().status_code == 302
    assert waiting() == few + 2


def test_neighbours_are_counted_together(cast: Any) -> None:
    allow(cast.sysadmin, intake_network_per_hour=4)
    for n in range(6):
        hand_in(f"203.0.113.{n}")
    hand_in("203.0.114.1")
    assert [list(one.doubts) for one in Opinion.objects.order_by("id")] == [[]] * 4 + [["crowd"]] * 2 + [[]]


@override_settings(OFFICE_PHONE="0531-12345")
def test_when_the_quarantine_is_full_the_words_stay_in_the_form(few: int, cast: Any) -> None:
    allow(cast.sysadmin, quarantine_per_hour=2)
    assert [hand_in().status_code for _one in range(few + 2)] == [302] * (few + 2)
    typed = form(text="写了很久的一段话，请不要丢。", place="石桥路口", tags=["school"])
    late = Client(REMOTE_ADDR=HALL)
    page = late.post("/say/", typed)
    words = page.content.decode()
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 3600
    for kept in (typed["text"], typed["place"], typed["key"], "10:00", "0531-12345"):
        assert kept in words, kept
    assert Opinion.objects.count() == few + 2
    assert hand_in(HOME).status_code == 302, "what is not doubtful is always taken"
    with clock.travel(make.AT + timedelta(hours=1), tick=True):
        assert late.post("/say/", typed).status_code == 302
    assert Opinion.objects.waiting().filter(text=typed["text"]).count() == 1


def test_the_same_form_again_and_a_wrong_one_cost_nothing(few: int) -> None:
    same = form()
    for _again in range(6):
        assert Client(REMOTE_ADDR=HALL).post("/say/", same).status_code == 302
        assert hand_in(text="").status_code == 422
    for _one in range(3):
        hand_in()
    assert (waiting(), Opinion.objects.count()) == (3, 4)


def test_residents_with_an_account_and_assisted_entry_always_pass(few: int, cast: Any) -> None:
    allow(cast.sysadmin, quarantine_per_hour=1)
    for _one in range(few + 3):
        hand_in()
    resident, office = Client(REMOTE_ADDR=HALL), Client(REMOTE_ADDR=HALL)
    resident.force_login(cast.resident)
    office.force_login(cast.office)
    assert resident.post("/say/", form(website="x", text="居民")).status_code == 302
    assert office.post("/opinions/enter/", form(channel="phone", text="代录")).status_code == 302
    assert set(Opinion.objects.filter(text__in=("居民", "代录")).values_list("state", flat=True)) == {OpinionState.SUBMITTED}


# --- the same for what else is open to everybody ---------------------------------------------------------------------


def test_answers_to_a_survey(cast: Any, place: Any) -> None:
    allow(cast.sysadmin, survey_per_hour=2)
    survey = make.survey(by=cast.office, project=place.project)
    url, words = f"/surveys/{survey.pk}/respond/", f"q{survey.questions.get(kind='text').pk}"

    def answer(address: str = HALL) -> Any:
        return Client(REMOTE_ADDR=address).post(url, {"key": str(uuid.uuid4()), words: "想说的话很长。"})

    assert [answer().status_code for _one in range(3)] == [302, 302, 429]
    late = answer()
    assert "10:00" in late.content.decode()
    assert "想说的话很长。" in late.content.decode()
    assert int(late["Retry-After"]) > 0
    assert answer(HOME).status_code == 302
    assert Response.objects.count() == 3


def test_receipts_looked_up(cast: Any) -> None:
    allow(cast.sysadmin, receipt_per_hour=2)
    opinion, code = make.handed_in()

    def look(address: str = HALL) -> Any:
        return Client(REMOTE_ADDR=address).post("/receipt/", {"number": opinion.number, "code": code})

    assert [look().status_code for _one in range(3)] == [302, 302, 429]
    assert opinion.number in look().content.decode()
    assert look(HOME).status_code == 302


def test_a_thousand_wrong_codes_stop_all_guessing_for_an_hour(place: Any) -> None:
    opinion, code = make.handed_in()
    ReceiptTry.objects.bulk_create([ReceiptTry(number=f"YJ2026-{n:05d}", at=make.AT) for n in range(1, 1001)])
    with pytest.raises(actions.TooManyTries):
        actions.find_by_receipt(opinion.number, code, make.AT)
    assert actions.find_by_receipt(opinion.number, code, make.AT + timedelta(hours=2)) == opinion


def test_files_checked(cast: Any) -> None:
    allow(cast.sysadmin, verify_per_hour=1)

    def check() -> Any:
        return Client(REMOTE_ADDR=HALL).post("/verify/", {"file": io.BytesIO(b"%PDF-1.7 nothing")})

    assert [check().status_code for _one in range(2)] == [200, 429]


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_no_address_is_kept_or_logged(few: int) -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    logging.getLogger().addHandler(handler)
    try:
        assert [hand_in().status_code for _one in range(few + 1)] == [302] * (few + 1)
    finally:
        logging.getLogger().removeHandler(handler)
    keys = sorted(Bucket.objects.filter(key__startswith="intake:2026112409:").values_list("key", flat=True))
    assert [key.split(":")[2] for key in keys] == ["all", "near", "own"]
    # Four hexadecimal digits: one in 65,536, whoever has the keys.
    assert all(len(key.split(":")[3]) == 4 for key in keys if not key.endswith(":all"))
    kept = told.getvalue() + "".join(str(list(model._default_manager.values())) for model in apps.get_models())
    for said in (HALL, HALL.replace(".", ""), "cb00714d", "cb0071", "203.0.113"):
        assert said not in kept


def test_when_the_hour_is_over_the_counts_go(few: int) -> None:
    hand_in()
    assert Bucket.objects.filter(key__startswith="intake:2026112409").exists()
    with clock.travel(make.AT + timedelta(days=1), tick=True):
        hand_in(HOME)
    assert not Bucket.objects.filter(key__startswith="intake:20261124").exists()
    assert list(DayChance.objects.values_list("day", flat=True)) == [make.TODAY + timedelta(days=1)]


def test_another_day_another_key(place: Any) -> None:
    ask = RequestFactory().get("/", REMOTE_ADDR=HALL)
    assert limits._bucket(ask, make.AT) == limits._bucket(ask, make.AT)
    days = {limits._bucket(ask, make.AT + timedelta(days=n)) for n in range(8)}
    assert len(days) > 6
    first = limits._chance_of(make.TODAY)
    assert limits._chance_of(make.TODAY) == first != limits._chance_of(make.TODAY + timedelta(days=1))
    assert len(first) == 64


@pytest.mark.parametrize(("proxies", "forwarded", "network"), [
    (0, "1.2.3.4", HALL), (1, "1.2.3.4", "1.2.3.4"), (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"), (2, "1.2.3.4", HALL),
    (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"), (1, "nonsense", ""),
])
def test_a_forged_header_changes_nothing(proxies: int, forwarded: str, network: str) -> None:
    with override_settings(TRUSTED_PROXIES=proxies):
        ask = RequestFactory().get("/", REMOTE_ADDR=HALL, HTTP_X_FORWARDED_FOR=forwarded)
        assert limits._network(ask) == network


def test_one_household_is_one_network_in_ipv6() -> None:
    def network(address: str) -> str:
        return limits._network(RequestFactory().get("/", REMOTE_ADDR=address))
    assert network("2001:db8:1:2::3") == network("2001:db8:1:2:ffff::9") != network("2001:db8:1:3::3")
    assert network("::ffff:203.0.113.77") == HALL


@pytest.mark.parametrize(("one", "other", "same"), [
    ("203.0.113.1", "203.0.113.254", True), ("203.0.113.1", "203.0.112.1", False), ("203.0.113.1", "::ffff:203.0.113.9", True),
    ("2001:db8:1:2::3", "2001:db8:1:ffff::3", True), ("2001:db8:1:2::3", "2001:db8:2:2::3", False), ("", "", True),
])
def test_neighbours(one: str, other: str, same: bool) -> None:
    asked = [limits._neighbours(RequestFactory().get("/", REMOTE_ADDR=address)) for address in (one, other)]
    assert (asked[0] == asked[1]) is same


# --- across processes ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_bucket_gives_each_place_once() -> None:
    def take(**places: int) -> dict[str, int | None]:
        return buckets.take(places, at=make.AT, until=make.AT + timedelta(hours=1))
    assert [take(a=2)["a"] for _one in range(4)] == [1, 2, None, None]
    assert take(a=3, b=9) == {"a": 3, "b": 1}
    assert [buckets.once("x", at=make.AT, until=make.AT + timedelta(hours=1)) for _one in range(3)] == [True, False, False]


TABLES = """
from django.db import connection
with connection.schema_editor() as schema:
    schema.create_model(models.Bucket)
    schema.create_model(models.DayChance)
"""
TAKES = """
at = datetime(2026, 11, 24, 1, tzinfo=UTC)
print(sum(buckets.take({"hall": 60}, at=at, until=at + timedelta(hours=1))["hall"] is not None for n in range(40)))
"""
BEGIN = """
import django
django.setup()
from datetime import datetime, timedelta, UTC
from consult.kit import buckets, models
"""


def test_all_processes_count_together(tmp_path: Path) -> None:
    env = {**os.environ, "TEST_DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
           "DJANGO_SETTINGS_MODULE": "portal.settings"}

    def process(does: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", BEGIN + does], env=env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE)

    assert process(TABLES).wait(timeout=120) == 0
    several = [process(TAKES) for _one in range(3)]
    took = [int(one.communicate(timeout=120)[0]) for one in several]
    assert sum(took) == 60, took


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="several writers at one moment need PostgreSQL")
def test_all_at_once_pass_no_more_than_there_are_places() -> None:
    calendar.forget()

    def one(_n: int) -> bool:
        try:
            return limits.take(RequestFactory().get("/", REMOTE_ADDR=HALL), make.AT) is None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(120))) == 60


def test_hints_while_somebody_writes(cast: Any, place: Any) -> None:
    allow(cast.sysadmin, hint_per_hour=2)
    asked = [Client(REMOTE_ADDR=HALL).post("/say/matters/", {"text": "过渡费没有到账。"}).status_code for _one in range(3)]
    assert asked == [200, 200, 429]
