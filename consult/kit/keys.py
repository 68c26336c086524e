"""The keys outside the database: one file each in KEY_DIR, readable by the service alone."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from nacl.public import PrivateKey, PublicKey

#: private part, public part (or None for a shared secret)
SIGNING, SEALING, BLINDING = ("audit.key", "audit.pub"), ("seal.key", "seal.pub"), ("blind.key", None)


def create() -> list[Path]:
    """Make the keys that are missing, never touch one that is there; gives the new files."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signer, sealer = Ed25519PrivateKey.generate(), PrivateKey.generate()
    pairs = ((SIGNING, signer.private_bytes_raw(), signer.public_key().public_bytes_raw()),
             (SEALING, bytes(sealer), bytes(sealer.public_key)),
             (BLINDING, secrets.token_bytes(32), b""))
    made = []
    for (private, public), secret, known in pairs:
        if (folder / private).exists() or (public and (folder / public).exists()):
            continue  # half a pair is kept too: the other half may live on another machine
        made.append(_put(folder / private, secret))
        if public:
            made.append(_put(folder / public, known))
    return made


def _folder() -> Path:
    return Path(settings.KEY_DIR)


def _put(path: Path, value: bytes) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(value.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def _read(name: str) -> bytes:
    path = _folder() / name
    try:
        value = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise ImproperlyConfigured(
            f"The key {path} is missing. Create keys with: manage.py keys (or restore them from the backup)") from None
    except ValueError:
        raise ImproperlyConfigured(f"The key {path} is damaged: it must hold 64 hexadecimal digits.") from None
    if len(value) != 32:
        raise ImproperlyConfigured(f"The key {path} is damaged: it must hold 64 hexadecimal digits.")
    return value


def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_read("audit.key"))


def verifying_key() -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(_read("audit.pub"))


def sealing_key() -> PublicKey:
    return PublicKey(_read("seal.pub"))


def unsealing_key() -> PrivateKey:
    return PrivateKey(_read("seal.key"))


def blinding_key() -> bytes:
    return _read("blind.key")
