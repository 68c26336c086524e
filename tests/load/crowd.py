"""Who is at the portal while something happens to it: residents who hand in, clerks who enter and note, and readers.

Whoever wrote reads it again at once, from whichever server answers: what is not there is a violation. Others may read what is
some seconds old; how old is measured.
"""

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.load.people import GOOD, Book, Browser, Page, Reply
from tests.load.residents import Receipt, Refused

NUMBER, CODE = re.compile(r"YJ\d{4}-\d{5,}"), re.compile(r"\b\d{4} \d{4} \d{4}\b")
FRONT = ("/", "/topics/", "/answers/", "/cases/", "/consultations/", "/say/")


@dataclass
class Ledger:
    """What was acknowledged: receipts with the moment they were read, notes by their words; and what its writer missed."""

    receipts: list[Receipt] = field(default_factory=list)
    when: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    oldest: float = 0
    own_reads: int = 0
    others_reads: int = 0
    others_older: int = 0
    signed_out: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, receipt: Receipt) -> None:
        with self.lock:
            self.receipts.append(receipt)
            self.when[receipt.number] = time.monotonic()

    def mine(self, is_there: bool, what: str) -> None:
        with self.lock:
            self.own_reads += 1
            if not is_there:
                self.missed.append(what)

    def others(self, newest: str, begun: float) -> None:
        """A list that was asked for at ``begun`` ends with ``newest``: how long ago was the first it lacks acknowledged?"""
        with self.lock:
            lacking = [at for number, at in self.when.items() if number > newest and at < begun]
            self.others_reads += 1
            self.others_older += bool(lacking)
            self.oldest = max([self.oldest, *(begun - at for at in lacking)])


class Person(threading.Thread):
    """Does its turn again and again until told to end, whatever happens to the servers."""

    pause = .2

    def __init__(self, crowd: "Crowd", number: int) -> None:
        super().__init__(daemon=True)
        self.crowd, self.number, self.count, self.signed_in = crowd, number, 0, False
        self.ledger, self.browser = crowd.ledger, self.another()

    def another(self) -> Browser:
        turn, base = self.count, self.crowd.households
        return Browser(self.crowd.book, self.crowd.ports, f"10.{base + self.number}.{turn // 250 % 250}.{turn % 250 + 1}",
                       forgets=self.crowd.forgets)

    def run(self) -> None:
        while not self.crowd.ending.wait(self.pause):
            self.count += 1
            try:
                self.turn()
            except Exception as wrong:
                with self.ledger.lock:
                    self.ledger.refused.append(f"{type(self).__name__}: {wrong!r}"[:300])

    def turn(self) -> None:
        raise NotImplementedError


class Resident(Person):
    """Hands in, reads the receipt, and every third time looks it up with the code."""

    def turn(self) -> None:
        self.browser, begun = self.another(), time.perf_counter()
        text = f"第{self.number}位居民的第{self.count}件事：楼道的灯坏了很久，请修。{self.crowd.mark}"
        form = {**Page(self.browser.get("/say/").page).fields, "text": text, "identity_mode": "anonymous"}
        reply = self.browser.send("/say/", form, text)
        slip = self.browser.get(reply.there) if reply.status == 302 else reply
        number, code = NUMBER.search(slip.page), CODE.search(slip.page)
        self.ledger.mine(slip.status == 200 and bool(number), f"{reply.status} → {slip.status} {slip.there}: receipt")
        if not number or not code:
            raise Refused(f"no receipt: {slip.status} {slip.page[:300]}")
        receipt = Receipt(number[0], code[0].replace(" ", ""), form["key"], text, time.perf_counter() - begun)
        self.ledger.take(receipt)
        if self.count % 3 == 0:
            self.look_up(receipt)

    def look_up(self, receipt: Receipt) -> None:
        form = Page(self.browser.get("/receipt/").page).fields
        reply = self.browser.send("/receipt/", {**form, "number": receipt.number, "code": receipt.code})
        shown = self.browser.get(reply.there) if reply.status == 302 else reply
        self.ledger.mine(receipt.text in shown.page, f"{receipt.number}: {reply.status} → {shown.status} {shown.there}")


class Official(Person):
    """Somebody of the office, signed in once; ``signed_out`` counts how often they were asked to do it again."""

    account = "office"

    def turn(self) -> None:
        if not self.signed_in:
            self.browser.sign_in(self.account, self.crowd.password)
            self.signed_in = True
            self.begin()
        self.work()

    def begin(self) -> None:
        """Once signed in."""

    def work(self) -> None:
        raise NotImplementedError

    def here(self, reply: Reply) -> Reply:
        if "/accounts/login/" in reply.there or (reply.status == 403 and "/accounts/login/" in reply.page):
            self.signed_in = False
            with self.ledger.lock:
                self.ledger.signed_out += 1
            raise Refused("signed out")
        return reply


class Clerk(Official):
    """Enters what was said on the telephone and notes something on it; reads both."""

    pause, account = .4, "office2"

    def work(self) -> None:
        pk = self.enter()
        self.note(pk, f"内部记录{self.crowd.mark}{self.number}之{self.count}：已经电话核实。")

    def enter(self) -> str:
        text, begun = f"电话记录{self.number}之{self.count}：井盖松动，请派人看看。{self.crowd.mark}", time.perf_counter()
        form = Page(self.here(self.browser.get("/opinions/enter/")).page).fields
        form |= {"text": text, "channel": "phone", "identity_mode": "anonymous"}
        reply = self.here(self.browser.send("/opinions/enter/", form, text))
        slip = self.here(self.browser.get(reply.there)) if reply.status == 302 else reply
        number, code = NUMBER.search(slip.page), CODE.search(slip.page)
        self.ledger.mine(slip.status == 200 and bool(number and code), f"{reply.status} → {slip.status} {slip.there}: entered")
        if not number or not code:
            raise Refused(f"nothing to hand over: {slip.status} {slip.page[:300]}")
        self.ledger.take(Receipt(number[0], code[0].replace(" ", ""), form["key"], text, time.perf_counter() - begun))
        return reply.there.split("/")[2]

    def note(self, pk: str, words: str) -> None:
        form = Page(self.here(self.browser.get(f"/opinions/{pk}/note/")).page).fields
        reply = self.here(self.browser.send(f"/opinions/{pk}/note/", {**form, "text": words}, words))
        if reply.status != 302:
            raise Refused(f"no note: {reply.status} {reply.page[:300]}")
        with self.ledger.lock:
            self.ledger.notes.append(words)
        self.read(pk, words)

    def read(self, pk: str, words: str) -> None:
        shown = self.here(self.browser.get(f"/opinions/{pk}/"))
        self.ledger.mine(words in shown.page, f"opinion {pk}: {shown.status} {shown.there}: note")


class Settled(Clerk):
    """Writes once, then only reads it: also when the browser has forgotten that it wrote."""

    account = "office3"
    pk, words = "", ""

    def work(self) -> None:
        if self.pk:
            self.read(self.pk, self.words)
            return
        pk, words = self.enter(), f"只写一次的记录{self.crowd.mark}。"
        self.note(pk, words)
        self.pk, self.words = pk, words


class Watcher(Official):
    """Reads the newest of the queue and never writes: how old is what others see?"""

    account = "office4"

    def begin(self) -> None:
        self.browser.cookies.pop("written", None)  # as if they had signed in more than half a minute ago

    def work(self) -> None:
        begun = time.monotonic()
        reply = self.here(self.browser.ask("GET", "/office/opinions/?sort=-submitted_at"))
        if reply.kind == GOOD and (found := NUMBER.findall(reply.page)):
            self.ledger.others(max(found), begun)


class Reader(Person):
    """Public pages, one after the other."""

    def turn(self) -> None:
        self.browser.ask("GET", FRONT[self.count % len(FRONT)])


class Crowd:
    """They come at once, and go when told; ``residents`` and ``readers`` are how many of each."""

    def __init__(self, ports: list[int], password: str, mark: str, households: int, residents: int = 3,
                 readers: int = 2, forgets: frozenset[str] = frozenset()) -> None:
        self.ports, self.password, self.mark, self.households, self.forgets = ports, password, mark, households, forgets
        self.book, self.ledger, self.ending = Book(), Ledger(), threading.Event()
        kinds: list[Any] = [Resident] * residents + [Reader] * readers + [Clerk, Settled, Watcher]
        self.people = [kind(self, n) for n, kind in enumerate(kinds)]

    def __enter__(self) -> "Crowd":
        for one in self.people:
            one.start()
        return self

    def __exit__(self, *args: Any) -> None:
        self.ending.set()
        self.book.close()
        for one in self.people:
            one.join(120)

    def told(self) -> dict[str, Any]:
        mine = self.ledger
        return {**self.book.told(), "acknowledged": len(mine.receipts) + len(mine.notes), "own_reads": mine.own_reads,
                "violations": len(mine.missed), "missed": mine.missed[:3], "signed_out": mine.signed_out,
                "given_up": len(mine.refused), "first_given_up": next(iter(mine.refused), ""),
                "hanging": sum(one.is_alive() for one in self.people),
                "others": {"reads": mine.others_reads, "older": mine.others_older, "oldest_seconds": round(mine.oldest, 1)}}
