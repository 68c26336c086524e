"""What the tests of the kit need: keys of their own, a fresh calendar, English sentences."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from consult.kit import calendar, keys
from consult.people.models import Jurisdiction, User

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=calendar.ZONE)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def fresh_calendar() -> Iterator[None]:
    calendar.forget()
    yield
    calendar.forget()


@pytest.fixture
def key_dir(settings: Any, tmp_path: Path) -> Path:
    """Keys of one's own. That for papers is the suite's: making one takes a tenth of a second."""
    settings.KEY_DIR, suite = tmp_path / "keys", Path(settings.KEY_DIR)
    settings.KEY_DIR.mkdir(mode=0o700)
    for name in keys.PAPER:
        shutil.copy2(suite / name, settings.KEY_DIR / name)
    keys.create()
    return settings.KEY_DIR


@pytest.fixture
def days(db: None) -> int:
    return calendar.seed()


@pytest.fixture
def nine() -> datetime:
    return NINE


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create(username="ann", name="Ann", email="ann@example.org")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create(username="bob", name="Bob")


@pytest.fixture
def district(db: None) -> Jurisdiction:
    return Jurisdiction.objects.create(name="District", level="district", code="D")
