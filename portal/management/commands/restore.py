"""Put a backup into an empty installation and compare every digest."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from consult.kit import backup, store


class Command(BaseCommand):
    help = ("Put the backup in DIR into this installation, which must be empty, on whichever database it runs. Every file of the "
            "backup is checked before, every table and file after; what does not agree is taken back.")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")

    def handle(self, *, directory: Path, verbosity: int, **options: Any) -> None:
        try:
            manifest = backup.restore(directory, tell=self.stdout.write if verbosity > 1 else lambda words: None)
        except backup.Broken as broken:
            raise CommandError(str(broken)) from broken
        except store.Unreachable as away:
            raise CommandError(f"Nothing was restored: {away.strerror}. See S3_* at the top of portal/settings.py.") from away
        call_command("createcachetable", verbosity=0)
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(f"{rows} rows and {len(manifest['files'])} files restored, all digests equal. "
                          "Put the keys of that installation into KEY_DIR: without them sealed identities stay closed.")
