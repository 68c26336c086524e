"""This platform is not made for secrets: words that carry a secrecy mark are refused, whoever writes them, wherever.

The mark is refused, not the word: people may well write of a trade secret, or that somebody calls a paper secret.
Rule: law on guarding state secrets (2024), articles 22 and 31(3).
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import audit

_WORD = "[绝絕机機秘]\\s{0,2}密"
_MARK = re.compile("|".join((
    rf"{_WORD}\s{{0,2}}级?\s{{0,2}}[★☆]",                                  # on a document: word, star, period
    rf"密\s{{0,2}}[级級]\s{{0,2}}[:：]\s{{0,2}}{_WORD}",                      # in a form
    rf"[【〔\[［]\s{{0,2}}{_WORD}\s{{0,2}}[级級]?\s{{0,2}}[】〕\]］]",            # before a title
    rf"^[^\S\n]{{0,9}}{_WORD}[^\S\n]{{0,2}}(?:[级級]|文件|件)?[^\S\n]{{0,9}}$",  # alone on its line
)), re.MULTILINE)

REFUSED = _("This carries a secrecy mark. The platform is not made for secrets and must not hold any: please take out "
            "everything that may be secret. If the matter cannot be told without it, go to the CPPCC office in person.")


def marked(text: str) -> bool:
    """Does the text carry a secrecy mark?"""
    return bool(_MARK.search(text))


def refuse(**texts: str) -> None:
    """Raise a ValidationError that names each field with a mark in its words."""
    if wrong := {name: REFUSED for name, text in texts.items() if marked(text)}:
        raise ValidationError(wrong)


audit.names("kit", {"refuse_secret": _("words with a secrecy mark refused")})
