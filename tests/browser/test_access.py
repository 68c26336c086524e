"""Whoever opens a public page can read and use it: axe-core finds nothing, letters and targets are as large as promised.

The pages are those the table of doors opens to nobody in particular: a new public page is looked at without being named here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from portal.kit import receipts
from tests import make
from tests.browser.test_pages import TOO_WIDE
from tests.browser.visitor import Visitor
from tests.portal.doors import Door, doors
from tests.portal.scene import Scene

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
DOORS = [door for door in doors() if door.get[0] == "o"]
#: What the cookie says, and how the page is dressed then. The markup of elder mode is one: only its sizes differ.
PLAIN = {"standard": ""}
ELDER = {"large": "elder", "extra": "elder extra", "high": "elder extra contrast"}

LOOKED = """async (tags) => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
    return found.violations.map(one => one.id + ": " + one.nodes.slice(0, 3).map(node => node.target.join(" ")
        + " (" + node.any.concat(node.all, node.none).map(check => check.message).join("; ") + ")").join(" | "));
}"""

#: Letters smaller than ``least``, and main text smaller than ``text``; lines closer than 1.3; paragraphs closer than 1.3 of that.
SMALL = """([least, text]) => {
    const wrong = new Set();
    const name = one => `${one.tagName.toLowerCase()}.${one.className} “${one.textContent.trim().slice(0, 12)}”`;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const one = node.parentElement;
        if (!node.data.trim() || !one.checkVisibility()) continue;
        if (one.closest("svg, [aria-hidden=true], .visually-hidden, .skip")) continue;
        const style = getComputedStyle(one), size = parseFloat(style.fontSize);
        if (size < (one.closest("main") ? text : least) - .01) wrong.add(`${size} px: ${name(one)}`);
        if (parseFloat(style.lineHeight) < 1.3 * size - .01) wrong.add(`lines ${style.lineHeight} of ${size} px: ${name(one)}`);
    }
    for (const one of document.querySelectorAll("main p + p")) {
        const before = one.previousElementSibling, line = parseFloat(getComputedStyle(one).lineHeight);
        if (!one.checkVisibility() || !before.checkVisibility()) continue;
        const gap = one.getBoundingClientRect().top - before.getBoundingClientRect().bottom;
        if (gap < 1.3 * line - .5) wrong.add(`paragraphs ${gap} px apart, lines ${line}: ${name(one)}`);
    }
    return [...wrong].slice(0, 4);
}"""

#: What is pressed and lower or narrower than ``tap``; links inside a sentence are its text. A tick box is as large as its label.
TAPS = """(tap) => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].map(one => {
    if (!one.checkVisibility() || one.type === "hidden") return "";
    if (one.closest(".trap, .skip, svg, .drawing, .visually-hidden[aria-hidden=true]")) return "";
    const said = [...one.parentElement.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (one.matches("a") && getComputedStyle(one).display === "inline" && said) return "";
    const box = (one.matches("[type=radio], [type=checkbox]") && one.closest("label") || one).getBoundingClientRect();
    if (box.height >= tap - .5 && box.width >= tap - .5) return "";
    const [wide, high] = [box.width, box.height].map(Math.round);
    return `${wide}×${high} px: ${one.tagName.toLowerCase()}.${one.className} “${one.textContent.trim().slice(0, 12)}”`;
}).filter(Boolean).slice(0, 4)"""


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    with make.no_type(), transaction.atomic():
        made = Scene()
        # An issued paper first: the bare ones of other rooms count on from it.
        made.build("briefing:issued", *(door.key.rpartition("/")[2] for door in DOORS if ":" in door.key))
    return made


def test_public_pages_are_open_to_everybody(scene: Scene, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody", viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    script = AXE.read_text("utf-8")
    wrong: list[str] = []
    pages = [door for door in DOORS if is_page(one, door, scene)]
    assert len(pages) > 25, "the table of doors opens fewer pages than there are"
    for door in pages:
        for language in ("zh-hans", "en"):
            for looks in (PLAIN, ELDER):
                give(one, door, scene, language, next(iter(looks)))
                one.page.goto(one.origin + door.url(scene))
                one.page.evaluate(script)
                wrong += [f"{door.name} {door.key} {language} {look}: {fault}" for look, dress in looks.items()
                          for fault in faults(one, look, dress)]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)


def is_page(one: Visitor, door: Door, scene: Scene) -> bool:
    """Files and the heartbeat are none."""
    give(one, door, scene)
    answer = one.page.context.request.head(one.origin + door.url(scene))
    return "text/html" in answer.headers.get("content-type", "")


def give(one: Visitor, door: Door, scene: Scene, language: str = "zh-hans", size: str = "standard") -> None:
    """The cookies of somebody who reads like this, with the receipt the table speaks of."""
    how, _slash, what = door.key.rpartition("/")
    cookies = {settings.LANGUAGE_COOKIE_NAME: language, "size": size}
    if how:
        session = SessionStore()
        session[receipts.HANDED if how == "handed" else receipts.OPENED] = getattr(receipts, how)(scene[what])
        session.save()
        cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    context = one.page.context
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": value, "url": one.origin} for name, value in cookies.items()])


def faults(one: Visitor, look: str, dress: str) -> Iterator[str]:
    page = one.page
    page.evaluate("dress => document.documentElement.className = dress", dress)
    page.evaluate("document.querySelectorAll('details:not(.who)').forEach(one => one.open = true)")
    yield from page.evaluate(LOOKED, TAGS)
    elder = bool(dress)
    least, text = {"": (14, 14), "elder": (24, 24)}.get(dress, (24, 40))
    yield from page.evaluate(SMALL, [least, text]) if elder else []
    yield from page.evaluate(TAPS, 60 if elder else 44)
    for width in (320, 360, 390) if look in ("standard", "extra") else (360,):
        page.set_viewport_size({"width": width, "height": 800})
        if wide := page.evaluate(TOO_WIDE):
            yield f"wider than {width} px: {wide}"
    page.set_viewport_size({"width": 360, "height": 800})
    yield from one.problems
    one.problems.clear()


def test_axe_would_find_something(place: Any, visitor: Callable[..., Visitor]) -> None:
    """A page with grey letters, a nameless button and a picture without words is not passed."""
    page = visitor("nobody").open().page
    page.evaluate("""() => { const bad = document.createElement("p"); bad.textContent = "grey"; bad.className = "text-white-50";
        document.querySelector("main").append(bad, document.createElement("button"), document.createElement("img")); }""")
    page.evaluate(AXE.read_text("utf-8"))
    assert {fault.partition(":")[0] for fault in page.evaluate(LOOKED, TAGS)} >= {"button-name", "color-contrast", "image-alt"}
    assert page.evaluate(TAPS, 60)
    assert page.evaluate(SMALL, [24, 40])
