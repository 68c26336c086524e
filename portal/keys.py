"""Where the secret key is kept: in the environment, or in a file only the service can read."""

import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def var_dir() -> Path:
    """The one directory the product writes to."""
    return Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


def key_dir() -> Path:
    return Path(os.environ.get("KEY_DIR") or var_dir() / "keys").resolve()


def secret_key_file() -> Path:
    return key_dir() / "secret_key"


def secret_key() -> str:
    """The secret key, or an empty string when none was made yet."""
    try:
        return os.environ.get("SECRET_KEY") or secret_key_file().read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def ensure_secret_key() -> None:
    """Make the key file on first use. Two processes may try at once: the one whose link comes first wins."""
    if secret_key():
        return
    folder = key_dir()
    var_dir().mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".secret_key.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(draft, secret_key_file())
    except FileExistsError:
        pass
    finally:
        draft.unlink()
