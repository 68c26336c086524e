"""Poppler and MuPDF show the same paper and read the same text.

The trap: a font whose character ids are not its glyph ids. Poppler and the browsers then show the right characters and MuPDF
others, without a word. The eye at one screen does not see it; two renderers do.
"""

import io
import subprocess

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops

from consult.kit.paper import copies, reading, signing
from tests.make import AT
from tests.papers import made, samples

KINDS = list(samples.SAMPLES)
DPI, BLOCK = 150, 15  # blocks of 2.5 mm: half a character of the text
#: Of 255 levels of grey, for the mean of a block. The two smooth edges differently: up to 27 on good papers. A hanzi that only
#: one of them shows makes 43 and more in nine of ten cases (not 一).
TOLERANCE = 35
COMMANDS = {"poppler": ["pdftoppm", "-gray", "-r", f"{DPI}", "{paper}", "{folder}/page"],
            "mupdf": ["mutool", "draw", "-q", "-c", "gray", "-r", f"{DPI}", "-o", "{folder}/page-%03d.pgm", "{paper}"]}


def images(content, tool, folder):
    """The pages in grey."""
    folder = folder / tool
    folder.mkdir()
    paper = folder / "paper.pdf"
    paper.write_bytes(content)
    command = [part.format(paper=paper, folder=folder) for part in COMMANDS[tool]]
    subprocess.run(command, check=True, capture_output=True)
    return [Image.open(path) for path in sorted(folder.glob("page-*"))]


def difference(pages, others):
    """The largest difference of a block on any page."""
    assert pages
    worst = 0
    for one, other in zip(pages, others, strict=True):
        assert abs(one.width - other.width) <= 1 and abs(one.height - other.height) <= 1
        box = (0, 0, min(one.width, other.width), min(one.height, other.height))
        off = ImageChops.difference(one.crop(box).reduce(BLOCK), other.crop(box).reduce(BLOCK))
        worst = max(worst, off.getextrema()[1])
    return worst


def both(content, folder):
    return images(content, "poppler", folder), images(content, "mupdf", folder)


def texts(content, folder):
    """What each says the paper says, page by page, without spaces."""
    paper = folder / "text.pdf"
    paper.write_bytes(content)
    for command in (["pdftotext", "-raw", paper, "-"], ["mutool", "draw", "-q", "-F", "txt", "-o", "-", paper]):
        said = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        yield ["".join(page.split()) for page in said.split("\f")]


@pytest.mark.parametrize("kind", KINDS)
def test_two_renderers_show_the_same_pages(kind, tmp_path):
    assert difference(*both(made.paper(kind).content, tmp_path)) < TOLERANCE


def test_a_readers_copy_looks_alike_too(tmp_path):
    content = copies.mark(made.paper("briefing").content, name="张㛃", serial=3, at=AT)
    assert difference(*both(signing.sign(content, at=AT, reason="签发"), tmp_path)) < TOLERANCE


@pytest.mark.parametrize("kind", KINDS)
def test_two_readers_read_the_same_text(kind, tmp_path):
    poppler, mupdf = texts(made.paper(kind).content, tmp_path)
    assert poppler == mupdf and any(poppler)


def other_charset(content, family):
    """The paper with a font as some are sold: each character id is its glyph id and one more."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as paper:
        fonts = {font.objgen: font for page in paper.pages for font in page.Resources.Font.values()}
        for font in fonts.values():
            descriptor = font.DescendantFonts[0].FontDescriptor
            if family in str(font.BaseFont) and "/FontFile3" in descriptor:
                descriptor.FontFile3.write(shifted(descriptor.FontFile3.read_bytes()))
        paper.save(out)
    return out.getvalue()


def shifted(font):
    ttf, changed = TTFont(io.BytesIO(font), lazy=True), bytearray(font)
    place = ttf.reader.tables["CFF "].offset + ttf["CFF "].cff.topDictIndex[0].rawDict["charset"]
    assert changed[place:place + 3] == b"\x02\x00\x01", "the charset is one range that begins with 1: the identity"
    changed[place + 2] = 2
    return bytes(changed)


def test_a_font_with_another_charset_is_found_out(tmp_path):
    content = made.paper("text").content
    assert difference(*both(other_charset(content, "Paper-Fang"), tmp_path)) > 1.5 * TOLERANCE


def test_one_missing_character_is_found_out(tmp_path):
    content = made.paper("text").content
    pages, others = both(content, tmp_path)
    lost = next(glyph for glyph in reading.read(content).pages[0].glyphs if glyph.char == "商")
    others[0].paste(255, tuple(round(edge / 25.4 * DPI) for edge in (lost.x, lost.y - 5, lost.x + 5.6, lost.y + 1)))
    assert difference(pages, others) > TOLERANCE
