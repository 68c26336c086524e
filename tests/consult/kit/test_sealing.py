import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.kit import digits, keys, sealing
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


def grouped(number: str, gap: str = " ") -> str:
    return gap.join(number[at:at + 4] for at in range(0, len(number), 4))


@pytest.mark.parametrize("number", ["6222021001123456", "62220210011234567", "955588012345678901", "6217000010012345678",
                                    "431234567890123", "355512345678901"])
def test_cards_are_starred_by_their_check_digit(number: str) -> None:
    card = number if len(number) == 19 else number + str(digits.luhn(number))
    card = card[:-1] + str(digits.luhn(card[:-1]))
    assert 16 <= len(card) <= 19 and digits.holds(card)
    for written in (card, grouped(card), grouped(card, "-"), card.translate({48 + n: 0xFF10 + n for n in range(10)})):
        shown = mask(f"卡号{written}，工行")
        assert written[-6:] not in shown and shown.startswith("卡号") and shown.endswith("，工行")
        assert len(shown) == len(f"卡号{written}，工行")
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert mask(f"流水{wrong}") == f"流水{wrong}"


def told_by_luhn(begin: str, size: int) -> str:
    """A number of ``size`` digits that begins so and happens to have a right check digit."""
    body = begin.ljust(size - 1, "7")
    return body + str(digits.luhn(body))


@pytest.mark.parametrize("said", [
    told_by_luhn("20261124", 17), told_by_luhn("1", 16), told_by_luhn("0", 19), f"DH{told_by_luhn('62', 18)}",
    f"3.{told_by_luhn('4', 16)}", "5000 6000 7000 8000", "4010 4020 4030 4040", "6222 0210 0112", told_by_luhn("62", 20),
    told_by_luhn("62", 15), "2026 2027 2028 2029",
])
def test_numbers_of_files_sums_and_years_are_no_cards(said: str) -> None:
    assert mask(said) == said


@pytest.mark.parametrize(("said", "shown"), [
    ("3号楼2单元501室漏水", "3号楼*单元***室漏水"),
    ("3号楼2单元501漏水", "3号楼*单元***漏水"),
    ("3号楼501室、12栋1203室", "3号楼***室、12栋****室"),
    ("三号楼二单元五〇一室", "三号楼*单元***室"),
    ("５号楼３单元２０２室", "５号楼*单元***室"),
    ("12号院3号楼1单元2号", "12号院3号楼*单元*号"),
    ("A座1203室", "A座****室"),
    ("2单元501户反映停水", "*单元***户反映停水"),
    ("3-2-501", "3-*-***"), ("15-2-1203室停电", "15-*-****室停电"),
    ("家住东舍坊126号", "家住东舍坊***号"), ("我家在李庄3排5号，漏水", "我家在李庄3排*号，漏水"),
    ("住在南圩村12-1号", "住在南圩村**-*号"), ("门牌号：126号", "门牌号：***号"),
])
def test_numbers_of_flats_and_homes_are_starred(said: str, shown: str) -> None:
    assert mask(said) == shown
    assert mask(shown) == shown


@pytest.mark.parametrize("said", [
    "3号楼前路灯不亮", "1、2、3号楼 2026年完工", "3号楼120户未签约", "2单元12户居民", "3号楼共501户", "3号楼500平方米",
    "3号楼1200元", "2号楼301会议室", "2号楼301办公室", "501会议室", "苏A座12345室", "3号楼5层平台",
    "我家门口3号路灯杆不亮", "建设路12号门口积水", "我家旁边和平路3号楼", "2026-11-24", "24-11-2026", "3-2-1",
    "编号12-03-102", "图3-2-1", "1-2-300元", "400-12-345678",
    "鲁政发〔2026〕15号", "住房3号地块", "我家5月3号搬走", "地铁2号线", "圩墙保留3.5米，面积12800.55平方米",
    "12345号热线", "第3-2-501条",
])
def test_places_that_are_no_homes_stay(said: str) -> None:
    assert mask(said) == said


@pytest.mark.parametrize("piece", ["1", "1 ", "0", "a", "a@", "a@a.", "鲁A", "370102199003071", "1-", "86", " ", "1  ", "(0", "6",
                                   "6222 ", "3号楼", "3号楼2单元", "3号楼2单元501室", "家住", "家住路1", "3-2-",
                                   "3-2-501", "一", "A座"])
@pytest.mark.timeout(60)
def test_hostile_length_comes_to_an_end(piece: str) -> None:
    said = piece * (50_000 // len(piece))
    assert len(mask(said)) <= len(said)


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


PIECES = st.lists(st.sampled_from([
    "138", "1234", "5678", "0531", "86123456", "370102", "19900307", "鲁", "A", "D12345", "6222", "＠", "@", "example", ".cn",
    "电话", "：", "3", "号楼", "三", "单元", "栋", "幢", "门洞", "2", "-", "—", " ", "501", "室", "家住", "文化路", "号", "#",
    "户", "，", "１０", "层"]), max_size=12)


@settings(max_examples=600, deadline=None, database=None)
@given(PIECES.map("".join))
def test_what_is_left_out_finds_nothing(text: str) -> None:
    """Patterns that are passed over because a sign is missing would not have found anything."""
    always = re.compile("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "_NUMBERED", always)
        patch.setattr(sealing, "_HOUSED", (always,) * len(sealing._HOMES))
        everything = mask(text)
    assert mask(text) == everything
