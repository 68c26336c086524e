"""How many may hand in from one network within an hour; nothing typed is lost, and no address is kept."""

import io
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine as clock
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, RequestFactory, override_settings

from consult.kit import parameters
from consult.opinions.models import Opinion
from portal.kit import limits
from tests import make

HALL, HOME = "203.0.113.77", "198.51.100.23"


def form(**values: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "text": "路灯不亮。", "identity_mode": "anonymous", **values}


@pytest.fixture
def few(cast: Any) -> int:
    """Three an hour, instead of sixty."""
    parameters.put("intake_per_hour", 3, since=make.TODAY, basis="测试", by=cast.sysadmin, at=make.AT)
    return 3


def hand_in(address: str = HALL, **values: Any) -> Any:
    return Client(REMOTE_ADDR=address).post("/say/", form(**values))


def test_a_village_hall_is_let_in(place: Any) -> None:
    assert [hand_in().status_code for _one in range(40)] == [302] * 40


@override_settings(OFFICE_PHONE="0531-12345")
def test_over_the_limit_nothing_is_lost(few: int) -> None:
    for _one in range(few):
        assert hand_in().status_code == 302
    typed = form(text="写了很久的一段话，请不要丢。", place="石桥路口", tags=["school"])
    late = Client(REMOTE_ADDR=HALL)
    page = late.post("/say/", typed)
    words = page.content.decode()
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 3600
    for kept in (typed["text"], typed["place"], typed["key"], "10:00", "0531-12345"):
        assert kept in words, kept
    assert Opinion.objects.count() == few
    assert hand_in(HOME).status_code == 302, "other networks are not concerned"
    with clock.travel(make.AT + timedelta(hours=1), tick=True):
        assert late.post("/say/", typed).status_code == 302
    assert Opinion.objects.filter(text=typed["text"]).count() == 1


def test_the_same_form_again_and_a_wrong_one_cost_nothing(few: int) -> None:
    same = form()
    for _again in range(6):
        assert Client(REMOTE_ADDR=HALL).post("/say/", same).status_code == 302
        assert hand_in(text="").status_code == 422
    assert [hand_in().status_code for _one in range(3)] == [302, 302, 429]


def test_residents_with_an_account_and_assisted_entry_always_pass(few: int, cast: Any) -> None:
    for _one in range(few + 1):
        hand_in()
    resident, office = Client(REMOTE_ADDR=HALL), Client(REMOTE_ADDR=HALL)
    resident.force_login(cast.resident)
    office.force_login(cast.office)
    assert resident.post("/say/", form()).status_code == 302
    assert office.post("/opinions/enter/", form(channel="phone")).status_code == 302


def test_no_address_is_kept_or_logged(few: int, tmp_path: Any) -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    logging.getLogger().addHandler(handler)
    place = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_for_test"}}
    try:
        with override_settings(CACHES=place):
            call_command("createcachetable", verbosity=0)
            assert [hand_in().status_code for _one in range(few + 1)] == [302] * few + [429]
            with connection.cursor() as cursor:
                cursor.execute("SELECT cache_key, value FROM cache_for_test")
                rows = cursor.fetchall()
    finally:
        logging.getLogger().removeHandler(handler)
    places = [key for key, _value in rows if ":intake:2026112409:" in key]
    assert len(places) == few
    # Four hexadecimal digits: one in 65,536, whoever has the keys.
    assert all(len(key.split(":")[-2]) == 4 for key in places)
    kept = str(rows) + told.getvalue() + "".join(str(list(model._default_manager.values())) for model in apps.get_models())
    for said in (HALL, HALL.replace(".", ""), "cb00714d"):
        assert said not in kept


def test_another_day_another_key(place: Any) -> None:
    ask = RequestFactory().get("/", REMOTE_ADDR=HALL)
    assert limits._bucket(ask, make.AT) == limits._bucket(ask, make.AT)
    days = {limits._bucket(ask, make.AT + timedelta(days=n)) for n in range(8)}
    assert len(days) > 6
    cache.clear()
    assert limits._chance_of("20261124") == limits._chance_of("20261124") != limits._chance_of("20261125")


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="several writers at one moment need PostgreSQL")
def test_all_at_once_pass_no_more_than_there_are_places() -> None:
    table = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_for_test"}}

    def one(_n: int) -> bool:
        try:
            return limits.take(RequestFactory().get("/", REMOTE_ADDR=HALL), make.AT) is None
        finally:
            connections.close_all()

    with override_settings(CACHES=table):
        call_command("createcachetable", verbosity=0)
        try:
            with ThreadPoolExecutor(8) as pool:
                assert sum(pool.map(one, range(120))) == 60
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE cache_for_test")
