"""Files in a bucket: the same promises as on a disk, and a store that is away is told from a file that is gone."""

import hashlib
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import CommandError, call_command

from consult.briefings import shelf
from consult.kit import attachments, backup, calendar, jobs, store
from consult.kit.attachments import Clean
from consult.kit.models import Attachment, Notice
from consult.kit.s3 import PROBE, Bucket
from consult.people.models import User
from portal.management.commands.prepare import Command as Prepare
from tests import make
from tests.make_store import BUCKET, Store

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def attached(user: User, content: bytes = PDF) -> Attachment:
    return attachments.keep(user, "说明.pdf", Clean(content, "pdf", "application/pdf"), by=None, at=make.AT)


def stranger_reads(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as no:
        return no.code


def test_kept_read_and_taken_away(bucket: Store, db: None, django_capture_on_commit_callbacks: Any) -> None:
    kept = attached(make.user("me"))
    name = str(kept.file.name)
    assert bucket.names() == [f"files/{name}"] and name.startswith("attachments/")
    with Attachment.objects.get().file.open("rb") as file:
        assert file.read() == PDF
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(kept, by=None, at=make.AT)
    assert bucket.names() == [] and not Attachment.objects.exists()


def test_nobody_gets_past_the_pages(bucket: Store, db: None) -> None:
    kept = attached(make.user("me"))
    with pytest.raises(ValueError, match="no address"):
        _ = kept.file.url
    assert stranger_reads(f"{bucket.url}/{BUCKET}/files/{kept.file.name}") == 403
    made: Any = storages["default"]
    assert not made.open_to_all() and bucket.names() == [f"files/{kept.file.name}"]


def test_a_row_that_fails_leaves_no_file(bucket: Store, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consult.kit.audit.write", lambda *args, **kwargs: 1 / 0)
    user = make.user("me")
    with pytest.raises(ZeroDivisionError):
        attached(user)
    assert bucket.names() == []


def test_an_issue_is_what_was_frozen_or_damaged(bucket: Store) -> None:
    name = shelf.put("2026/briefing-1-abc.pdf", PDF)
    assert name.startswith("issues/2026/briefing-1-abc") and name.endswith(".pdf")
    digest = hashlib.sha256(PDF).hexdigest()
    assert shelf.get(name, digest) == PDF
    with pytest.raises(shelf.Damaged):
        shelf.get(name, "0" * 64)
    bucket.client.put_object(Bucket=BUCKET, Key=f"files/{name}", Body=PDF + b"x")
    with pytest.raises(shelf.Damaged):
        shelf.get(name, digest)
    bucket.client.delete_object(Bucket=BUCKET, Key=f"files/{name}")
    with pytest.raises(shelf.Damaged):
        shelf.get(name, digest)


def test_a_request_that_arrives_late_changes_no_issue(bucket: Store) -> None:
    """Two presses, one paper: the store may take the first one's after the second one's."""
    first, second = shelf.put("2026/1.pdf", PDF + b"1"), shelf.put("2026/1.pdf", PDF + b"2")
    shelf.put("2026/1.pdf", PDF + b"1")
    assert first != second and store.get(second) == PDF + b"2"


def test_only_what_no_row_knows_is_swept_after_a_day(bucket: Store, db: None) -> None:
    kept = attached(make.user("me"))
    default_storage.save("attachments/2020/01/lost.pdf", ContentFile(PDF))
    default_storage.save("issues/2020/lost.pdf", ContentFile(PDF))
    storages["arrivals"].save("left.sheet", ContentFile(PDF))
    now = calendar.now()
    assert attachments.sweep(now - timedelta(days=1)) == 0
    assert attachments.sweep(now + timedelta(days=1)) == 2
    assert bucket.names() == ["arrivals/left.sheet", f"files/{kept.file.name}"]
    assert store.sweep("", now + timedelta(days=1), where=store.ARRIVALS) == 1


# --- the store is away --------------------------------------------------------------------------------------------


def test_away_is_no_damage_and_leaves_nothing(bucket: Store, db: None) -> None:
    user = make.user("me")
    name = shelf.put("2026/1.pdf", PDF)
    kept = attached(user)
    bucket.stop()
    with pytest.raises(store.Unreachable):
        shelf.get(name, "0" * 64)
    with pytest.raises(ValidationError) as refused:
        attached(user)
    assert refused.value.message_dict["file"] == [str(store.AWAY)]
    assert list(Attachment.objects.all()) == [kept]
    for asked in (lambda: shelf.put("2026/2.pdf", PDF), lambda: attachments.sweep(make.AT), lambda: kept.file.open("rb")):
        with pytest.raises(store.Unreachable):
            asked()


def test_what_was_taken_away_stays_so(bucket: Store, db: None, django_capture_on_commit_callbacks: Any) -> None:
    """The row is gone and so is every way to the file; the file itself goes with the next sweep."""
    kept = attached(make.user("me"))
    bucket.stop()
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(kept, by=None, at=make.AT)
    assert not Attachment.objects.exists()


def test_a_bucket_that_is_not_there_is_away_and_no_file_is_damaged(bucket: Store) -> None:
    bucket.client.delete_bucket(Bucket=BUCKET)
    with pytest.raises(store.Unreachable):
        shelf.get("issues/2026/1.pdf", "0" * 64)
    assert not store.answers()


def test_jobs_wait_for_the_store() -> None:
    assert issubclass(store.Unreachable, jobs.PASSING)


@contextmanager
def shows(*paths: str) -> Iterator[str]:
    """A store that lets whoever has its key do everything, and strangers read what stands under these paths."""

    class Answer(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = b"<ListBucketResult></ListBucketResult>" if "list-type" in self.path else b""
            known = "Authorization" in self.headers or self.path.partition("?")[0] in paths
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200 if known else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = answer

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("paths", "refused"), [([], False), ([f"/{BUCKET}"], True), ([f"/{BUCKET}/{PROBE}"], True)])
def test_a_bucket_that_strangers_read_is_not_served(settings: Any, paths: list[str], refused: bool) -> None:
    with shows(*paths) as url:
        settings.STORAGES = {**settings.STORAGES, **Store(None, url).storages()}
        command = Prepare()
        if refused:
            with pytest.raises(CommandError, match="everybody"):
                command._refuse_open_bucket()
        else:
            command._refuse_open_bucket()


def test_without_the_store_pages_are_served_all_the_same(settings: Any, capsys: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, **Store(None, "http://127.0.0.1:9").storages()}
    Prepare()._refuse_open_bucket()
    assert "could not be looked at" in capsys.readouterr().err


@pytest.fixture
def half() -> Iterator[str]:
    """A store that breaks off in the middle of every file."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _address = server.accept()
            except OSError:
                return
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: \"x\"\r\n\r\n" + bytes(100_000))
            line.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def test_half_a_file_is_none(half: str) -> None:
    made = Bucket(bucket_name=BUCKET, location="files", access_key="key", secret_key="secret", endpoint_url=half,
                  region_name="us-east-1")
    with pytest.raises(store.Unreachable):
        made.open("attachments/1.pdf")


# --- backups ------------------------------------------------------------------------------------------------------


def digests(manifest: dict[str, Any]) -> dict[str, str]:
    tables = {name: table["sha256"] for name, table in manifest["tables"].items()}
    return tables | {name: file["file_sha256"] for name, file in manifest["files"].items()}


def emptied() -> None:
    call_command("flush", interactive=False, verbosity=0)
    calendar.forget()


@pytest.mark.django_db(transaction=True)
def test_from_the_bucket_to_a_disk_and_back(bucket: Store, settings: Any, tmp_path: Path) -> None:
    in_bucket, on_disk = settings.STORAGES, {**settings.STORAGES, "default": {"BACKEND": "consult.kit.store.Disk"}}
    attached(make.user("me"))
    shelf.put("2026/路口.pdf", PDF * 50_000)
    storages["arrivals"].save("waiting.sheet", ContentFile(PDF))
    first = backup.make(tmp_path / "first", datetime(2026, 11, 24, tzinfo=UTC))
    assert len(first["files"]) == 2, "a sheet that waits is no part of it"
    emptied()
    with pytest.raises(backup.Broken, match="S3_BUCKET"):
        backup.restore(tmp_path / "first")
    settings.STORAGES, settings.MEDIA_ROOT = on_disk, tmp_path / "files"
    backup.restore(tmp_path / "first")
    second = backup.make(tmp_path / "second", datetime(2026, 11, 24, tzinfo=UTC))
    assert digests(second) == digests(first)
    emptied()
    for name in bucket.names():
        bucket.client.delete_object(Bucket=BUCKET, Key=name)
    settings.STORAGES = in_bucket
    backup.restore(tmp_path / "second")
    assert sorted(bucket.names()) == sorted(f"files/{name}" for name in first["files"])
    assert digests(backup.make(tmp_path / "third", datetime(2026, 11, 24, tzinfo=UTC))) == digests(first)


@pytest.mark.django_db(transaction=True)
def test_a_file_erased_meanwhile_is_left_out(bucket: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        shelf.put(f"2026/{number}.pdf", PDF)
    names = sorted(name for name, _changed in store.walk())
    monkeypatch.setattr(backup, "_stored", lambda: [*names, "attachments/2026/erased.jpg"])
    made = backup.make(tmp_path / "made", datetime(2026, 11, 24, tzinfo=UTC))
    assert sorted(made["files"]) == names
    backup.look(tmp_path / "made")


@pytest.mark.django_db(transaction=True)
def test_a_backup_without_the_store_is_none(bucket: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attached(make.user("me"))
    call_command("backup", tmp_path / "good", verbosity=0)
    emptied()
    bucket.client.delete_object(Bucket=BUCKET, Key=bucket.names()[0])

    def gone(*args: Any) -> None:
        bucket.stop()
        raise store.Unreachable("gone")

    with monkeypatch.context() as broken, pytest.raises(CommandError, match="Nothing was restored"):
        broken.setattr(backup, "_put_back", gone)
        call_command("restore", tmp_path / "good", verbosity=0)
    assert not User.objects.exists() and not Attachment.objects.exists() and not Notice.objects.exists()
    with pytest.raises(CommandError, match="No backup was made"):
        call_command("backup", tmp_path / "bad", verbosity=0)
    assert not (tmp_path / "bad").exists()
