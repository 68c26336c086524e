"""The words of a paper before they are set: cleaned, counted, and refused where they would take too long or print a blank."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from unicodedata import category, combining

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consult.kit.paper import fonts

# Setting time grows with the square of a paragraph's length and of its forced line breaks, and with the table cells.
MAX_PARAGRAPH = 2_000
MAX_TEXT = 100_000
MAX_BLOCKS = 10_000
MAX_ROWS = 600
MAX_BREAKS = 200  # in one paragraph
MAX_DEPTH = 60
MAX_MARKS = 4  # combining marks on one letter

#: Controls, bidi overrides, zero-width characters, lone surrogates: they break the setting or deceive the reader.
#: Variation selectors, tags and annotation marks too: fonts have none of them, so the paper would not read as it was written.
#: The two tone marks of old Hangul are in a font but are never put together with a letter: they print as missing.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
                      "\u302e\u302f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff"
                      "\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
INLINE = frozenset({"a", "b", "br", "em", "i", "img", "rp", "rt", "ruby", "small", "span", "strong", "sub", "sup", "u", "wbr"})
VOID = frozenset({"br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
SILENT = frozenset({"style", "script"})


def clean(text: str) -> str:
    """Without the characters that a paper must not carry, and with at most four marks on a letter."""
    text = UNWANTED.sub("", text)
    return text if text.isascii() else "".join(_spare_marks(text))


def _spare_marks(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        marks = marks + 1 if combining(char) else 0
        if marks <= MAX_MARKS:
            yield char


def check(html: str) -> None:
    """Raise ValidationError for what can't be set, in words the author can act on."""
    words = _Words()
    words.feed(html)
    words.close()
    for block, breaks in zip(words.blocks, words.breaks, strict=True):
        if len(block) > MAX_PARAGRAPH or breaks > MAX_BREAKS:
            raise ValidationError(
                _("A paragraph may have %(limit)s characters; the one beginning “%(start)s” has %(size)s. Divide it."),
                code="long_paragraph", params={"limit": MAX_PARAGRAPH, "start": block[:20], "size": len(block)})
    size = sum(map(len, words.blocks))
    if size > MAX_TEXT or len(words.blocks) > MAX_BLOCKS or words.rows > MAX_ROWS:
        raise ValidationError(
            _("The paper is too long: at most %(text)s characters, %(blocks)s paragraphs and %(rows)s table rows."),
            code="long_paper", params={"text": MAX_TEXT, "blocks": MAX_BLOCKS, "rows": MAX_ROWS})
    if words.deepest > MAX_DEPTH:
        raise ValidationError(_("Lists or quotations stand too deep inside each other."), code="deep")
    if missing := unprintable("".join(words.blocks)):
        raise ValidationError(_("No font has these characters: %(characters)s. Write them in another way."),
                              code="unprintable", params={"characters": " ".join(missing[:20])})


class _Words(HTMLParser):
    """The text of a page, block by block, however the template is built."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks, self.breaks = [""], [0]
        self.rows = self.depth = self.deepest = 0
        self.silent = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent = tag in SILENT
        self.rows += tag == "tr"
        self.breaks[-1] += tag == "br"
        self.depth += tag not in VOID
        self.deepest = max(self.deepest, self.depth)
        self._divide(tag)

    def handle_endtag(self, tag: str) -> None:
        self.silent = False
        self.depth -= tag not in VOID
        self._divide(tag)

    def _divide(self, tag: str) -> None:
        if tag not in INLINE and (self.blocks[-1] or self.breaks[-1]):
            self.blocks.append("")
            self.breaks.append(0)

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.blocks[-1] += data.strip()


def unprintable(text: str) -> list[str]:
    """The characters of the text that none of the papers' fonts has, each once, in order."""
    have = fonts.coverage(fonts.folder())
    return [char for char in dict.fromkeys(text) if ord(char) not in have and not _is_silent(char)]


def _is_silent(char: str) -> bool:
    """Spaces and controls leave no mark of their own; what is cleaned away leaves none at all."""
    return category(char) in {"Cc", "Zs", "Zl", "Zp"} or UNWANTED.match(char) is not None
