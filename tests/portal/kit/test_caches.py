"""Redis gone: nothing fails, nothing that was ended comes back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from redis.exceptions import ConnectionError as Gone

from portal.kit import caches as ours


class Redis:
    """As much of a Redis as the cache asks of it."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.dead, self.asked = False, 0

    def answer(self) -> None:
        self.asked += 1
        if self.dead:
            raise Gone("no one there")

    def get(self, key: str, default: Any) -> Any:
        self.answer()
        return self.kept.get(key, default)

    def set(self, key: str, value: Any, timeout: Any) -> None:
        self.answer()
        self.kept[key] = value

    def delete(self, key: str) -> bool:
        self.answer()
        return self.kept.pop(key, None) is not None

    def clear(self) -> bool:
        self.answer()
        self.kept.clear()
        return True


@pytest.fixture
def redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": "portal.kit.caches.Shared", "LOCATION": "redis://nowhere.invalid"},
                       "spare": {"BACKEND": local, "LOCATION": "spare"}}
    made = Redis()
    monkeypatch.setattr(ours.Shared, "_cache", made, raising=False)
    monkeypatch.setattr(ours.Shared, "asked_again_at", 0.0)
    monkeypatch.setattr(ours.Shared, "missed", False)
    yield made
    caches["spare"].clear()


def test_it_is_redis_that_keeps(redis: Redis) -> None:
    cache = caches["default"]
    cache.set("a", 1)
    assert cache.get("a") == 1 and len(redis.kept) == 1 and caches["spare"].get("a") is None


def test_gone_the_spare_takes_its_place_and_redis_is_asked_once(redis: Redis) -> None:
    redis.dead = True
    cache = caches["default"]
    cache.set("a", 1)
    cache.set("b", 2)
    assert (cache.get("a"), cache.get("b"), cache.get("c", "none")) == (1, 2, "none")
    assert redis.asked == 1


def test_back_it_is_emptied_first_so_that_nothing_ended_comes_back(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = caches["default"]
    cache.set("session", "somebody")
    redis.dead = True
    cache.delete("session")
    redis.dead = False
    assert cache.get("session") is None
    monkeypatch.setattr(ours.Shared, "asked_again_at", 0.0)
    assert cache.get("session") is None and redis.kept == {}


def test_settings_alone_move_cache_and_sessions(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    said = subprocess.run([sys.executable, "manage.py", "shell", "-c", (
        "from django.conf import settings; from django.core.cache import cache; "
        "print(settings.SESSION_ENGINE, type(cache._connections['default']).__name__)")],
        cwd=Path(__file__).parents[3], env={**bare, "DEMO": "1", "VAR_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True, text=True)
    assert said.stdout.split()[-2:] == ["django.contrib.sessions.backends.cached_db", "Shared"], said.stderr
