"""Many residents hand in at the same moment: errors, losses and how long each waits, as one line of JSON.

``python -m tests.load.at_once --residents 50``; TEST_DATABASE_URL names a PostgreSQL server, else it is SQLite.
"""

import argparse
import json
import threading
from collections.abc import Callable
from typing import Any

from tests.kills.ground import ground
from tests.load.residents import Receipt, Resident
from tests.load.web import Web, free_port, trusting


def together(number: int, what: Callable[[int], Any]) -> list[Any]:
    """``what(n)`` in so many threads that begin at one moment; gives what each returned or raised."""
    gate, found = threading.Barrier(number), [None] * number

    def one(n: int) -> None:
        gate.wait()
        try:
            found[n] = what(n)
        except Exception as wrong:
            found[n] = wrong

    threads = [threading.Thread(target=one, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def share(values: list[float], part: float) -> float:
    """The value that so large a part of them does not pass."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * part))], 3)


def rush(port: int, residents: int, each: int) -> list[Any]:
    """Each hands in so many matters, one after the other, from a household of its own."""
    def one(n: int) -> list[Receipt]:
        household = f"10.0.{n // 250}.{n % 250 + 1}"
        return [Resident(port, household).hand_in(f"第{n}位居民的第{k}件事：过渡费没有到账。") for k in range(each)]
    return together(residents, one)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--residents", type=int, default=50)
    asked.add_argument("--each", type=int, default=4)
    options = asked.parse_args()
    with ground("portal.settings"):
        from django.db import connection

        from tests import make
        make.place()
        trusting()
        web = Web(free_port())
        try:
            web.wait()
            Resident(web.port).hand_in("开门前的一件事。")  # each process has met the code once
            found = rush(web.port, options.residents, options.each)
        finally:
            web.close()
        said = {"database": connection.vendor, **told(found)}
        connection.close()
    print(json.dumps(said, ensure_ascii=False))


def told(found: list[Any]) -> dict[str, Any]:
    """What must be nought: errors, receipts that lead nowhere, opinions twice or without one event; and the seconds."""
    receipts = [receipt for some in found if isinstance(some, list) for receipt in some]
    seconds = [receipt.seconds for receipt in receipts]
    wrong = [repr(one)[:200] for one in found if isinstance(one, Exception)]
    return {"receipts": len(receipts), "errors": len(wrong), "first_error": next(iter(wrong), ""),
            **ledger(receipts), "seconds": {"median": share(seconds, .5), "p95": share(seconds, .95), "most": max(seconds)}}


def ledger(receipts: list[Receipt]) -> dict[str, int]:
    """Each receipt against the database: lost, changed (another number, code or text), twice, events too many or too few."""
    from consult.kit.models import AuditEvent
    from consult.opinions import receipts as codes
    from consult.opinions.models import Opinion

    kept = {str(one.key): one for one in Opinion.objects.all()}
    pairs = [(receipt, kept[receipt.key]) for receipt in receipts if receipt.key in kept]
    same = [one.number == receipt.number and one.text == receipt.text and codes.matches(receipt.code, one.receipt_hash)
            for receipt, one in pairs]
    events = list(AuditEvent.objects.filter(verb="opinions.submit").values_list("object_id", flat=True))
    return {"lost": len(receipts) - len(pairs), "changed": same.count(False),
            "twice": len(kept) - len({one.number for one in kept.values()}) + Opinion.objects.count() - len(kept),
            "held_up": sum(one.state != "submitted" for _receipt, one in pairs),
            "events_wrong": len(events) - len(set(events)) + abs(len(set(events)) - len(kept))}


if __name__ == "__main__":
    main()
