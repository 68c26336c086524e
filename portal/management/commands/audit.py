"""Seal and verify the audit log.

The witness file belongs on another machine, or on paper: whoever can change both the database and the witness
can rewrite history.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consult.kit import audit, calendar


class Command(BaseCommand):
    help = "Seal the audit log with a signed root, or verify it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["seal", "verify"])
        parser.add_argument("--witness", type=Path, help="file to append the receipt to, or to verify against")

    def handle(self, *args: Any, act: str, witness: Path | None = None, **options: Any) -> None:
        if act == "seal":
            self._seal(witness)
        else:
            self._verify(witness)

    def _seal(self, witness: Path | None) -> None:
        point = audit.seal(calendar.now())
        if point is None:
            self.stdout.write("nothing new to seal")
            return
        line = audit.receipt(point)
        if witness:
            with witness.open("a") as file:
                file.write(line + "\n")
        self.stdout.write(line)

    def _verify(self, witness: Path | None) -> None:
        problems = audit.verify(witness.read_text().splitlines() if witness else ())
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"{len(problems)} problems found")
        self.stdout.write("the audit log is whole")
        if not witness:
            self.stdout.write("without --witness, sealed events cut off at the end cannot be noticed")
