"""Every list and page of every role against a bare Django page, at several sizes, in one run: ``make bench``.

``python -m tests.load.bench``; BENCH_SIZES ("20000 200000 1000000" opinions), BENCH_ROUNDS (15), BENCH_ONLY="list" (only
pages in whose key one of these words stands), BENCH_KEEP=1 keeps the databases. Each size has a database of
its own on the server of TEST_DATABASE_URL (or that bin/postgres-url finds), or it is the one database that DATABASE_URL
names, filled when it is empty. Prints tables, writes var/bench.json, and ends with 1
when a ratio or a count is over its bar: milliseconds are no bar, for no two machines are alike.

The ratios are of processor time (web server and database together, median of the rounds): other work on the machine
does not change it. What passed on the clock stands beside it. The database works without parallel workers here, so that
all it does is counted.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
SIZES = os.environ.get("BENCH_SIZES", "20000 200000 1000000")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
ONLY = os.environ.get("BENCH_ONLY", "").split()
#: A page that takes so many milliseconds is not asked for in every round.
SLOW, SELDOM = 1500, 4
#: After so many pages the floor is measured again.
BETWEEN = 4


def server() -> str:
    found = subprocess.run([sys.executable, ROOT / "bin/postgres-url"], capture_output=True, text=True, check=True).stdout.strip()
    if not found:
        raise SystemExit("No PostgreSQL answers: start one (see .ci/run), or name it in TEST_DATABASE_URL.")
    return found


def one(size: int, out: Path) -> None:
    """One size from an empty database to its figures."""
    import psycopg
    named, keep = os.environ.get("DATABASE_URL", ""), bool(os.environ.get("BENCH_KEEP"))
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as folder:
        if named:
            out.write_text(json.dumps(measured(named, size, folder), ensure_ascii=False))
            return
        address, name = urlsplit(server()), f"consult_bench_{size}_{os.getpid()}"
        with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as door:
            door.execute(f'CREATE DATABASE "{name}"')
            try:
                out.write_text(json.dumps(measured(address._replace(path=f"/{name}").geturl(), size, folder), ensure_ascii=False))
            finally:
                if not keep:
                    door.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measured(url: str, size: int, folder: str) -> dict[str, Any]:
    for name in ("PYTEST_VERSION", "TEST_DATABASE_URL", "DEMO", "DEBUG"):
        os.environ.pop(name, None)
    os.environ.update(VAR_DIR=folder, KEY_DIR=f"{folder}/keys", DATABASE_URL=url, HTTPS="0", SECRET_KEY="only-for-tests-" * 4,
                      ALLOWED_HOSTS="127.0.0.1", DJANGO_SETTINGS_MODULE="tests.load.bench_settings")
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    from consult.opinions.models import Opinion
    call_command("prepare")
    if not Opinion.objects.exists():
        call_command("generate", opinions=size, tasks=size // 10, users=max(4000, size // 50), departments=200, districts=16)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} "
                       "SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    setup_test_environment(debug=False)
    return run(Opinion.objects.count())


def run(size: int) -> dict[str, Any]:
    from tests.load.bench_clock import Clock, Server, rush
    from tests.load.bench_pages import pages, readers
    from tests.load.bench_plans import told

    people = {reader.role: reader for reader in readers()}
    asked = [page for reader in people.values() for page in pages(reader)
             if not ONLY or any(word in f"{page.key} {page.of}" for word in ONLY)]
    print(f"· {size:,} opinions: {len(asked)} pages", flush=True)
    found = {page.key: {**told(lambda page=page: people[page.role].get(page.path)), "of": page.of} if page.kind not in (
        "create", "open") else {"of": page.of} for page in asked}
    portal, floor = Server("tests.load.bench_settings"), Server("tests.load.bench_floor")
    try:
        for one in (portal, floor):
            one.wait()
        told_times = times(Clock(portal, floor), asked, people)
        for page in asked:
            found[page.key] |= told_times[page.key]
        mixed = [(page.path, people[page.role].cookie) for page in asked if page.kind in ("list", "object", "desk")]
        rates = {"floor": rush(floor.port, [("/floor/", next(iter(people.values())).floor_cookie)], 4)}
        for role in people:
            first = next((page for page in asked if page.role == role and page.kind == "list"), None)
            if first is None:
                continue
            rates[first.key] = rush(portal.port, [(first.path, people[role].cookie)], 4)
        random.Random(1).shuffle(mixed)
        rates["all lists, objects and desks"] = rush(portal.port, mixed, 15)
        return {"opinions": size, "pages": found, "floor": told_times["floor"], "rates": rates,
                "memory_mb": {"portal": portal.memory(), "floor": floor.memory()}}
    finally:
        portal.close()
        floor.close()


def times(clock: Any, asked: list[Any], people: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each page once a round, in another order each time, the floor between them."""
    rng, kept = random.Random(1), {page.key: [] for page in asked}
    kept["floor"] = []
    groups: dict[str, list[Any]] = {}
    for page in asked:
        groups.setdefault(page.of or page.key, []).append(page)
    for number in range(-1, ROUNDS):
        order = list(groups.values())
        rng.shuffle(order)
        for n, group in enumerate(order):
            clock.refresh()  # connections are closed after a minute: a new one would not be counted
            if n % BETWEEN == 0:
                kept["floor"].append(clock.ask("/floor/", people[group[0].role].floor_cookie, at="floor"))
            for page in group:
                if number > 1 and number % SELDOM and kept[page.key][-1][1] > SLOW:
                    continue
                kept[page.key].append(clock.ask(page.path, people[page.role].cookie, sent(page)))
    return {key: summed(some[1:]) for key, some in kept.items()}


def sent(page: Any) -> dict[str, Any] | None:
    """A form is sent with a key of its own each time."""
    from uuid import uuid4
    return {**page.data, **({"key": str(uuid4())} if "key" in page.data else {})} if page.kind == "create" else None


def summed(some: list[tuple[int, float, float, float]]) -> dict[str, Any]:
    took = sorted(one[1] for one in some)
    return {"status": max(one[0] for one in some), "times": len(some), "p50": round(median(took), 2),
            "p95": round(took[min(len(took) - 1, int(len(took) * .95))], 2), "web": round(median(one[2] for one in some), 2),
            "db": round(median(one[3] for one in some), 2), "cpu": round(median(one[2] + one[3] for one in some), 2)}


def main() -> int:
    from tests.load.bench_table import judge, show
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--one", type=int)
    asked.add_argument("--out", type=Path)
    options = asked.parse_args()
    if options.one:
        one(options.one, options.out)
        return 0
    sizes = [int(size) for size in SIZES.split()]
    runs = []
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as folder:
        for size in sizes[:1] if os.environ.get("DATABASE_URL") else sizes:
            out = Path(folder, f"{size}.json")
            command = [sys.executable, "-m", "tests.load.bench", "--one", str(size), "--out", str(out)]
            subprocess.run(command, cwd=ROOT, check=True)
            runs.append(json.loads(out.read_text()))
            show(runs[-1])
    broken = judge(runs)
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var/bench.json").write_text(json.dumps({"runs": runs, "broken": broken}, ensure_ascii=False, indent=1))
    print("\n".join(["", *broken, f"{len(broken)} bars are broken" if broken else "every bar holds"]))
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
