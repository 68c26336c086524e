"""Where files lie: in a directory of this machine, or in a bucket that several machines share (s3.py). STORAGES says which.

Both promise the same. A file is there whole or not at all, and on the disk before anybody is told; it has no address of its
own, so nobody gets past the page that asks whether they may see it; a store that does not answer says so as Unreachable.
"""

import errno
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext_lazy as _

#: The aliases of STORAGES: what is kept for good, and sheets that wait to be brought in.
FILES, ARRIVALS = "default", "arrivals"
AWAY = _("The file could not be stored: the file store does not answer. Nothing was changed, and what you wrote is still here. "
         "Please send it again in a few minutes, or without the file for now.")


class Unreachable(OSError):
    """The store did not answer, or not as a store does: nothing that was asked of it counts as done."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EHOSTUNREACH, f"the file store does not answer ({why})")


class Disk(FileSystemStorage):
    """A directory of this machine."""

    def url(self, name: str | None) -> str:
        raise ValueError("A stored file has no address: pages send it.")

    def put(self, name: str, content: bytes, *, beside: str = "", once: bool = False) -> str:
        """Written beside, made durable, renamed: a reader never meets half a file, a power cut loses none that was told of."""
        target, draft = Path(self.path(name)), Path(self.path(f"{beside}/{uuid.uuid4().hex}.tmp".lstrip("/")))
        for folder in (target.parent, draft.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        for folder in (target.parent, target.parent.parent):
            _sync(folder)
        return name

    def walk(self, folder: str = "") -> Iterator[tuple[str, datetime]]:
        """Every file below, with the time of its last change."""
        home = Path(self.path(""))
        for place, _folders, names in os.walk(home / folder, onerror=_unless_gone, followlinks=True):
            for name in names:
                path = Path(place, name)
                try:
                    yield path.relative_to(home).as_posix(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
                except FileNotFoundError:  # another process took it away
                    continue

    def answers(self) -> bool:
        """Can something be written? The directory itself is made with the first file."""
        home = Path(self.path(""))
        there = next(path for path in (home, *home.parents) if path.exists())
        return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unless_gone(wrong: OSError) -> None:
    if not isinstance(wrong, FileNotFoundError):
        raise wrong


# --- whichever it is ----------------------------------------------------------------------------------------------


def _store(where: str) -> Any:
    return storages[where]


def put(name: str, content: bytes, *, where: str = FILES, beside: str = "", once: bool = False) -> str:
    """Keep ``content`` as ``name``, in the place of what was there; gives the stored name. A directory writes it into the

    folder ``beside`` first. What is written ``once`` and never changed may get a name with its fingerprint. Raises OSError.
    """
    stored: str = _store(where).put(name, content, beside=beside, once=once)
    return stored


def get(name: str, *, where: str = FILES) -> bytes:
    """All of a file. Raises FileNotFoundError, and Unreachable where it is not known whether it is there."""
    with _store(where).open(name, "rb") as file:
        content: bytes = file.read()
    return content


def drop(name: str, *, where: str = FILES) -> None:
    """A file that is not there is dropped already."""
    _store(where).delete(name)


def walk(folder: str = "", *, where: str = FILES) -> Iterator[tuple[str, datetime]]:
    """The name of every file below ``folder``, and when it was last written."""
    yield from _store(where).walk(folder)


def sweep(folder: str, before: datetime, *, where: str = FILES) -> int:
    """Delete the files below ``folder`` that nobody has written since ``before``; gives the number."""
    old = [name for name, changed in walk(folder, where=where) if changed < before]
    for name in old:
        drop(name, where=where)
    return len(old)


def answers() -> bool:
    """Would files be kept and given at this moment?"""
    said: bool = _store(FILES).answers()
    return said
