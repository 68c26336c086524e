"""Every desk on a phone and on a wide screen, in both languages; without JavaScript; in large print."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import expect

from tests import make
from tests.browser.visitor import Visitor, zh
from tests.portal.scene import Scene

pytestmark = pytest.mark.browser

PHONE, DESKTOP = {"width": 360, "height": 800}, {"width": 1280, "height": 900}
#: Everybody with a desk of their own look.
ROLES = ("resident", "member", "cadre", "expert", "clerk", "office", "chair", "supervision", "leader",
         "sysadmin", "secadmin", "auditadmin")
PUBLIC = ("/", "/say/", "/receipt/", "/topics/", "/cases/", "/projects/", "/accounts/login/")

#: A district with something on every list and in every home.
THINGS = ("opinion:submitted", "opinion:accepted", "survey:opened", "survey:closed", "topic:drafted", "topic:published",
          "consultation:notified", "consultation:ended", "recommendation:drafted", "recommendation:confirmed",
          "briefing:bound", "briefing:issued", "briefing:dispatched", "task:proposed", "task:handling", "task:cosigning",
          "task:in_review",
          "task:return_asked", "task:promised", "instruction:reported", "lookback:planned", "difficulty:found",
          "rating:member", "appraisal:opened", "case:published", "user:disabled")

TOO_WIDE = """() => document.scrollingElement.scrollWidth <= innerWidth ? "" : [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(one).position !== "absolute")
    .slice(0, 4).map(one => one.tagName.toLowerCase() + "." + one.className).join(" > ")"""

#: Words a reader sees or is read: text that is not code, not marked as another language, not somebody's own words.
SEEN = """() => {
    const texts = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const parent = node.parentElement;
        if (!parent.closest("code, script, style, .hash, [lang=en], .prose") && parent.checkVisibility()) texts.push(node.data);
    }
    for (const one of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
        for (const name of ["aria-label", "placeholder", "title", "alt"]) texts.push(one.getAttribute(name) || "");
    return texts;
}"""
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[\s,'’-]+[A-Za-z]+){2,}")


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """Something of everything. No paper is set: pages are looked at here."""
    with make.no_type(), transaction.atomic():
        made = Scene()
        made.build(*THINGS)
    return made


def test_every_desk_fits_and_speaks_the_language(scene: Scene, visitor: Callable[..., Visitor]) -> None:
    wrong = look(visitor("nobody"), PUBLIC)
    for role in ROLES:
        one = visitor(role).sign_in(role)
        wrong += look(one, pages_of(one))
    assert not wrong, "\n".join(wrong)


def pages_of(one: Visitor) -> list[str]:
    """The desk's home, its first two lists, and the first thing on the first of them that is not empty."""
    links = one.page.locator("nav.side ul").first.locator("a")
    lists = [link.get_attribute("href") or "" for link in links.all()][:3]
    for address in lists[1:]:
        one.page.goto(one.origin + address)
        rows = one.page.locator("#results td a, #results a[data-case]")
        if rows.count():
            return [*lists, rows.first.get_attribute("href") or ""]
    return lists


def look(one: Visitor, addresses: Any) -> list[str]:
    return [f"{one.name} {language} {address}: {fault}" for language in ("zh-hans", "en") for address in addresses
            for fault in faults(one, address, language)]


def faults(one: Visitor, address: str, language: str) -> Iterator[str]:
    page = one.page
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": one.origin}])
    page.set_viewport_size(PHONE)
    page.goto(one.origin + address)
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip":
        yield "the first Tab does not reach the skip link"
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        if wide := page.evaluate(TOO_WIDE):
            yield f"wider than {size['width']} px: {wide}"
    if language == "zh-hans":
        yield from (f"English words: {found[0]!r}" for text in page.evaluate(SEEN) if (found := ENGLISH.search(text)))
    yield from one.problems
    one.problems.clear()


def test_an_opinion_without_javascript(place: Any, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody without JavaScript", java_script_enabled=False).open()
    one.click("Say something")
    one.page.locator("[name=text]").fill("石桥路口的临时路灯坏了半个月，晚上看不清路。")
    one.click("Hand it in")
    number, code = one.page.locator(".slip dd.big").all_inner_texts()
    one.click("I have noted it down")
    one.click("Look up my opinion")
    one.page.locator("[name=number]").fill(number)
    one.page.locator("[name=code]").fill(code)
    one.click("Show how it stands")
    one.reads(number, "石桥路口的临时路灯坏了半个月", zh("You handed in your opinion."))


def test_language_and_elder_mode_are_changed_from_any_page(place: Any, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody").open()
    one.click("Say something")
    page, strip = one.page, one.page.locator(".strip")
    strip.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("main h1")).to_have_text("Say something")
    assert page.url.endswith("/say/")
    before = page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    strip.get_by_role("button", name="Elder mode").click()
    expect(page.locator("html")).to_have_class("elder")
    assert page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > before
    page.set_viewport_size(PHONE)
    assert page.evaluate(TOO_WIDE) == ""
    strip.get_by_role("button", name="中文").click()
    expect(page.locator("main h1")).to_have_text(zh("Say something"))
    expect(page.locator("html")).to_have_class("elder")
    one.check()
