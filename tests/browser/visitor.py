"""One person at one browser: clicks what a reader sees, fills in forms, and notices whatever goes wrong on the way."""

import re
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests import make

#: Tells of each refusal of the content security policy, beside what the browser itself writes to the console.
LISTEN = """document.addEventListener("securitypolicyviolation", event =>
    console.error("CSP refused", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber))"""


def zh(msgid: str, **values: Any) -> str:
    """The Chinese words of the catalogue: what stands on the button."""
    with override("zh-hans"):
        return gettext(msgid) % values if values else gettext(msgid)


class Visitor:
    """A context of its own: own cookies, own session. ``secrets`` must never be on a page this person gets."""

    def __init__(self, context: BrowserContext, origin: str, name: str = "nobody", secrets: tuple[str, ...] = ()) -> None:
        self.name, self.origin, self.secrets = name, origin, secrets
        self.problems: list[str] = []
        context.add_init_script(LISTEN)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._wrote)
        context.on("weberror", lambda error: self.problems.append(f"{self.name}: {error.error}"))
        self.page: Page = context.new_page()

    # --- what must not happen -------------------------------------------------------------------------------------

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.problems.append(f"{self.name}: asked another host for {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.problems.append(f"{self.name}: {response.status} {response.request.method} {response.url}")

    def _wrote(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{self.name}: {message.text} ({self.page.url})")

    def check(self) -> None:
        """Nothing went wrong so far; nothing is shown that this person must not read."""
        assert not self.problems, "\n".join(self.problems)
        if self.secrets:
            source = self.page.content()
            assert not [secret for secret in self.secrets if secret in source], f"{self.name} reads a secret: {self.page.url}"

    # --- what is seen ---------------------------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def words(self) -> str:
        """The text of the page as it is seen, folded parts included."""
        return re.sub(r"\s+", " ", self.main.text_content() or "")

    def reads(self, *told: str) -> None:
        """These words stand on the page, in this order."""
        expect(self.main).to_contain_text(told[0])
        rest = self.words
        for one in told:
            assert one in rest, f"{self.name} does not find, in this order, {one!r} on {self.page.url}:\n{self.words}"
            rest = rest.partition(one)[2]

    # --- what is done ---------------------------------------------------------------------------------------------

    def open(self) -> "Visitor":
        """The front door: the only address anybody types."""
        self.page.goto(f"{self.origin}/")
        self.check()
        return self

    def sign_in(self, username: str) -> "Visitor":
        self.open().page.locator("header").get_by_role("link", name=zh("Sign in"), exact=True).click()
        self.fill(login=username, password=make.PASSWORD)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator("#needs-title")).to_be_visible()
        self.check()
        return self

    def click(self, msgid: str, where: Locator | None = None) -> None:
        """The one link or button in the page's main part with these words."""
        place, words = where or self.main, zh(msgid)
        link = place.get_by_role("link", name=words, exact=True)
        link.or_(place.get_by_role("button", name=words, exact=True)).click()
        self.page.wait_for_load_state()
        self.check()

    def home(self) -> None:
        self.page.locator("header.top").get_by_role("link", name=zh("My desk"), exact=True).click()
        expect(self.page.locator("#needs-title")).to_be_visible()
        self.check()

    def need(self, label: str, act: str) -> None:
        """From the desk: the line of this kind among "What needs me now", and its button."""
        self.home()
        lines = self.page.locator("li.need").filter(has=self.page.locator("span", has_text=exactly(zh(label))))
        assert lines.count(), f"{self.name} is not told “{zh(label)}” ({label}):\n{self.words}"
        self.click(act, lines.first)

    def fill(self, **values: Any) -> None:
        """Fields by name: text, date, choice, ticks (a list), files (paths)."""
        for name, value in values.items():
            field = self.page.locator(f'main form [name="{name}"]')
            first = field.first
            kind = first.evaluate("one => one.type")
            assert first.evaluate("one => !!one.labels.length"), f"{name} has no label: {self.page.url}"
            if kind == "radio":
                self.page.locator(f'main form [name="{name}"][value="{value}"]').check()
            elif kind == "checkbox":
                for one in value if isinstance(value, list) else ["on"] if value is True else []:
                    box = self.page.locator(f'main form [name="{name}"][value="{one}"]')
                    (box if isinstance(value, list) else first).check()
            elif kind == "select-one":
                first.select_option(str(value))
            elif kind == "file":
                first.set_input_files(value)
            else:
                first.fill(str(value))

    def send(self) -> None:
        """Send the form of the page; the next page says that it is done."""
        where = self.page.url
        self.page.locator("main form:has(.acts) .acts button.btn-primary").click()
        self.page.wait_for_load_state()
        errors = self.page.locator("[data-errors]")
        assert not errors.count(), f"{self.name} at {where}: {errors.inner_text()}"
        expect(self.main.locator(".alert-success")).to_be_visible()
        self.check()

    def do(self, act: str, **values: Any) -> None:
        """One act from the page of a thing: its button, its form, sent."""
        self.click(act)
        self.fill(**values)
        self.send()

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)


def exactly(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}\s*$")
