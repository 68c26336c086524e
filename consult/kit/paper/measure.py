"""The self-check of a paper: what GB/T 9704-2012 asks, measured from the finished PDF.

Only the PDF is looked at, never the HTML: a fault of the setter shows too. Pure: no Django, so that the setter's child can do it.
A body line is one in the size of the text (3号); tables, titles and the end matter are not mistaken for one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from consult.kit.paper import readback
from consult.kit.paper.reading import BLACK, FOOT, MM, PICTURE, RED, TEXT, Glyph, Line, Page, Paper, Rule, read

LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0  # mm: the type area
COLUMNS, ROWS = 28, 22
PITCH = (RIGHT - LEFT) / COLUMNS * MM  # pt, also the size of the text
LEADING = (BOTTOM - TOP) / ROWS * MM  # pt
#: Baseline below its grid line, mm: half the leading above the em box, whose upper edge is 0.88 above the baseline (bin/fonts).
BASELINE = ((LEADING - PITCH) / 2 + 0.88 * PITCH) / MM
SMALL = 14.0  # pt, 4号: end matter and page number
TITLE = 22.0  # pt, 2号
#: Where the upper edge of the red name's ink is, mm from the top of the page. Other kinds have no rule for it.
MASTHEAD = dict.fromkeys(("briefing", "motion", "report", "information", "bulletin", "minutes"), 72.0) | {"letter": 30.0}
RULED = MASTHEAD.keys() - {"letter"}  # kinds whose end matter has rules
#: Set larger, line by line: the notice-board sheet, the poster and the questionnaire; with the lower edge of their text, mm.
UNGRIDDED = {"board": 297.0, "poster": 297.0, "survey": 279.0}
NO_START = set("，。、；：？！）》〉」』】〕］｝’”·～％%,.;:!?)]}")
NO_END = set("（《〈「『【〔［｛‘“([{")
WHOLE = "—…"  # two of them are one mark and stay on one line
NUMBER = re.compile(r"— (\d+) —")

Check = dict[str, Any]


class Step(NamedTuple):
    """A line that its paragraph goes on from, and the line it goes on to."""

    page: int
    line: Line
    after: Line
    same_page: bool


def measure(content: bytes, *, source: str, kind: str) -> dict[str, Any]:
    """``{ok, pages, checks: [{code, measured, wanted, unit, ok, page?}], fonts: [name]}``.

    ``source`` is the text that the paper should carry; spaces in it don't count. ``kind`` decides which checks apply.
    Raises ValueError when the content is no PDF.
    """
    paper = read(content)
    sheet = _Sheet(paper, kind)
    checks = [*sheet.grid_checks(), *sheet.text_checks(), *sheet.head_checks(), *sheet.foot_checks(),
              _fonts(paper, kind), _missing(paper), sheet.text(source)]
    return {"ok": all(check["ok"] for check in checks), "pages": len(paper.pages), "checks": checks,
            "fonts": sorted(paper.fonts)}


def _check(code: str, measured: float | str, wanted: float | str, ok: bool, unit: str = "", page: int = 0) -> Check:
    if isinstance(measured, float):
        measured = round(measured, 2)
    if isinstance(wanted, float):
        wanted = round(wanted, 2)
    return {"code": code, "measured": measured, "wanted": wanted, "unit": unit, "ok": ok} | ({"page": page} if page else {})


def _near(code: str, found: list[tuple[float, int]], wanted: float, within: float, unit: str) -> Iterator[Check]:
    """One check of many measurements: the one farthest off is told."""
    if found:
        value, page = max(found, key=lambda one: abs(one[0] - wanted))
        yield _check(code, value, wanted, abs(value - wanted) <= within + 1e-9, unit, page)


class _Sheet:
    """One paper and its lines of text, ready to be asked."""

    def __init__(self, paper: Paper, kind: str) -> None:
        self.paper, self.kind = paper, kind
        self.pages = paper.pages
        self.gridded = kind not in UNGRIDDED
        self.red_rules = [rule for rule in self.pages[0].rules if rule.colour == RED] if self.pages else []
        self.body = {page.number: self.body_lines(page) for page in self.pages}
        self.lines = [(line, number) for number, found in self.body.items() for line in found]
        # Where the text begins: the grid's edge, unless the whole text has slipped off it.
        left = min((line.left for line, _number in self.lines), default=LEFT)
        self.left = left if abs(left - LEFT) < PITCH / MM else LEFT
        self.steps = list(self.steps_of_paragraphs()) if self.gridded else []

    def body_lines(self, page: Page) -> list[Line]:
        """Lines in the size of the text; on page 1 those below the title, which stands below the head."""
        if page.width > page.height or not self.gridded:
            return []
        top = TOP
        if page.number == 1:
            titles = [line.y for line in page.lines if _is_title(line)]
            top = max([TOP, *titles, *(rule.bottom for rule in self.red_rules if rule.top < BOTTOM)])
        return [line for line in page.lines if top < line.y < BOTTOM + 5 and _is_body(line)]

    def steps_of_paragraphs(self) -> Iterator[Step]:
        """A paragraph goes on where the next line begins at the left edge in the same type.

        Where the line before ends a sentence with room to spare, a new paragraph that isn't indented begins.
        """
        before: tuple[int, Line] | None = None
        for page in self.pages:
            for line in _in_type_area(page):
                if before and _is_body(line) and _goes_on(before[1], line, self.left) and line in self.body[page.number]:
                    same = before[0] == page.number
                    if not same or line.y - before[1].y < 1.6 * LEADING / MM:
                        yield Step(before[0], before[1], line, same)
                before = (page.number, line) if line in self.body[page.number] else None

    # --- the grid ------------------------------------------------------------------------------------------------------

    def grid_checks(self) -> Iterator[Check]:
        if not self.gridded:
            return
        yield from self.lines_per_page()
        yield from self.characters_per_line()
        yield from _near("pitch", list(self.pitches()), PITCH, 0.05, "pt")
        leading = [((step.after.y - step.line.y) * MM, step.page) for step in self.steps if step.same_page]
        yield from _near("line_pitch", leading, LEADING, 0.05, "pt")
        if self.lines:
            left, page = min((line.left, number) for line, number in self.lines)
            if self.steps or left < LEFT:
                yield from _near("left_edge", [(left, page)], LEFT, 1, "mm")
            right, page = max((line.right, number) for line, number in self.lines)
            if self.steps or right > RIGHT:
                yield from _near("right_edge", [(right, page)], RIGHT, 1, "mm")
        if self.steps:
            yield self.flush()
        off = [((line.y - TOP - BASELINE) % (LEADING / MM), number) for line, number in self.lines]
        yield from _near("grid", [(min(one, one - LEADING / MM, key=abs), page) for one, page in off], 0.0, 0.1, "mm")

    def lines_per_page(self) -> Iterator[Check]:
        """At most 22; exactly 22 where a page holds nothing but text and its last paragraph goes on overleaf.

        A signature takes the last lines of the text along with it.
        """
        counts = []
        going_on = {step.page for step in self.steps if not step.same_page}
        for page in self.pages:
            body = self.body[page.number]
            pure = page.number > 1 and page.number in going_on and _in_type_area(page) == body and not page.pictures
            full = pure and not self.is_signed(page.number + 1)
            counts.append((len(body), page.number, len(body) == ROWS if full else len(body) <= ROWS))
        bad = [one for one in counts if not one[2]]
        if counts:
            count, number, ok = bad[0] if bad else max(counts)
            yield _check("lines_per_page", count, ROWS, ok, page=number)

    def is_signed(self, number: int) -> bool:
        """Whether a page bears the signature: lines that begin far from the left edge."""
        return any(line.left > self.left + 2.5 * PITCH / MM for line in self.body[number])

    def characters_per_line(self) -> Iterator[Check]:
        """28 in a full line of full-width characters; fewer only where the line could not be broken later."""
        counts = []
        for step in self.steps:
            text = step.line.text
            if all(_is_wide(char) for char in text):
                count = len(text) + round((step.line.left - self.left) * MM / PITCH)
                spare = COLUMNS - count
                if spare <= 0 or _can_break(step.after.text, spare):
                    counts.append((count, step.page))
        if counts:
            count, page = max(counts, key=lambda one: abs(one[0] - COLUMNS))
            yield _check("characters_per_line", count, COLUMNS, count == COLUMNS, page=page)

    def pitches(self) -> Iterator[tuple[float, int]]:
        """The mean distance of full-width characters in lines that justification cannot have stretched."""
        for line, number in self.lines:
            first, last, indent = line.glyphs[0], line.glyphs[-1], (line.left - self.left) * MM / PITCH
            is_text = abs(indent - round(indent)) < 0.05 and len(line.glyphs) >= 8 and all(map(_is_wide, line.text))
            if is_text and (RIGHT - line.right > 2 * PITCH / MM or round(indent) + len(line.glyphs) == COLUMNS):
                yield (last.x - first.x) * MM / (len(line.glyphs) - 1), number

    def flush(self) -> Check:
        """The share of full lines that end within 0.3 mm of the right edge; one line may fail in any paper."""
        short = [step for step in self.steps if abs(step.line.right - RIGHT) > 0.3]
        share = 100 * (1 - len(short) / len(self.steps))
        return _check("flush", share, 98.0, share >= 98 or len(short) == 1, "%", short[0].page if short else 0)

    # --- words ---------------------------------------------------------------------------------------------------------

    def text_checks(self) -> Iterator[Check]:
        starts, ends = [], []
        split = {id(after) for _page, line, after, _same in self.steps if line.text[-1] == after.text[0] in WHOLE}
        for page in self.pages:
            for line in self.body[page.number] if self.gridded else _in_type_area(page):
                if line.text[0] in NO_START or id(line) in split:
                    starts.append((line.text[0], page.number))
                if line.text[-1] in NO_END:
                    ends.append((line.text[-1], page.number))
        for code, found in (("line_starts", starts), ("line_ends", ends)):
            yield _check(code, "".join(char for char, _page in found[:20]), "", not found, page=found[0][1] if found else 0)

    def said(self, layer: str) -> list[list[Glyph]]:
        """What each page says in the type area, in the order of the file."""
        found = []
        for page in self.pages:
            upright = self.gridded and page.width <= page.height
            top, bottom = (TOP, FOOT) if upright else (0.0, UNGRIDDED.get(self.kind, page.height))
            if self.kind == "letter" and page.number == 1:
                top = MASTHEAD["letter"]
            found.append([one for one in page.glyphs if one.layer == layer and one.upright and top < one.y < bottom])
        return found

    def text(self, source: str) -> Check:
        pages = self.said(TEXT)
        heads = [_join(takewhile(lambda one: one.size < PITCH - 1, glyphs)) for glyphs in pages]
        drawn = "".join(map(_join, self.said(PICTURE)))
        difference = readback.compare(list(map(_join, pages)), source, drawn, self.proof(), heads)
        return _check("text", difference.said, difference.wanted, not difference.page, page=difference.page)

    def proof(self) -> str:
        """What stands below the type area beside the page number: how to verify the paper."""
        pages = self.pages if self.gridded else []
        return "".join(line.text for page in pages for line in page.feet if not NUMBER.fullmatch(line.text))

    # --- head and foot -------------------------------------------------------------------------------------------------

    def head_checks(self) -> Iterator[Check]:
        """The red name by the upper edge of its ink (that is what a ruler finds on paper), and the red rule below it."""
        if self.kind not in MASTHEAD:
            return
        name = next((line for line in self.pages[0].lines if line.glyphs[0].colour == RED), None)
        wanted = MASTHEAD[self.kind]
        if name is None:
            yield _check("masthead_top", "", wanted, False, "mm", 1)
            return
        ink = min(self.paper.ink_top(glyph) for glyph in name.glyphs if not glyph.char.isspace())
        yield from _near("masthead_top", [(ink, 1)], wanted, 0.5, "mm")
        yield from self.red_rule(name)

    def red_rule(self, name: Line) -> Iterator[Check]:
        rule = next((one for one in sorted(self.red_rules, key=lambda one: one.top) if one.top > name.y), None)
        if rule is None:
            yield _check("red_rule", "", 4.0, False, "mm", 1)
            return
        above = [line for line in self.pages[0].lines if line.y < rule.top]
        low = max(line.y + 0.12 * line.size / MM for line in above)
        yield from _near("red_rule", [(rule.top - low, 1)], 4.0, 0.5, "mm")
        wide = 170.0 if self.kind == "letter" else RIGHT - LEFT
        yield from _near("red_rule_width", [(rule.right - rule.left, 1)], wide, 0.5, "mm")

    def foot_checks(self) -> Iterator[Check]:
        if self.kind in UNGRIDDED or not self.pages:
            return
        yield from self.end_rules()
        yield from self.page_numbers()

    def end_rules(self) -> Iterator[Check]:
        """The rules of the end matter, on the last page: 0.35, 0.25, 0.35 mm; the last on the edge of the type area."""
        rules, number = end_rules(self.pages[-1]), self.pages[-1].number
        if not rules:
            if self.kind in RULED:
                yield _check("end_rules", "", BOTTOM, False, "mm", number)
            return
        yield from _near("end_rules", [(rules[-1].bottom, number)], BOTTOM, 0.5, "mm")
        yield from _near("end_rules_width", [(rule.right - rule.left, number) for rule in rules], RIGHT - LEFT, 0.5, "mm")
        outer = [(rule.weight, number) for rule in (rules[0], rules[-1])]
        yield from _near("end_rules_outer", outer, 0.35, 0.03, "mm")
        yield from _near("end_rules_inner", [(rule.weight, number) for rule in rules[1:-1]], 0.25, 0.03, "mm")

    def page_numbers(self) -> Iterator[Check]:
        """4号, the dashes 7 mm below the type area; one character in from the outer edge: odd right, even left."""
        height, side, wrong = [], [], []
        for page in self.pages:
            line = next((line for line in page.feet if NUMBER.fullmatch(line.text)), None)
            unnumbered = line is None and ((self.kind == "letter" and page.number == 1) or _is_bare(page))
            if page.width > page.height or unnumbered:
                continue
            if line is None or f"— {page.number} —" != line.text:
                wrong.append((line.text if line else "", page.number))
                continue
            height.append((self.paper.ink_top(line.glyphs[0]) - BOTTOM, page.number))
            inset = RIGHT - line.right if page.number % 2 else line.left - LEFT
            side.append((inset, page.number))
        if wrong:
            yield _check("page_number", wrong[0][0], f"— {wrong[0][1]} —", False, page=wrong[0][1])
        yield from _near("page_number", height, 7.0, 0.5, "mm")
        yield from _near("page_number_side", side, SMALL / MM, 0.5, "mm")


# --- small questions -----------------------------------------------------------------------------------------------------


def _is_body(line: Line) -> bool:
    return abs(line.size - PITCH) < 0.06


def _is_title(line: Line) -> bool:
    return abs(line.size - TITLE) < 0.1 and line.glyphs[0].colour != RED


def _in_type_area(page: Page) -> list[Line]:
    return [line for line in page.lines if TOP < line.y < BOTTOM + 0.5]


def _at(place: float, wanted: float) -> bool:
    return abs(place - wanted) < 0.5


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’—…·"


def _main_font(line: Line) -> str:
    return Counter(glyph.font for glyph in line.glyphs).most_common(1)[0][0]


def _goes_on(line: Line, after: Line, left: float) -> bool:
    if not _at(after.left, left) or _main_font(line) != _main_font(after) or line.left > left + 3 * PITCH / MM:
        return False
    ended = line.text[-1] in "。！？：；”）" and RIGHT - line.right > 3 * PITCH / MM
    return not ended


def _can_break(text: str, after: int) -> bool:
    """Whether a line could have taken this many characters more: only between two hanzi are we sure."""
    return len(text) > after and all(unicodedata.category(char) == "Lo" for char in text[after - 1:after + 1])


def _is_bare(page: Page) -> bool:
    """A page with nothing but the end matter, or nothing at all, need not be numbered."""
    rules = end_rules(page)
    return not page.pictures and not [line for line in _in_type_area(page) if not rules or line.y < rules[0].top]


def end_rules(page: Page) -> list[Rule]:
    """The rules of the end matter from the top: up from the lowest as long as there is only its small type between them."""
    wide = [rule for rule in page.rules if rule.colour == BLACK and rule.right - rule.left > 100]
    wide.sort(key=lambda rule: -rule.top)
    found = wide[:1]
    for rule in wide[1:]:
        between = [line.size for line in page.lines if rule.top < line.y < found[-1].top]
        if not between or any(abs(size - SMALL) > 0.1 for size in between):
            break
        found.append(rule)
    return found[::-1] if len(found) > 1 else []


def _fonts(paper: Paper, kind: str) -> Check:
    """All embedded, all from the papers' own set; most hanzi of the text in 仿宋."""
    hanzi = Counter(one.font for page in paper.pages for one in page.glyphs
                    if abs(one.size - PITCH) < 0.06 and "\u4e00" <= one.char <= "\u9fff")
    strangers = [name for name, embedded in paper.fonts.items() if not embedded or not name.startswith("Paper-")]
    if kind not in UNGRIDDED and hanzi and not hanzi.most_common(1)[0][0].startswith("Paper-Fang"):
        strangers.append(hanzi.most_common(1)[0][0])
    return _check("fonts", ", ".join(dict.fromkeys(strangers)), "", not strangers)


def _missing(paper: Paper) -> Check:
    chars = "".join(dict.fromkeys(char for char, _page in paper.missing))
    return _check("missing_glyphs", chars[:40], "", not chars, page=paper.missing[0][1] if chars else 0)


def _join(glyphs: Iterable[Glyph]) -> str:
    return "".join(glyph.char for glyph in glyphs)
