"""From the frozen words of a briefing to the template and what it is given. Pure: no database, no clock."""

from collections.abc import Mapping
from typing import Any

from consult.kit.paper import sheet

Words = Mapping[str, Any]  # the snapshot of consult/briefings/document.py


def template_of(words: Words) -> str:
    """The template of the snapshot's kind: ``documents/motion.html``."""
    return sheet.template_of(words["kind"])


def context(words: Words, *, draft: bool = False) -> dict[str, Any]:
    """What that template is given: the words, arranged; ``draft`` marks every page."""
    return sheet.context(words["kind"], words, draft=draft)


def assets(words: Words) -> dict[str, bytes]:
    """The pictures the paper shows: the QR code of ``verify_url``, when there is one."""
    return sheet.assets(words)
