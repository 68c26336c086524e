"""The table of doors is read and asked here: every url, every role, and what comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import URLPattern, get_resolver, reverse

from portal.kit import receipts
from tests.portal import scene_desk as scene_desk
from tests.portal import scene_followups as scene_followups
from tests.portal import scene_periods as scene_periods
from tests.portal import scene_plans as scene_plans
from tests.portal import scene_work as scene_work
from tests.portal.scene import ROLES, Scene

TABLE = Path(__file__).parent / "doors.txt"
CODES = {200: "o", 403: "-", 404: ".", 405: "m", 409: "w", 422: "e", 429: "t"}
#: Written at every visit, whatever is asked: the session lives half an hour from the last request, and some visits are counted.
ALWAYS = ("django_session", "usersessions_usersession", "account_login", "kit_bucket", "kit_daychance")


@dataclass(frozen=True)
class Door:
    """One line of the table: a url on one object, and the verdict of each role for GET and for an empty POST."""

    name: str
    key: str
    get: str
    post: str

    def url(self, scene: Scene) -> str:
        what = self.key.rpartition("/")[2]
        if what.startswith("="):
            return reverse(self.name, args=what[1:].split(","))
        return reverse(self.name, args=[scene[what].pk] if ":" in what and self.takes_key else [])

    @property
    def takes_key(self) -> bool:
        return "<" in routes()[self.name]

    def prepare(self, scene: Scene, role: str) -> None:
        """What the browser was given before: a receipt just handed over, or one that was shown."""
        how, _slash, what = self.key.rpartition("/")
        if how:
            session = scene.client(role).session
            if how == "handed":
                session[receipts.HANDED] = receipts.handed(scene[what])
            else:
                session[receipts.OPENED] = receipts.opened(scene[what])
            session.save()
            if role == "nobody":
                scene.client(role).cookies["session"] = session.session_key

    def ask(self, scene: Scene, role: str, method: str) -> tuple[Any, str]:
        self.prepare(scene, role)
        answer = getattr(scene.client(role), method)(self.url(scene))
        return answer, code(answer, method)


def code(answer: Any, method: str) -> str:
    """The verdict as one letter; whatever has none is written out."""
    if answer.status_code in (301, 302):
        if answer.headers["Location"].startswith("/accounts/login/"):
            return "L"
        return "d" if method == "post" else "r"
    return CODES.get(answer.status_code, f"<{answer.status_code}>")


def doors() -> list[Door]:
    """The lines of the table, without comments; roles stand in groups only for the eye."""
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        words = [part.strip() for part in line.split("|")]
        if len(words) == 4 and not line.startswith("#"):
            name, key, get, post = words
            found.append(Door(name, key, get.replace(" ", ""), post.replace(" ", "")))
    return found


def patterns(within: Any = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(name, route) of every url of the product."""
    for one in get_resolver().url_patterns if within is None else within:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or "?")), route
        else:
            yield from patterns(one.url_patterns, route, (*spaces, one.namespace) if one.namespace else spaces)


@cache
def routes() -> dict[str, str]:
    return dict(patterns())


class Writes:
    """What a request writes and does not take back: statements, without those undone to a savepoint."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.split(None, 3)
        first = words[0].upper() if words else ""
        if first == "SAVEPOINT":
            self.log.append(f"<{words[1]}>")
        elif first == "ROLLBACK":
            mark = f"<{words[-1]}>"
            self.log = self.log[:self.log.index(mark) + 1] if mark in self.log else self.log
        elif first in ("INSERT", "UPDATE", "DELETE") and not any(f'"{table}' in sql for table in ALWAYS):
            self.log.append(sql[:120])
        return execute(sql, params, many, context)

    @property
    def kept(self) -> list[str]:
        return [line for line in self.log if not line.startswith("<")]


@contextmanager
def watched() -> Iterator[Writes]:
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


def grouped(verdicts: str) -> str:
    """Roles by their desks, as the head of the table has them."""
    cuts = (1, 2, 3, 7, 9, 10, 11, 12, 13, 16, 18)
    return " ".join(verdicts[a:b] for a, b in zip((0, *cuts), cuts, strict=False))


assert len(ROLES) == 18
