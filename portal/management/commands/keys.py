"""Make the keys that live outside the database."""

from typing import Any

from django.core.management.base import BaseCommand

from consult.kit import keys


class Command(BaseCommand):
    help = "Make the signing, sealing and blind-index keys that are missing in KEY_DIR; never replaces one."

    def handle(self, *args: Any, **options: Any) -> None:
        made = keys.create()
        for path in made:
            self.stdout.write(f"made {path}")
        self.stdout.write("Keep a copy of these files apart from the database backup." if made
                          else "all keys are there")
