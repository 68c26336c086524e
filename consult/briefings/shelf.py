"""Where the files of issues lie: kept whole or not at all; read back only when they are what was written."""

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from consult.kit import store
from consult.kit.rules import Denied

FOLDER, BESIDE = "issues", "issues/tmp"


class Damaged(Denied):
    """The stored file is not the one that was frozen."""


def put(name: str, content: bytes) -> str:
    """Keep ``content`` as ``name`` below ``issues/``; gives the stored name. Raises OSError."""
    return store.put(f"{FOLDER}/{name}", content, beside=BESIDE, once=True)


def get(name: str, sha256: str) -> bytes:
    """The file of that name, or Damaged when it is gone or not the one whose hash was kept. Raises store.Unreachable."""
    try:
        content = store.get(name)
    except store.Unreachable:  # that says nothing about the file
        raise
    except (OSError, ValueError):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(_("The stored file is not the one that was signed off. Please tell the system administrator."))
    return content


def sweep(before: datetime) -> int:
    """Delete what presses that were killed left beside, if it is older than ``before``; gives the number."""
    return store.sweep(BESIDE, before)
