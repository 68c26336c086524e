"""Proof of work by ALTCHA's rules, with nothing asked of anybody: the browser searches for a number while one writes.

Verified here, without a foreign service. A solution counts once, across all processes. Never more than a help: who brings
none (no JavaScript, plain http) is never turned away for it.
"""

import base64
import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import altcha
from django.utils.crypto import salted_hmac

from consult.kit import buckets

ALGORITHM, COST = "SHA-256", 1
#: One of so many numbers is the right one: a second on a phone, a fortune for ten thousand.
RANGE = 50_000
#: How long a challenge may be solved; pages left open fetch a new one.
LASTS = timedelta(hours=2)
#: A solution has some 700 characters.
LONGEST = 2000


def challenge(at: datetime) -> dict[str, Any]:
    """A new one, signed; nothing of it is kept here."""
    made = altcha.create_challenge(ALGORITHM, COST, counter=secrets.randbelow(RANGE), expires_at=at + LASTS, hmac_secret=_key())
    return made.to_dict()


def spend(solution: str, at: datetime) -> bool:
    """Is this the solution of a challenge of ours, shown for the first time and in time?"""
    if not solution or len(solution) > LONGEST:
        return False
    if not altcha.verify_solution(solution, _key()).verified:
        return False
    return buckets.once(f"altcha:{_mark(solution)}", at=at, until=at + LASTS)


def _mark(solution: str) -> str:
    """Of the challenge alone: the same one solved or written down in another way is still the same."""
    return hashlib.sha256(_parameters(solution)["nonce"].encode()).hexdigest()


def _parameters(solution: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(solution))["challenge"]["parameters"]
    return found


def _key() -> str:
    return salted_hmac("portal.kit.altcha", "proof of work", algorithm="sha256").hexdigest()
