"""Is the service alive? For monitors: states and counts, nothing about anybody."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consult.kit import jobs, store
from consult.kit.models import Job, Worker

#: No job of ours takes so many seconds; a worker that is busy for longer hangs, and starts again at jobs.LIMIT.
LONG = 120


def worker_state() -> dict[str, Any]:
    """The workers as their leases and the queue show them.

    never seen; silent (no lease runs); stuck (one is at the same job for too long); stranded (a job is marked as
    running and nobody runs it: the next look of a worker frees it); working; waiting.
    """
    seen = _longest(Worker.objects.all(), "seen_at")
    busy = _longest(jobs.alive().exclude(job=None), "job_since")
    queued, running, stranded = Job.objects.ready().count(), jobs.running().count(), len(jobs.unheld())
    if not seen:
        state = "never seen"
    elif not jobs.alive().exists():
        state = "silent"
    elif busy and busy[-1] > LONG:
        state = "stuck"
    elif stranded:
        state = "stranded"
    else:
        state = "working" if queued or running else "waiting"
    return {"state": state, "heartbeat_seconds_ago": seen[0] if seen else None, "queued": queued, "running": running,
            "stranded": stranded, "longest_seconds": busy[-1] if busy else 0}


def _longest(workers: Any, since: str) -> list[int]:
    """The seconds since a time of each worker, by the clock of the database, the shortest first."""
    age = ExpressionWrapper(Now() - F(since), output_field=DurationField())
    return sorted(int(one.total_seconds()) for one in workers.annotate(age=age).values_list("age", flat=True))


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. A silent worker and a file store that does not answer are said, but pages are

    still served.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        worker = worker_state()
    except DatabaseError:
        return JsonResponse({"database": "unreachable", "worker": None}, status=503)
    return JsonResponse({"database": "ok", "files": "ok" if store.answers() else "unreachable", "worker": worker})
