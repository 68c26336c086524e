"""Load the demonstration district, or print its sign-in card."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consult.kit import calendar
from consult.people.models import Jurisdiction
from portal.demo import card, story
from portal.demo.world import STAGES


class Command(BaseCommand):
    help = "Load an invented district with eleven months of work, by the same verbs people use. Only in demo mode."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", choices=STAGES, default=STAGES[-1], help="Stop after this stage of the loop.")
        parser.add_argument("--seed", type=int, default=1, help="Another number, other chances; the same, the same district.")
        parser.add_argument("--card", action="store_true", help="Print the sign-in card and load nothing.")

    def handle(self, *, until: str, seed: int, card: bool, verbosity: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo district is for demo mode only: start with DEMO=1, on a database of its own.")
        if not card:
            self._load(until, seed, verbosity)
        self._card()

    def _load(self, until: str, seed: int, verbosity: int) -> None:
        if Jurisdiction.objects.exists():
            raise CommandError("There is a district in this database already. The demo is loaded into an empty one only.")
        story.tell(until=until, seed=seed, password=card.password(), now=calendar.now())
        if verbosity > 1:
            self._table()

    def _card(self) -> None:
        for line in card.lines():
            self.stdout.write(line)

    def _table(self) -> None:
        for (model, field), states in story.counts().items():
            self.stdout.write(f"{model}.{field}: " + ", ".join(f"{state} {n}" for state, n in states.items()))
