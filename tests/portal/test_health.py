"""Monitors are told the truth about database and worker, and nothing about anybody."""

from datetime import timedelta

from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.models import get_date_max

from consult.kit import jobs
from consult.kit.models import Job, Worker
from portal import health
from portal.management.commands.worker import Command as Loop


def worker(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"
    return answer.json()["worker"]


def queued(**values):
    return Job.objects.create(**{"task_path": "nowhere.task", "args_kwargs": {"args": [], "kwargs": {}},
                                 "backend_name": "default", "run_after": get_date_max(), **values})


def seen(**values):
    return Worker.objects.create(**{"id": get_random_string(32), "host": "here", "pid": 1, "started_at": Now(),
                                    "seen_at": Now(), **values})


def test_worker_never_seen_then_waiting_working_and_silent(client, db):
    assert worker(client) == {"state": "never seen", "heartbeat_seconds_ago": None, "queued": 0, "running": 0,
                              "stranded": 0, "longest_seconds": 0}
    one = seen()
    assert worker(client)["state"] == "waiting"
    job = queued()
    assert (worker(client)["state"], worker(client)["queued"]) == ("working", 1)
    Job.objects.filter(pk=job.pk).update(status="RUNNING", worker_ids=[one.pk])
    Worker.objects.update(job=job.pk, job_since=Now())
    assert (worker(client)["state"], worker(client)["stranded"]) == ("working", 0)
    Worker.objects.update(job_since=Now() - timedelta(seconds=health.LONG + 5))
    assert (worker(client)["state"], worker(client)["longest_seconds"]) == ("stuck", health.LONG + 5)
    Worker.objects.update(seen_at=Now() - jobs.LEASE * 2)
    assert (worker(client)["state"], worker(client)["stranded"]) == ("silent", 1)
    assert worker(client)["heartbeat_seconds_ago"] == jobs.LEASE.total_seconds() * 2
    seen()
    assert (worker(client)["state"], worker(client)["heartbeat_seconds_ago"]) == ("stranded", 0)


def test_a_worker_that_ended_properly_is_silent_too(client, db):
    seen(ended_at=Now())
    assert worker(client)["state"] == "silent"


def test_what_is_due_later_does_not_wait_yet(client, db):
    queued(run_after=timezone.now() + timedelta(hours=1))
    assert worker(client)["queued"] == 0


def test_503_when_the_database_does_not_answer(client, db, monkeypatch):
    def gone(*args, **kwargs):
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", gone)
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "unreachable", "worker": None}


def test_only_looking_is_allowed(client, db):
    assert client.post("/healthz").status_code == 405
    assert "no-store" in client.get("/healthz").headers["Cache-Control"]


def test_worker_does_what_is_queued_and_ends_when_told(transactional_db, monkeypatch, client):
    """The whole loop in this process: reap, sweep, take, run, and the database away for a moment."""
    told = []
    command = Loop()
    monkeypatch.setattr("portal.management.commands.worker.signal.signal", lambda *args: told.append(args))
    monkeypatch.setattr(jobs.Hand, "_keep_alive", lambda self: None)
    turn = command.turn

    def once_away(hand, turns=[]):  # noqa: B006
        turns.append(hand)
        if len(turns) == 1:
            raise OperationalError("gone")
        return turn(hand)

    def stop(seconds):
        if Job.objects.get().status == "FAILED":
            assert worker(client)["state"] == "waiting"
            command.stop(15, None)

    monkeypatch.setattr(command, "turn", once_away)
    monkeypatch.setattr("portal.management.commands.worker.connection.close", lambda: None)
    monkeypatch.setattr("portal.management.commands.worker.time.sleep", stop)
    queued()
    show = jobs.Hand._show

    def away_at_first(hand, shown=[]):  # noqa: B006
        shown.append(hand)
        if len(shown) < 3:
            raise OperationalError("not up yet")
        show(hand)

    monkeypatch.setattr(jobs.Hand, "_show", away_at_first)
    call_command(command)
    assert worker(client)["state"] == "silent"
    assert "ModuleNotFoundError" in jobs.why(Job.objects.get())
    assert len(told) == 3


def test_a_worker_that_never_finds_the_database_ends_when_told(transactional_db, monkeypatch):
    command, waited = Loop(), []

    def nobody(hand):
        raise OperationalError("not up yet")

    def stop(seconds):
        waited.append(seconds)
        if len(waited) == 3:
            command.stop(15, None)

    monkeypatch.setattr("portal.management.commands.worker.signal.signal", lambda *args: None)
    monkeypatch.setattr("portal.management.commands.worker.connection.close", lambda: None)
    monkeypatch.setattr("portal.management.commands.worker.time.sleep", stop)
    monkeypatch.setattr(jobs.Hand, "_show", nobody)
    call_command(command)
    assert len(waited) == 3
