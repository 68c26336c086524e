"""Hostile files, one by one."""

import io
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from consult.kit import attachments, audit, rules
from consult.kit.models import Attachment, AuditEvent
from consult.people.models import Jurisdiction, User

CANARY = b"canary-1f3a"


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


def picture(kind: str = "JPEG", size: tuple[int, int] = (30, 20), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind, **options)
    return out.getvalue()


def paper(part: str = "word/document.xml", *more: tuple[str, bytes], types: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if types:
            archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
        for name, content in more:
            archive.writestr(name, content)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claims(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def attach(district: Jurisdiction, ann: User, nine: datetime) -> Any:
    def doing(name: str, content: bytes, content_type: str = "image/jpeg", caption: str = "") -> Attachment:
        upload = SimpleUploadedFile("x", content, content_type)
        upload._name = name  # as a hostile client would send it
        return attachments.attach(district, upload, by=ann, at=nine, caption=caption)

    return doing


def code(refused: Any) -> str:
    return str(refused.value.error_dict["file"][0].code)


def str_or_length(value: Any) -> str:
    """A name for a case that is the same in every process: packed files hold the time they were packed."""
    return value if isinstance(value, str) else ("bytes" if isinstance(value, bytes) else repr(value))


@pytest.mark.parametrize(("name", "content", "content_type", "size"), [
    ("a.jpg", picture(), "image/jpeg", (30, 20)),
    ("a.JPEG", picture(), "image/jpeg", (30, 20)),
    ("a.png", picture("PNG"), "image/png", (30, 20)),
    ("a.png", picture("PNG", mode="RGBA"), "image/png", (30, 20)),
    ("a.png", picture("PNG", mode="P"), "image/png", (30, 20)),
    ("a.png", picture("PNG", mode="I;16"), "image/png", (30, 20)),
    ("a.jpg", picture(mode="CMYK"), "image/jpeg", (30, 20)),
    ("a.jpg", picture(mode="L"), "image/jpeg", (30, 20)),
    ("a.webp", picture("WEBP"), "image/webp", (30, 20)),
    ("规划图.pdf", PDF, "application/pdf", (None, None)),
    ("a.docx", paper(), attachments.ALLOWED["docx"][0], (None, None)),
    ("a.xlsx", paper("xl/workbook.xml"), attachments.ALLOWED["xlsx"][0], (None, None)),
], ids=str_or_length)
def test_what_is_allowed(attach: Any, name: str, content: bytes, content_type: str, size: tuple[int, int]) -> None:
    kept = attach(name, content, "text/html")
    assert (kept.name, kept.content_type, (kept.width, kept.height)) == (name, content_type, size)
    assert kept.size == len(kept.file.read())


@pytest.mark.parametrize(("name", "content", "why"), [
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "type"),
    ("a.svgz", b"\x1f\x8b", "type"),
    ("a.html", b"<html>", "type"),
    ("a.gif", picture("GIF"), "type"),
    ("a.exe", b"MZ", "type"),
    ("a.docm", paper(), "type"),
    ("a.jpg.exe", picture(), "type"),
    ("a.jpg\u202eexe.html", picture(), "type"),
    ("jpg", picture(), "type"),
    ("", picture(), "type"),
    (".", picture(), "type"),
    ("a.jpg", b"", "empty"),
    ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "content"),
    ("a.jpg", b"<html><script>alert(1)</script>", "content"),
    ("a.jpg", picture("PNG"), "content"),
    ("a.png", picture(), "content"),
    ("a.webp", picture("GIF"), "content"),
    ("a.jpg", picture("TIFF"), "content"),
    ("a.pdf", picture(), "content"),
    ("a.pdf", b"<html>" + PDF, "content"),
    ("a.jpg", PDF, "content"),
    ("a.docx", PDF, "content"),
    ("a.docx", paper("xl/workbook.xml"), "content"),
    ("a.xlsx", paper(), "content"),
    ("a.docx", paper("readme.txt"), "content"),
    ("a.docx", paper(types=False), "content"),
    ("a.docx", picture() + paper(), "content"),
    ("a.docx", b"MZ" + paper(), "content"),
    ("a.docx", paper()[:60], "damaged"),
    ("a.docx", b"PK\x03\x04" + b"\x00" * 500, "damaged"),
    ("a.jpg", picture()[:150], "damaged"),
    ("a.png", picture("PNG")[:40] + b"\x00" * 100, "damaged"),
    ("a.docx", paper("word/document.xml", ("word/vbaProject.bin", b"x")), "macro"),
    ("a.docx", paper("word/document.xml", ("big", bytes(60 * 1024 * 1024))), "bomb"),
    ("a.docx", paper("word/document.xml", ("dense", bytes(2 * 1024 * 1024))), "bomb"),
    ("a.docx", paper("word/document.xml", *((f"n{n}", b"") for n in range(1000))), "bomb"),
    ("a.png", claims(30_000, 30_000), "pixels"),
    ("a.png", claims(8_000, 6_000), "pixels"),
    ("a.png", claims(2_000_000_000, 2), "pixels"),
    ("a.jpg", picture() + bytes(10 * 1024 * 1024), "size"),
], ids=str_or_length)
def test_what_is_refused(attach: Any, files: Path, name: str, content: bytes, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        attach(name, content)
    assert code(refused) == why
    assert refused.value.messages[0]
    assert Attachment.objects.count() == 0
    assert not files.exists()


def test_the_size_is_counted_not_believed(attach: Any, district: Jurisdiction, ann: User, nine: datetime) -> None:
    upload = SimpleUploadedFile("a.pdf", PDF + bytes(11 * 1024 * 1024))
    upload.size = 10
    with pytest.raises(ValidationError) as refused:
        attachments.attach(district, upload, by=ann, at=nine)
    assert code(refused) == "size"


def test_a_password_is_refused(attach: Any) -> None:
    locked = bytearray(paper())
    spot = locked.find(b"PK\x01\x02")
    locked[spot + 8] |= 1
    with pytest.raises(ValidationError) as refused:
        attach("a.docx", bytes(locked))
    assert code(refused) == "macro"


def test_nothing_hidden_in_a_picture_survives(attach: Any) -> None:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    text = PngInfo()
    text.add_text("Comment", CANARY.decode())
    hostile = {
        "a.jpg": picture(exif=exif, comment=CANARY, icc_profile=CANARY) + CANARY,
        "b.jpg": picture() + paper("word/document.xml", ("x", CANARY)),
        "c.png": picture("PNG", exif=exif, pnginfo=text) + b"<script>" + CANARY,
        "d.webp": picture("WEBP", exif=exif, xmp=CANARY),
    }
    for name, content in hostile.items():
        kept = attach(name, content).file.read()
        assert CANARY not in kept
        assert b"PK\x03\x04" not in kept
        with Image.open(io.BytesIO(kept)) as clean:
            assert not clean.getexif()
            assert set(clean.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background",
                                       "timestamp", "duration"}


def test_a_turned_picture_is_set_upright(attach: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = attach("a.jpg", picture(exif=exif))
    assert (kept.width, kept.height) == (20, 30)


def test_see_through_stays_see_through(attach: Any) -> None:
    with Image.open(attach("a.png", picture("PNG", mode="RGBA")).file) as kept:
        assert kept.mode == "RGBA"


@pytest.mark.parametrize(("sent", "kept"), [
    ("../../etc/passwd.jpg", "passwd.jpg"),
    ("C:\\temp\\照片 1.jpg", "照片_1.jpg"),
    ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie_x=1.jpg"),
    ('a".jpg', "a_.jpg"),
    ("\u202egpj.a.jpg", "gpj.a.jpg"),
    ("...hidden.jpg", "hidden.jpg"),
    ("n" * 300 + ".jpg", "n" * 90 + ".jpg"),
    ("%00.jpg", "00.jpg"),
])
def test_names_are_made_harmless(attach: Any, files: Path, sent: str, kept: str) -> None:
    stored = attach(sent, picture())
    assert stored.name.replace("_", "") == kept.replace("_", "")
    path = Path(stored.file.path)
    assert path.is_relative_to(files)
    assert len(path.stem) == 32
    assert path.stem not in stored.name


def test_a_file_leaves_an_event(attach: Any, district: Jurisdiction) -> None:
    kept = attach("a.jpg", picture(), caption="The lamp")
    assert list(attachments.of(district)) == [kept]
    assert str(kept) == "The lamp"
    assert audit.trail_of(district).get().data == {"file": str(kept.pk), "sha256": kept.sha256}


def test_when_the_row_fails_no_file_stays(attach: Any, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "write", fail)
    with pytest.raises(RuntimeError):
        attach("a.jpg", picture())
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_a_file_taken_away_leaves_its_fingerprint(attach: Any, files: Path, ann: User, nine: datetime,
                                                  django_capture_on_commit_callbacks: Any) -> None:
    kept = attach("a.jpg", picture())
    path, fingerprint, number = Path(kept.file.path), kept.sha256, str(kept.pk)
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(kept, by=ann, at=nine)
        assert path.exists()  # until the transaction is through
    assert not path.exists()
    assert Attachment.objects.count() == 0
    assert AuditEvent.objects.get(verb="kit.remove_file", object_id=number).data["sha256"] == fingerprint


def test_files_of_a_failed_transaction_are_swept(attach: Any, files: Path, nine: datetime) -> None:
    kept = attach("a.jpg", picture())
    with pytest.raises(RuntimeError), transaction.atomic():
        attach("b.jpg", picture())
        raise RuntimeError
    assert len([path for path in files.rglob("*") if path.is_file()]) == 2
    assert attachments.sweep(nine.replace(year=2000)) == 0
    assert attachments.sweep(nine.replace(year=2100)) == 1
    assert kept.file.read()


def test_sweeping_an_empty_house(db: None, nine: datetime) -> None:
    assert attachments.sweep(nine) == 0


def test_a_file_is_seen_with_its_object(attach: Any, ann: User, bob: User, nine: datetime,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_visibility", {})
    kept = attach("a.jpg", picture())
    assert not attachments.may_fetch(ann, kept)
    rules.sees(Jurisdiction, lambda user: Jurisdiction.objects.filter(pk=kept.object_id if user == ann else 0))
    assert attachments.may_fetch(ann, kept)
    assert not attachments.may_fetch(bob, kept)
    assert not attachments.may_fetch(AnonymousUser(), kept)
    attachments.publish(kept, by=ann, at=nine)
    assert attachments.may_fetch(AnonymousUser(), kept)
    assert Attachment.objects.get().mark == "open"


def test_a_file_of_an_unknown_model_is_closed(attach: Any, ann: User) -> None:
    kept = attach("a.jpg", picture())
    kept.model = "gone"
    assert not attachments.may_fetch(ann, kept)
