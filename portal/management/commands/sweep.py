"""Delete stored files that belong to nothing."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from consult.kit import attachments, calendar


class Command(BaseCommand):
    help = "Delete uploaded files no record knows, left by transactions that failed more than a day ago."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{attachments.sweep(calendar.now() - timedelta(days=1))} files deleted")
