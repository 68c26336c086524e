"""What was acknowledged survives a power cut: at each start the database itself is asked whether it keeps that promise."""

from typing import Any

from portal.settings import TESTING, _wal_is_safe

#: What PRAGMA synchronous answers.
FULL, EXTRA = 2, 3


def broken(connection: Any, *, testing: bool = TESTING) -> list[str]:
    """Why a commit on this connection might be lost, as sentences; none when all is well. Only tests may be in a hurry."""
    if connection.vendor == "sqlite":
        return [] if testing and connection.is_in_memory_db() else _of_sqlite(connection)
    return _of_postgres(connection, testing) if connection.vendor == "postgresql" else []


def _of_sqlite(connection: Any) -> list[str]:
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    version = connection.Database.sqlite_version_info
    if journal == "wal":
        said = [] if _wal_is_safe(version) else [
            f"SQLite {connection.Database.sqlite_version} can lose commits in WAL mode, in which the database file was left. "
            "Stop everything that has it open and start again: it goes back to journal_mode=DELETE by itself."]
        return said + ([] if synchronous >= FULL else ["SQLite in WAL mode needs synchronous=FULL."])
    if journal != "delete":
        return [f"SQLite must run with journal_mode=WAL or DELETE, not {journal.upper()}."]
    return [] if synchronous >= EXTRA else ["SQLite with journal_mode=DELETE needs synchronous=EXTRA."]


def _of_postgres(connection: Any, testing: bool) -> list[str]:
    said: list[str] = []
    with connection.cursor() as cursor:
        for name in () if testing else ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                said.append(f"PostgreSQL runs with {name} = off: after a power cut, what it acknowledged may be gone.")
    return said
