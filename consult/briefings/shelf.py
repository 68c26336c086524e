"""Where the files of issues lie: written beside, made durable, renamed; read back only when they are what was written."""

import hashlib
import os
import uuid
from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments
from consult.kit.rules import Denied

FOLDER, BESIDE = "issues", "issues/tmp"


class Damaged(Denied):
    """The stored file is not the one that was frozen."""


def put(name: str, content: bytes) -> str:
    """Keep ``content`` as ``name`` below ``issues/``: a reader never meets half a file, a power cut loses none that was

    told of. Gives the stored name.
    """
    target = Path(default_storage.path(f"{FOLDER}/{name}"))
    beside = Path(default_storage.path(f"{BESIDE}/{uuid.uuid4().hex}"))
    for folder in (target.parent, beside.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    for folder in (target.parent, target.parent.parent):
        _sync(folder)
    return f"{FOLDER}/{name}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get(name: str, sha256: str) -> bytes:
    """The file of that name, or Damaged when it is gone or not the one whose hash was kept."""
    try:
        with default_storage.open(name, "rb") as file:
            content: bytes = file.read()
    except (OSError, ValueError):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(_("The stored file is not the one that was signed off. Please tell the system administrator."))
    return content


def sweep(before: datetime) -> int:
    """Delete what presses that were killed left beside, if it is older than ``before``; gives the number."""
    return attachments.sweep_folder(Path(default_storage.path(BESIDE)), before)
