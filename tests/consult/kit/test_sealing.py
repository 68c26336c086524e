import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.kit import keys, sealing
from consult.kit.sealing import mask

WHO = {"name": "张三", "phone": "13812345678"}


def test_sealed_and_opened(key_dir: Path) -> None:
    blob, key_id = sealing.seal(WHO)
    assert sealing.unseal(blob) == WHO
    assert sealing.unseal(memoryview(blob), key_id) == WHO
    assert key_id == sealing.present_id()
    assert sealing.seal(WHO).blob != blob
    assert b"138" not in blob


def test_a_blob_of_another_record_does_not_open(key_dir: Path) -> None:
    blob, key_id = sealing.seal(WHO, of="one")
    assert sealing.unseal(blob, key_id, of="one") == WHO
    with pytest.raises(sealing.CannotUnseal, match="another record"):
        sealing.unseal(blob, key_id, of="two")


def test_a_key_that_is_not_here_is_named(key_dir: Path) -> None:
    blob, _key_id = sealing.seal(WHO)
    with pytest.raises(sealing.CannotUnseal, match="0123456789abcdef"):
        sealing.unseal(blob, "0123456789abcdef")


def test_intake_needs_only_the_public_key(key_dir: Path) -> None:
    private = (key_dir / "seal.key").read_text()
    (key_dir / "seal.key").unlink()
    blob = sealing.seal(WHO).blob
    with pytest.raises(ImproperlyConfigured, match=r"seal\.key is missing"):
        sealing.unseal(blob)
    (key_dir / "seal.key").write_text(private)
    assert sealing.unseal(blob) == WHO


@pytest.mark.parametrize("spot", [0, 20, 47, 60, -1])
def test_a_damaged_blob_is_an_error_never_a_value(key_dir: Path, spot: int) -> None:
    blob = bytearray(sealing.seal(WHO).blob)
    blob[spot] ^= 1
    for broken in (bytes(blob), b"", b"short", blob[:40]):
        with pytest.raises(sealing.CannotUnseal):
            sealing.unseal(broken)


def test_another_installations_key_does_not_open(key_dir: Path) -> None:
    blob = sealing.seal(WHO).blob
    for name in ("seal.key", "seal.pub"):
        (key_dir / name).unlink()
    keys.create()
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(blob)


def test_keys_are_made_once_and_for_the_service_alone(key_dir: Path) -> None:
    before = {path.name: path.read_text() for path in key_dir.iterdir()}
    assert sorted(before) == ["audit.key", "audit.pub", "blind.key", "paper.crt", "paper.key", "receipt.key", "seal.key",
                              "seal.pub"]
    assert keys.create() == []
    assert {path.name: path.read_text() for path in key_dir.iterdir()} == before
    assert {path.stat().st_mode & 0o777 for path in key_dir.iterdir()} == {0o600}


def test_half_a_pair_is_not_replaced(key_dir: Path) -> None:
    (key_dir / "seal.key").unlink()
    assert keys.create() == []


@pytest.mark.parametrize("text", ["", "zz", "ab" * 31, "ab" * 33])
def test_a_damaged_key_is_told(key_dir: Path, text: str) -> None:
    (key_dir / "blind.key").write_text(text)
    with pytest.raises(ImproperlyConfigured, match="damaged"):
        sealing.blind("13812345678")


@pytest.mark.parametrize("spelling", ["13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678",
                                      "008613812345678", "１３８１２３４５６７８", "(138)12345678"])
def test_one_number_has_one_fingerprint(key_dir: Path, spelling: str) -> None:
    assert sealing.blind(spelling) == sealing.blind("13812345678")
    assert sealing.blind(spelling) != sealing.blind("13812345679")


def test_the_fingerprint_hangs_on_the_key(key_dir: Path) -> None:
    first = sealing.blind("13812345678")
    (key_dir / "blind.key").write_text("07" * 32)
    assert sealing.blind("13812345678") != first


@pytest.mark.parametrize(("said", "shown"), [
    ("请打13812345678找我", "请打138********找我"),
    ("１３８－１２３４－５６７８", "１３８**********"),
    ("+86 138 1234 5678", "+86**************"),
    ("8613812345678。", "861**********。"),
    ("身份证370102199003071234", "身份证370***************"),
    ("37010219900307123x", "370***************"),
    ("370102 19900307 1234", "370*****************"),
    ("370102900307123号", "370************号"),
    ("车牌鲁A12345", "车牌鲁A*****"),
    ("鲁A·D12345占道", "鲁A·******占道"),
    ("0531-86123456", "053**********"),
    ("(0531)86123456转801", "(05***************"),
    ("电话：86123456", "电话：86******"),
    ("zhang.san@example.cn", "z********@example.cn"),
    ("zhang＠example.cn", "z****＠example.cn"),
    ("13812345678、13912345678", "138********、139********"),
])
def test_personal_numbers_are_starred(said: str, shown: str) -> None:
    assert mask(said) == shown
    assert mask(shown) == shown


@pytest.mark.parametrize("said", [
    "", "拨打12345热线", "2025-01-01 2026-12-31", "11 2025-01-01 2026-12-31", "共 138 户，12345678 元", "鲁政发〔2026〕15号",
    "2026年11月24日 13时", "圆周率3.14159265358979", "建筑面积12800.55平方米", "苏A座12345室", "400-123-4567", "微信@我",
])
def test_other_numbers_stay(said: str) -> None:
    assert mask(said) == said


@pytest.mark.parametrize("piece", ["1", "1 ", "0", "a", "a@", "a@a.", "鲁A", "370102199003071", "1-", "86", " ", "1  ", "(0"])
def test_hostile_length_costs_little(piece: str) -> None:
    start = time.perf_counter()
    mask(piece * (50_000 // len(piece)))
    assert time.perf_counter() - start < 0.5


GAPS = st.sampled_from(["", " ", "-", "  ", ".", "—", "·"])
AROUND = st.text(alphabet="路灯不亮，请打 a:：", max_size=6)


@settings(max_examples=400, deadline=None, database=None)
@given(number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), gaps=st.tuples(GAPS, GAPS), before=AROUND, after=AROUND,
       full=st.booleans())
def test_no_mobile_number_gets_through(number: str, gaps: tuple[str, str], before: str, after: str, full: bool) -> None:
    written = number[:3] + gaps[0] + number[3:7] + gaps[1] + number[7:]
    if full:
        written = written.translate({48 + n: 0xFF10 + n for n in range(10)})
    shown = mask(before + written + after)
    assert written[-4:] not in shown
    assert shown.startswith(before)
    assert shown.endswith(after)
    assert len(shown) == len(before + written + after)


@settings(max_examples=200, deadline=None, database=None)
@given(st.text())
def test_masking_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(mask(text)) == len(text)
    assert mask(mask(text)) == mask(text)
