"""The body of a paper as plain blocks: paragraphs, headings with their number as text, tables and pictures.

A block is a dict with a ``tag`` (p, h2 … h5, table, figure), made by the functions below and printed by
``templates/documents/blocks.html``. Numbers are text, so that what is read back from the PDF is what was written.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]
Text = str | Sequence[str] | None  # paragraphs: one string with line breaks, or a list

DIGITS = "零一二三四五六七八九"
DEEPEST = 4  # 一、 （一） 1. （1）
WIDEST = 8  # columns of a table that stands upright; one with more lies across its own page


def paragraph(text: str | list[dict[str, Any]], *, style: str = "") -> Block:
    """A paragraph of plain text, or of runs ``{"text", "strong", "soft"}``; ``style`` is a class of heads.css."""
    return {"tag": "p", "runs": [{"text": text}] if isinstance(text, str) else text, "style": style}


def paragraphs(text: Text) -> list[Block]:
    return [paragraph(line) for line in lines(text)]


def lines(text: Text) -> list[str]:
    """The lines that say something; a list may hold strings with line breaks of their own."""
    parts = [text] if isinstance(text, str) else text or []
    return [line.strip() for part in parts for line in part.splitlines() if line.strip()]


def ended(text: str) -> str:
    """The sentence with its full stop."""
    text = text.rstrip("，、；")
    return text if text.endswith(("。", "！", "？", "……")) else f"{text}。"


def heading(level: int, text: str) -> Block:
    """Level 1 to 4: 一、 （一） 1. （1）. The number is put before it by ``numbered``."""
    return {"tag": f"h{level + 1}", "level": level, "runs": [{"text": text}]}


def section(title: str, body: Iterable[Block], *, level: int = 1) -> list[Block]:
    """A heading with its body; nothing when the body is empty."""
    found = list(body)
    return [heading(level, title), *found] if found else []


def table(head: Sequence[Any], rows: Iterable[Sequence[Any]], *, caption: str = "", align: Sequence[str] = ()) -> Block:
    """A table; ``align`` names left, center or right per column. A cell is a text, or ``{"runs", "align"}``."""
    return {
        "tag": "table", "caption": caption, "head": _cells(head, align), "rows": [_cells(row, align) for row in rows],
        "wide": len(head) > WIDEST
    }


def _cells(row: Sequence[Any], align: Sequence[str]) -> list[Block]:
    sides = [*align, *[""] * (len(row) - len(align))]
    return [cell if isinstance(cell, dict) else {"runs": [{"text": str(cell)}], "align": side}
            for cell, side in zip(row, sides, strict=False)]


def picture(asset: str, alt: str, *, caption: str = "") -> Block:
    """A named asset; ``alt`` says what it shows to whoever cannot see it."""
    return {"tag": "figure", "asset": asset, "alt": alt or caption, "caption": caption}


def numbered(blocks: Iterable[Block]) -> list[Block]:
    """The same blocks with each heading's number as its first run: 一、 （一） 1. （1）, each level anew below a higher one."""
    counts = [0] * (DEEPEST + 1)
    done = []
    for block in blocks:
        if level := block.get("level"):
            counts[level] += 1
            counts[level + 1:] = [0] * (DEEPEST - level)
            block = block | {"runs": [{"text": mark(level, counts[level])}, *block["runs"]]}
        done.append(block)
    return done


def mark(level: int, count: int) -> str:
    """一、 （一） 1. （1）: the four levels of GB/T 9704-2012, 7.3.3."""
    return (f"{hanzi(count)}、", f"（{hanzi(count)}）", f"{count}.", f"（{count}）")[level - 1]


def hanzi(number: int) -> str:
    """1 to 99 in Chinese; larger numbers in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")
