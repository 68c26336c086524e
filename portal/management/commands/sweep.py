"""Delete stored files that belong to nothing."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from consult.briefings import shelf
from consult.kit import attachments, calendar
from consult.opinions import arrivals
from portal.kit import exports


class Command(BaseCommand):
    help = ("Delete what failed transactions and killed workers left more than a day ago: uploads no record knows, half papers, "
            "uploaded sheets; and exports whose days are over.")

    def handle(self, *args: Any, **options: Any) -> None:
        old = exports.sweep(calendar.now() - exports.KEPT)
        before = calendar.now() - timedelta(days=1)
        self.stdout.write(f"{attachments.sweep(before) + shelf.sweep(before) + arrivals.sweep(before) + old} files deleted")
