"""A PostgreSQL pair and a Redis of one's own in a temporary folder, to be held up, stopped and killed. Loopback only."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kills.workers import until
from tests.load.web import free_port

CONFIG = """
listen_addresses = '127.0.0.1'
max_connections = 90
shared_buffers = 64MB
wal_level = replica
wal_keep_size = 512MB
hot_standby_feedback = on
"""


def binaries() -> Path | None:
    """Where the newest PostgreSQL server of this machine is, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


class Postgres:
    """One server: a folder and a port. As root its programs run as the account postgres, for they refuse root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()

    def tool(self, name: str, *words: str) -> None:
        """Run one of PostgreSQL's own programs; raises with what it said."""
        as_them = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        said = self.folder.parent / f"{self.folder.name}.said"
        with said.open("w") as out:  # no pipe: the server that is started would hold it open
            done = subprocess.run([*as_them, str((binaries() or Path()) / name), *words], stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=out, cwd="/", timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(f"{name} {' '.join(words)}: {said.read_text()[-2000:]}")

    def make(self) -> None:
        self.tool("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8")
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(f"{CONFIG}\nunix_socket_directories = '{self.folder.parent}'\n")

    def copy(self, of: "Postgres") -> None:
        """A standby that follows: everything that is there, and from then on the stream."""
        self.tool("pg_basebackup", "-D", str(self.folder), "-h", "127.0.0.1", "-p", str(of.port), "-U", "postgres", "-R",
                  "--checkpoint=fast")

    def start(self) -> None:
        """Once more when it does not come up: on a loaded machine what was there before may take a moment to be gone."""
        for left in (2, 1, 0):
            try:
                return self.tool("pg_ctl", "-D", str(self.folder), "-l", str(self.folder) + ".log", "-o", f"-p {self.port}", "-w",
                                 "start")
            except RuntimeError:
                if not left:
                    raise
                time.sleep(2)

    def stop(self, how: str = "fast") -> None:
        self.tool("pg_ctl", "-D", str(self.folder), "-m", how, "-w", "stop")

    def restart(self, how: str) -> None:
        self.stop(how)
        self.start()

    def url(self, name: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def sql(self, question: str) -> Any:
        """The first value of the first row."""
        import psycopg
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=5) as line:
            row = line.execute(question).fetchone()  # type: ignore[call-overload]
            return row[0] if row else None

    def delay(self, seconds: int) -> None:
        """A standby replays so much later than was written."""
        import psycopg
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=5) as line:
            line.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{seconds}s'")
            line.execute("SELECT pg_reload_conf()")

    def read(self) -> int:
        """How many transactions were begun here: pages that were read."""
        return int(self.sql("SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname LIKE 'consult%'") or 0)


class Redis:
    """What is written is kept on disk: after a kill it comes back with everything it knew."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.answers, seconds=20, pause=0.05)

    def answers(self) -> bool:
        import redis
        try:
            return bool(redis.Redis(port=self.port, socket_timeout=1).ping())
        except redis.RedisError:
            return False

    def keys(self) -> int:
        import redis
        return int(redis.Redis(port=self.port, socket_timeout=1).dbsize())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def pair() -> Iterator[tuple[Postgres, Postgres]]:
    """A primary that runs, and a standby still to be copied from it; both end with everything they hold."""
    folder = Path(tempfile.mkdtemp(prefix="consult-trials-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    primary, standby = Postgres(folder / "primary"), Postgres(folder / "standby")
    try:
        primary.make()
        primary.start()
        yield primary, standby
    finally:
        for one in (standby, primary):
            if (one.folder / "postmaster.pid").exists():
                one.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[Redis | None]:
    """None where this machine has no redis-server."""
    if not shutil.which("redis-server"):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="consult-trials-redis-") as folder:
        made = Redis(Path(folder))
        made.start()
        try:
            yield made
        finally:
            made.kill()
            time.sleep(0.1)
