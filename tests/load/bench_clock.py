"""Servers and clocks: gunicorn on loopback, the processor time of its workers and of their database connections, memory."""

import os
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection

from tests.kills.workers import ROOT, children
from tests.load.web import free_port

FORM = "application/x-www-form-urlencoded"


class Server:
    """Gunicorn with the processes and threads of bin/serve, on some settings; the log goes to VAR_DIR."""

    def __init__(self, settings: str) -> None:
        self.port = free_port()
        command = [str(Path(sys.executable).parent / "gunicorn"), "portal.wsgi", "--bind", f"127.0.0.1:{self.port}",
                   "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "120",
                   "--keep-alive", "75", "--no-control-socket", "--log-level", "warning"]
        self.log = Path(os.environ["VAR_DIR"]) / f"{settings}.log"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
                                            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings})

    def wait(self) -> None:
        end = time.monotonic() + 60
        while True:
            try:
                if ask(HTTPConnection("127.0.0.1", self.port, timeout=5), "/healthz", "")[0] == 200:
                    return
            except (OSError, HTTPException):
                pass
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit(f"The server does not answer:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def workers(self) -> set[int]:
        return children(self.process.pid)

    def memory(self) -> float:
        """Megabytes of all its workers, what they share counted once."""
        return sum(pss(pid) for pid in self.workers()) / 1024

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


def ask(line: HTTPConnection, path: str, cookie: str, data: dict[str, Any] | None = None) -> tuple[int, bytes]:
    headers = {"Cookie": cookie, **({"Content-Type": FORM} if data is not None else {})}
    line.request("POST" if data is not None else "GET", quote(path, safe="/?&=:%"),
                 urlencode(data, doseq=True) if data is not None else None, headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def spent(pids: set[int]) -> int:
    """Nanoseconds these processes have run so far, all threads together."""
    total = 0
    for pid in pids:
        try:
            for thread in os.scandir(f"/proc/{pid}/task"):
                total += int(Path(thread.path, "schedstat").read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total


def backends() -> set[int]:
    """The database's processes that serve this database, but for our own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return {row[0] for row in cursor.fetchall()}


class Clock:
    """Asks one page at a time and tells how long it took and what it cost."""

    def __init__(self, server: Server, floor: Server) -> None:
        self.servers = {"portal": server, "floor": floor}
        self.lines = {name: HTTPConnection("127.0.0.1", one.port, timeout=120) for name, one in self.servers.items()}
        self.refresh()

    def refresh(self) -> None:
        """Connections of the database come and go."""
        self.database = backends()
        self.web = {name: one.workers() for name, one in self.servers.items()}

    def ask(self, path: str, cookie: str, data: dict[str, Any] | None = None,
            at: str = "portal") -> tuple[int, float, float, float]:
        """The status, and milliseconds: passed, of the web server's processors, of the database's."""
        web, db, begun = spent(self.web[at]), spent(self.database), time.perf_counter()
        try:
            status = ask(self.lines[at], path, cookie, data)[0]
        except (OSError, HTTPException):
            self.lines[at] = HTTPConnection("127.0.0.1", self.servers[at].port, timeout=120)
            status = ask(self.lines[at], path, cookie, data)[0]
        took = (time.perf_counter() - begun) * 1000
        return status, took, (spent(self.web[at]) - web) / 1e6, (spent(self.database) - db) / 1e6


def rush(port: int, asked: list[tuple[str, str]], seconds: float, connections: int = 8) -> float:
    """Requests a second of so many connections, each asking these pages in turn."""
    end, counts = time.monotonic() + seconds, [0] * connections

    def one(n: int) -> None:
        line, at = HTTPConnection("127.0.0.1", port, timeout=120), n
        while time.monotonic() < end:
            path, cookie = asked[at % len(asked)]
            try:
                counts[n] += ask(line, path, cookie)[0] == 200
            except (OSError, HTTPException):
                line = HTTPConnection("127.0.0.1", port, timeout=120)
            at += 1

    begun = time.monotonic()
    threads = [threading.Thread(target=one, args=(n,)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begun)
