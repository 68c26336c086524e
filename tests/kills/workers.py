"""Real worker processes, and what is left of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def log() -> Path:
    """What the workers said."""
    return Path(os.environ["VAR_DIR"]) / "worker.log"


class Gone(AssertionError):
    """What was waited for did not come."""


def until(what: Callable[[], Any], seconds: float = 60, pause: float = 0.005) -> Any:
    """Wait until it is true; gives it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > end:
            raise Gone(f"not within {seconds} s: {what.__qualname__}\n{log().read_text()[-3000:]}")
        time.sleep(pause)
    return found


class Process:
    """A worker in a process of its own, as bin/serve starts it."""

    def __init__(self, **env: str) -> None:
        with log().open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, stdout=out, stderr=out,
                                            env={**os.environ, **env})
        self.children: set[int] = set()

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """Without a warning; its children are left to notice by themselves."""
        self.children = children(self.pid)
        self.process.kill()
        self.process.wait()

    def alone(self) -> bool:
        """Is no child of the killed worker left?"""
        return not any(running(pid) for pid in self.children)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """Ask it to end; gives what it answered."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def running(pid: int) -> bool:
    return bool(words := _stat(pid)) and words[0] not in "ZX"


def children(pid: int) -> set[int]:
    """The processes below a process."""
    below: dict[int, set[int]] = {}
    for found in Path("/proc").glob("[0-9]*"):
        if words := _stat(int(found.name)):
            below.setdefault(int(words[1]), set()).add(int(found.name))
    made, todo = set(), {pid}
    while todo:
        todo = {child for one in todo for child in below.get(one, ())} - made
        made |= todo
    return made
