"""The setter of this process: one child that lays out the papers, so that a bad one can be stopped and can break nothing.

It starts with the first paper, is renewed after 200 and ends with the process that started it.
"""

import atexit
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consult.kit.paper import fonts, frames

WALL_SECONDS = 30
CPU_SECONDS = 25
MEMORY_BYTES = 1 << 30
MAX_PAGES = 120
JOBS = 200  # Pango and fontconfig lose a little memory with every paper

log = logging.getLogger(__name__)

REASONS: dict[str, Any] = {
    "time": _("Setting the paper took too long. Divide it, or take out tables and pictures."),
    "memory": _("Setting the paper needed too much memory. Divide it, or take out tables and pictures."),
    "pages": _("The paper has more than %(limit)s pages. Divide it."),
    "picture": _("A picture of the paper cannot be read or has too many points."),
    "crash": _("The paper could not be set. Please tell the system administrator."),
}


class PaperFailed(Exception):
    """The paper could not be set: ``reason`` is a sentence for people, ``code`` a key of REASONS."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)

    @property
    def reason(self) -> str:
        return str(REASONS[self.code]) % {"limit": MAX_PAGES}

    def __str__(self) -> str:
        return self.reason


class Setter:
    """One child process, used by one thread at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None
        self.fonts: Path | None = None
        self.jobs = 0

    def run(self, head: frames.Head, *parts: bytes) -> tuple[frames.Head, list[bytes]]:
        """Have one job done. Raises PaperFailed; the next job then gets a new child."""
        with self.lock:
            child = self._ready()
            try:
                with self._deadline(child) as late:
                    return self._talk(child, head, parts)
            except (EOFError, OSError) as gone:
                child.kill()  # what closed its pipe has ended or will not answer any more
                code = child.wait()
                log.error("the setter ended (%s): %s", "late" if late.is_set() else code, self._notes())
                self.close()
                raise PaperFailed("time" if late.is_set() or code == -signal.SIGXCPU else "crash") from gone
            except BaseException:
                self.close()  # an answer that nobody took must not be taken for the next one
                raise

    def _talk(self, child: subprocess.Popen[bytes], head: frames.Head,
              parts: tuple[bytes, ...]) -> tuple[frames.Head, list[bytes]]:
        assert child.stdin and child.stdout
        frames.send(child.stdin, head, *parts)
        answer, content = frames.receive(child.stdout)
        self.jobs += 1
        notes = self._notes()
        if code := answer.get("failed"):
            log.error("a paper failed (%s): %s", code, notes)
            raise PaperFailed(code)
        if notes:
            log.info("the setter notes: %s", notes)
        return answer, content

    def _ready(self) -> subprocess.Popen[bytes]:
        folder = fonts.folder()
        if self.child and (self.child.poll() is not None or self.jobs >= JOBS or self.fonts != folder):
            self.close()
        if self.child is None:
            self.errors: BinaryIO = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - kept as long as the child
            self.child, self.fonts, self.jobs = _start(folder, self.errors), folder, 0
        return self.child

    @contextlib.contextmanager
    def _deadline(self, child: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(WALL_SECONDS, stop)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def _notes(self) -> str:
        """What the child wrote to its error output since the last job."""
        self.errors.seek(0)
        notes = self.errors.read()[-4000:].decode(errors="replace").strip()
        self.errors.truncate(0)
        return notes

    def close(self) -> None:
        """End the child; it ends by itself when nobody holds the other end of its pipe."""
        child, self.child = self.child, None
        if child is None:
            return
        child.kill()
        child.wait()
        self._drop(child)

    def _drop(self, child: subprocess.Popen[bytes]) -> None:
        for stream in (child.stdin, child.stdout, self.errors):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()


def _start(folder: Path, errors: BinaryIO) -> subprocess.Popen[bytes]:
    base = Path(settings.BASE_DIR)
    # Nothing of our environment: no key and no password comes near the words of strangers.
    environment = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    environment |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}
    environment |= {"MALLOC_MMAP_THRESHOLD_": "131072"}  # large blocks, pictures above all, go back to the system when freed
    environment |= fonts.environment(folder)
    command = [sys.executable, "-m", "consult.kit.paper.typesetter", str(base / "templates" / "documents"),
               str(CPU_SECONDS), str(MEMORY_BYTES), str(MAX_PAGES)]
    return subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=base, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, bufsize=0)


def _after_fork() -> None:
    """A child belongs to the process that started it; a copy of its pipe held here would keep it alive."""
    global _setter
    if _setter.child:
        _setter._drop(_setter.child)
    _setter = Setter()


def run(head: frames.Head, *parts: bytes) -> tuple[frames.Head, list[bytes]]:
    """Have this process's setter do one job: see Setter.run."""
    return _setter.run(head, *parts)


_setter = Setter()
os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _setter.close())
