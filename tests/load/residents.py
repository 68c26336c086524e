"""Residents as the web server meets them: a page is opened, its form is sent, the receipt is read. No browser, no Django."""

import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode


class Refused(Exception):
    """The server answered, but with no receipt: its status and the beginning of its page."""


@dataclass(frozen=True)
class Receipt:
    """What a resident notes down, the key the form was sent with, and how long it took from pressing to reading, in seconds."""

    number: str
    code: str
    key: str
    text: str
    seconds: float


class _Form(HTMLParser):
    """The hidden fields of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("type") == "hidden" and told.get("name"):
            self.hidden[told["name"] or ""] = told.get("value") or ""


@dataclass
class Resident:
    """One browser without JavaScript. ``patience``: seconds it waits for an answer, and for a server that is away.

    ``address`` is what a proxy in front would say (the server is told to believe one): each household has its own.
    """

    port: int
    address: str = "198.51.100.1"
    patience: float = 60
    cookies: dict[str, str] = field(default_factory=dict)

    def hand_in(self, text: str) -> Receipt:
        """Open the form, send it, read the receipt; the same form once more, as often as the line breaks or a page is refused

        for the moment (5xx): the receipt must be the same. Raises Refused.
        """
        form = self._patiently(lambda: _Form(self._get("/say/")).hidden)
        form |= {"text": text, "identity_mode": "anonymous"}
        begun = time.perf_counter()
        page = self._patiently(lambda: self._send(form))
        found = [re.search(pattern, page) for pattern in (r"YJ\d{4}-\d{5,}", r"\b\d{4} \d{4} \d{4}\b")]
        if not all(found):
            raise Refused("no receipt: " + page[:300])
        number, code = (one[0] for one in found if one)
        return Receipt(number, code.replace(" ", ""), form["key"], text, time.perf_counter() - begun)

    def _send(self, form: dict[str, str]) -> str:
        status, page, there = self._ask("POST", "/say/", form)
        if status != 302:
            raise Refused(f"{status}: {page[:300]}")
        return self._get(there)

    def _get(self, path: str) -> str:
        status, page, _there = self._ask("GET", path)
        if status != 200:
            raise Refused(f"{status}: {path}: {page[:300]}")
        return page

    def _patiently(self, what):
        end = time.monotonic() + self.patience
        while True:
            try:
                return what()
            except (OSError, HTTPException) as gone:
                if time.monotonic() > end:
                    raise Refused(f"nobody answers: {gone!r}") from gone
            except Refused as refused:
                if not str(refused).startswith("5") or time.monotonic() > end:
                    raise
            time.sleep(0.05)

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                       "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": self.address}
            line.request(method, path, urlencode(form) if form else None, headers)
            answer = line.getresponse()
            page = answer.read().decode()
            for value in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: one.value for name, one in SimpleCookie(value).items()}
            return answer.status, page, answer.headers.get("Location", "")
        finally:
            line.close()
