"""Changing the keys that seal identities: new ones come in, the old stay until nothing needs them.

A change may be killed at any point; the next one goes on where it stopped. The new keys are first complete in the
folder ``next``; a copy of each old private key is kept as ``seal-<id>.key`` and ``blind-<id>.key`` before it is replaced.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from nacl.public import PrivateKey

from consult.kit import keys

#: In this order: whoever seals with the new pair also takes fingerprints with the new key, and it can be opened at once.
ORDER = ("blind.key", "seal.key", "seal.pub")


class Busy(RuntimeError):
    """Another change of keys is at work."""


@contextmanager
def alone() -> Iterator[None]:
    """Only one change of keys at a time; raises Busy."""
    with open(os.open(keys.folder() / ".changing", os.O_CREAT | os.O_RDWR, 0o600), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise Busy("another change of keys is at work") from taken
        yield


def _next() -> Path:
    return keys.folder() / "next"


def retired() -> list[Path]:
    """The old keys that are still kept."""
    return sorted((*keys.folder().glob("seal-*.key"), *keys.folder().glob("blind-*.key")))


def running() -> bool:
    """Was a change begun that is not yet finished?"""
    return _next().exists() or bool(retired())


def check() -> None:
    """The present pair belongs together; raises ImproperlyConfigured otherwise."""
    if bytes(keys.unsealing_key().public_key) != bytes(keys.sealing_key()):
        raise ImproperlyConfigured(f"seal.key and seal.pub in {keys.folder()} are not one pair: restore both from the backup.")


def begin() -> None:
    """Make the new keys; they are used by nobody before ``promote``."""
    check()
    draft = keys.folder() / ".next"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    pair = PrivateKey.generate()
    for name, value in zip(ORDER, (secrets.token_bytes(32), bytes(pair), bytes(pair.public_key)), strict=True):
        keys.put_plain(draft / name, value)
    os.rename(draft, _next())
    _sync()


def promote() -> None:
    """Let the new keys take the place of the old, which are kept beside them; does nothing when there are no new ones."""
    if not _next().exists():
        return
    home, pair = keys.folder(), keys.unsealing_key()
    _keep(home / "seal.key", f"seal-{keys.id_of(bytes(pair.public_key))}.key")
    _keep(home / "blind.key", f"blind-{keys.id_of(keys.blinding_key())}.key")
    _sync()
    for name in ORDER:
        if (_next() / name).exists():
            os.replace(_next() / name, home / name)
            _sync()
    _next().rmdir()
    _sync()


def _keep(path: Path, name: str) -> None:
    try:
        os.link(path, path.with_name(name))
    except FileExistsError:
        pass


def retire() -> int:
    """Delete the old keys: nothing is sealed with them any more. Gives how many files."""
    gone = retired()
    for path in gone:
        path.unlink()
    _sync()
    return len(gone)


def _sync() -> None:
    """What was renamed is renamed after a power cut too."""
    handle = os.open(keys.folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
