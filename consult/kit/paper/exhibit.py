"""What a file of unknown origin says of itself: its seal, and the verification codes in it.

Anybody may hand in anything to be looked at. So a child process looks, within limits of time and memory and with nothing
in hand but the file and our certificates: ``python -m consult.kit.paper.exhibit``. It says what it finds line by line; what
it said before it was stopped counts.
"""

import io
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from consult.kit import keys
from consult.kit.paper import codes, signing
from consult.kit.paper.signing import Verdict

WALL_SECONDS, CPU_SECONDS, MEMORY_BYTES = 12, 8, 512 << 20
MOST_CODES, MOST_PAGES = 10, 20
ROOT = Path(__file__).resolve().parents[3]

#: One look at a time in each process: a flood of uploads must not take the machine from everybody else.
_place = threading.BoundedSemaphore(1)
#: And one that waits: all others are sent away at once, or slow files would hold every thread that serves pages.
_queue = threading.BoundedSemaphore(2)


class Busy(Exception):
    """Somebody else's file is being looked at."""


class Exhibit(NamedTuple):
    """The seal of a file, and the codes found in it, the most telling first."""

    verdict: Verdict
    codes: list[str]


def look(content: bytes) -> Exhibit:
    """Have a file looked at. Raises Busy when that would take too long; whatever the file does, nothing else."""
    with _turn():
        if not content[:1024].lstrip().startswith(b"%PDF-"):  # no reader opens it; a code of ours may lie in it all the same
            return Exhibit(Verdict(), [code for _name, code in islice(_raw(content), MOST_CODES)])
        said = _ask(content)
    return _heard(said)


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise Busy
    try:
        if not _place.acquire(timeout=WALL_SECONDS):
            raise Busy
        try:
            yield
        finally:
            _place.release()
    finally:
        _queue.release()


def _heard(said: bytes) -> Exhibit:
    """What the child said."""
    verdict, found = Verdict(), []
    for line in said.splitlines():
        try:
            name, value = json.loads(line)
        except ValueError:
            continue  # the last words of a child that was stopped
        if name == "verdict":
            signed, intact, ours, at, contact = value
            verdict = Verdict(signed, intact, ours, datetime.fromisoformat(at) if at else None, contact)
        elif codes.normal(value):
            found.append(value)
    return Exhibit(verdict, list(dict.fromkeys(found))[:MOST_CODES])


def _ask(content: bytes) -> bytes:
    head = json.dumps([one.decode() for one in keys.paper_certificates()]).encode() + b"\n"
    bare = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    with subprocess.Popen([sys.executable, "-m", "consult.kit.paper.exhibit"], cwd=ROOT, env=bare,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            said, _errors = child.communicate(head + content, timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _errors = child.communicate()
    return said


# --- in the child -------------------------------------------------------------------------------------------------


def main() -> None:
    for what, most in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0),
                       (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, 0)):
        resource.setrlimit(what, (most, most))
    certificates = [one.encode() for one in json.loads(sys.stdin.buffer.readline())]
    content = sys.stdin.buffer.read()
    for search in (_raw, _sealed(certificates), _structure, _pages):
        try:
            for name, value in search(content):
                print(json.dumps([name, value]), flush=True)
        except Exception:  # noqa: S112 - one way of looking failed at a hostile file: the next one
            continue


def _sealed(certificates: list[bytes]) -> Any:
    def search(content: bytes) -> Iterator[tuple[str, Any]]:
        verdict = signing.verify(content, certificates)
        yield "verdict", [*verdict[:3], verdict.at.isoformat() if verdict.at else "", verdict.contact]

    return search


def _raw(content: bytes) -> Iterator[tuple[str, str]]:
    """Seal and metadata lie open in the file; a dash is written as an octal number in the seal."""
    for code in codes.found_in(content.replace(b"\\055", b"-").replace(b"\\057", b"/").decode("latin-1")):
        yield "code", code


def _structure(content: bytes) -> Iterator[tuple[str, str]]:
    """What another program wrote anew: the source of the paper inside, and its metadata."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as paper:
        source = paper.attachments.get("issue.json")
        if source is not None:
            yield "code", str(json.loads(source.get_file().read_bytes()).get("code", ""))
        said = " ".join(str(value) for value in paper.docinfo.values())
        if "/Metadata" in paper.Root:
            said += " " + paper.Root.Metadata.read_bytes()[:200_000].decode("utf-8", "replace")
        for code in codes.found_in(said):
            yield "code", code


def _pages(content: bytes) -> Iterator[tuple[str, str]]:
    """What is printed: the code stands at the foot of the last page, which may have been moved."""
    import pypdfium2

    with pypdfium2.PdfDocument(content) as paper:
        size = len(paper)
        for number in [*reversed(range(max(0, size - MOST_PAGES), size)), *range(min(MOST_PAGES, size - MOST_PAGES))]:
            for code in codes.found_in(paper[number].get_textpage().get_text_bounded()):
                yield "code", code


if __name__ == "__main__":
    main()
