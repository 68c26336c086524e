"""The keys outside the database: one file each in KEY_DIR, readable by the service alone."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from nacl.public import PrivateKey, PublicKey

from consult.kit.paper import certificate

#: private part, public part (or None for a shared secret)
SIGNING, SEALING, BLINDING = ("audit.key", "audit.pub"), ("seal.key", "seal.pub"), ("blind.key", None)
#: Receipt codes have a key of their own: they cannot be worked out again, so it is never changed with the others.
RECEIPTS = ("receipt.key", None)
#: The key that signs the papers, and its certificate (PEM).
PAPER = ("paper.key", "paper.crt")


def create() -> list[Path]:
    """Make the keys that are missing, never touch one that is there; gives the new files."""
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _create_plain(home) + _create_paper(home)


def _create_plain(folder: Path) -> list[Path]:
    signer, sealer = Ed25519PrivateKey.generate(), PrivateKey.generate()
    pairs = ((SIGNING, signer.private_bytes_raw(), signer.public_key().public_bytes_raw()),
             (SEALING, bytes(sealer), bytes(sealer.public_key)),
             (BLINDING, secrets.token_bytes(32), b""),
             (RECEIPTS, secrets.token_bytes(32), b""))
    made = []
    for (private, public), secret, known in pairs:
        if (folder / private).exists() or (public and (folder / public).exists()):
            continue  # half a pair is kept too: the other half may live on another machine
        made.append(put_plain(folder / private, secret))
        if public:
            made.append(put_plain(folder / public, known))
    return made


def put_plain(path: Path, value: bytes) -> Path:
    """Keep 32 bytes as hexadecimal digits, on the disk before this returns."""
    return _put(path, value.hex().encode() + b"\n")


def _create_paper(folder: Path) -> list[Path]:
    """In demo mode and in tests the name says so: nobody shall take such a paper for a real one."""
    paths = [folder / name for name in PAPER]
    if any(path.exists() for path in paths):
        return []
    name = f"测试 TEST · {settings.ORGAN}" if settings.DEMO or settings.TESTING else settings.ORGAN
    return [_put(path, content) for path, content in zip(paths, certificate.make(name), strict=True)]


def folder() -> Path:
    return Path(settings.KEY_DIR)


def _put(path: Path, value: bytes) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    return path


def _read(name: str) -> bytes:
    path = folder() / name
    try:
        value = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise _missing(path) from None
    except ValueError:
        raise ImproperlyConfigured(f"The key {path} is damaged: it must hold 64 hexadecimal digits.") from None
    if len(value) != 32:
        raise ImproperlyConfigured(f"The key {path} is damaged: it must hold 64 hexadecimal digits.")
    return value


def _missing(path: Path) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"The key {path} is missing. Create keys with: manage.py keys (or restore them from the backup)")


def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_read("audit.key"))


def verifying_key() -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(_read("audit.pub"))


def sealing_key() -> PublicKey:
    return PublicKey(_read("seal.pub"))


def unsealing_key() -> PrivateKey:
    return PrivateKey(_read("seal.key"))


def id_of(key: bytes) -> str:
    """The short name of a public key, or of a shared one: tells which key was used, and nothing of it."""
    return hashlib.sha256(b"key id:" + key).hexdigest()[:16]


def unsealing_keys() -> dict[str, PrivateKey]:
    """By the name of their public half: the present private key, and those kept while identities are sealed anew."""
    present = unsealing_key()
    kept = [PrivateKey(_read(path.name)) for path in sorted(folder().glob("seal-*.key"))]
    return {id_of(bytes(key.public_key)): key for key in (present, *kept)}


def blinding_key() -> bytes:
    return _read("blind.key")


def blinding_keys() -> list[bytes]:
    """The present one, then those whose fingerprints are still being replaced."""
    return [blinding_key(), *(_read(path.name) for path in sorted(folder().glob("blind-*.key")))]


def receipt_key() -> bytes:
    return _read("receipt.key")


def paper_key() -> bytes:
    """The private key for papers, PEM."""
    return _pem("paper.key")


def paper_certificates() -> list[bytes]:
    """The certificates (PEM) by which our signatures are known: the present one, then those of retired keys.

    Whoever changes the key keeps the old certificate beside the new one, as ``paper-<year>.crt``.
    """
    return [_pem("paper.crt"), *(path.read_bytes() for path in sorted(folder().glob("paper-*.crt")))]


def _pem(name: str) -> bytes:
    path = folder() / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _missing(path) from None
