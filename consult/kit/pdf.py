"""Papers: ``render(template, context)`` sets a Django template as a PDF. Nothing is fetched but what is named here.

The look is in ``templates/documents/``; the fonts are put into ``var/fonts`` by ``bin/fonts``. Where they are missing
the machine's Noto Serif CJK stands in, and the PDF's metadata says which fonts were meant.
The same template, words and fonts give the same bytes: no clock, no random number.
"""

import hashlib
import json
import re
import subprocess
import threading
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category, combining

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# Setting time grows with the square of a paragraph's length, and with the number of table cells.
MAX_PARAGRAPH = 2_000
MAX_TEXT = 100_000
MAX_BLOCKS = 3_000
MAX_ROWS = 100
MAX_MARKS = 4  # combining marks on one letter

#: CSS family -> fonts of var/fonts (see bin/fonts). The stacks are in templates/documents/paper.css.
FACES = {"Fang": "fang", "Hei": "hei", "Kai": "kai", "Song": "song", "Title": "title", "Digits": "digits",
         "Rare": "rare", "Serif": "serif", "Serif Bold": "serif-bold", "Sans": "sans"}
STAND_IN = "Noto Serif CJK SC"
STYLESHEET = re.compile(r"documents/[a-z]+\.css")
#: Controls, bidi overrides, zero-width characters, lone surrogates: they break the setting or deceive the reader.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
INLINE = frozenset({"a", "b", "br", "em", "i", "img", "rp", "rt", "ruby", "small", "span", "strong", "sub", "sup", "u", "wbr"})
SILENT = frozenset({"style", "script"})

# Pango and fontconfig keep state per process: one configuration, one paper at a time.
_press = threading.Lock()


class _Fonts(NamedTuple):
    """The prepared fonts of this process."""

    config: FontConfiguration
    sheet: CSS
    names: str


def render(template: str, context: Mapping[str, Any], *, language: str = "zh-hans",
           assets: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a template.

    ``assets`` are pictures (PNG, JPEG, SVG; re-encoded before if they came from outside), addressed ``asset:<name>``.
    Give ``created`` (a date or datetime) in the context for the PDF's own date; ``fonts`` is added for its metadata.
    Raises ValidationError when the text is too long or holds characters no font has, SuspiciousOperation when the
    template asks for anything not named.
    """
    with override(language):
        html = clean(render_to_string(template, {**context, "fonts": _fonts().names, "language": language}))
    check(html)  # in the language of the person who asked, not of the paper
    fetcher = _Fetcher(assets or {})
    mark = hashlib.sha256(html.encode())
    for name, content in sorted((assets or {}).items()):
        mark.update(name.encode() + hashlib.sha256(content).digest())
    try:
        with _press:
            paper = HTML(string=html, url_fetcher=fetcher, media_type="print")
            content = paper.write_pdf(stylesheets=[_fonts().sheet], font_config=_fonts().config, dpi=150,
                                      pdf_identifier=mark.digest()[:16], custom_metadata=True)
    except FatalURLFetchingError:  # a BaseException: no "except Exception" would stop it
        content = b""
    if fetcher.refused:  # the setter swallows what goes wrong inside an SVG picture
        raise SuspiciousOperation(f"{template}: not fetched: {fetcher.refused[0][:200]}")
    return bytes(content)


class _Fetcher(URLFetcher):
    """Gives the named assets, the papers' style sheets and the project's fonts; everything else stops the setting."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False)
        self.assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        if scheme == "asset" and name in self.assets:
            return URLFetcherResponse(url, self.assets[name])
        if scheme == "paper" and STYLESHEET.fullmatch(name):
            return URLFetcherResponse(url, render_to_string(name).encode(), {"Content-Type": "text/css"})
        if scheme == "font" and name in FACES.values() and (path := font_files().get(name)):
            return URLFetcherResponse(url, path.read_bytes())
        self.refused.append(url)
        raise FatalURLFetchingError


# --- words --------------------------------------------------------------------------------------------------------


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
    """Refuse what would take too long or print a blank, in words the author can act on."""
    words = _Words()
    words.feed(html)
    words.close()
    for block in words.blocks:
        if len(block) > MAX_PARAGRAPH:
            raise ValidationError(
                _("A paragraph may have %(limit)s characters; the one beginning “%(start)s” has %(size)s. Divide it."),
                code="long_paragraph", params={"limit": MAX_PARAGRAPH, "start": block[:20], "size": len(block)})
    size = sum(map(len, words.blocks))
    if size > MAX_TEXT or len(words.blocks) > MAX_BLOCKS or words.rows > MAX_ROWS:
        raise ValidationError(
            _("The paper is too long: at most %(text)s characters, %(blocks)s paragraphs and %(rows)s table rows."),
            code="long_paper", params={"text": MAX_TEXT, "blocks": MAX_BLOCKS, "rows": MAX_ROWS})
    if missing := unprintable("".join(words.blocks)):
        raise ValidationError(_("No font has these characters: %(characters)s. Write them in another way."),
                              code="unprintable", params={"characters": " ".join(missing[:20])})


class _Words(HTMLParser):
    """The text of a page, block by block, however the template is built."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self.rows = 0
        self.silent = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent = tag in SILENT
        self.rows += tag == "tr"
        self._divide(tag)

    def handle_endtag(self, tag: str) -> None:
        self.silent = False
        self._divide(tag)

    def _divide(self, tag: str) -> None:
        if tag not in INLINE and self.blocks[-1]:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.blocks[-1] += data.strip()


def unprintable(text: str) -> list[str]:
    """The characters of the text that none of the papers' fonts has, each once, in order."""
    have = coverage()
    return [char for char in dict.fromkeys(text) if ord(char) not in have and not _is_silent(char)]


def _is_silent(char: str) -> bool:
    """Spaces, controls and variation selectors leave no mark of their own."""
    return category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp"} or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF


# --- fonts --------------------------------------------------------------------------------------------------------


def font_folder() -> Path:
    return Path(getattr(settings, "PAPER_FONTS", "") or Path(settings.BASE_DIR) / "var" / "fonts")


def _record() -> dict[str, dict[str, str]]:
    """What bin/fonts prepared: name -> file, font, origin, licence, hash."""
    path = font_folder() / "fonts.json"
    return json.loads(path.read_text()) if path.exists() else {}


def font_files() -> dict[str, Path]:
    """The prepared fonts that are there: name -> file."""
    found = {name: font_folder() / entry["file"] for name, entry in _record().items()}
    return {name: path for name, path in found.items() if name in FACES.values() and path.exists()}


def font_names() -> str:
    """The fonts of the papers in words, for the PDF's metadata and the administrators' page."""
    record = _record()
    used = [f"{family}={record[name]['font']}" for family, name in FACES.items() if name in font_files()]
    return "; ".join(used) or STAND_IN


@cache
def _fonts() -> _Fonts:
    config = FontConfiguration()
    # Digits and Latin letters only: the quotes and dashes must stay those of the Chinese font.
    rules = [f'@font-face{{font-family:"Paper {family}";src:url(font:{name})'
             + (";unicode-range:U+20-7E}" if name == "digits" else "}")
             for family, name in FACES.items() if name in font_files()]
    sheet = CSS(string="".join(rules), font_config=config, url_fetcher=_Fetcher({}))
    return _Fonts(config, sheet, font_names())


@cache
def coverage() -> Collection[int]:
    """The code points the papers can print: a prepared font of last resort, or the machine's stand-in."""
    files = [(path, 0) for name, path in font_files().items() if name != "digits"] or _stand_in()
    return frozenset(code for path, face in files for code in TTFont(path, fontNumber=face, lazy=True).getBestCmap())


def _stand_in() -> list[tuple[Path, int]]:
    found = subprocess.run(  # noqa: S603 - fixed words
        ["/usr/bin/fc-match", "-f", "%{file}\n%{index}", STAND_IN], capture_output=True, text=True, check=False)
    path, _newline, face = found.stdout.partition("\n")
    return [(Path(path), int(face or 0) & 0xFFFF)] if path else []
