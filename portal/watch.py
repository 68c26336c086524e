"""What a monitor may know: how often each page was asked for, how long it took, and what waits. Nothing about anybody.

Pages are named by their route, never by their address: an address can hold what somebody wrote. The counts of all web
processes are added up through small files in METRICS_DIR; ``manage.py prepare`` removes those of processes that ended.
"""

import hmac
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily

from consult.kit import jobs, store
from consult.kit.models import Notice
from portal.health import worker_state
from portal.logs import name_of

log = logging.getLogger("portal.requests")

ANSWERS = Counter("consult_answers", "Answers to requests", ["method", "route", "status"])
SECONDS = Histogram("consult_answer_seconds", "Seconds until the answer", ["route"],
                    buckets=(.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30))


class Watch:
    """Counts, times and names each request; the name goes back with the answer, so that a report can be found in the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun, mark = time.perf_counter(), name_of.set(uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            took = time.perf_counter() - begun
            route = request.resolver_match.view_name if request.resolver_match else "none"
            ANSWERS.labels(method_of(request), route, response.status_code).inc()
            SECONDS.labels(route).observe(took)
            log.info("answered", extra={"method": method_of(request), "route": route, "status": response.status_code,
                                        "milliseconds": round(took * 1000)})
            response.headers["X-Request-ID"] = name_of.get()
            return response
        finally:
            name_of.reset(mark)


def method_of(request: HttpRequest) -> str:
    """Whatever somebody invents is one kind: it must not make new series."""
    return request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"


class _Waiting:
    """What waits, read from the database when it is asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        worker = worker_state()
        yield GaugeMetricFamily("consult_worker_up", "Is a worker there?",
                                value=worker["state"] not in {"never seen", "silent"})
        yield GaugeMetricFamily("consult_files_up", "Does the file store answer?", value=store.answers())
        for key in ("queued", "running", "stranded"):
            yield GaugeMetricFamily(f"consult_jobs_{key}", f"Jobs {key}", value=worker[key])
        yield GaugeMetricFamily("consult_jobs_failed", "Jobs that failed", value=jobs.failed().count())
        yield GaugeMetricFamily("consult_jobs_longest_seconds", "The job that runs for longest", value=worker["longest_seconds"])
        yield GaugeMetricFamily("consult_notices_unposted", "Notices not yet sent",
                                value=Notice.objects.filter(posted_at=None).count())

    def describe(self) -> list[Any]:
        return []


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with METRICS_TOKEN as bearer token; without that setting, or with another token, nothing is here."""
    said = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(said.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(settings.METRICS_DIR))
    registry.register(_Waiting())  # type: ignore[arg-type]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def forget_counts_of_the_dead() -> None:
    """Remove the files of processes that ended. One that runs goes on writing into its own, which must stay to be read."""
    for file in settings.METRICS_DIR.glob("*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except PermissionError:
            continue
        except ProcessLookupError:
            file.unlink(missing_ok=True)
