"""What is done to workers in the middle of a paper, and what must be true afterwards."""

import hashlib
import io
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Count, F

from consult.briefings import press
from consult.briefings.models import Briefing, Issue
from consult.kit import attachments, calendar, jobs
from consult.kit.models import AuditEvent, Job, Worker
from tests.kills.work import hang
from tests.kills.workers import Gone, Process, until

RUNNING, READY, SUCCESSFUL = "RUNNING", "READY", "SUCCESSFUL"


def enqueue(issue: int) -> Job:
    return Job.objects.get(pk=press.typeset.enqueue(issue).id)


def is_in(job: Job, status: str) -> bool:
    return Job.objects.filter(pk=job.pk, status=status).exists()


def files() -> set[Path]:
    return {path for path in (Path(settings.MEDIA_ROOT) / "issues").rglob("*") if path.is_file()}


def kills(issues: Iterator[int], number: int, seed: int) -> dict[str, Any]:
    """Kill the worker while it sets a paper, start another one: it takes the job up again.

    The moment is chance; in every third round it is that in which a file appears. A kill counts when the job was running.
    """
    chance, counted, late, waits, left = random.Random(seed), 0, 0, [], 0
    worker = Process()
    warm(next(issues))
    span = warm(next(issues))
    try:
        while counted < number:
            before, job = files(), enqueue(next(issues))
            until(lambda job=job: not is_in(job, READY), pause=0.001)
            if counted % 3 == 2:
                until(lambda before=before, job=job: files() - before or is_in(job, SUCCESSFUL), pause=0.0005)
            else:
                time.sleep(chance.uniform(0, span * 1.1))
            worker.kill()
            counted, late = (counted + 1, late) if is_in(job, RUNNING) else (counted, late + 1)
            killed, begun = worker, time.monotonic()
            worker = Process()
            until(lambda job=job: is_in(job, SUCCESSFUL))
            waits.append(time.monotonic() - begun)
            until(killed.alone, seconds=10)
            left += len(killed.children)
    finally:
        worker.close()
    return {"kills": counted, "late": late, "span": round(span, 2), "setters_gone": left,
            "seconds_to_done": {"median": round(sorted(waits)[len(waits) // 2], 2), "most": round(max(waits), 2)}}


def warm(issue: int) -> float:
    """Let the worker set one paper; gives the seconds from taking it to its end."""
    job = enqueue(issue)
    until(lambda: not is_in(job, READY))
    begun = time.monotonic()
    until(lambda: is_in(job, SUCCESSFUL))
    return time.monotonic() - begun


def pairs(issues: Iterator[int], number: int) -> dict[str, Any]:
    """Two workers side by side: the same job for both, one that sleeps too long, and the end of both."""
    workers = [Process(), Process()]
    try:
        until(lambda: Worker.objects.filter(ended_at=None, pid__in=[one.pid for one in workers]).count() == 2)
        twice = sum(delivered_twice(issue) for _round, issue in zip(range(number), issues, strict=False))
        waited = asleep(issues)
        job = begun(next(issues))
        answers = [one.stop() for one in workers]
    finally:
        for one in workers:
            one.close()
    return {"delivered": number, "twice": twice, "slept": waited, "answers": answers, "finished": is_in(job, SUCCESSFUL)}


def begun(issue: int) -> Job:
    job = enqueue(issue)
    until(lambda: not is_in(job, READY), pause=0.001)
    return job


def delivered_twice(issue: int) -> bool:
    """The job is ready once more while a worker is at it: did another one take it, too?"""
    job = begun(issue)
    Job.objects.filter(pk=job.pk, status=RUNNING).update(status=READY)
    until(lambda: is_in(job, SUCCESSFUL))
    job.refresh_from_db()
    return job.attempts > 1


def asleep(issues: Iterator[int]) -> float:
    """A worker is stopped in the middle for longer than its lease, and wakes up when the other has done its job.

    Gives the seconds until that was done. One that is stopped while it writes holds everybody up, which tells nothing
    about leases: it goes on, and the next paper is tried.
    """
    for issue in issues:
        job, since = begun(issue), time.monotonic()
        job.refresh_from_db()
        pid = Worker.objects.get(pk=job.worker_ids[0]).pid
        os.kill(pid, signal.SIGSTOP)
        try:
            if is_in(job, RUNNING) and writable(job, issue):
                until(lambda job=job: is_in(job, SUCCESSFUL), seconds=jobs.LEASE.total_seconds() + 60)
                return round(time.monotonic() - since, 2)
        finally:
            os.kill(pid, signal.SIGCONT)
        until(lambda job=job: is_in(job, SUCCESSFUL))
    raise Gone("each worker was stopped while it wrote")


def writable(job: Job, issue: int) -> bool:
    """Can others write, and have the rows that the job is about?"""
    quick = {"sqlite": "PRAGMA busy_timeout = 500", "postgresql": "SET lock_timeout = 500"}[connection.vendor]
    usual = {"sqlite": "PRAGMA busy_timeout = 20000", "postgresql": "RESET lock_timeout"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(quick)
    try:
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=job.pk)
            briefing = Issue.objects.select_for_update().get(pk=issue).briefing_id
            Briefing.objects.select_for_update().get(pk=briefing)
            Worker.objects.filter(pk=job.worker_ids[-1]).update(host=F("host"))
    except OperationalError:
        return False
    finally:
        with connection.cursor() as cursor:
            cursor.execute(usual)
    return True


def hangs() -> dict[str, Any]:
    """A worker that hangs starts again in place, and the job is free."""
    worker = Process(JOB_LIMIT="1")
    try:
        stuck = Job.objects.get(pk=hang.enqueue().id)
        until(lambda: Job.objects.filter(pk=stuck.pk, worker_ids__1__isnull=False).exists())
        same, lives = worker.process.poll() is None, Worker.objects.filter(pid=worker.pid).count()
    finally:
        worker.close()
    stuck.delete()
    return {"same_process": same, "lives": lives}


def ledger() -> dict[str, Any]:
    """What must be nought: broken files, papers told twice, jobs nobody runs, files nobody knows."""
    done = Issue.objects.exclude(sha256="")
    asked = {job.args_kwargs["args"][0] for job in Job.objects.filter(task_path=press.typeset.module_path)}
    told = AuditEvent.objects.filter(verb="briefings.issue").values("object_id").annotate(n=Count("pk"))
    leftovers = len(files()) - done.count()
    swept = attachments.sweep(calendar.now())
    return {"papers": done.count(), "missing": len(asked - {issue.pk for issue in done}),
            "broken": sum(not whole(issue) for issue in done),
            "duplicates": sum(row["n"] - 1 for row in told) + abs(len(told) - done.count()),
            "running": Job.objects.filter(status=RUNNING).count(), "leftovers": leftovers, "swept": swept,
            "files_too_many": len(files()) - done.count(),
            "attempts": dict(Counter(str(job.attempts) for job in Job.objects.all()))}


def whole(issue: Issue) -> bool:
    """Does the stored file open, and is it the one whose hash was kept?"""
    content = (Path(settings.MEDIA_ROOT) / issue.file.name).read_bytes()
    try:
        with pikepdf.open(io.BytesIO(content)) as paper:
            return hashlib.sha256(content).hexdigest() == issue.sha256 and len(paper.pages) > 0 and not paper.check_pdf_syntax()
    except pikepdf.PdfError:
        return False
