"""Heads and signatures of papers: sizes and places that a style sheet cannot compute (GB/T 9704-2012, 7.2 and 7.3)."""

import re
from collections.abc import Mapping
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from consult.kit.paper import fonts, typography

Words = Mapping[str, Any]

MM = 72 / 25.4  # points
LINE, PER_LINE, PER_PAGE = 225 / 22, 28, 22  # mm, characters, lines
HIGH, TOP = 156 / 28, 37  # mm: a character, and the upper edge of the type area
TITLE_CHARACTERS = 18  # of 22 pt, in 156 mm less one character on each side
MARKS = {
    "briefing": "商量专报", "report": "协商报告", "information": "社情民意信息", "bulletin": "进展通报", "minutes": "协商会议纪要"
}
LARGEST = {"letter": 40, "motion": 46}  # pt; 54 for a name that stands alone
WIDEST, SMALLEST = 150, 30  # mm, pt: a name that would be smaller is set on two lines
SPREAD = .22  # em between the letters of a short name
ABOVE, BELOW = 35, 4  # mm: name below the edge of the type area, rule below the number

#: Where the name of an organ has a joint: 中国人民政治协商会议｜济南市｜市中区｜委员会.
PART = re.compile("会议|委员会|政府|(?<![城都])市(?=.+[区县])|区(?=.)|县|局|办公室|街道|(?=和)|(?=及)")


def title_lines(title: str) -> list[str]:
    """A title on lines that end where its meaning pauses; rather one line more than a word in two."""
    return typography.title_lines(title, TITLE_CHARACTERS)


def organ_lines(organ: str) -> list[str]:
    """The name of an organ on two lines of about the same length, parted where a part of the name ends."""
    middle = len(organ) / 2
    ends = [place for found in PART.finditer(organ) if 0 < (place := found.end()) < len(organ)]
    end = min(ends, key=lambda place: abs(place - middle), default=0)
    return [organ[:end], organ[end:]] if abs(end - middle) <= len(organ) / 5 else typography.title_lines(organ, ceil(middle) + 2)


def number(words: Words) -> str:
    """第3期（总第27期）, or the document number, or what is given as ``number``."""
    if words.get("number") or words.get("symbol"):
        return words.get("number") or words["symbol"]
    if not words.get("issue_no"):
        return ""
    total = f"（总第{words['total_no']}期）" if words.get("total_no") else ""
    return f"第{words['issue_no']}期{total}"


def top(kind: str, words: Words) -> list[dict[str, str]]:
    """The lines above the name: 份号 (six digits), 密级, 紧急程度; without 份号 the secrecy still stands on line 2."""
    serial = f"{int(words['serial']):06d}" if words.get("serial") else ""
    found = [{"text": serial, "style": ""}] if serial or words.get("secrecy") else []
    if kind in ("briefing", "information") and not words.get("secrecy"):
        found.append({"text": "（内部资料　注意保存）", "style": "hei"})
    return found + [{"text": words[key], "style": "hei"} for key in ("secrecy", "urgency") if words.get(key)]


def name(kind: str, words: Words) -> dict[str, Any]:
    """The red name: its lines, size in pt, how far its ink lies below the top of the letter (em), the space below it (mm)."""
    organ = words.get("organ_full") or words.get("organ", "")
    said = {"motion": f"{organ}文件", "letter": organ}.get(kind) or words.get("mark") or MARKS.get(kind, "")
    spread = SPREAD if len(said) <= 6 else 0
    parts, size = [said], _size([said], kind, spread)
    if size < SMALLEST:
        parts = organ_lines(said)
        size = _size(parts, kind, 0)
    sink = .88 - ink_top(fonts.folder(), said)
    height = size / MM * (len(parts) + .2 * (len(parts) - 1) - sink)
    gap, rows = _room(kind, height)
    return {
        "lines": parts, "size": f"{size:.2f}", "spread": str(spread), "sink": f"{sink:.3f}", "gap": f"{gap:.2f}", "rows": rows
    }


def _room(kind: str, name: float) -> tuple[float, int]:
    """The space below the name (mm) and the lines of the grid that the whole head takes; the title stands two lines further.

    A periodical's head is made to fill its lines. Elsewhere the standard fixes each distance, and the nearest line is taken.
    """
    rule = LINE + BELOW - (LINE - HIGH) / 2 + .5  # the line of the number, and the rule 4 mm below its letters
    if kind == "letter":
        return 0, round((30 - TOP + name + BELOW + 1.7 + 7 / 8 * HIGH - (LINE - HIGH) / 2 + LINE) / LINE)
    if kind == "motion":
        return 2 * LINE, round((ABOVE + name + 2 * LINE + rule) / LINE)
    used = ABOVE + name + LINE + rule
    rows = ceil((used + 3) / LINE)
    return rows * LINE - used, rows


def _size(parts: list[str], kind: str, spread: float) -> float:
    return min(typography.masthead_size(part, LARGEST.get(kind, 54), WIDEST, spread) for part in parts)


@cache
def ink_top(folder: Path, text: str) -> float:
    """How high the letters of the name reach above the base line, in em: the standard measures ink, not the letter's box."""
    path = fonts.files(folder).get("title")
    if path is None:
        return .8
    ttf = TTFont(path, lazy=True)
    glyphs, cmap, tops = ttf.getGlyphSet(), ttf.getBestCmap(), []
    for char in set(text) & set(map(chr, cmap)):
        pen = BoundsPen(glyphs)
        glyphs[cmap[ord(char)]].draw(pen)
        tops += [pen.bounds[3]] if pen.bounds else []
    return max(tops, default=800) / ttf["head"].unitsPerEm


def pushes_body_off(main_to: str, title: int) -> bool:
    """Whether so many are addressed that page 1 would show no text: they then move to the end matter (7.3.2)."""
    return bool(main_to) and 13 + title + ceil(width(main_to) / PER_LINE) >= PER_PAGE


def width(text: str) -> float:
    """The width in characters of the body: Latin letters and digits count half."""
    return sum(.5 if char.isascii() else 1 for char in text)


def signature(organ: str, day: str, *, sealed: bool) -> dict[str, Any]:
    """Who signs and when, with the space to the right of each in characters.

    Sealed (7.3.5.1): the date ends 4 characters from the edge, the organ stands in the middle above it; a longer organ moves
    both as far as it must. Unsealed (7.3.5.2): the organ ends 2 from the edge, the date begins 2 after the organ's beginning.
    """
    parts = [organ] if width(organ) <= PER_LINE - 4 else organ_lines(organ)
    wide, dated = max(map(width, parts)), width(day)
    if sealed:
        half = (wide - dated) / 2
        right = max(4 - half, 0), max(4, half)
    elif wide - dated >= 2:
        right = 2, wide - dated
    else:
        right = 4 + dated - wide, 2
    return {"lines": parts, "day": day, "sealed": sealed, "wide": wide, "organ_right": right[0], "day_right": right[1]}
