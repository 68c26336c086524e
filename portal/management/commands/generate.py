"""Fills an empty database with an invented city, to measure lists and pages at any size."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.generate import guard, making


class Command(BaseCommand):
    help = ("Fill a database with an invented city: people with all roles, opinions, topics, consultations, briefings, tasks and "
            "what follows. The same seed on the same day makes the same (but for what is sealed). All or nothing; refuses a "
            "database that holds real data. Nobody can sign in: the accounts have no passwords.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, usual in (("opinions", 1_000_000), ("tasks", 100_000), ("users", 20_000), ("departments", 200),
                            ("districts", 16), ("seed", 1)):
            parser.add_argument(f"--{name}", type=int, default=usual, help=f"Default: {usual:,}.")

    def handle(self, *, verbosity: int, **options: Any) -> None:
        size = guard.Size(**{name: options[name] for name in (*guard.MOST, "seed")})

        def say(words: str) -> None:
            if verbosity:
                self.stdout.write(words)
                self.stdout.flush()

        try:
            counts = making.make(size, say)
        except guard.Refused as refused:
            raise CommandError(str(refused)) from None
        if verbosity > 1:
            for label, number in sorted(counts.items()):
                self.stdout.write(f"{number:>12,}  {label}")
