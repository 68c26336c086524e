"""Delete stored files that belong to nothing."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from consult.briefings import shelf
from consult.kit import attachments, calendar
from consult.opinions import arrivals


class Command(BaseCommand):
    help = ("Delete what failed transactions and killed workers left more than a day ago: uploads no record knows, half papers, "
            "uploaded sheets.")

    def handle(self, *args: Any, **options: Any) -> None:
        before = calendar.now() - timedelta(days=1)
        self.stdout.write(f"{attachments.sweep(before) + shelf.sweep(before) + arrivals.sweep(before)} files deleted")
