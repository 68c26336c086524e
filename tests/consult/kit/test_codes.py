"""Verification codes as people type them, and the QR code that holds one."""

import re
from xml.etree import ElementTree

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from consult.kit.paper import codes

CODE = "7Q2M-K0ZD-94VX-1CWB"
URL = f"https://consult.example/verify/{CODE}/"


@pytest.mark.parametrize("typed", [
    CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " "), f"  {CODE}\n", "7q2m kOzd–94vx—lcwb",
    "７Ｑ２Ｍ－Ｋ０ＺＤ－９４ＶＸ－１ＣＷＢ", "7Q2M·KoZD·94VX·iCWB"])
def test_one_code_however_it_is_typed(typed: str) -> None:
    assert codes.normal(typed) == CODE


@pytest.mark.parametrize("typed", [
    "", "-", CODE[:-1], CODE + "2", "UUUU-UUUU-UUUU-UUUU", "7Q2M-K0ZD-94VX-1CW!", "1" * 300, "商量" * 8])
def test_what_is_no_code(typed: str) -> None:
    assert codes.normal(typed) == ""


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(typed: str) -> None:
    found = codes.normal(typed)
    assert found == "" or codes.PATTERN.fullmatch(found)


def test_new_codes_are_codes_and_never_the_same() -> None:
    made = {codes.new_code() for _one in range(500)}
    assert len(made) == 500
    assert all(codes.normal(one) == one for one in made)


def test_codes_in_a_text() -> None:
    other = codes.new_code()
    assert list(codes.found_in(f"验证码{CODE}（{other}）{CODE} X{other} {other}9")) == [CODE, other]


def modules(svg: bytes) -> list[list[int]]:
    """The dark and light modules of the picture, row by row, with the quiet zone."""
    picture = ElementTree.fromstring(svg)
    size = int(picture.attrib["viewBox"].split()[2])
    drawn = [[0] * size for _row in range(size)]
    x = y = 0.0
    (path,) = picture
    for command, rest in re.findall(r"([Mmh])([^Mmh]*)", path.attrib["d"]):
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", rest)]
        if command == "h":
            for step in range(int(numbers[0])):
                drawn[int(y)][int(x) + step] = 1
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
    return drawn


@pytest.mark.parametrize("text", [URL, CODE, "湖山"])
def test_the_picture_is_the_qr_code_of_the_text(text: str) -> None:
    wanted = [list(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=4)]
    svg = codes.qr_svg(text)
    assert modules(svg) == wanted
    assert svg.startswith(b"<svg ") and b"<?xml" not in svg and b"<!" not in svg


def test_a_qr_code_needs_a_text() -> None:
    with pytest.raises(ValueError, match="text"):
        codes.qr_svg("")
