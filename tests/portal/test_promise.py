"""No start on a database that may forget what it acknowledged."""

import sqlite3
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from portal import promise
from portal.settings import _sqlite_options, _wal_is_safe


def opened(path, pragmas):
    """A connection to a file of its own, set up by these words."""
    return DatabaseWrapper({
        "ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {"init_command": pragmas}, "TIME_ZONE": None,
        "CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "USER": "",
        "PASSWORD": "", "HOST": "", "PORT": "", "TEST": {"NAME": None}}, "its_own")


@pytest.fixture
def asked(tmp_path, django_db_blocker):
    """What is said about a database with these pragmas, on a SQLite of this version."""
    made = []

    def ask(pragmas, version=sqlite3.sqlite_version_info):
        made.append(opened(tmp_path / "it.sqlite3", pragmas))
        made[-1].Database = SimpleNamespace(sqlite_version_info=version, sqlite_version=".".join(map(str, version)), **{
            name: value for name, value in vars(sqlite3).items() if not name.startswith(("sqlite_version", "__"))})
        with django_db_blocker.unblock():
            said = promise.broken(made[-1], testing=False)
            made[-1].close()
        return said

    return ask


def test_ours_keeps_it(asked):
    options = _sqlite_options()["init_command"]
    assert asked(options) == []
    assert ("journal_mode=WAL" in options) == _wal_is_safe(sqlite3.sqlite_version_info)


@pytest.mark.parametrize(("pragmas", "version", "words"), [
    ("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL", (3, 40, 1), "can lose commits in WAL mode"),
    ("PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL", (3, 53, 4), "synchronous=FULL"),
    ("PRAGMA journal_mode=DELETE;PRAGMA synchronous=FULL", (3, 40, 1), "synchronous=EXTRA"),
    ("PRAGMA journal_mode=TRUNCATE;PRAGMA synchronous=EXTRA", (3, 40, 1), "not TRUNCATE"),
    ("PRAGMA journal_mode=OFF;PRAGMA synchronous=EXTRA", (3, 40, 1), "not OFF"),
])
def test_others_are_named(asked, pragmas, version, words):
    assert any(words in line for line in asked(pragmas, version))


@pytest.mark.parametrize(("pragmas", "version"), [
    ("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL", (3, 53, 4)),
    ("PRAGMA journal_mode=WAL;PRAGMA synchronous=EXTRA", (3, 44, 6)),
    ("PRAGMA journal_mode=DELETE;PRAGMA synchronous=EXTRA", (3, 40, 1))])
def test_these_keep_it(asked, pragmas, version):
    assert asked(pragmas, version) == []


@pytest.mark.skipif(_wal_is_safe(sqlite3.sqlite_version_info), reason="this SQLite stays in WAL mode")
def test_a_file_left_in_wal_mode_goes_back_by_itself(asked):
    assert asked("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL") != []
    assert asked(_sqlite_options()["init_command"]) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks a PostgreSQL")
def test_a_postgresql_in_a_hurry_is_for_tests_alone(db):
    assert promise.broken(connection, testing=True) == []
    assert any("synchronous_commit" in line for line in promise.broken(connection, testing=False))
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    assert promise.broken(connection, testing=False) == []


def test_nothing_starts_on_such_a_database(db, settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(promise, "broken", lambda connection: ["It forgets."])
    with pytest.raises(CommandError, match="It forgets"):
        call_command("prepare")
