"""What every day brings: reminders of tasks, the end of invitations to rate and of contact data; run it once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from consult.evaluations import actions as evaluations
from consult.kit import calendar
from consult.opinions import actions as opinions
from consult.tasks import actions


class Command(BaseCommand):
    help = ("Remind each owed task once at blue, once at yellow, once at red (not on days of rest), and count as 'not rated' "
            "whoever let the time for rating pass. Erase the contact data whose time is over (as `forget` does).")

    def handle(self, *args: Any, **options: Any) -> None:
        now = calendar.now()
        today = calendar.local_date(now)
        sent = actions.remind(today=today, at=now) if calendar.is_workday(today) else 0
        ended = evaluations.expire(today=today, at=now)
        self.stdout.write(f"{sent} reminders sent")
        if ended:
            self.stdout.write(f"{ended} invitations to rate ended")
        if erased := opinions.expire(today=today, at=now).contacts:
            self.stdout.write(f"{erased} contacts erased")
