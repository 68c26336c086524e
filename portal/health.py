"""Is the service alive? For monitors: states and counts, nothing about anybody."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

HEARTBEAT = "worker.heartbeat"
BEAT_SECONDS = 10
SILENT_SECONDS = 60


def beat(at: datetime) -> None:
    """The worker says that it is still going round."""
    cache.set(HEARTBEAT, at.isoformat(), timeout=None)


def worker_state(at: datetime) -> dict[str, Any]:
    """The worker as its heartbeat and its queue show it: never, silent, working or waiting."""
    beaten = cache.get(HEARTBEAT)
    seconds = int((at - datetime.fromisoformat(beaten)).total_seconds()) if beaten else None
    queue = DBTaskResult.objects.filter(status=TaskResultStatus.READY, run_after__lte=at).count()
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count()
    if seconds is None:
        state = "never seen"
    elif seconds > SILENT_SECONDS:
        # A long task keeps the worker from beating; a row that says "running" may also be left by a killed one.
        state = "silent, a task is marked as running" if running else "silent"
    else:
        state = "working" if queue or running else "waiting"
    return {"state": state, "heartbeat_seconds_ago": seconds, "queued": queue, "running": running}


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. A silent worker is said, but pages are still served."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        worker = worker_state(timezone.now())
    except DatabaseError:
        return JsonResponse({"database": "unreachable", "worker": None}, status=503)
    return JsonResponse({"database": "ok", "worker": worker})
