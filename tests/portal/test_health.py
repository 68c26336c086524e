"""Monitors are told the truth about database and worker, and nothing about anybody."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal import health


def worker(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"
    return answer.json()["worker"]


def queued(**values):
    return DBTaskResult.objects.create(**{"task_path": "nowhere.task", "args_kwargs": {"args": [], "kwargs": {}},
                                          "backend_name": "default", "run_after": timezone.now(), **values})


def test_worker_never_seen_then_waiting_working_and_silent(client, db):
    assert worker(client) == {"state": "never seen", "heartbeat_seconds_ago": None, "queued": 0, "running": 0}
    health.beat(timezone.now())
    assert worker(client)["state"] == "waiting"
    queued()
    assert worker(client)["state"] == "working"
    assert worker(client)["queued"] == 1
    health.beat(timezone.now() - timedelta(seconds=health.SILENT_SECONDS + 1))
    assert worker(client)["state"] == "silent"
    queued(status="RUNNING")
    assert worker(client)["state"] == "silent, a task is marked as running"


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


class Enough(Exception):
    pass


def test_worker_beats_by_the_loop_that_works(db, monkeypatch, client):
    def stop(seconds):
        raise Enough

    monkeypatch.setattr("portal.management.commands.worker.time.sleep", stop)
    monkeypatch.setattr("portal.management.commands.worker.Worker.configure_signals", lambda self: None)
    monkeypatch.setattr("portal.management.commands.worker.Worker.run", lambda self: None)
    with pytest.raises(Enough):
        call_command("worker")
    assert worker(client)["state"] == "waiting"
