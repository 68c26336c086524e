"""Jobs are held by a lease, freed when nobody holds them, given up after three attempts, and ended only by their holder."""

import os
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import F
from django.db.models.functions import Now
from django_tasks import task

from consult.briefings import actions, press
from consult.kit import jobs
from consult.kit.models import AuditEvent, Job, Worker
from tests import make

pytestmark = pytest.mark.django_db
done: list[object] = []


@task()
def note(word: str) -> str:
    done.append(word)
    return word


@task()
def fall(kind: str) -> None:
    if kind == "system":
        raise OSError(28, "No space left on device", "/files/x.pdf")
    raise ValueError("电话 13900000000 的居民")


@task()
def fade(name: str) -> None:
    raise {"OperationalError": OperationalError, "InterfaceError": InterfaceError}[name]("电话 13900000000 的居民")


@pytest.fixture(autouse=True)
def _queue(settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    done.clear()


def hand() -> jobs.Hand:
    """A worker without the thread that renews its lease."""
    made = jobs.Hand()
    made._show()
    return made


def queued(task=note, *args) -> Job:
    return Job.objects.get(pk=task.enqueue(*(args or ("word",))).id)


def status(job: Job) -> str:
    job.refresh_from_db()
    return job.status


def aged(worker: jobs.Hand, by: timedelta) -> None:
    Worker.objects.filter(pk=worker.id).update(seen_at=F("seen_at") - by)


def test_a_job_is_taken_once_and_done():
    job, one, other = queued(), hand(), hand()
    taken = one.take()
    assert taken.pk == job.pk
    assert other.take() is None
    assert jobs.unheld() == []
    assert one.run(taken)
    assert status(job) == "SUCCESSFUL"
    assert (done, job.return_value, one.take()) == (["word"], "word", None)
    assert Worker.objects.get(pk=one.id).job is None


@pytest.mark.parametrize(("by", "freed"), [(jobs.LEASE / 2, 0), (jobs.LEASE * 1.1, 1), (-jobs.LEASE * 2, 1)])
def test_a_job_is_free_when_the_lease_has_run_out_or_the_clock_was_set_back(by, freed):
    job, one = queued(), hand()
    one.take()
    aged(one, by)
    assert jobs.reap(make.AT) == freed
    assert status(job) == ("READY" if freed else "RUNNING")


def test_a_process_that_ended_on_this_machine_is_seen_at_once(monkeypatch):
    job, one = queued(), hand()
    one.take()
    assert jobs.reap(make.AT) == 0
    row = Worker.objects.filter(pk=one.id)
    row.update(place="another machine", began="1")
    assert jobs.reap(make.AT) == 0, "only the lease may tell of another machine"
    row.update(place=jobs._place())
    assert jobs.reap(make.AT) == 1, "the number was given to another process"
    assert status(job) == "READY"


@pytest.mark.parametrize(("error", "gone"), [(ProcessLookupError, True), (PermissionError, False)])
def test_a_process_of_somebody_else_is_not_taken_for_dead(monkeypatch, error, gone):
    def kill(pid, number):
        raise error

    monkeypatch.setattr(os, "kill", kill)
    worker = hand()
    assert jobs._is_gone(Worker.objects.get(pk=worker.id)) is gone
    monkeypatch.setattr(jobs, "_place", lambda: "")
    assert not jobs._is_gone(Worker(place="", pid=1))


def test_whoever_lost_the_job_does_not_say_how_it_ended():
    job, slow, fast = queued(), hand(), hand()
    first = slow.take()
    aged(slow, jobs.LEASE * 2)
    jobs.reap(make.AT)
    second = fast.take()
    assert second.attempts == 2
    assert not slow.run(first)
    assert status(job) == "RUNNING"
    assert fast.run(second)
    assert status(job) == "SUCCESSFUL"
    aged(slow, -jobs.LEASE)
    assert jobs.unheld() == []


def test_a_job_that_somebody_took_meanwhile_is_not_freed():
    job, slow, fast = queued(), hand(), hand()
    slow.take()
    aged(slow, jobs.LEASE * 2)
    (seen,) = jobs.unheld()
    jobs.reap(make.AT)
    fast.take()
    assert not jobs._free(seen, make.AT)
    assert status(job) == "RUNNING"


def test_a_job_whose_worker_dies_three_times_is_given_up_and_the_office_is_told(
        place, cast, django_capture_on_commit_callbacks):
    issue = make.briefing(place, cast, state="signed").paper
    Job.objects.all().delete()
    job = queued(press.typeset, issue.pk)
    for attempt in (1, 2, 3):
        one = hand()
        assert one.take().attempts == attempt
        aged(one, jobs.LEASE * 2)
        assert jobs.reap(make.AT) == 1
    assert status(job) == "FAILED"
    assert "3" in jobs.why(job)
    issue.refresh_from_db()
    assert issue.failure
    assert AuditEvent.objects.filter(verb="briefings.fail").count() == 1
    assert hand().take() is None
    with django_capture_on_commit_callbacks(execute=True):
        actions.retry(issue.briefing, by=cast.office, at=make.AT)
    assert hand().take().attempts == 1


def test_what_goes_wrong_in_telling_does_not_hold_up_the_others(monkeypatch):
    def wrong(*args, **kwargs):
        raise LookupError

    monkeypatch.setitem(jobs._kinds, note.module_path, jobs.Kind("x", wrong))
    monkeypatch.setattr(jobs, "ATTEMPTS", 1)
    job, one = queued(), hand()
    one.take()
    aged(one, jobs.LEASE * 2)
    assert jobs.reap(make.AT) == 1
    assert status(job) == "FAILED"


def test_a_failure_is_told_in_one_line_without_the_words_of_anybody():
    for kind, words in (("system", "No space left on device"), ("words", "ValueError · File ")):
        job, one = queued(fall, kind), hand()
        assert one.run(one.take())
        assert status(job) == "FAILED"
        assert words in jobs.why(job)
        assert "\n" not in jobs.why(job)
        assert "13900000000" not in jobs.why(job)


def test_an_end_that_could_not_be_written_frees_the_job(monkeypatch):
    job, one = queued(), hand()
    taken = one.take()
    with monkeypatch.context() as patch, pytest.raises(DatabaseError):
        patch.setattr(jobs.Hand, "_finish", lambda self, job, **outcome: (_ for _ in ()).throw(DatabaseError()))
        one.run(taken)
    assert jobs.unheld() == []
    assert one.take() is None
    assert jobs.reap(make.AT) == 1
    assert one.run(one.take())
    assert status(job) == "SUCCESSFUL"


class Told(list):
    def __call__(self, *args, **how):
        self.append((args, str(how["reason"])))


@pytest.fixture
def told(monkeypatch):
    words = Told()
    for kind in (fall, fade):
        monkeypatch.setitem(jobs._kinds, kind.module_path, jobs.Kind("x", words))
    return words


def test_whoever_waits_for_a_job_that_failed_is_told(told):
    job, one = queued(fall, "words"), hand()
    assert one.run(one.take())
    assert status(job) == "FAILED"
    ((args, reason),) = told
    assert args == ("words",) and "ValueError" in reason and "13900000000" not in reason


def test_whoever_lost_a_job_that_fails_tells_nobody(told):
    _job, slow = queued(fall, "words"), hand()
    first = slow.take()
    aged(slow, jobs.LEASE * 2)
    jobs.reap(make.AT)
    hand().take()
    assert not slow.run(first)
    assert told == []


@pytest.mark.parametrize("name", ["OperationalError", "InterfaceError"])
def test_a_database_that_does_not_answer_puts_the_job_back_while_it_has_attempts(told, name):
    job, one = queued(fade, name), hand()
    for attempt in (1, 2, 3):
        assert (status(job), told) == ("READY", [])
        assert one.run(one.take())
        job.refresh_from_db()
        assert job.attempts == attempt and Worker.objects.get(pk=one.id).job is None
        if attempt < 3:
            assert one.take() is None, "it rests a while"
            Job.objects.update(run_after=make.AT)
    assert status(job) == "FAILED"
    assert len(told) == 1 and name in told[0][1]


def test_a_paper_whose_failure_could_not_be_kept_is_told_by_its_job(place, cast, monkeypatch):
    issue = make.briefing(place, cast, state="signed").paper
    Job.objects.all().delete()
    job, one = queued(press.typeset, issue.pk), hand()
    with monkeypatch.context() as broken:
        broken.setattr(press, "set_paper", lambda *args, **how: 1 / 0)
        one.run(one.take())
    issue.refresh_from_db()
    assert status(job) == "FAILED" and "ZeroDivisionError" in issue.failure
    assert AuditEvent.objects.filter(verb="briefings.fail").count() == 1


@pytest.mark.parametrize("error", [InterfaceError, OperationalError, ValueError])
def test_the_lease_is_renewed_after_whatever_went_wrong(monkeypatch, error):
    one, shown = jobs.Hand(), []

    def show():
        shown.append(1)
        if len(shown) < 3:
            raise error
        one._over.set()

    def close():
        raise InterfaceError

    monkeypatch.setattr(jobs, "RENEW", timedelta(0))
    monkeypatch.setattr(one, "_show", show)
    monkeypatch.setattr(jobs.connection, "close", close)
    one._keep_alive()
    assert len(shown) == 3


def test_a_worker_that_hangs_starts_again_as_the_same_process(monkeypatch):
    started = []
    queued()
    one = hand()
    one.take()
    monkeypatch.setattr(os, "execv", lambda program, words: started.append(words))
    one._start_over()
    assert started[0][1:] == jobs.sys.orig_argv[1:]
    assert jobs.unheld() != []


def test_a_row_that_was_cleared_away_is_made_again():
    one = hand()
    Worker.objects.all().delete()
    one._show()
    assert jobs.alive().count() == 1
    Worker.objects.update(seen_at=Now() - timedelta(days=2))
    hand()
    jobs.reap(make.AT)
    assert Worker.objects.count() == 1


def test_a_failed_job_is_run_again_with_all_its_attempts(cast):
    job, one = queued(fall, "words"), hand()
    with pytest.raises(ValidationError):
        jobs.run_again(job, by=cast.sysadmin, at=make.AT)
    one.run(one.take())
    jobs.run_again(job, by=cast.sysadmin, at=make.AT)
    assert (status(job), job.attempts) == ("READY", 0)
    event = AuditEvent.objects.get(verb="kit.run_again")
    assert (event.actor, event.object_id) == (cast.sysadmin, str(job.pk))


def test_a_task_the_product_no_longer_has_keeps_its_path():
    assert jobs.kind_of(Job(task_path="nowhere.task", backend_name="default")).words == "nowhere.task"
    assert str(jobs.kind_of(Job(task_path="consult.briefings.press.typeset", backend_name="default", queue_name="default",
                                run_after=make.AT, priority=0)).words)
