"""Two web servers, two workers, a streaming pair of databases and a Redis, all of one's own on this machine: each falls while
people work. Says what they saw in a table and in var/trials.json; ends with an error when something was lost or left unsaid.

``python -m tests.load.trials --scenes lag,primary --length 24``
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.kills.ground import ground, signed
from tests.kills.workers import ROOT, Process, log
from tests.load.scenes import SCENES, World, broken
from tests.load.servers import Postgres, binaries, pair, redis
from tests.load.web import Web, free_port, trusting

COLUMNS = ("requests", "good", "said_try_again", "bare_5xx", "no_answer", "acknowledged", "lost", "twice", "violations")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scenes", default=",".join(SCENES))
    asked.add_argument("--length", type=float, default=24, help="seconds of a scene, about")
    asked.add_argument("--to", type=Path, default=ROOT / "var" / "trials.json")
    asked.add_argument("--restarts", type=int, default=3, help="of the primary: in turn fast, a crash, away for a while")
    asked.add_argument("--forgetful", action="store_true",
                       help="browsers lose the mark of who wrote: then the scene lag must find violations, and this ends well")
    asked.add_argument("--quick", action="store_true", help="an installation made in a moment, without migrations and Redis")
    options = asked.parse_args()
    if binaries() is None:
        print("No PostgreSQL server is installed here: nothing was tried.")
        return 2
    said: dict[str, Any] = {"cores": os.cpu_count(), "web": "2 × 1 process × 4 threads", "workers": 2, "scenes": {}}
    with world(options.length, options.quick) as made:
        made.restarts, made.forgets = options.restarts, frozenset({"written"} if options.forgetful else ())
        said["postgresql"] = made.primary.sql("SHOW server_version")
        for name in options.scenes.split(","):
            since = time.monotonic()
            found = SCENES[name](made)
            said["scenes"][name] = {**found, "broken": broken(found), "took": round(time.monotonic() - since, 1)}
            print(f"{name}: {json.dumps(said['scenes'][name], ensure_ascii=False)}", flush=True)
            options.to.parent.mkdir(exist_ok=True, parents=True)
            options.to.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    print(table(said["scenes"]))
    wrong = any(one["broken"] for one in said["scenes"].values())
    return int(wrong is not options.forgetful)


@contextmanager
def world(length: float, quick: bool) -> Iterator[World]:
    """All of it, made and started; ended again whatever happens. The log of the servers stays in var/trials.log."""
    server = os.environ.get("TEST_DATABASE_URL")
    with ExitStack() as stack:
        primary, standby = stack.enter_context(pair())
        cache = None if quick else stack.enter_context(redis())
        os.environ["TEST_DATABASE_URL"] = primary.url("consult")
        stack.callback(lambda: os.environ.update({"TEST_DATABASE_URL": server}) if server else None)
        stack.enter_context(ground("tests.kills.settings" if quick else "portal.settings"))
        issues, password = people(6 if quick else 60)
        standby.copy(primary)
        standby.start()
        env = around(primary, standby, cache.url if cache else "")
        webs = [Web(free_port(), 1, **env) for _web in range(2)]
        workers = [Process(**env) for _worker in range(2)]
        made = World(primary, standby, cache, webs, workers, iter(issues), password, length, env=env)
        stack.callback(end, made)
        for web in webs:
            web.wait()
        yield made


def people(papers: int) -> tuple[list[int], str]:
    """A district with its cast, three more of its office, and so many papers to be set."""
    from consult.people.models import Jurisdiction
    from consult.people.roles import Role
    from tests import make
    issues = signed(papers, 8)
    here = Jurisdiction.objects.get(code="湖山政协")
    for number in (2, 3, 4):
        make.appointed(f"office{number}", f"政协办公室{number}", Role.OFFICE, here)
    trusting()
    return issues, make.PASSWORD


def around(primary: Postgres, standby: Postgres, cache: str) -> dict[str, str]:
    """What the web servers and workers are told beside what this process knows."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    return {"REPLICA_URL": standby.url(name), "DATABASE_URL": primary.url(name), **({"REDIS_URL": cache} if cache else {})}


def end(made: World) -> None:
    from django.db import connection
    connection.close()
    for one in (*made.webs, *made.workers):
        one.close()
    if log().exists():
        (ROOT / "var").mkdir(exist_ok=True)
        shutil.copyfile(log(), ROOT / "var" / "trials.log")


def table(scenes: dict[str, Any]) -> str:
    heads = ("scene", *COLUMNS, "s without a good answer", "broken")
    rows = [[name, *(str(one.get(column, "–")) for column in COLUMNS), str(one.get("seconds", {}).get("without_good", "–")),
             "; ".join(one["broken"]) or "nothing"] for name, one in scenes.items()]
    widths = [max(len(row[n]) for row in [list(heads), *rows]) for n in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [heads, *rows])


if __name__ == "__main__":
    sys.exit(main())
