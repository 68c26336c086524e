"""Remind departments of tasks that are due soon, nearly due or overdue; run it once a working day."""

from typing import Any

from django.core.management.base import BaseCommand

from consult.kit import calendar
from consult.tasks import actions


class Command(BaseCommand):
    help = "Remind each owed task once at blue, once at yellow, once at red. Does nothing on days of rest."

    def handle(self, *args: Any, **options: Any) -> None:
        now = calendar.now()
        today = calendar.local_date(now)
        sent = actions.remind(today=today, at=now) if calendar.is_workday(today) else 0
        self.stdout.write(f"{sent} reminders sent")
