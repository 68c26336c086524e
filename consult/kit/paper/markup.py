"""Markdown as people write it for a paper, read into blocks. What official paper has no form for is an error that names its line.

``#`` is the title, ``##`` to ``#####`` the levels 一、 （一） 1. （1）; lists become numbered paragraphs, **bold** is 黑体 and
*soft* is 楷体; tables; pictures by name, each in a paragraph of its own. Numbers typed before a heading are replaced by ours.
"""

import re
from collections.abc import Container, Iterator
from math import ceil
from typing import Any, NamedTuple, NoReturn
from unicodedata import east_asian_width
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from consult.kit.paper.blocks import DEEPEST, WIDEST, Block, heading, paragraph, picture, table
from consult.kit.paper.words import MAX_TEXT

Runs = list[dict[str, Any]]

#: A number that its writer typed before a heading, by level.
TYPED = ("[一二三四五六七八九十]+、", "[（(][一二三四五六七八九十]+[）)]", r"\d+[.．、]", r"[（(]\d+[）)]")
CAPTION = re.compile(r"表\s*[\d一二三四五六七八九十]+")
#: What other dialects of Markdown would understand and this one would print as it stands.
FOREIGN = ((re.compile(r"\[\^[^\]]+\]"), "footnote"), (re.compile(r"~~\S"), "strike"), (re.compile(r"^\[[ xX]\] "), "box"))
LISTS = 3
#: The lines that a table has on a page, and the width of all its columns in mm: upright, and across the sheet (paper.css).
PAGES = {False: (33, 156.0), True: (23, 225.1)}
SIGN, PADDING = 12 / 72 * 25.4, 3.2  # mm: a character in a table, and what a cell keeps free beside it


class Unreadable(ValidationError):
    """The text has something that a paper has no form for; ``line`` counts from 1, ``cause`` is a sentence."""

    def __init__(self, line: int, cause: str) -> None:
        self.line, self.cause = line, cause
        super().__init__(_("Line %(line)s: %(cause)s"), code="markup", params={"line": line, "cause": cause})


class Reading(NamedTuple):
    """The title (empty when there is none) and the body."""

    title: str
    blocks: list[Block]


def blocks(text: str, *, images: Container[str] = (), fitting: bool = True) -> list[Block]:
    """The body of a text whose title is kept elsewhere, such as an annex: ``#`` is an error there."""
    return read(text, images=images, titled=False, fitting=fitting).blocks


def read(text: str, *, images: Container[str] = (), titled: bool = True, fitting: bool = True) -> Reading:
    """A text with its title. ``images`` are the picture names it may use. Raises Unreadable.

    ``fitting=False`` for a screen, which has room for rows that are longer than a page.
    """
    if len(text) > 2 * MAX_TEXT:
        raise Unreadable(1, _("The text is too long."))
    env: dict[str, Any] = {}
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # or a bad address would be printed as text
    tokens = parser.parse(text, env)
    for reference in env.get("references", {}).values():
        raise Unreadable(reference["map"][0] + 1, _cause("link_open"))
    return _Reader(tokens, images, titled, fitting).read()


def _cause(what: str) -> str:
    causes = {
        "link_open": _("Links cannot be followed on paper. Write the address as text."),
        "html_block": _("HTML is not allowed. Write plain text."), "html_inline": _("HTML is not allowed. Write plain text."),
        "fence": _("Code blocks are not allowed."), "code_block": _("Lines that begin with four spaces are not allowed."),
        "code_inline": _("Code marks are not allowed."), "hr": _("Rules between paragraphs are not allowed."),
        "blockquote_open": _("Quotation blocks are not allowed. Use quotation marks."),
        "footnote": _("Footnotes are not allowed. Write an annex."), "strike": _("Struck-out text is not allowed."),
        "box": _("Boxes to tick are not allowed.")
    }
    return causes.get(what) or _("This is not allowed on a paper: %(what)s.") % {"what": what}


class _Reader:
    """Goes through the tokens once; ``lists`` holds the counts of the open lists."""

    def __init__(self, tokens: list[Token], images: Container[str], titled: bool, fitting: bool) -> None:
        self.tokens, self.images, self.titled, self.fitting = iter(tokens), images, titled, fitting
        self.title = ""
        self.done: list[Block] = []
        self.lists: list[int] = []
        self.fresh = False  # the next paragraph is the first of its list item
        self.line = 1

    def read(self) -> Reading:
        for token in self.tokens:
            self.line = token.map[0] + 1 if token.map else self.line
            match token.type:
                case "heading_open":
                    self._heading(int(token.tag[1]), next(self.tokens))
                case "paragraph_open":
                    self._paragraph(next(self.tokens))
                case "bullet_list_open" | "ordered_list_open":
                    self._open_list(int(token.attrGet("start") or 1))
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                case "list_item_open":
                    self.lists[-1] += 1
                    self.fresh = True
                case "table_open":
                    self._table()
                case "heading_close" | "paragraph_close" | "list_item_close":
                    pass
                case what:
                    self._refuse(what)
        return Reading(self.title, self.done)

    def _refuse(self, what: str) -> NoReturn:
        raise Unreadable(self.line, _cause(what))

    def _open_list(self, start: int) -> None:
        self.lists.append(start - 1)
        if len(self.lists) > LISTS:
            raise Unreadable(self.line, _("Lists stand too deep inside each other."))

    def _heading(self, level: int, inline: Token) -> None:
        text = "".join(run["text"] for part in self._parts(inline) for run in part).strip()
        if not text:
            raise Unreadable(self.line, _("The heading is empty."))
        if level == 1:
            if not self.titled or self.title or self.done:
                raise Unreadable(self.line, _("Only the first line may be a title. Use ## for headings."))
            self.title = text
            return
        if level - 1 > DEEPEST:
            raise Unreadable(self.line, _("There are only four levels of headings."))
        last = max((block["level"] for block in self.done if "level" in block), default=0)
        if level - 1 > last + 1:
            raise Unreadable(self.line, _("A level of headings is left out before this one."))
        self.done.append(heading(level - 1, re.sub(f"^{TYPED[level - 2]}\\s*", "", text) or text))

    def _paragraph(self, inline: Token) -> None:
        drawn = [child for child in inline.children or [] if child.type == "image"]
        if drawn:
            if len(inline.children or []) > 1:
                raise Unreadable(self.line, _("A picture stands in a paragraph of its own."))
            self.done.append(self._picture(drawn[0]))
            return
        for part in self._parts(inline):
            if self.fresh:
                part = [{"text": _bullet(self.lists)}, *part]
            self.fresh = False
            self.done.append(paragraph(part) | {"line": self.line})

    def _picture(self, token: Token) -> Block:
        name, alt = unquote(str(token.attrGet("src"))), token.content.strip()
        if name not in self.images:
            raise Unreadable(self.line, _("There is no picture “%(name)s” beside the text.") % {"name": name})
        if not alt:
            raise Unreadable(self.line, _("Say in the square brackets what the picture shows."))
        return picture(name, alt, caption=str(token.attrGet("title") or alt))

    def _table(self) -> None:
        rows: list[list[dict[str, Any]]] = []
        places: list[int] = []
        for token in self.tokens:
            self.line = token.map[0] + 1 if token.map else self.line
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
                places.append(self.line)
            elif token.type in ("th_open", "td_open"):
                side = str(token.attrGet("style") or "").removeprefix("text-align:")
                runs = [run for part in self._parts(next(self.tokens)) for run in part]
                rows[-1].append({"runs": runs, "align": side})
        if self.fitting:
            self._fit(rows, places)
        caption = ""
        if self.done and self.done[-1]["tag"] == "p" and CAPTION.match(self.done[-1]["runs"][0]["text"]):
            caption = "".join(run["text"] for run in self.done.pop()["runs"])
        self.done.append(table(rows[0], rows[1:], caption=caption))

    def _fit(self, rows: list[list[dict[str, Any]]], places: list[int]) -> None:
        """A row is not divided: one that is higher than a page, below the head, would be torn and read in a wrong order."""
        most, width = PAGES[len(rows[0]) > WIDEST]
        signs = max(int((width / len(rows[0]) - PADDING) / SIGN), 1)
        head = 0
        for row, place in zip(rows, places, strict=True):
            texts = ["".join(run["text"] for run in cell["runs"]) for cell in row]
            longest = max(texts, key=_width)
            lines = max(ceil(_width(longest) / signs), 1)
            if head + lines > most:
                raise Unreadable(place, _("The cell beginning “%(start)s” makes its row longer than a page. Divide the row, or "
                                          "write it as paragraphs.") % {"start": longest[:20]})
            head = head or lines

    def _parts(self, inline: Token) -> Iterator[Runs]:
        """The runs of a text, a list for each part between forced line breaks."""
        runs: Runs = []
        strong = soft = False
        for child in inline.children or []:
            match child.type:
                case "text":
                    self._examine(child.content)
                    runs.append({"text": child.content, "strong": strong, "soft": soft})
                case "softbreak":
                    self.line += 1
                    runs.append({"text": "\n"})
                case "hardbreak":
                    self.line += 1
                    yield _joined(runs)
                    runs = []
                case "strong_open" | "strong_close":
                    strong = child.type == "strong_open"
                case "em_open" | "em_close":
                    soft = child.type == "em_open"
                case "image":
                    raise Unreadable(self.line, _("A picture stands in a paragraph of its own."))
                case what:
                    self._refuse(what)
        yield _joined(runs)

    def _examine(self, text: str) -> None:
        for pattern, what in FOREIGN:
            if pattern.search(text):
                self._refuse(what)


def _bullet(lists: list[int]) -> str:
    """1. then （1） then ①: official paper has no dots."""
    number = lists[-1]
    return (f"{number}.", f"（{number}）", chr(0x245F + number) if number <= 20 else f"{number})")[len(lists) - 1]


def _width(text: str) -> float:
    """In characters of full width; letters and digits take about half of one."""
    return sum(1 if east_asian_width(char) in "WFA" else 0.5 for char in text)


def _joined(runs: Runs) -> Runs:
    """Runs with the line ends of the source gone: a space only between Latin words."""
    done: Runs = []
    for n, run in enumerate(runs):
        if run["text"] == "\n":
            before = runs[n - 1]["text"][-1:] if n else ""
            after = runs[n + 1]["text"][:1] if n + 1 < len(runs) else ""
            run = {"text": " " if before.isascii() and after.isascii() and before and after else ""}
        if run["text"]:
            done.append(run)
    return done
