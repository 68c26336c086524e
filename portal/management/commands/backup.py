"""Write the whole installation into a new directory, or look whether such a directory is whole."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consult.kit import backup, calendar, store


class Command(BaseCommand):
    help = ("Write every row and every file into the new directory DIR, each with its digest, while people go on working. "
            "Keys are not part of it: keep KEY_DIR elsewhere. With --check nothing is written: it looks whether DIR is whole.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument("--check", action="store_true")

    def handle(self, *, directory: Path, check: bool, verbosity: int, **options: Any) -> None:
        try:
            manifest = backup.look(directory) if check else backup.make(
                directory, calendar.now(), tell=self.stdout.write if verbosity > 1 else lambda words: None)
        except backup.Broken as broken:
            raise CommandError(str(broken)) from broken
        except store.Unreachable as away:
            raise CommandError(f"No backup was made: {away.strerror}. See S3_* at the top of portal/settings.py.") from away
        except FileExistsError as there:
            raise CommandError(f"{directory} is there already: name a new directory.") from there
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(f"{directory}: {rows} rows in {len(manifest['tables'])} tables, {len(manifest['files'])} files"
                          f"{', whole' if check else ''}")
