"""The long runs of this folder, shortened: many at once, a sheet killed half-way, servers killed under writers."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.kills.workers import ROOT

KILLS = int(os.environ.get("KILLS", "3"))


def run(module: str, *words: str) -> Any:
    """What a module says, in processes and on a database of its own."""
    done = subprocess.run([sys.executable, "-m", f"tests.load.{module}", *words], cwd=ROOT, capture_output=True, text=True,
                          timeout=600 + 60 * KILLS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)
    return json.loads(done.stdout.splitlines()[-1])


def test_many_at_once_all_get_a_receipt() -> None:
    said = run("at_once", "--residents", "12", "--each", "2")
    assert (said["receipts"], said["errors"]) == (24, 0), said["first_error"]
    assert {name: said[name] for name in ("lost", "changed", "twice", "held_up", "events_wrong")} == dict.fromkeys(
        ("lost", "changed", "twice", "held_up", "events_wrong"), 0)


def test_servers_are_killed_and_nothing_acknowledged_is_lost() -> None:
    said = run("kills", "--rounds", str(KILLS))
    assert said["acknowledged"] >= KILLS
    assert (said["refused"], said["hanging"]) == (0, 0), said["first_refusal"]
    assert {name: said[name] for name in ("lost", "changed", "twice", "held_up", "events_wrong")} == dict.fromkeys(
        ("lost", "changed", "twice", "held_up", "events_wrong"), 0)
    assert set(said["papers"].values()) == {0}


def test_a_killed_sheet_leaves_nothing_half() -> None:
    rows = 1200
    said = run("imports", "--rows", str(rows), "--kills", "2")
    whole = {"opinions": rows, "numbers": rows, "identities": rows, "batches": 1, "events": rows, "searchable": rows}
    for left in said["killed"]:
        assert left in (whole, dict.fromkeys(whole, 0))
    for time in ("brought_in", "again"):
        assert whole.items() <= said[time].items(), said
        assert said[time]["mb"] < 500
