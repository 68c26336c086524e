"""A ruler laid on a paper with pdfplumber: places in millimetres from the upper left corner of the sheet."""

import io
from functools import cache
from typing import NamedTuple

import pdfplumber
import pypdfium2

from consult.kit import pdf
from consult.kit.paper import sheet
from tests.papers import samples

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0
CHARACTER, LINE = 156 / 28, 225 / 22
BASELINE = (LINE - CHARACTER) / 2 + .88 * CHARACTER  # of a text of 3号 below the upper edge of its line
RED, BLACK = (0.901961, 0.0, 0.070588), (0.0, 0.0, 0.0)


class Rule(NamedTuple):
    """A level ruled line."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def weight(self):
        return self.bottom - self.top


class Line(NamedTuple):
    """Characters on one baseline ``y``."""

    text: str
    left: float
    right: float
    y: float
    size: float
    font: str


class Sheet(NamedTuple):
    """One page: its lines from the top, its ruled lines by colour."""

    lines: list
    red: list
    black: list
    width: float

    def line(self, part):
        """The first line that has this in its text."""
        return next(line for line in self.lines if part in line.text)


def make(kind, changes=None, *, draft=False):
    """The sample of a kind with some words changed, measured."""
    words = samples.SAMPLES[kind] | (changes or {})
    return pdf.make(sheet.template_of(kind), sheet.context(kind, words, draft=draft),
                    assets=sheet.assets(words) | samples.assets(kind), measured=True)


@cache
def sheets(content):
    with pdfplumber.open(io.BytesIO(content)) as paper:
        return [Sheet(list(_lines(page)), _rules(page, RED), _rules(page, BLACK), float(page.width) / MM) for page in paper.pages]


def _lines(page):
    rows = {}
    for char in page.chars:
        if char["text"].strip():
            rows.setdefault(round((page.height - char["matrix"][5]) / MM, 1), []).append(char)
    for y, chars in sorted(rows.items()):
        chars.sort(key=lambda char: char["x0"])
        yield Line("".join(char["text"] for char in chars), chars[0]["x0"] / MM, chars[-1]["x1"] / MM, y,
                   max(char["size"] for char in chars), chars[0]["fontname"].partition("+")[2])


def _rules(page, colour):
    """Borders are drawn as what lies between an outer and an inner box."""
    boxes = [one for one in page.rects if one["non_stroking_color"] == colour and one["width"] > 100 * MM]
    found = set()
    for outer, inner in zip(boxes[1::2], boxes[::2], strict=False):
        left, right = outer["x0"] / MM, outer["x1"] / MM
        for top, bottom in ((outer["top"], inner["top"]), (inner["bottom"], outer["bottom"])):
            if bottom - top > .1:
                found.add(Rule(round(left, 2), round(right, 2), round(top / MM, 2), round(bottom / MM, 2)))
    return sorted(found, key=lambda rule: rule.top)


def red_ink(content, dpi=300):
    """(upper, lower) edge of the red letters on page 1 that are higher than a rule."""
    page = pypdfium2.PdfDocument(content)[0].render(scale=dpi / 72).to_pil().convert("RGB")
    red, green, _blue = page.split()
    mask = red.point(lambda value: 255 * (value > 150))
    mask.paste(0, mask=green.point(lambda value: 255 * (value > 120)))
    rows = [y for y in range(mask.height) if 20 < sum(mask.crop((0, y, mask.width, y + 1)).histogram()[200:]) < mask.width * .6]
    return rows[0] / dpi * 25.4, rows[-1] / dpi * 25.4
