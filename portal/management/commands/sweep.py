"""Delete stored files that belong to nothing."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consult.briefings import shelf
from consult.kit import attachments, calendar, store
from consult.opinions import arrivals
from portal.kit import exports


class Command(BaseCommand):
    help = ("Delete what failed transactions and killed workers left more than a day ago: uploads no record knows, half papers, "
            "uploaded sheets; and exports whose days are over.")

    def handle(self, *args: Any, **options: Any) -> None:
        before = calendar.now() - timedelta(days=1)
        try:
            old = exports.sweep(calendar.now() - exports.KEPT)
            count = attachments.sweep(before) + shelf.sweep(before) + arrivals.sweep(before) + old
        except store.Unreachable as away:
            raise CommandError(f"Not everything was swept: {away.strerror}.") from away
        self.stdout.write(f"{count} files deleted")
