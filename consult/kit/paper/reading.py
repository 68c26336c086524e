"""What stands on the pages of a PDF: characters with place, size and font, lines of text, ruled lines. Nothing is judged here.

Places are millimetres from the upper left corner of the page, sizes are points. Read through PDFium's own functions, because
a page of 600 characters must cost milliseconds.
"""

import ctypes as c
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as raw

MM = 72 / 25.4  # points
RED, BLACK, OTHER = "red", "black", "other"
TEXT, PICTURE, ARTIFACT = "text", "picture", "artifact"
MARKS = {"Artifact": ARTIFACT, "Figure": PICTURE}
THIN, WIDE = 1.5, 20.0  # mm: a ruled line is flatter and longer than this
FOOT = 263.0  # mm: below the type area
SAME_LINE = 0.3  # mm between baselines
EMPTY = 0.004  # of the size: no outline
THOUGHT_OF = {0x0A, 0x0D, 0x20}  # PDFium adds spaces and line ends of its own
DASHES = "—–"
HYPHENS = {0x02, 0xFFFE}  # PDFium's word for a hyphen at the end of a line


class Glyph(NamedTuple):
    """One printed character. ``y`` is the baseline; ``font`` the font's name; ``layer`` says what it is part of."""

    char: str
    x: float
    y: float
    size: float
    font: str
    colour: str
    upright: bool
    layer: str
    place: int  # in PDFium's text


class Line(NamedTuple):
    """Upright characters on one baseline, from left to right; ``right`` is the right edge of the last one's advance."""

    glyphs: list[Glyph]
    y: float
    left: float
    right: float
    size: float

    @property
    def text(self) -> str:
        return "".join(glyph.char for glyph in self.glyphs)


class Rule(NamedTuple):
    """A level ruled line."""

    left: float
    right: float
    top: float
    bottom: float
    colour: str

    @property
    def weight(self) -> float:
        return self.bottom - self.top


@dataclass
class Page:
    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    feet: list[Line] = field(default_factory=list)  # below the type area, artifacts too, parted at wide gaps
    rules: list[Rule] = field(default_factory=list)
    pictures: int = 0


@dataclass
class Paper:
    pages: list[Page]
    fonts: dict[str, bool]  # name without subset prefix -> embedded
    missing: list[tuple[str, int]]  # character, page
    outlines: dict[tuple[str, str], tuple[float, ...]]  # (font, character) of red words and dashes: see _Reader.outline

    def ink_top(self, glyph: Glyph) -> float:
        """The upper edge of the outline, mm from the top of the page: a font's box is higher than its characters."""
        outline = self.outlines.get((glyph.font, glyph.char))
        return glyph.y - outline[3] * glyph.size / MM if outline else glyph.y


class _Numbers:
    """The cells PDFium writes into, made once."""

    def __init__(self) -> None:
        self.d = [c.c_double() for _ in range(4)]
        self.f = [c.c_float() for _ in range(4)]
        self.u = [c.c_uint() for _ in range(4)]
        self.matrix = raw.FS_MATRIX()
        self.box = raw.FS_RECTF()
        self.text = c.create_string_buffer(256)
        self.size = c.c_ulong()


class _Run(NamedTuple):
    """What all characters of one text object share."""

    font: int
    size: float
    colour: str
    upright: bool
    layer: str


def read(content: bytes) -> Paper:
    """The pages of a PDF. Raises ValueError when it is none."""
    raw.FPDF_InitLibrary()
    document = raw.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        raise ValueError("not a PDF")
    try:
        return _Reader(document).paper()
    finally:
        raw.FPDF_CloseDocument(document)


class _Reader:
    def __init__(self, document: Any) -> None:
        self.document, self.at = document, _Numbers()
        self.names: dict[int, str] = {}
        self.fonts: dict[str, bool] = {}
        self.notdef: dict[int, tuple[float, ...]] = {}
        self.seen: set[tuple[int, str, str]] = set()
        self.missing: list[tuple[str, int]] = []
        self.outlines: dict[tuple[str, str], tuple[float, ...]] = {}

    def paper(self) -> Paper:
        pages = [self.page(number) for number in range(1, raw.FPDF_GetPageCount(self.document) + 1)]
        return Paper(pages, self.fonts, self.missing, self.outlines)

    def page(self, number: int) -> Page:
        handle = raw.FPDF_LoadPage(self.document, number - 1)
        text = raw.FPDFText_LoadPage(handle)
        try:
            page = Page(number, raw.FPDF_GetPageWidthF(handle) / MM, raw.FPDF_GetPageHeightF(handle) / MM)
            own = self.objects(handle, page)
            page.glyphs = list(self.glyphs(text, page, own))
            page.lines = [self.line(text, cluster) for cluster in _clusters(one for one in page.glyphs if one.layer == TEXT)]
            low = [one for one in page.glyphs if one.y > FOOT]
            page.feet = [self.line(text, part) for cluster in _clusters(low) for part in _parts(cluster)]
            return page
        finally:
            raw.FPDFText_ClosePage(text)
            raw.FPDF_ClosePage(handle)

    # --- objects -----------------------------------------------------------------------------------------------------

    def objects(self, handle: Any, page: Page) -> dict[int, str]:
        """The layer of each of the page's own text objects; notes ruled lines and pictures on the way."""
        own = {}
        for number in range(raw.FPDFPage_CountObjects(handle)):
            thing = raw.FPDFPage_GetObject(handle, number)
            kind = raw.FPDFPageObj_GetType(thing)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                own[_address(thing)] = self.layer(thing)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                page.rules += [rule for rule in self.rules(thing, page) if rule not in page.rules]
            else:
                page.pictures += 1
        return own

    def layer(self, thing: Any) -> str:
        """By the marks of the tagged PDF; what stands in a form of its own has none and belongs to a picture."""
        for number in range(raw.FPDFPageObj_CountMarks(thing)):
            mark = raw.FPDFPageObj_GetMark(thing, number)
            raw.FPDFPageObjMark_GetName(mark, c.cast(self.at.text, c.POINTER(raw.FPDF_WCHAR)), 256, self.at.size)
            name = self.at.text.raw[:max(0, self.at.size.value - 2)].decode("utf-16-le")
            if name in MARKS:
                return MARKS[name]
        return TEXT

    def rules(self, path: Any, page: Page) -> Iterator[Rule]:
        """The level lines of a path: a flat box, a stroke, or what lies between two boxes (that is how borders are drawn)."""
        boxes = sorted(self.boxes(path, page), key=lambda box: (box[0] - box[1]) * (box[3] - box[2]))
        if not boxes:
            return
        left, right, top, bottom = boxes[0]
        mode, stroke = c.c_int(), c.c_int()
        raw.FPDFPath_GetDrawMode(path, mode, stroke)
        fetch = raw.FPDFPageObj_GetFillColor if mode.value else raw.FPDFPageObj_GetStrokeColor
        fetch(path, *self.at.u)
        colour = _colour(self.at.u)
        if stroke.value and not mode.value:
            raw.FPDFPageObj_GetStrokeWidth(path, self.at.f[0])
            raw.FPDFPageObj_GetMatrix(path, self.at.matrix)
            half = self.at.f[0].value * abs(self.at.matrix.d) / MM / 2
            bands = [(top - half, bottom + half)]
        elif len(boxes) == 2:
            bands = [(top, boxes[1][2]), (boxes[1][3], bottom)]
        else:
            bands = [(top, bottom)]
        for start, end in bands:
            if 0.01 < end - start < THIN and right - left > WIDE:
                yield Rule(left, right, start, end, colour)

    def boxes(self, path: Any, page: Page) -> list[tuple[float, float, float, float]]:
        """Left, right, top, bottom of each part of a path."""
        raw.FPDFPageObj_GetMatrix(path, self.at.matrix)
        m, (x, y) = self.at.matrix, self.at.f[:2]
        parts: list[list[tuple[float, float]]] = []
        for number in range(raw.FPDFPath_CountSegments(path)):
            segment = raw.FPDFPath_GetPathSegment(path, number)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                parts.append([])
            parts[-1].append(((m.a * x.value + m.c * y.value + m.e) / MM,
                              page.height - (m.b * x.value + m.d * y.value + m.f) / MM))
        return [(min(xs), max(xs), min(ys), max(ys)) for part in parts for xs, ys in [tuple(zip(*part, strict=True))]]

    # --- characters --------------------------------------------------------------------------------------------------

    def glyphs(self, text: Any, page: Page, own: dict[int, str]) -> Iterator[Glyph]:
        """The characters in the order of the file. A character beyond U+FFFF comes from PDFium as two halves."""
        runs: dict[int, _Run] = {}
        x, y = c.c_double(), c.c_double()
        to_x, to_y = c.byref(x), c.byref(y)
        high = 0
        for index in range(raw.FPDFText_CountChars(text)):
            code = raw.FPDFText_GetUnicode(text, index)
            thing = raw.FPDFText_GetTextObject(text, index)
            if 0xD800 <= code < 0xDC00:
                high = code
            if not thing or 0xD800 <= code < 0xDC00 or (code in THOUGHT_OF and raw.FPDFText_IsGenerated(text, index)):
                continue
            if 0xDC00 <= code < 0xE000:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            key = _address(thing)
            run = runs.get(key) or runs.setdefault(key, self.run(text, index, thing, own.get(key, PICTURE)))
            raw.FPDFText_GetCharOrigin(text, index, to_x, to_y)
            char = "-" if code in HYPHENS else chr(code)
            if (run.font, char, run.colour) not in self.seen:
                self.seen.add((run.font, char, run.colour))
                self.look_at(text, index, char, run, thing, page.number)
            yield Glyph(char, x.value / MM, page.height - y.value / MM, run.size, self.names[run.font], run.colour,
                        run.upright, run.layer, index)

    def look_at(self, text: Any, index: int, char: str, run: _Run, thing: Any, page: int) -> None:
        """At the first of its kind."""
        if not char.isspace() and self.is_missing(text, index, run):
            self.missing.append((char, page))
        if run.colour == RED or char in DASHES:
            self.outlines[self.names[run.font], char] = self.outline(raw.FPDFTextObj_GetFont(thing), ord(char))

    def run(self, text: Any, index: int, thing: Any, layer: str) -> _Run:
        font = raw.FPDFTextObj_GetFont(thing)
        key = _address(font)
        if key not in self.names:
            raw.FPDFFont_GetBaseFontName(font, self.at.text, 256)
            name = self.at.text.value.decode(errors="replace")
            self.names[key] = name.partition("+")[2] or name
            self.fonts[self.names[key]] = bool(raw.FPDFFont_GetIsEmbedded(font)) and self.fonts.get(self.names[key], True)
            self.notdef[key] = self.outline(font, 0x10FFFF)
        raw.FPDFText_GetFillColor(text, index, *self.at.u)
        raw.FPDFText_GetMatrix(text, index, self.at.matrix)
        m = self.at.matrix
        size = raw.FPDFText_GetFontSize(text, index) * (m.b * m.b + m.d * m.d) ** 0.5
        return _Run(key, size, _colour(self.at.u), abs(m.b) < 1e-3 and m.a > 0, layer)

    def outline(self, font: Any, code: int) -> tuple[float, ...]:
        """Left, right, bottom, top of a character's outline for size 1; empty when there is none.

        A code that the font doesn't know gives the outline of glyph 0.
        """
        path = raw.FPDFFont_GetGlyphPath(font, code, 1)
        x, y = self.at.f[:2]
        points = []
        for number in range(raw.FPDFGlyphPath_CountGlyphSegments(path) if path else 0):
            raw.FPDFPathSegment_GetPoint(raw.FPDFGlyphPath_GetGlyphPathSegment(path, number), x, y)
            points.append((x.value, y.value))
        if not points:
            return ()
        xs, ys = zip(*points, strict=True)
        return min(xs), max(xs), min(ys), max(ys)

    def is_missing(self, text: Any, index: int, run: _Run) -> bool:
        """No mapping, no outline, or the outline of glyph 0. (The box's top is left out: PDFium makes it higher.)"""
        left, right, bottom, top = self.at.d
        raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        size = run.size
        flat = (top.value - bottom.value) < EMPTY * size or (right.value - left.value) < EMPTY * size
        if flat or raw.FPDFText_HasUnicodeMapError(text, index) or not run.upright:
            return bool(run.upright or flat)
        if not self.notdef[run.font]:
            return False
        x, y = c.c_double(), c.c_double()
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        box = ((left.value - x.value) / size, (right.value - x.value) / size, (bottom.value - y.value) / size)
        return all(abs(one - other) < 0.002 for one, other in zip(box, self.notdef[run.font][:3], strict=True))

    def line(self, text: Any, glyphs: list[Glyph]) -> Line:
        last = glyphs[-1]
        raw.FPDFText_GetLooseCharBox(text, last.place, self.at.box)
        sizes = [glyph.size for glyph in glyphs]
        return Line(glyphs, last.y, glyphs[0].x, self.at.box.right / MM, max(set(sizes), key=sizes.count))


def _clusters(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Upright characters by baseline, from the top; spaces at the ends are no part of a line."""
    found: list[list[Glyph]] = []
    for glyph in sorted((one for one in glyphs if one.upright), key=lambda one: one.y):
        if found and glyph.y - found[-1][0].y < SAME_LINE:
            found[-1].append(glyph)
        else:
            found.append([glyph])
    for cluster in found:
        cluster.sort(key=lambda one: one.x)
        while cluster and cluster[-1].char.isspace():
            cluster.pop()
        while cluster and cluster[0].char.isspace():
            cluster.pop(0)
        if cluster:
            yield cluster


def _parts(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    """A line parted where there is room for two characters."""
    start = 0
    for number in range(1, len(glyphs) + 1):
        if number == len(glyphs) or glyphs[number].x - glyphs[number - 1].x > 3 * glyphs[number].size / MM:
            yield glyphs[start:number]
            start = number


def _address(pointer: Any) -> int:
    return c.addressof(pointer.contents)


def _colour(cells: list[c.c_uint]) -> str:
    red, green, blue = (cell.value for cell in cells[:3])
    if red > 180 and green < 60 and blue < 60:
        return RED
    return BLACK if max(red, green, blue) < 60 else OTHER
