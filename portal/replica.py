"""Reading from a copy of the database, and never from before one's own last word.

Only pages that are merely looked at (GET, HEAD) read from the replica, and only tables in which a moment's delay harms
nobody: rights, sessions and accounts are always read from the primary, so that what was withdrawn is withdrawn at once.
A replica that does not answer, or lacks what was written LAG seconds ago, is left alone for a while; a page it failed in the
middle of is made again from the primary. Whoever wrote reads from the primary for longer than that: a cookie says so, and
nothing else.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse

REPLICA, PRIMARY = "replica", "default"
COOKIE = "written"
#: In seconds: what a reader may see too late; how long whoever wrote reads from the primary; how long a replica is left alone.
LAG, OWN, PAUSE = 10.0, 30, 15.0
#: Read where they are written.
AT_ONCE = {"people", "sessions", "usersessions", "account", "mfa", "auth", "contenttypes", "guardian", "django_tasks_database"}

_reads: ContextVar[bool] = ContextVar("reads from the replica", default=False)


class Router:
    """Where a query goes."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        if _reads.get() and model._meta.app_label not in AT_ONCE and not connections[PRIMARY].in_atomic_block:
            return REPLICA
        return PRIMARY

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # one database, kept in two places

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


class ReadYourWrites:
    """Decides, once for each request, where its page is read from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.reached: deque[tuple[float, str]] = deque()
        self.paused_until = 0.0
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        looks = request.method in {"GET", "HEAD"}
        mark = _reads.set(looks and COOKIE not in request.COOKIES and self.fresh(time.monotonic()))
        try:
            response = self.get_response(request)
            if _reads.get() and response.status_code == 503 and connections[REPLICA].errors_occurred:
                connections[REPLICA].close()
                self.paused_until = time.monotonic() + PAUSE
                _reads.set(False)
                response = self.get_response(request)
        finally:
            _reads.reset(mark)
        if not looks:
            response.set_cookie(COOKIE, "1", max_age=OWN, httponly=True, samesite="Lax", secure=settings.HTTPS)
        return response

    def fresh(self, now: float) -> bool:
        """Does the replica answer, and hold everything the primary had written LAG seconds ago?"""
        if now < self.paused_until:
            return False
        try:
            needed = self.needed(now)
            if not needed:
                return False
            if ask(REPLICA, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [needed]):
                return True
        except DatabaseError:
            connections[REPLICA].close()
        self.paused_until = now + PAUSE
        return False

    def needed(self, now: float) -> str:
        """How far the primary had written LAG seconds ago, noted about once a second; "" while that is not known."""
        if not self.reached or now - self.reached[-1][0] > 1:
            self.reached.append((now, str(ask(PRIMARY, "SELECT pg_current_wal_insert_lsn()"))))
        with self.lock:
            while len(self.reached) > 1 and now - self.reached[1][0] >= LAG:
                self.reached.popleft()
            since, place = self.reached[0]
        return place if now - since >= LAG else ""


def ask(database: str, question: str, words: Any = ()) -> Any:
    with connections[database].cursor() as cursor:
        cursor.execute(question, words)
        return cursor.fetchone()[0]
