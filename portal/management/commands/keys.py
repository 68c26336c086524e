"""Make the keys that live outside the database."""

from typing import Any

from django.core.management.base import BaseCommand

from consult.kit import keys


class Command(BaseCommand):
    help = ("Make the keys that are missing in KEY_DIR (audit log, sealed identities, blind index, and for papers with their "
            "certificate in the name of ORGAN); never replaces one.")

    def handle(self, *args: Any, **options: Any) -> None:
        made = keys.create()
        for path in made:
            self.stdout.write(f"made {path}")
        self.stdout.write("Keep a copy of these files apart from the database backup." if made
                          else "all keys are there")
