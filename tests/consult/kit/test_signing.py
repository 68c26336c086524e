"""The seal of a paper: one byte changed anywhere, and it is broken; no file, however broken, breaks the check."""

import hashlib
import io
import random
import socket
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from consult.kit import keys
from consult.kit.paper import certificate, signing

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
URL = "https://consult.example/verify/7Q2M-K0ZD-94VX-1CWB/"


@cache
def plain() -> bytes:
    paper, out = pikepdf.new(), io.BytesIO()
    paper.add_blank_page()
    paper.save(out, static_id=True)
    return out.getvalue()


@pytest.fixture
def sealed(key_dir: Path) -> bytes:
    return signing.sign(plain(), at=AT, reason="商量专报2026年第3期", contact=URL)


def flipped(content: bytes, place: int, bit: int = 1) -> bytes:
    changed = bytearray(content)
    changed[place] ^= bit
    return bytes(changed)


def test_the_seal_is_added_behind_and_says_when_and_where_to_ask(sealed: bytes) -> None:
    assert sealed.startswith(plain())
    assert signing.verify(sealed) == (True, True, True, AT, URL)
    assert signing.verify(plain()) == signing.Verdict()


def test_it_allows_no_change_and_marks_no_page(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as paper:
        (field,) = paper.Root.AcroForm.Fields
        assert [float(edge) for edge in field.Rect] == [0, 0, 0, 0]
        assert paper.Root.Perms.DocMDP == field.V
        assert field.V.Reference[0].TransformParams.P == 1
        assert str(field.V.SubFilter) == "/ETSI.CAdES.detached"
        assert str(field.V.Reason) == "商量专报2026年第3期"


def test_one_byte_anywhere_breaks_it(sealed: bytes) -> None:
    hole = sealed.index(b"/Contents <") + 10
    end = sealed.index(b">", hole) + 1
    places = [*range(0, hole, 9), *random.Random(1).sample(range(hole, end), 150), *range(end, len(sealed), 5)]
    assert [place for place in places if signing.verify(flipped(sealed, place)).intact] == []


def test_neither_case_nor_filling_of_the_seal_may_change(sealed: bytes) -> None:
    """They change nothing of what is signed, and yet the file is another."""
    hole = sealed.index(b"/Contents <") + 11
    end = sealed.index(b">", hole)
    letter = next(place for place in range(hole, end) if sealed[place:place + 1].isalpha())
    assert not signing.verify(flipped(sealed, letter, 0x20)).intact
    assert not signing.verify(flipped(sealed, end - 1)).intact


def test_nothing_may_follow(sealed: bytes) -> None:
    more = IncrementalPdfFileWriter(io.BytesIO(sealed))
    more.root["/Note"] = generic.pdf_string("x")
    more.update_root()
    out = io.BytesIO()
    more.write(out)
    verdict = signing.verify(out.getvalue())
    assert (verdict.ours, verdict.intact) == (True, False)
    assert not any(signing.verify(sealed + more).intact for more in (b"\n", b" ", b"%%EOF", b"\n%%EOF\n"))
    again = io.BytesIO()
    pikepdf.open(io.BytesIO(sealed)).save(again)
    assert not signing.verify(again.getvalue()).intact


def test_another_installation_is_not_ours(sealed: bytes, settings, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "elsewhere"
    keys.create()
    verdict = signing.verify(sealed)
    assert (verdict.signed, verdict.ours, verdict.intact) == (True, False, False)


def test_a_retired_key_is_still_known(sealed: bytes, key_dir: Path) -> None:
    (key_dir / "paper.crt").rename(key_dir / "paper-2026.crt")
    (key_dir / "paper.key").unlink()
    keys.create()
    assert signing.verify(sealed).intact
    assert signing.verify(signing.sign(plain(), at=AT, reason="x")).intact


def test_rubbish_is_no_seal(sealed: bytes) -> None:
    chance = random.Random(1)
    for size in (0, 1, 9, 1000, 100_000):
        assert signing.verify(chance.randbytes(size)) == signing.Verdict()
        assert signing.verify(b"%PDF-1.7\n" + chance.randbytes(size)) == signing.Verdict()
    for cut in range(50, len(sealed) - 1, 211):
        assert not signing.verify(sealed[:cut]).intact
        assert not signing.verify(sealed[:cut] + sealed[cut + 7:]).intact


def test_nobody_outside_is_asked(key_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("the network was asked"))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("the network was asked"))
    assert signing.verify(signing.sign(plain(), at=AT, reason="x")).intact


def test_without_a_key_it_is_said_how_to_make_one(key_dir: Path) -> None:
    (key_dir / "paper.key").unlink()
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py keys"):
        signing.sign(plain(), at=AT, reason="x")


def test_the_certificate_tells_a_test_from_a_real_one(settings, tmp_path: Path) -> None:
    settings.KEY_DIR, settings.ORGAN = tmp_path / "keys", "政协湖山区委员会"
    keys.create()
    assert "测试 TEST · 政协湖山区委员会" in named(keys.paper_certificates()[0])
    settings.KEY_DIR, settings.TESTING = tmp_path / "real", False
    keys.create()
    found = x509.load_pem_x509_certificate(keys.paper_certificates()[0])
    assert found.subject.rfc4514_string() == "O=政协湖山区委员会,CN=政协湖山区委员会"
    assert found.not_valid_after_utc.year > 2056
    assert {path.stat().st_mode & 0o777 for path in settings.KEY_DIR.iterdir()} == {0o600}


def named(pem: bytes) -> str:
    return x509.load_pem_x509_certificate(pem).subject.rfc4514_string()


def test_the_fingerprint_is_that_of_the_file_one_takes(key_dir: Path) -> None:
    pem = keys.paper_certificates()[0]
    assert certificate.fingerprint(pem).replace(" ", "").lower() == hashlib.sha256(certificate.der(pem)).hexdigest()
