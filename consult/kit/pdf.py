"""Papers: ``make(template, context)`` sets a Django template as a PDF/A. Nothing is fetched but what is named here.

The look is in ``templates/documents/``; the fonts are put into ``var/fonts`` by ``bin/fonts``. Where they are missing
the machine's Noto Serif CJK stands in, and the PDF's metadata says which fonts were meant.
The same template, words and fonts give the same bytes: no clock, no random number.

The setting is done by a child process within limits (see paper/process.py): this module imports no engine.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.template.loader import render_to_string
from django.utils.translation import override

from consult.kit.paper import fonts, process
from consult.kit.paper.pictures import picture
from consult.kit.paper.process import MAX_PAGES, PaperFailed
from consult.kit.paper.words import MAX_MARKS, MAX_PARAGRAPH, MAX_ROWS, MAX_TEXT, check, clean, unprintable

__all__ = ["MAX_MARKS", "MAX_PAGES", "MAX_PARAGRAPH", "MAX_ROWS", "MAX_TEXT", "STAND_IN", "Paper", "PaperFailed", "check",
           "clean", "examine", "font_names", "make", "picture", "render", "unprintable"]

STAND_IN = fonts.STAND_IN


class Paper(NamedTuple):
    """A set paper; ``report`` is what measuring it gave, empty unless asked for (see paper/measure.py)."""

    content: bytes
    pages: int
    report: dict[str, Any]


def make(template: str, context: Mapping[str, Any], *, language: str = "zh-hans", assets: Mapping[str, bytes] | None = None,
         sources: Mapping[str, bytes] | None = None, measured: bool = False) -> Paper:
    """The paper of a template.

    ``assets`` are pictures (PNG or JPEG by ``picture`` if they came from outside, or SVG), addressed ``asset:<name>``.
    ``sources`` are files (name -> content) that the PDF carries as the source of what it says.
    The page's ``<meta name=dcterms.created>`` is the PDF's date; ``fonts`` is added to the context for its metadata.
    Raises ValidationError when the text is too long or holds characters no font has, SuspiciousOperation when the
    template asks for anything not named, PaperFailed when time, memory or pages run out.
    """
    assets, sources = dict(assets or {}), dict(sources or {})
    html = _page(template, context, language)
    head = {"assets": list(assets), "sources": list(sources), "measured": measured}
    answer, (content,) = process.run(head, html.encode(), *assets.values(), *sources.values())
    if refused := answer.get("refused"):
        raise SuspiciousOperation(f"{template}: not fetched: {refused}")
    return Paper(content, answer["pages"], answer["report"])


def render(template: str, context: Mapping[str, Any], *, language: str = "zh-hans", assets: Mapping[str, bytes] | None = None,
           sources: Mapping[str, bytes] | None = None) -> bytes:
    """The bytes of ``make``."""
    return make(template, context, language=language, assets=assets, sources=sources).content


def examine(template: str, context: Mapping[str, Any], *, language: str = "zh-hans") -> None:
    """Raise the ValidationError that ``make`` would raise for the text, without setting it."""
    _page(template, context, language)


def font_names() -> str:
    """The fonts of the papers in words, for the PDF's metadata and the administrators' page."""
    return fonts.names(fonts.folder())


def _page(template: str, context: Mapping[str, Any], language: str) -> str:
    with override(language):
        html = clean(render_to_string(template, {**context, "fonts": font_names(), "language": language}))
    check(html)  # in the language of the person who asked, not of the paper
    return html
