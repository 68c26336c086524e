"""What happens to two web servers, two workers, a pair of databases and a Redis while people are at work."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from tests.kills.workers import Gone, Process, until
from tests.load.at_once import ledger
from tests.load.crowd import Crowd
from tests.load.guesser import Guesser, Leaver
from tests.load.servers import Postgres, Redis
from tests.load.web import Web

RUNNING = "RUNNING"


@dataclass
class World:
    """Everything that runs. ``length``: seconds of the usual scene; ``issues``: papers that are still to be set;

    ``forgets``: cookies that browsers lose.
    """

    primary: Postgres
    standby: Postgres
    redis: Redis | None
    webs: list[Web]
    workers: list[Process]
    issues: Iterator[int]
    password: str
    length: float = 24
    restarts: int = 3
    forgets: frozenset[str] = frozenset()
    scenes: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def crowd(self) -> Crowd:
        self.scenes += 1
        return Crowd([web.port for web in self.webs], self.password, f"（第{self.scenes}幕）", self.scenes * 12,
                     forgets=self.forgets)

    def part(self, share: float) -> float:
        return self.length * share

    def settled(self, crowd: Crowd) -> dict[str, Any]:
        """What people met, and whether all that was acknowledged is in the primary, once."""
        from django.db import connection

        from consult.opinions.models import OpinionMessage
        connection.close()
        kept = list(OpinionMessage.objects.filter(text__in=crowd.ledger.notes).values_list("text", flat=True))
        found = ledger(crowd.ledger.receipts)
        found["lost"] += len(set(crowd.ledger.notes) - set(kept))
        return {**crowd.told(), **found, "notes_twice": len(kept) - len(set(kept))}


def lag(world: World) -> dict[str, Any]:
    """The standby replays three seconds late, then not at all for longer than a reader may wait, then catches up."""
    seen, before = {}, world.standby.read()
    with world.crowd() as crowd:
        world.standby.delay(3)
        time.sleep(world.part(1.6))
        seen["late"] = world.standby.read() - before
        world.standby.sql("SELECT pg_wal_replay_pause()")
        time.sleep(world.part(.8))
        stood = world.standby.read()
        time.sleep(2)
        seen["standing_still_too_long"] = world.standby.read() - stood
        world.standby.sql("SELECT pg_wal_replay_resume()")
        world.standby.delay(0)
        back = world.standby.read()
        time.sleep(world.part(.8))
        seen["caught_up"] = world.standby.read() - back
    return {**world.settled(crowd), "standby_transactions": seen}


def gone(world: World) -> dict[str, Any]:
    """The standby is stopped at once, comes back, and is stopped once more."""
    with world.crowd() as crowd:
        before = world.standby.read()
        time.sleep(world.part(.3))
        read = world.standby.read() - before
        world.standby.stop("immediate")
        time.sleep(world.part(.25))
        world.standby.start()
        time.sleep(world.part(.75))
        again = world.standby.read()
        time.sleep(2)
        again = world.standby.read() - again
        world.standby.stop("fast")
        time.sleep(world.part(.25))
        world.standby.start()
    return {**world.settled(crowd), "standby_transactions": {"before": read, "back": again}}


def workers(world: World) -> dict[str, Any]:
    """Whichever worker is in the middle of a paper is killed; the other takes it over. Then another one is started."""
    from consult.kit.models import Job, Worker
    from tests.kills.rounds import enqueue
    waits, late, kills, end = [], 0, 0, time.monotonic() + world.part(1.5)
    with world.crowd() as crowd:
        while time.monotonic() < end:
            jobs = [enqueue(next(world.issues)) for _paper in range(2)]
            job = until(lambda: Job.objects.filter(status=RUNNING).first(), pause=.01)
            time.sleep(.2)
            pid = Worker.objects.get(pk=job.worker_ids[-1]).pid
            killed = next(one for one in world.workers if one.pid == pid)
            killed.kill()
            since, held = time.monotonic(), Job.objects.filter(pk=job.pk, status=RUNNING).exists()
            kills, late = kills + held, late + (not held)
            until(lambda jobs=jobs: _done(jobs), seconds=90, pause=.05)
            if held:
                waits.append(time.monotonic() - since)
            world.workers[world.workers.index(killed)] = Process(**world.env)
    return {**world.settled(crowd), **papers(), "kills": kills, "killed_too_late": late,
            "seconds_to_done": {"median": _middle(waits), "most": round(max(waits, default=0), 1)}}


def no_redis(world: World) -> dict[str, Any]:
    """Redis is killed and comes back with what it knew: who is signed in stays so, who signed out stays out."""
    redis = world.redis
    if redis is None:
        return {"left_out": "no redis-server on this machine"}
    ports = [web.port for web in world.webs]
    guesser, leaver = Guesser(ports), Leaver(ports, "member", world.password)
    with world.crowd() as crowd:
        time.sleep(world.part(.15))
        held = redis.keys()
        passed = {"before": guesser.passed()}
        redis.kill()
        passed["away"] = guesser.passed()
        leaver.leave()
        time.sleep(world.part(.35))
        redis.start()
        time.sleep(max(world.part(.4), 17))  # longer than Redis is left alone
        passed["back"] = guesser.passed()
    return {**world.settled(crowd), "redis_keys": {"before": held, "after": redis.keys()}, "guesses_let_through": passed,
            "still_signed_in": leaver.still_in()}


def restarts(world: World) -> dict[str, Any]:
    """The primary is restarted, crashes (its processes end without a word to anybody), and is stopped for some seconds."""
    from tests.kills.rounds import enqueue
    ways = {"fast": lambda: world.primary.restart("fast"), "crash": lambda: world.primary.restart("immediate"),
            "away": lambda: _away(world.primary, world.part(.2))}
    away: dict[str, list[float]] = {}
    with world.crowd() as crowd:
        for _n, name in zip(range(world.restarts), cycle(ways), strict=False):
            _again(lambda: enqueue(next(world.issues)))
            time.sleep(world.part(.25))
            since = time.monotonic()
            ways[name]()
            away.setdefault(name, []).append(round(time.monotonic() - since, 1))
        time.sleep(world.part(.25))
    _again(lambda: until(_idle, seconds=90, pause=.2))
    return {**_again(lambda: {**world.settled(crowd), **papers()}), "restart_seconds": away}


def _away(primary: Postgres, seconds: float) -> None:
    primary.stop("fast")
    time.sleep(seconds)
    primary.start()


def _again(what: Callable[[], Any]) -> Any:
    """Our own connection was cut as well."""
    from django.db import InterfaceError, OperationalError, connection
    for _try in range(120):  # a loaded machine takes its time to come back
        try:
            return what()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(.5)
    return what()


def _done(jobs: list[Any]) -> bool:
    from consult.kit.models import Job
    left = Job.objects.filter(pk__in=[one.pk for one in jobs]).exclude(status="SUCCESSFUL")
    if failed := left.filter(status="FAILED").first():
        raise Gone(f"a job failed: {failed.traceback[-500:]}")
    return not left.exists()


def _idle() -> bool:
    from consult.kit.models import Job
    return not Job.objects.filter(status__in=["READY", RUNNING]).exists()


def papers() -> dict[str, int]:
    """All papers so far: what is missing, broken, told twice, or still marked as running. A job that met an outage three times

    is given up and the office told so: that is counted apart.
    """
    from consult.briefings.models import Issue
    from tests.kills.rounds import ledger as kept
    found = kept()
    names = ("missing", "broken", "duplicates", "running")
    told = Issue.objects.filter(sha256="").exclude(failure="").count()
    found["missing"] -= told
    return {"papers": found["papers"], "papers_given_up_and_told": told, **{f"papers_{name}": found[name] for name in names}}


def _middle(values: list[float]) -> float:
    return round(sorted(values)[len(values) // 2], 1) if values else 0


#: What ``--scenes`` names, in the order in which they are played.
SCENES: dict[str, Callable[[World], dict[str, Any]]] = {
    "lag": lag, "standby": gone, "worker": workers, "redis": no_redis, "primary": restarts}
#: What must be nought in each scene that has it.
BARS = ("bare_5xx", "words_lost", "no_answer", "violations", "signed_out", "given_up", "hanging", "refused", "lost", "changed",
        "twice", "events_wrong", "papers_missing", "papers_broken", "papers_duplicates", "papers_running", "still_signed_in")


def broken(scene: dict[str, Any]) -> list[str]:
    """The bars that this scene broke."""
    wrong = [f"{name} {scene[name]}" for name in BARS if scene.get(name)]
    others = scene.get("others", {})
    if others.get("oldest_seconds", 0) > float(os.environ.get("TRIALS_OLDEST", "14")):
        wrong.append(f"others read what was {others['oldest_seconds']} s old")
    return wrong + [f"{n} guesses {when}" for when, n in scene.get("guesses_let_through", {}).items() if n > 12]
