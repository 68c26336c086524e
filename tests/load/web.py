"""The web server as bin/serve starts it, in a process group of its own."""

import os
import random
import signal
import socket
import subprocess
import time
from http.client import HTTPConnection, HTTPException

from tests.kills.workers import ROOT, log


def trusting() -> None:
    """Our residents write in no time and without a browser's proof of work: they must not wait in quarantine for it."""
    from datetime import date

    from consult.kit.models import Parameter
    Parameter.objects.bulk_create([
        Parameter(key=key, value=value, valid_from=date(2020, 1, 1), basis="测试")
        for key, value in (("intake_seconds", 0), ("intake_calm", 10**6), ("intake_calm_district", 10**6))])


#: Below those the system gives to whoever calls somebody: a server that is down for a moment finds its port free again.
PORTS = range(12_000, 32_000)


def free_port() -> int:
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Web:
    """Gunicorn with the processes (unless told otherwise) and threads of bin/serve."""

    def __init__(self, port: int, processes: int = 2, **env: str) -> None:
        self.port = port
        command = [".venv/bin/gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
                   "--workers", str(processes), "--threads", "4", "--timeout", "60", "--graceful-timeout", "10",
                   "--no-control-socket", "--log-level", "warning"]
        with log().open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
                                            env={**os.environ, "TRUSTED_PROXIES": "1", **env})

    def wait(self, seconds: float = 60) -> None:
        """Until it answers."""
        end = time.monotonic() + seconds
        while True:
            line = HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                line.request("GET", "/healthz")
                line.getresponse().read()
                return
            except (OSError, HTTPException):
                if time.monotonic() > end or self.process.poll() is not None:
                    raise AssertionError(f"no web server\n{log().read_text()[-3000:]}") from None
                time.sleep(0.02)
            finally:
                line.close()

    def kill(self) -> None:
        """All of its processes at once, without a warning."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
