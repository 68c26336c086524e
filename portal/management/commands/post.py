"""Send the notices that are due, one e-mail a person; run it every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand

from consult.kit import calendar, notices


class Command(BaseCommand):
    help = "Send the notices that are due, one e-mail a person, in office hours."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{notices.post(calendar.now())} e-mails sent")
