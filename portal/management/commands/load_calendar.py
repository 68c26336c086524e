"""Load the official holidays of a year, and work out again what is owed."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from consult.kit import calendar, dayoff
from consult.tasks import recalculating


class Command(BaseCommand):
    help = ("Read the State Council's notice of a year's holidays from FILE (its own sentences, or lines like "
            "“2027-10-01 休 国庆节” and “2027-10-09 班”), and work out again every date that is owed. "
            "With --dry-run nothing is changed.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--source", required=True, help="the notice and its number")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, year: int, file: Path, source: str, dry_run: bool, **options: Any) -> None:
        try:
            days = dayoff.read(file.read_text("utf-8"), year)
            dayoff.check(days, year, source)
        except ValidationError as wrong:
            raise CommandError("\n".join(wrong.messages), returncode=2) from wrong
        except (OSError, UnicodeDecodeError) as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        for one in recalculating.change_calendar(days, source, by=None, at=calendar.now(), dry=dry_run):
            self.stdout.write(f"{one.task.number}  {one.what}  {one.before} → {one.after}{'?' if one.provisional else ''}")
        self.stdout.write(f"{len(days)} days {'read, nothing changed' if dry_run else 'loaded'}")
