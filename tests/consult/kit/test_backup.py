"""A backup is what was restored and compared: on the same database, on the other one, and with one byte flipped."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from consult.kit import backup, calendar
from consult.kit.models import SearchText
from consult.opinions.models import SealedIdentity
from consult.people.models import User
from consult.tasks.models import Task
from consult.tasks.states import TaskState
from tests import make, make_opinions, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def kept(settings: Any, tmp_path: Path, place: make.Place, cast: make.Cast) -> Path:
    """A district in which something happened, and its backup."""
    settings.MEDIA_ROOT = tmp_path / "stored"
    make_tasks.task(place, cast, state=TaskState.ANSWERED)
    make_opinions.named_opinion()
    for name in ("photos/路口.jpg", "issues/2026/1.pdf"):
        default_storage.save(name, ContentFile(os.urandom(3000)))
    backup.make(tmp_path / "backup", datetime(2026, 11, 24, tzinfo=UTC))
    return tmp_path / "backup"


def digests(directory: Path) -> dict[str, Any]:
    manifest = json.loads((directory / backup.MANIFEST).read_text())
    tables = {name: (table["rows"], table["sha256"]) for name, table in manifest["tables"].items()}
    return {**tables, **{name: file["file_sha256"] for name, file in manifest["files"].items()}}


def empty(settings: Any, tmp_path: Path) -> None:
    call_command("flush", interactive=False, verbosity=0)
    calendar.forget()
    settings.MEDIA_ROOT = tmp_path / "empty"


def test_wiped_and_restored_every_digest_is_equal(kept: Path, settings: Any, tmp_path: Path) -> None:
    empty(settings, tmp_path)
    assert not Task.objects.exists()
    backup.restore(kept)
    backup.make(tmp_path / "again", datetime(2026, 11, 25, tzinfo=UTC))
    assert digests(tmp_path / "again") == digests(kept)
    assert digests(kept)["tasks.Task"][0] == Task.objects.count() == 1
    assert SealedIdentity.objects.exists() and SearchText.objects.exists()
    # The next row does not take the key of a restored one.
    assert make.user("next").pk > max(User.objects.exclude(username="next").values_list("pk", flat=True))


def test_a_flipped_byte_in_any_file_is_found(kept: Path) -> None:
    backup.look(kept)
    files = [path for path in sorted(kept.rglob("*")) if path.is_file()]
    assert len(files) > 60
    for path in files:
        whole = path.read_bytes()
        at = len(whole) // 2
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        with pytest.raises(backup.Broken) as broken:
            backup.look(kept)
        assert path.name in str(broken.value) or backup.MANIFEST in str(broken.value)
        path.write_bytes(whole)
    backup.look(kept)


def test_a_missing_and_a_strange_file_are_named(kept: Path) -> None:
    (kept / "tables" / "tasks.Task.jsonl.gz").rename(kept / "tables" / "other.gz")
    with pytest.raises(backup.Broken) as broken:
        backup.look(kept)
    assert [sentence.split(" ")[0] for sentence in broken.value.sentences] == ["tables/tasks.Task.jsonl.gz", "tables/other.gz"]
    with pytest.raises(CommandError, match=r"tasks\.Task"):
        call_command("restore", kept)


def test_an_installation_in_use_is_not_overwritten(kept: Path) -> None:
    before = Task.objects.get()
    with pytest.raises(backup.Broken, match="DATABASE_URL"):
        backup.restore(kept)
    assert Task.objects.get() == before


def test_what_does_not_agree_is_taken_back(kept: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty(settings, tmp_path)
    monkeypatch.setattr(backup, "_value", lambda field, value: "x" if field.attname == "title" else (
        value if value is None or field.get_internal_type() == "JSONField" else field.to_python(value)))
    with pytest.raises(backup.Broken, match=r"tasks\.Task"):
        backup.restore(kept)
    assert not Task.objects.exists()


def test_a_directory_that_is_there_is_left_alone(kept: Path) -> None:
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", kept)
    call_command("backup", kept, check=True)


def test_the_other_database_holds_the_same(kept: Path, tmp_path: Path) -> None:
    """SQLite into PostgreSQL where a server answers, PostgreSQL into SQLite."""
    bare = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TEST_DATABASE_URL"}
            and not name.startswith("PYTEST")}
    there = {**bare, "DEMO": "1", "VAR_DIR": str(tmp_path / "there")}
    server, name = "", f"restored_{os.getpid()}"
    if connection.vendor == "sqlite":
        url = subprocess.run([sys.executable, ROOT / "bin/postgres-url"], env=bare, capture_output=True, text=True).stdout.strip()
        if not url:
            pytest.skip("no PostgreSQL answers on this machine")
        server = url.rsplit("/", 1)[0]
        there["DATABASE_URL"] = f"{server}/{name}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name}")
            admin.execute(f"CREATE DATABASE {name}")
    try:
        for words in (["restore", str(kept)], ["backup", str(tmp_path / "again")]):
            done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=there, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
    finally:
        if server:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {name}")
    assert digests(tmp_path / "again") == digests(kept)
