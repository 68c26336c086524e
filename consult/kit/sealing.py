"""Sealed identity, blind index and masking: who said it stays apart from what was said.

Intake needs only the public key; opening needs the private one. No key is ever stored in the database.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from consult.kit import keys


class CannotUnseal(ValueError):
    """The blob is damaged, or was sealed to another key."""


def seal(identity: dict[str, Any]) -> bytes:
    """Encrypt to the office's public key; not even the sealing process can read it back."""
    return SealedBox(keys.sealing_key()).encrypt(json.dumps(identity, ensure_ascii=False, sort_keys=True).encode())


def unseal(blob: bytes | memoryview) -> dict[str, Any]:
    """Open a sealed identity with the private key; raises CannotUnseal, never gives back ciphertext."""
    try:
        opened = SealedBox(keys.unsealing_key()).decrypt(bytes(blob))
    except (CryptoError, ValueError, TypeError) as wrong:
        raise CannotUnseal("this identity was not sealed to the present key, or is damaged") from wrong
    return dict(json.loads(opened))


def normal(value: str) -> str:
    """One spelling for one phone number or address: half-width, lower case, without separators and +86."""
    text = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", value)).casefold()
    return re.sub(r"^(\+86|0086|86)(?=1\d{10}$)", "", text)


def blind(value: str) -> str:
    """A keyed fingerprint of the normalised value: finds equal phone numbers without storing one."""
    return hmac.new(keys.blinding_key(), normal(value).encode(), hashlib.sha256).hexdigest()


# --- masking ----------------------------------------------------------------------------------------------------

#: Between digits people write spaces, dots or dashes, sometimes full-width.
_GAP = r"[\s\-.·－—]?"
_START, _END = r"(?<![0-9０-９])", r"(?![0-9０-９])"
_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"


def _digits(low: int, high: int | None = None) -> str:
    return rf"(?:[0-9０-９]{_GAP}){{{low},{high if high is not None else low}}}"


_PERSONAL = (
    # Longest first: an ID number contains what looks like a phone number.
    ("ID", re.compile(rf"{_START}[1-9１-９]{_GAP}{_digits(16)}[0-9０-９XxＸｘ]{_END}")),
    ("ID", re.compile(rf"{_START}[1-9１-９]{_GAP}{_digits(13)}[0-9０-９]{_END}")),
    ("mobile", re.compile(rf"(?:(?<![0-9０-９+])(?:[+＋]|00)?86{_GAP})?{_START}[1１]{_GAP}[3-9３-９]{_GAP}"
                          rf"{_digits(8)}[0-9０-９]{_END}")),
    ("mobile", re.compile(rf"(?<![0-9０-９])(?:[+＋]|00)?86{_GAP}1[3-9]{_GAP}{_digits(8)}[0-9０-９]{_END}")),
    ("landline", re.compile(rf"{_START}[(（]?[0０][0-9０-９]{{2,3}}[)）]?[\s\-－—]?[2-9２-９][0-9０-９]{{2,3}}{_GAP}"
                            rf"[0-9０-９]{{4}}(?:[\-－转][0-9０-９]{{1,6}})?{_END}")),
    ("plate", re.compile(rf"[{_PLACES}]\s?[A-HJ-NP-Za-hj-np-z]\s?[·•.\-]?\s?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}"
                         rf"(?:[A-HJ-NP-Za-hj-np-z0-9]|[挂学警港澳])(?![A-Za-z0-9])")),
    ("mail", re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]{1,63}"
                        r"(?:[.．][A-Za-z0-9-]{1,63}){1,5}")),
)


def mask(text: str) -> str:
    """The text with phone, ID and plate numbers and e-mail addresses replaced; the rest is kept as it is."""
    for kind, pattern in _PERSONAL:
        text = pattern.sub(_mail if kind == "mail" else _middle, text)
    return text


def _middle(found: "re.Match[str]") -> str:
    """First three and last two characters stay for a long number, the first two for a short one."""
    said = found.group()
    if len(said) < 10:
        return said[:2] + "*" * (len(said) - 2)
    return said[:3] + "*" * (len(said) - 5) + said[-2:]


def _mail(found: "re.Match[str]") -> str:
    name, at, host = found.group().replace("＠", "@").partition("@")
    return f"{name[0]}***{at}{host}"
