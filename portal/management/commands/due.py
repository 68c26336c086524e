"""When a period ends, worked out by the official calendar, with the sum."""

import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from consult.kit import calendar, steps

#: Longer periods are slips of the pen.
MOST = {"workdays": 1000, "months": 240, "days": 5000}


def day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as wrong:
        raise ArgumentTypeError(f"{said!r} is no day: write 2026-09-24") from wrong


class Command(BaseCommand):
    help = ("Print the day on which a period ends that begins with an event on --from, how it was worked out, and whether it is "
            "provisional: the official calendar of a year is not known before its notice.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="begin", type=day, required=True, metavar="YYYY-MM-DD")
        length = parser.add_mutually_exclusive_group(required=True)
        length.add_argument("--working-days", dest="workdays", type=int, metavar="N")
        length.add_argument("--months", type=int, metavar="N")
        length.add_argument("--days", type=int, metavar="N")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE)

    def handle(self, *, begin: date, json: bool, language: str, **options: Any) -> None:
        unit = next(name for name in MOST if options[name] is not None)
        number: int = options[unit]
        if not 0 <= number <= MOST[unit]:
            raise CommandError(f"A period has between 0 and {MOST[unit]} {unit}.", returncode=2)
        with translation.override(language):
            due = calendar.due_on(begin, **{unit: number})
            self.stdout.write(_as_json(due) if json else _as_text(due))


def _as_text(due: calendar.Due) -> str:
    return "\n".join([due.on.isoformat(), str(due.sum), *(f"  · {one}" for one in steps.in_words(due))])


def _as_json(due: calendar.Due) -> str:
    return json.dumps({
        "from": due.begin.isoformat(), "unit": due.unit, "number": due.number, "due": due.on.isoformat(),
        "provisional": due.provisional, "sum": str(due.sum), "steps": [one.plain() for one in steps.steps(due)],
    }, ensure_ascii=False)
