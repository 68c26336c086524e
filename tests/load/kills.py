"""Web server and worker are killed while residents hand in: what was acknowledged is there, once. One line of JSON.

``python -m tests.load.kills --rounds 200``; TEST_DATABASE_URL names a PostgreSQL server, else it is SQLite.
"""

import argparse
import json
import random
import threading
import time
from typing import Any

from tests.kills.ground import ground, signed
from tests.kills.workers import Process, until
from tests.load.at_once import ledger, share
from tests.load.residents import Receipt, Resident
from tests.load.web import Web, free_port, trusting


class Writer(threading.Thread):
    """Hands in one matter after the other, whatever happens to the server; keeps every receipt it was given."""

    def __init__(self, port: int, number: int, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.number, self.ending = port, number, ending
        self.receipts: list[Receipt] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        count = 0
        while not self.ending.is_set():
            count += 1
            try:
                resident = Resident(self.port, f"10.{self.number}.{count // 250 % 250}.{count % 250 + 1}", patience=120)
                self.receipts.append(resident.hand_in(f"第{self.number}人的第{count}件事：楼道的灯坏了，请修。"))
            except Exception as wrong:
                self.wrong.append(repr(wrong)[:300])


def rounds(number: int, writers: int, seed: int, issues: list[int]) -> dict[str, Any]:
    """So many times: both started, and soon after the first receipt killed at once, while others hand in and a paper is set."""
    from tests.kills.rounds import enqueue

    chance, port, ending = random.Random(seed), free_port(), threading.Event()
    people = [Writer(port, n + 1, ending) for n in range(writers)]
    web, worker = Web(port), Process()
    try:
        web.wait()
        for one in people:
            one.start()
        for n in range(number):
            enqueue(issues[n])
            before = sum(len(one.receipts) for one in people)
            until(lambda before=before: sum(len(one.receipts) for one in people) > before, seconds=120)
            time.sleep(chance.uniform(0, 1))
            web.kill()
            worker.kill()
            web, worker = Web(port), Process()
            web.wait()
        ending.set()
        for one in people:
            one.join(180)
        drained(worker)
    finally:
        ending.set()
        web.close()
        worker.close()
    receipts = [receipt for one in people for receipt in one.receipts]
    wrong, seconds = [said for one in people for said in one.wrong], [receipt.seconds for receipt in receipts]
    return {"rounds": number, "acknowledged": len(receipts), "refused": len(wrong), "first_refusal": next(iter(wrong), ""),
            "seconds": {"median": share(seconds, .5), "most": share(seconds, 1)},
            "hanging": sum(one.is_alive() for one in people), **ledger(receipts)}


def drained(worker: Process) -> None:
    """Every job is done: nothing stays with a worker that is gone."""
    from consult.kit.models import Job

    until(lambda: not Job.objects.filter(status__in=["READY", "RUNNING"]).exists(), seconds=300, pause=.2)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--writers", type=int, default=6)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    options = asked.parse_args()
    with ground():
        from django.db import connection

        from consult.briefings.models import Issue
        from tests.kills.rounds import ledger as papers
        said = {"database": connection.vendor, "seed": options.seed}
        trusting()
        said |= rounds(options.rounds, options.writers, options.seed, signed(options.rounds, 8))
        kept = papers()
        # Killed again and again a job is given up in the end; then the office was told, and nothing else is missing.
        kept["missing"] -= Issue.objects.filter(sha256="").exclude(failure="").count()
        said["papers"] = {name: kept[name] for name in ("missing", "broken", "duplicates", "running")}
        connection.close()
    print(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
