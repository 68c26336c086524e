"""The verification code of an issue, and its drawing as a QR code."""

import io
import re
import secrets
import unicodedata
from collections.abc import Iterator

import segno

#: Without I, L, O and U: nothing that is misread from paper or spells a word (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, SIZE = 4, 4  # 16 characters of 5 bits: 80 bits cannot be guessed
PATTERN = re.compile(rf"(?<![0-9A-Za-z])[{ALPHABET}]{{{SIZE}}}(?:-[{ALPHABET}]{{{SIZE}}}){{{GROUPS - 1}}}(?![0-9A-Za-z])")
MISREAD = str.maketrans("ILO", "110")
BETWEEN = re.compile(r"[\s\-‐-―−_.·]+")


def new_code() -> str:
    """A code such as ``7Q2M-K0ZD-94VX-1CWB``: random, so that it tells nothing of the paper."""
    return "-".join("".join(secrets.choice(ALPHABET) for _one in range(SIZE)) for _group in range(GROUPS))


def normal(typed: str) -> str:
    """The code as it is stored, however it was typed (small or wide letters, other gaps, O for 0); "" if it is none."""
    if len(typed) > 200:
        return ""
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(MISREAD)
    if len(plain) != GROUPS * SIZE or set(plain) - set(ALPHABET):
        return ""
    return "-".join(plain[start:start + SIZE] for start in range(0, len(plain), SIZE))


def found_in(text: str) -> Iterator[str]:
    """The codes written in a text, each once, in order."""
    seen: set[str] = set()
    for match in PATTERN.finditer(text):
        if match.group() not in seen:
            seen.add(match.group())
            yield match.group()


def qr_svg(text: str) -> bytes:
    """The QR code of a text as an SVG picture without XML declaration; one module is one unit, four modules quiet zone.

    Medium error correction: a fold or a staple may cost 15 % of it. Raises ValueError on an empty or over-long text.
    """
    if not text:
        raise ValueError("a QR code needs a text")
    out = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, nl=False, svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue()
