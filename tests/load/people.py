"""Browsers as two web servers behind one name meet them, and a book of every answer: no Django, no JavaScript.

Each request goes to either server, as a balancer would send it. Cookies are shared and end when they say. A page that says
"try again" is believed: its own form is sent again, as a person would press its button.
"""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from tests.load.residents import Refused

HOST = "127.0.0.1"
#: What the page says when the database is away, to whoever reads either language.
SENTENCES = ("系统暂时繁忙", "Busy for a moment")
GOOD, KEPT, BARE, LOST, LINE = "good", "said_try_again", "bare_5xx", "words_lost", "no_answer"


class Page(HTMLParser):
    """The fields of a page's forms that a browser would send unseen or as they stand, and where the last form goes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action, self._open = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "input" and told.get("type") == "hidden" and told.get("name"):
            self.fields[told["name"]] = told.get("value", "")
        elif tag == "textarea" and told.get("name"):
            self._open = told["name"]
            self.fields[self._open] = ""
        elif tag == "form":
            self.action = told.get("action", "")

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag == "textarea" else self._open

    def handle_data(self, data: str) -> None:
        if self._open:
            self.fields[self._open] += data


@dataclass(frozen=True)
class Answer:
    """One request: when it began and ended (in seconds of the monotonic clock), and what came of it."""

    method: str
    path: str
    begun: float
    ended: float
    status: int
    kind: str


class Book:
    """Every answer that anybody got."""

    def __init__(self) -> None:
        self.begun, self.first_wrong, self.lock = time.monotonic(), "", threading.Lock()
        self.ended = 0.0
        self.answers: list[Answer] = []

    def close(self) -> None:
        """The scene is over: who is still at it ends in their own time."""
        self.ended = time.monotonic()

    def note(self, answer: Answer, page: str) -> None:
        with self.lock:
            self.answers.append(answer)
            if answer.kind not in {GOOD, KEPT} and not self.first_wrong:
                self.first_wrong = f"{answer.method} {answer.path}: {answer.status} {answer.kind} {page[:200]}"

    def told(self) -> dict[str, Any]:
        kinds = Counter(one.kind for one in self.answers)
        refused = {kind: n for kind, n in kinds.items() if kind.startswith("refused")}
        good = [self.begun, *sorted(one.ended for one in self.answers if one.kind == GOOD), self.ended or time.monotonic()]
        took = sorted(one.ended - one.begun for one in self.answers) or [0.0]
        return {"requests": len(self.answers), **{kind: kinds[kind] for kind in (GOOD, KEPT, BARE, LOST, LINE)},
                "refused": sum(refused.values()), **refused,
                "seconds": {"without_good": round(max(b - a for a, b in pairwise(good)), 2),
                            "p95": round(took[int(len(took) * .95)], 2), "slowest": round(took[-1], 2)},
                "first_wrong": self.first_wrong}


def kind_of(status: int, page: str, words: str, headers: Any) -> str:
    """Good, a sentence that says try again (with the words that were sent), or what must never be."""
    if status < 400:
        return GOOD
    if status == 503 and headers.get("Retry-After") and all(sentence in page for sentence in SENTENCES):
        return KEPT if words in page else LOST
    return BARE if status >= 500 else f"refused_{status}"


@dataclass
class Reply:
    """What a browser has in front of it."""

    status: int
    page: str
    there: str
    kind: str


@dataclass
class Browser:
    """``address``: its household, as a proxy would tell it; ``patience``: seconds for which it tries again."""

    book: Book
    ports: list[int]
    address: str
    patience: float = 90
    cookies: dict[str, tuple[str, float]] = field(default_factory=dict)
    #: Cookies it never keeps: without the mark of who wrote, a late replica must show (the trial of the trial).
    forgets: frozenset[str] = frozenset()

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, words: str = "") -> Reply:
        begun = time.monotonic()
        line = HTTPConnection(HOST, random.choice(self.ports), timeout=40)
        try:
            line.request(method, path, urlencode(form) if form else None, self._headers())
            answer = line.getresponse()
            page = answer.read().decode(errors="replace")
            for value in answer.headers.get_all("Set-Cookie") or ():
                self._keep(SimpleCookie(value))
            reply = Reply(answer.status, page, answer.headers.get("Location", ""),
                          kind_of(answer.status, page, words, answer.headers))
        except (OSError, HTTPException) as gone:
            reply = Reply(0, repr(gone), "", LINE)
        finally:
            line.close()
        self.book.note(Answer(method, path, begun, time.monotonic(), reply.status, reply.kind), reply.page)
        return reply

    def get(self, path: str) -> Reply:
        """Until a page comes, or patience ends."""
        end = time.monotonic() + self.patience
        while (reply := self.ask("GET", path)).kind not in {GOOD} and not reply.kind.startswith("refused"):
            if time.monotonic() > end:
                raise Refused(f"GET {path}: {reply.kind}: {reply.page[:200]}")
            time.sleep(.25)
        return reply

    def send(self, path: str, form: dict[str, str], words: str = "") -> Reply:
        """Until it is taken: the form that "try again" hands back is sent, not the one that was typed."""
        end = time.monotonic() + self.patience
        while (reply := self.ask("POST", path, form, words)).kind != GOOD:
            if reply.kind == KEPT and words:
                page = Page(reply.page)
                path, form = page.action, page.fields
            elif reply.kind.startswith("refused") or time.monotonic() > end:
                raise Refused(f"POST {path}: {reply.status} {reply.kind}: {reply.page[:200]}")
            time.sleep(.5)
        return reply

    def sign_in(self, name: str, password: str) -> None:
        form = Page(self.get("/accounts/login/").page).fields
        reply = self.send("/accounts/login/", {**form, "login": name, "password": password, "next": "/desk/"})
        if reply.status != 302:
            raise Refused(f"{name} can't sign in: {reply.page[:300]}")

    def _headers(self) -> dict[str, str]:
        now = time.monotonic()
        held = "; ".join(f"{name}={value}" for name, (value, until) in self.cookies.items() if until > now)
        return {"Host": HOST, "Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin", "Cookie": held,
                "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": self.address}

    def _keep(self, told: SimpleCookie) -> None:
        for name, one in told.items():
            if name in self.forgets:
                continue
            lasts = float(one["max-age"]) if one["max-age"] != "" else 10 ** 6
            self.cookies[name] = (one.value, time.monotonic() + lasts)
