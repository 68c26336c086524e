"""Titles, mastheads, dashes, the text a paper should carry; and the fonts it is set in."""

import importlib.machinery
import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from consult.kit.paper import fonts, typography
from tests.papers import pages


@pytest.mark.parametrize(("title", "lines"), [
    ("关于改善停车秩序的协商建议", ["关于改善停车秩序的协商建议"]),
    ("政协济南市市中区委员会关于推进既有住宅加装电梯工作的建议案",
     ["政协济南市市中区委员会", "关于推进既有住宅加装电梯工作的建议案"]),
    ("关于进一步加强老旧小区电动自行车充电设施建设和消防通道管理的协商建议",
     ["关于进一步加强老旧小区电动自行车", "充电设施建设和消防通道管理的协商建议"]),
    ("", []),
])
def test_a_title_is_broken_between_words(title, lines):
    assert typography.title_lines(title, 18) == lines


@pytest.mark.parametrize("size", [19, 36, 37, 55, 80])
def test_any_title_fits_in_few_lines_of_a_good_shape(size):
    title = ("居民代表提出的关于老旧小区改造和公共服务设施建设情况的意见" * 4)[:size]
    lines = typography.title_lines(title, 18)
    assert "".join(lines) == title and max(map(len, lines)) <= 18 and len(lines) <= -(-size // 18) + 1
    assert all(line[0] not in typography.NO_START for line in lines)
    assert all(line[-1] not in typography.NO_END for line in lines[:-1])
    assert not (len(lines) == 3 and len(lines[0]) > len(lines[1]) < len(lines[2]))  # no hourglass


def test_a_red_name_is_as_large_as_fits_on_its_line():
    assert typography.masthead_size("商量专报", 54, 150) == 54
    long = "中国人民政治协商会议济南市市中区委员会文件"
    size = typography.masthead_size(long, 54, 150)
    assert 19 < size < 54 and len(long) * size <= 150 / 25.4 * 72
    assert typography.masthead_size(long, 54, 150, spacing=0.1) < size
    assert typography.masthead_size("", 54, 150) == 54


def test_a_dash_holds_on_to_what_stands_before_it():
    assert typography.glue("甲——乙—丙") == "甲\u2060—\u2060—乙\u2060—丙"
    assert typography.glue(typography.glue("甲——乙")) == typography.glue("甲——乙")


def test_the_text_of_a_page_leaves_out_what_is_not_read():
    body = ElementTree.fromstring(
        '<body>甲 <p>乙<b data-unread="">丙</b>丁</p><style>p{}</style><div data-unread=""><p>戊</p></div>'
        '<img src="asset:a"/>\n己</body>')
    assert typography.source(body, {"asset:a": "图 中"}) == "甲乙丁图中己"


# --- fonts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", fonts.FACES.values())
def test_every_font_is_prepared(name):
    ttf = TTFont(fonts.files(fonts.folder())[name], lazy=True)
    em, hhea, os2 = ttf["head"].unitsPerEm, ttf["hhea"], ttf["OS/2"]
    metrics = (round(em * 0.88), -round(em * 0.12), 0)
    assert (hhea.ascent, hhea.descent, hhea.lineGap) == metrics
    assert (os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap) == metrics
    assert ttf["name"].getDebugName(1) == next(f"Paper {family}" for family, one in fonts.FACES.items() if one == name)
    if "CFF " in ttf and hasattr(top := ttf["CFF "].cff.topDictIndex[0], "ROS"):
        assert top.charset[1:4] == ["cid00001", "cid00002", "cid00003"]
        assert top.charset[-1] == f"cid{len(top.charset) - 1:05d}"  # CID = glyph: PDF readers agree


def test_the_fonts_print_rare_names_and_say_what_they_are():
    assert {ord(char) for char in pages.RARE} <= fonts.coverage(fonts.folder())
    assert "Fang=" in fonts.names(fonts.folder())


def test_a_blank_for_a_rare_name_is_taken_out_of_a_font(tmp_path):
    loader = importlib.machinery.SourceFileLoader("bin_fonts", str(Path(__file__).resolve().parents[2] / "bin" / "fonts"))
    tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("bin_fonts", loader))
    loader.exec_module(tool)
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "full", "blank"])
    builder.setupCharacterMap({0x20: "space", 0x6C38: "full", 0x4DAE: "blank"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 500))
    pen.lineTo((500, 0))
    pen.closePath()
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "space": empty, "full": pen.glyph(), "blank": empty})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", "space", "full", "blank"], (1000, 0)))
    builder.setupHorizontalHeader()
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "own.ttf")
    ttf = tool.open_face(tmp_path / "own.ttf", "")
    tool.drop_blanks(ttf, tool.open_face(tmp_path / "own.ttf", ""))
    assert set(ttf.getBestCmap()) == {0x20, 0x6C38}
