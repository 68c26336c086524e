"""The receipt: a number and twelve digits, by which somebody without an account finds their opinion again."""

import hashlib
import hmac
import re
import unicodedata
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher

from consult.kit import keys

DIGITS = 12


class ReceiptHasher(ScryptPasswordHasher):
    """Scrypt with 16 MiB a guess. Twelve digits of chance can't be guessed like a password: to try all of them would

    take a thousand years of a processor's time, and whoever asks here is stopped after ten tries an hour.
    """

    work_factor = settings.RECEIPT_WORK
    parallelism = 1


_hasher = ReceiptHasher()


def code_for(key: UUID, salt: str = "") -> str:
    """The twelve digits of an opinion, derived from its key: a repeated submission is told the same ones.

    Only their slow hash is kept; without the installation's key nobody can work them out again. ``salt`` makes another
    code for one that was lost.
    """
    mac = hmac.new(keys.receipt_key(), b"receipt code:" + key.bytes + salt.encode(), hashlib.sha256).digest()
    return str(int.from_bytes(mac, "big") % 10 ** DIGITS).zfill(DIGITS)


def spaced(code: str) -> str:
    """In groups of four, for writing down."""
    return " ".join(code[n:n + 4] for n in range(0, len(code), 4))


def hashed(code: str) -> str:
    return _hasher.encode(code, _hasher.salt())


def matches(code: str, receipt_hash: str) -> bool:
    """Slow on purpose, and just as slow when there is no such opinion (an empty hash)."""
    asked = tidy_code(code)
    if not receipt_hash or len(asked) != DIGITS:
        hashed(asked)
        return False
    return _hasher.verify(asked, receipt_hash)


def tidy_code(code: str) -> str:
    """The digits alone, full-width ones too."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", code))


def tidy_number(number: str) -> str:
    """As it is stored: upper case, five digits at the end, the letters in front added when left out."""
    plain = re.sub(r"[\s_—–－]+", "-", unicodedata.normalize("NFKC", number).strip().upper())
    found = re.fullmatch(r"(?:YJ)?-?(\d{4})-?0*(\d{1,9})", plain)
    return f"YJ{found[1]}-{int(found[2]):05d}" if found else plain[:32]
