"""The task worker: does the queued jobs on a lease, and frees those that other workers left (consult/kit/jobs.py)."""

import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from consult.kit import attachments, calendar, jobs, store
from consult.opinions import arrivals

PAUSE, REAP, SWEEP = 0.5, jobs.RENEW.total_seconds(), 3600.0  # seconds
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run queued jobs until stopped (SIGTERM, SIGINT); a job in progress is finished first, unless told twice."

    def handle(self, **options: Any) -> None:
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.reaped = self.swept = float("-inf")
        hand = jobs.Hand()
        while not self.stopping and not self.patiently(hand.register):  # it may come up after us
            time.sleep(PAUSE)
        if self.stopping:
            return
        with hand:
            while not self.stopping:
                if not self.patiently(lambda: self.turn(hand)):
                    time.sleep(PAUSE)

    def patiently(self, what: Callable[[], bool]) -> bool:
        """False as well while the database is restarted, or another process holds it for long: it comes back."""
        try:
            return what()
        except jobs.PASSING as wrong:
            log.warning("the database does not answer: %s", type(wrong).__name__)
            connection.close()
            return False

    def turn(self, hand: jobs.Hand) -> bool:
        """One job, if there is one; now and then what others left behind."""
        close_old_connections()
        if monotonic() - self.reaped > REAP:
            jobs.reap(calendar.now())
            self.reaped = monotonic()
        if monotonic() - self.swept > SWEEP:
            self.swept = monotonic()
            self.sweep(calendar.now() - timedelta(days=1))
        job = hand.take()
        if job is not None:
            hand.run(job)
        return job is not None

    def sweep(self, before: datetime) -> None:
        try:
            attachments.sweep(before)
            arrivals.sweep(before)
        except store.Unreachable as away:
            log.warning("nothing is swept: %s", away.strerror)

    def stop(self, number: int, frame: Any) -> None:
        """Once: after the job. Twice: at once; whoever reaps next frees the job."""
        self.stopping = True
        signal.signal(number, signal.SIG_DFL)
