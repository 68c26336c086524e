"""The task worker: does the queued work, and says every few seconds that it is alive."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from portal.health import BEAT_SECONDS, beat


class Command(BaseCommand):
    help = "Run queued tasks until stopped (SIGTERM, SIGINT); a task in progress is finished first."

    def handle(self, **options: Any) -> None:
        # Batch mode empties the queue and returns, so that the same loop that works is the one that beats:
        # a worker stuck in a task falls silent.
        worker = Worker(queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False,
                        max_tasks=None, worker_id=get_random_string(32), excluded_queue_names=[])
        worker.configure_signals()
        beaten: datetime | None = None
        while worker.running:
            at = timezone.now()
            if beaten is None or at - beaten >= timedelta(seconds=BEAT_SECONDS):
                beat(at)
                beaten = at
            worker.run()
            time.sleep(1)
