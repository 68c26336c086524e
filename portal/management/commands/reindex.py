"""Build the search index again from what is written in the rooms."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from consult.kit import search


class Command(BaseCommand):
    help = ("Build the search index again, in short transactions: people can go on working, but find less until it is "
            "done. With --check nothing is changed: it names what is not found by its present words.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, verbosity: int, **options: Any) -> None:
        if not check:
            count = search.rebuild()
            if verbosity:
                self.stdout.write(f"{count} objects indexed")
            return
        wrong = search.stale()
        self.stdout.write("\n".join([*wrong, f"{len(wrong)} objects are not found by their present words"]))
        if wrong:
            raise SystemExit(1)
