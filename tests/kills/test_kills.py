"""Workers are killed in the middle of a paper: nothing broken, nothing twice, nothing left. KILLS=100 for the long run."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.kills.workers import ROOT

KILLS = int(os.environ.get("KILLS", "3"))


def run() -> Any:
    """What the harness says: processes of its own, on a database of its own beside the one of these tests."""
    words = ["--kills", str(KILLS), "--duplicates", str(max(KILLS // 2, 2)), "--paragraphs", "30" if KILLS > 3 else "8"]
    done = subprocess.run([sys.executable, "-m", "tests.kills", *words], cwd=ROOT, capture_output=True, text=True,
                          timeout=300 + 60 * KILLS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_is_broken_or_done_twice_whatever_happens_to_workers() -> None:
    """One test, for the run is long: it must not be divided among processes that each begin anew."""
    said = run()
    kills, pairs, hangs, kept = said["kills"], said["pairs"], said["hangs"], said["ledger"]
    assert kills["kills"] == KILLS
    assert {name: kept[name] for name in ("missing", "broken", "duplicates", "running", "files_too_many")} == {
        "missing": 0, "broken": 0, "duplicates": 0, "running": 0, "files_too_many": 0}
    assert kept["swept"] == kept["leftovers"]
    assert kills["setters_gone"] >= KILLS, "the setter of a killed worker ends by itself"
    assert kills["seconds_to_done"]["most"] < 60
    assert pairs["twice"] == pairs["delivered"], "both workers had the job"
    assert pairs["answers"] == [0, 0]
    assert pairs["finished"], "a worker that is told to end finishes its job"
    assert pairs["slept"] < 3 + 60, "lease and a minute"
    assert hangs["same_process"]
    assert hangs["lives"] == 2
