"""Somebody who guesses at a password while Redis goes and comes, and somebody who signs out meanwhile."""

from tests.load.people import Book, Browser, Page
from tests.load.residents import Refused


class Guesser:
    """Guesses from another household each time: only the limit of the account can stop it."""

    def __init__(self, ports: list[int]) -> None:
        self.ports, self.count, self.book = ports, 0, Book()

    def passed(self, most: int = 30) -> int:
        """How many guesses in a row are weighed before the account is closed for a while."""
        for n in range(most):
            if not self.guess():
                return n
        return most

    def guess(self) -> bool:
        self.count += 1
        browser = Browser(self.book, self.ports, f"10.250.{self.count}.1")
        form = Page(browser.get("/accounts/login/").page).fields
        reply = browser.ask("POST", "/accounts/login/", {**form, "login": "leader", "password": f"guess-{self.count}"})
        return reply.status not in {403, 429} and "登录失败次数过多" not in reply.page


class Leaver:
    """Signed in; signs out when told; keeps the cookies, as a thief would."""

    def __init__(self, ports: list[int], name: str, password: str) -> None:
        self.browser = Browser(Book(), ports, "10.251.1.1")
        self.browser.sign_in(name, password)
        self.kept = dict(self.browser.cookies)
        if not self.still_in():
            raise Refused("not signed in")

    def leave(self) -> None:
        form = Page(self.browser.get("/accounts/logout/").page).fields
        self.browser.send("/accounts/logout/", form)

    def still_in(self) -> int:
        """With the cookies of before: on how many of four tries does a page of one's own come?"""
        thief = Browser(Book(), self.browser.ports, "10.251.1.2", cookies=dict(self.kept))
        return sum(thief.get("/notices/").status == 200 for _try in range(4))
