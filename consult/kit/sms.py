"""Text messages, as an interface: SMS_BACKEND names the class that sends them; by default they are written to a file.

A message says that something waits and never what: telephones lie on tables.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from consult.kit import calendar


class Backend(Protocol):
    def send(self, number: str, text: str, at: datetime) -> None:
        """Send one message. Raises OSError when it could not be: it is tried again later."""


class ToFile:
    """One line a message in VAR_DIR/sms, a file a day: for trying out, and for a gateway that reads files."""

    def send(self, number: str, text: str, at: datetime) -> None:
        folder = Path(settings.VAR_DIR) / "sms"
        folder.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(folder / f"{calendar.local_date(at)}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a",
                  encoding="utf-8") as file:
            file.write(f"{at.astimezone(calendar.ZONE).isoformat(timespec='seconds')}\t{number}\t{text}\n")


def backend() -> Backend:
    made: Backend = import_string(settings.SMS_BACKEND)()
    return made
