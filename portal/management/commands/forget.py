"""Erase the contact data whose time is over; `remind` does the same every day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from consult.kit import calendar
from consult.opinions import actions


class Command(BaseCommand):
    help = ("Erase names, telephone numbers and addresses of those whose matter has been closed for longer than the setting "
            "contact_retention says, and star the numbers left in the words of those opinions.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only tell which opinions it would be.")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        now = calendar.now()
        done = actions.expire(today=calendar.local_date(now), at=now, dry_run=dry_run)
        for number in done.numbers if dry_run else ():
            self.stdout.write(number)
        self.stdout.write(f"{done.contacts} contacts {'would be erased' if dry_run else 'erased'}, "
                          f"numbers starred in {done.texts} texts, {done.photos} photos")
