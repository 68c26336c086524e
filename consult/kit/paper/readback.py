"""The text of a paper read back against its source: equal, or where the two part. Pure."""

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

UNREAD = re.compile("[\\s\u00ad\u200b\u2060\ufeff]")
#: What a font may draw with one glyph: a PDF can name only one of them, and the reader sees no other. Radicals pasted for the
#: hanzi of the same shape are the usual case, and the dots. PDFium gives ligatures as their letters.
FORMS = (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB07), *range(0x2F800, 0x2FA20))
SAME = {code: unicodedata.normalize("NFKC", chr(code)) for code in FORMS}
SAME |= {ord(one): other for one, other in zip("•・∙‧⋯〜‒‑〈〉", "····…～–-〈〉", strict=True)}


class Difference(NamedTuple):
    """The first twenty characters from where paper and source part, and the page; empty and 0 when they are equal."""

    said: str
    wanted: str
    page: int


def compare(pages: list[str], source: str, drawn: str = "", proof: str = "", heads: list[str] | None = None) -> Difference:
    """Compare what the pages say with the source; spaces and invisible characters don't count, nor which of SAME was meant.

    ``drawn`` is the text of drawings: it stands somewhere in the source, in an order of its own. The source may end with
    ``proof``, which stands below the type area, or leave it out. ``heads`` are the words in small type at the top of each
    page: a table's head may be repeated there.
    """
    wanted, at = _plain(source).removesuffix(_plain(proof)), 0
    spare = Counter(_plain(drawn))
    for number, text in enumerate(pages, 1):
        said = _plain(text)
        head = _plain(heads[number - 1]) if heads else ""
        said = said[_repeated(head, said, wanted, at):]
        while said:
            same = _same(said, wanted, at)
            at, said = at + same, said[same:]
            skip = _drawing(said, wanted, at, spare) if said else 0
            if said and not skip:
                return Difference(said[:20], wanted[at:at + 20], number)
            spare -= Counter(wanted[at:at + skip])
            at += skip
    at += _drawing("", wanted, at, spare)
    left_out = wanted[at:at + 20]
    return Difference("", left_out, len(pages) if left_out else 0)


def _plain(text: str) -> str:
    return UNREAD.sub("", text).translate(SAME)


def _same(said: str, wanted: str, at: int) -> int:
    """How many characters agree."""
    if wanted.startswith(said, at):
        return len(said)
    return next(place for place, char in enumerate(said) if wanted[at + place:at + place + 1] != char)


def _drawing(said: str, wanted: str, at: int, spare: Counter[str]) -> int:
    """How many characters of the source here are those of a drawing: after them the text goes on."""
    most = min(spare.total(), len(wanted) - at)
    ends = (size for size in range(1, most + 1) if wanted.startswith(said[:30], at + size) and (said or at + size == len(wanted)))
    return next((size for size in ends if Counter(wanted[at:at + size]) <= spare), 0)


def _repeated(head: str, said: str, wanted: str, at: int) -> int:
    """How many characters at the top of a page repeat a table's head: words from before, then the source goes on."""
    for size in range(len(head) + 1):
        if wanted.startswith(said[size:size + 30], at):
            return size
        if said[:size + 1] not in wanted[:at]:
            break
    return 0
