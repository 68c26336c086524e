"""Queued jobs: taken on a lease, taken up again when their worker is gone, given up after three attempts.

django-tasks-db keeps the queue, but a job whose worker was killed stays RUNNING there for ever. Here a running job
is held by the worker that took it last, as long as that worker names it as its own and its lease runs. Leases go by
the clock of the database, which all workers share; a process that ended on this machine is seen at once. A worker that
hangs on one job for too long is started again in place.

So a job may run twice, even at one time: a worker that slept longer than its lease wakes up again. Therefore

- what a job does is idempotent: under the lock of the row it writes it looks whether that was done (briefings.press);
- its end is fenced: only the worker that took a job last writes how it ended.
"""

import builtins
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic
from traceback import format_exception
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models.functions import Now
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus as Status
from django_tasks.utils import normalize_json

from consult.kit import audit, calendar, store
from consult.kit.models import Job, Worker
from consult.kit.rules import Sentence

#: How long a worker counts as alive after it was last seen, and how often it shows itself.
LEASE = timedelta(seconds=getattr(settings, "JOB_LEASE", 30))
RENEW = LEASE / 6
#: A worker that is longer than this at one job hangs: no job of ours takes a tenth of it.
LIMIT = timedelta(seconds=getattr(settings, "JOB_LIMIT", 600))
ATTEMPTS = 3

log = logging.getLogger(__name__)


class GivenUp(Exception):
    """No worker came to the end of the job."""


GIVEN_UP = _("The worker was ended before it was done, %(n)s times in a row.")
FAILED = _("The job failed (%(kind)s). Please tell the system administrator.")
#: The database is restarted, or another process holds it for long, or the files are out of reach: the job did nothing wrong.
#: (The driver's own errors too: Django does not translate what goes wrong while a cursor is closed.)
_ours: Any = connection
PASSING = (OperationalError, InterfaceError, _ours.Database.OperationalError, _ours.Database.InterfaceError, store.Unreachable)
#: How long such a job rests, times its attempts.
REST = timedelta(seconds=5)


# --- kinds of jobs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A job in words, and whom to tell when it is given up: called with its arguments, ``reason=`` and ``at=``."""

    words: Sentence
    given_up: Callable[..., Any] | None = None


_kinds: dict[str, Kind] = {}


def declare(task: Any, words: Sentence, given_up: Callable[..., Any] | None = None) -> None:
    """A room tells how its task reads in a list, and what follows when no worker comes to its end."""
    _kinds[task.module_path] = Kind(words, given_up)


def kind_of(job: Job) -> Kind:
    """The declared kind; for a task the product no longer has, its path."""
    try:
        job.task  # noqa: B018 - imports the module that declares it
    except (ImportError, SuspiciousOperation):
        pass
    return _kinds.get(job.task_path) or Kind(job.task_path)


def why(job: Job) -> str:
    """In one line why the job failed: what was raised and where. Of messages only those of the system, which name

    files and sockets; others could quote what somebody wrote.
    """
    path = job.exception_class_path
    if path == f"{GivenUp.__module__}.{GivenUp.__qualname__}":
        return str(GIVEN_UP) % {"n": job.attempts}
    lines = job.traceback.strip().splitlines()
    made = getattr(builtins, path.rpartition(".")[2], None)
    if isinstance(made, type) and issubclass(made, OSError) and lines:
        return lines[-1][:200]
    places = [line.strip() for line in lines if line.startswith("  File ")]
    return " · ".join([path.rpartition(".")[2], *places[-1:]])[:200]


# --- who holds what -----------------------------------------------------------------------------------------------


def alive() -> models.QuerySet[Worker]:
    """The workers whose lease runs. One seen in the future was seen before the clock was set back."""
    return Worker.objects.filter(ended_at=None, seen_at__gte=Now() - LEASE, seen_at__lte=Now() + LEASE)


def running() -> models.QuerySet[Job]:
    """The jobs marked as running."""
    return Job.objects.filter(status=Status.RUNNING)


def failed() -> models.QuerySet[Job]:
    """The jobs that came to no good end and were not run again since."""
    return Job.objects.filter(status=Status.FAILED)


def unheld() -> list[Job]:
    """The running jobs that nobody runs."""
    marked = list(running())  # before the workers: who takes a job names it in the same transaction
    held = set(alive().exclude(job=None).values_list("pk", "job"))
    return [job for job in marked if not job.worker_ids or (job.worker_ids[-1], job.pk) not in held]


def reap(at: datetime) -> int:
    """Free the jobs nobody runs any more: ready again, or given up. Gives their number."""
    gone = [worker.pk for worker in Worker.objects.filter(ended_at=None) if _is_gone(worker)]
    Worker.objects.filter(pk__in=gone).update(ended_at=Now())
    newest = Worker.objects.values_list("pk", flat=True).first()
    Worker.objects.filter(seen_at__lt=Now() - timedelta(days=1)).exclude(pk=newest).delete()
    return sum(_free(job, at) for job in unheld())


def _free(job: Job, at: datetime) -> bool:
    with transaction.atomic():
        row = running().filter(pk=job.pk).select_for_update(skip_locked=True).first()
        if row is None or row.worker_ids != job.worker_ids:
            return False  # it ended, or another worker was faster
        if row.attempts < ATTEMPTS:
            log.warning("job %s (%s) lost its worker and is ready again", row.pk, row.task_path)
            Job.objects.filter(pk=row.pk).update(status=Status.READY)
        else:
            log.error("job %s (%s) lost its worker %s times and is given up", row.pk, row.task_path, row.attempts)
            Job.objects.filter(pk=row.pk).update(status=Status.FAILED, finished_at=at, **_wrong(GivenUp()))
            _tell(row, GIVEN_UP % {"n": row.attempts}, at)
    return True


def _tell(job: Job, reason: Sentence, at: datetime) -> None:
    """Whoever waits for the job learns that it came to no good end; what goes wrong there changes nothing here."""
    told = kind_of(job).given_up
    if told is None:
        return
    try:
        with transaction.atomic():
            told(*job.args_kwargs["args"], **job.args_kwargs["kwargs"], reason=reason, at=at)
    except Exception:
        log.exception("nobody could be told that job %s is given up", job.pk)


def _wrong(error: BaseException) -> dict[str, str]:
    said = "".join(format_exception(error)).replace("\x00", "")
    return {"exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}", "traceback": said}


@cache
def _place() -> str:
    """This boot of this machine, and its numbering of processes (containers count apart); "" where it isn't said."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _began(pid: int) -> str:
    """When the process began, in ticks since the boot; "" when it has ended."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] in "ZX" else words[19]


def _is_gone(worker: Worker) -> bool:
    """Did its process end? Only the same machine can tell; elsewhere the lease decides."""
    if not worker.place or worker.place != _place():
        return False
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _began(worker.pid) != worker.began


# --- working ------------------------------------------------------------------------------------------------------


class Hand:
    """One worker: registered while it is entered, renewed by a thread of its own, at one job at a time."""

    def __init__(self) -> None:
        self.id = get_random_string(32)
        self.job: UUID | None = None
        self._since, self._known = 0.0, False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="lease", daemon=True)

    def register(self) -> bool:
        """Be known before the first job is taken: the errors of a database that does not answer are the caller's."""
        self._show()
        self._known = True
        return True

    def __enter__(self) -> "Hand":
        if not self._known:
            self.register()
        self._thread.start()
        return self

    def __exit__(self, *args: Any) -> None:
        self._over.set()
        self._thread.join(LEASE.total_seconds())
        Worker.objects.filter(pk=self.id).update(ended_at=Now(), job=None, job_since=None)

    def take(self) -> Job | None:
        """The next job that is ready, now held by this worker."""
        if self.job:  # its end could not be written: whoever reaps next frees it
            Worker.objects.filter(pk=self.id).update(job=None, job_since=None)
            self.job = None
        ready: Any = Job.objects.ready().filter(backend_name="default")
        if not ready.exists():
            return None
        with transaction.atomic():
            row: Job | None = ready.select_for_update(skip_locked=True).first()
            if row is None:
                return None
            row.claim(self.id)
            Worker.objects.filter(pk=self.id).update(job=row.pk, job_since=Now())
        self._since, self.job = monotonic(), row.pk
        return row

    def run(self, job: Job) -> bool:
        """Do the job and write how it ended; when it failed, whoever waits for it is told. A database that did not answer

        puts it back while it has attempts left. False when it was taken over meanwhile: then nothing is written.
        """
        log.info("job %s (%s): attempt %s", job.pk, job.task_path, job.attempts)
        try:
            result = normalize_json(job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"]))
        except Exception as wrong:
            log.exception("job %s (%s) failed", job.pk, job.task_path)
            if not connection.in_atomic_block:  # a job run inside somebody's transaction must leave it theirs
                connection.close_if_unusable_or_obsolete()
            if isinstance(wrong, PASSING) and job.attempts < ATTEMPTS:
                return self._finish(job, status=Status.READY, run_after=calendar.now() + REST * job.attempts)
            return self._finish(job, FAILED % {"kind": type(wrong).__name__}, status=Status.FAILED, return_value=None,
                                **_wrong(wrong))
        return self._finish(job, status=Status.SUCCESSFUL, return_value=result, exception_class_path="", traceback="")

    def _finish(self, job: Job, reason: Sentence = "", **outcome: Any) -> bool:
        """Write how the job ended, or that it is ready again; with a ``reason``, whoever waits for it is told in the same go."""
        with transaction.atomic():
            row = running().filter(pk=job.pk).select_for_update().first()
            held = row is not None and row.worker_ids == job.worker_ids
            if held:
                ended = {} if outcome["status"] == Status.READY else {"finished_at": calendar.now()}
                Job.objects.filter(pk=job.pk).update(**ended, **outcome)
                if reason:
                    _tell(job, reason, calendar.now())
            Worker.objects.filter(pk=self.id).update(job=None, job_since=None)
        self.job = None
        if not held:
            log.warning("job %s was taken over by another worker, which says how it ends", job.pk)
        return held

    def _show(self) -> None:
        """Renew the lease; a row that is not there, or no longer, is made."""
        if not Worker.objects.filter(pk=self.id).update(seen_at=Now(), ended_at=None):
            Worker.objects.create(id=self.id, host=socket.gethostname()[:80], place=_place(), pid=os.getpid(),
                                  began=_began(os.getpid()), started_at=Now(), seen_at=Now())

    def _keep_alive(self) -> None:
        while not self._over.wait(RENEW.total_seconds()):
            try:
                self._show()
            except Exception as wrong:  # whatever it is: without this thread a worker that works counts as gone
                log.warning("the lease could not be renewed: %s", type(wrong).__name__)
                _hang_up()
            if self.job and monotonic() - self._since > LIMIT.total_seconds():
                self._start_over()
        _hang_up()

    def _start_over(self) -> None:
        """The job hangs, and a thread can't be ended: begin anew as the same process, without the job."""
        log.error("job %s hangs for more than %s: the worker starts again", self.job, LIMIT)
        try:
            Worker.objects.filter(pk=self.id).update(ended_at=Now())
        except Exception:
            log.warning("the worker could not sign off: its lease runs out by itself")
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line


def _hang_up() -> None:
    """Let go of the connection, be it as broken as it may: the next question opens a new one."""
    try:
        connection.close()
    except Exception as wrong:
        log.warning("the connection could not be closed: %s", type(wrong).__name__)


# --- the administrator --------------------------------------------------------------------------------------------


def run_again(job: Job, *, by: Any, at: datetime) -> Job:
    """Queue a failed job once more, with all its attempts."""
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.status != Status.FAILED:
            raise ValidationError(_("Only a failed job can be run again."))
        audit.write("kit.run_again", row, by=by, at=at, data={"task": row.task_path, "attempts": row.attempts,
                                                               "error": row.exception_class_path})
        Job.objects.filter(pk=row.pk).update(status=Status.READY, worker_ids=[], started_at=None, finished_at=None,
                                             exception_class_path="", traceback="")
    return job


audit.names("kit", {"run_again": _("job run again")})
