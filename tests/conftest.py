"""What every test may ask for: a place, a cast, and one morning on which everything happens."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from consult.kit import calendar, keys, parameters, recall
from consult.kit.models import CalendarDay
from tests import make


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    keys.create()


@pytest.fixture
def at() -> datetime:
    """The morning of the suite: Tuesday 2026-11-24, 09:00 in China."""
    return make.AT


@pytest.fixture(autouse=True)
def _morning(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rights are those of the present day and pages show it: it is the same day in every run."""
    cache.clear()
    calendar.forget()
    recall.forget()
    if request.node.get_closest_marker("real_clock"):
        yield
    else:
        with time_machine.travel(make.AT, tick=True):
            yield


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests write faster than people: how long a form was open counts only where a test sets it, and nothing is remembered."""
    monkeypatch.setattr(recall, "SECONDS", 0)
    monkeypatch.setitem(parameters.defaults, "intake_seconds", replace(parameters.defaults["intake_seconds"], value=0))


@pytest.fixture
def place(db: None) -> make.Place:
    if not CalendarDay.objects.exists():  # without migrations, or after a test that emptied the tables
        calendar.seed()
    return make.place()


@pytest.fixture
def cast(place: make.Place) -> make.Cast:
    return make.cast(place)


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """Files lie in a bucket: an S3 server of this test's own, on this machine."""
    from tests import make_store  # only where it is needed: it is a large library
    with make_store.served() as made:
        settings.STORAGES = {**settings.STORAGES, **made.storages()}
        yield made


def pytest_unconfigure() -> None:
    # Keys and files of this run; the settings put them in a directory of its own.
    shutil.rmtree(settings.VAR_DIR, ignore_errors=True)
