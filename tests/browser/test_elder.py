"""Elder mode: found at once, remembered, simple; read aloud by the browser's own voice where there is one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor, zh

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 800}
#: A browser with a voice that says nothing and keeps what it was given; ``__end()`` ends the piece being read.
VOICE = """(languages) => {
    const spoken = [];
    const synth = Object.assign(new EventTarget(), {
        current: null, getVoices: () => languages.map(lang => ({lang, name: lang})),
        speak(piece) { this.current = piece; spoken.push([piece.lang, piece.voice && piece.voice.lang, piece.text.trim()]); },
        cancel() { this.current = null; },
    });
    Object.defineProperty(window, "speechSynthesis", {value: synth});
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    window.__spoken = spoken;
    window.__end = () => { const piece = synth.current; synth.current = null; piece.onend(); };
    window.__fail = () => synth.current.onerror({error: "synthesis-failed"});
}"""


def with_voice(one: Visitor, *languages: str) -> Page:
    one.page.add_init_script(f"({VOICE})({list(languages)!r})")
    return one.page


def marked(page: Page) -> str:
    found = page.locator(".read")
    return found.inner_text().strip() if found.count() else ""


@override_settings(OFFICE_PHONE="0531-8600 0000")
@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_elder_mode_is_entered_from_the_first_page_and_remembered(
        place: Any, visitor: Callable[..., Visitor], script: bool) -> None:
    one = visitor("nobody", viewport=PHONE, java_script_enabled=script).open()
    page = one.page
    one.click("Elder mode: large print, simple pages")
    expect(page.locator("html")).to_have_class("elder")
    words = [zh(entry) for entry in ("Say something", "Look up my opinion", "What is being talked over")]
    expect(page.locator("main nav .btn")).to_have_text([*words, zh("Call the office: %(phone)s", phone="0531-8600 0000")])
    assert page.locator("main nav .btn").last.get_attribute("href") == "tel:053186000000"
    expect(page.locator(".tiles, .loop, nav.menu")).to_have_count(0)
    one.click("Say something")
    expect(page.locator("nav.simple .btn")).to_have_count(4)
    page.locator(".strip").get_by_role("button", name=zh("Extra large")).click()
    expect(page.locator("html")).to_have_class("elder extra")
    page.locator(".strip").get_by_role("button", name=zh("High contrast")).click()
    expect(page.locator("html")).to_have_class("elder extra contrast")
    kept = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert (kept["size"]["value"], kept["contrast"]["value"]) == ("extra", "high")
    page.locator("header").get_by_role("link", name=zh("To the first page")).click()
    expect(page.locator("html")).to_have_class("elder extra contrast")
    assert "pointer/arrow.svg" in page.locator("main").evaluate("one => getComputedStyle(one).cursor")
    page.locator(".strip").get_by_role("button", name=zh("High contrast")).click()
    page.locator(".strip").get_by_role("button", name=zh("Standard")).click()
    assert page.locator("html").get_attribute("class") is None
    one.check()


def test_paper_is_the_same_in_every_mode(place: Any, visitor: Callable[..., Visitor]) -> None:
    page = visitor("nobody", viewport=PHONE).open().page
    page.emulate_media(media="print")
    look = "() => [...document.querySelectorAll('html, body, h1, .lead')].map(one => { const s = getComputedStyle(one); " \
           "return [s.fontSize, s.color, s.backgroundColor, s.cursor].join(); })"
    before = page.evaluate(look)
    page.context.add_cookies([{"name": name, "value": value, "url": page.url} for name, value in
                              (("size", "extra"), ("contrast", "high"))])
    page.reload()
    expect(page.locator("html")).to_have_class("elder extra contrast")
    assert page.evaluate(look) == before


def test_the_page_is_read_aloud_paragraph_by_paragraph(place: Any, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody", viewport=PHONE)
    page = with_voice(one, "en-US", "zh-CN")
    page.goto(f"{one.origin}/receipt/")
    go = page.locator("[data-go]")
    go.focus()
    page.keyboard.press("Enter")
    title = page.locator("main h1").inner_text()
    assert page.evaluate("__spoken") == [["zh-CN", "zh-CN", title]]
    assert marked(page) == title
    expect(go).to_have_text(zh("Pause"))
    page.evaluate("__end()")
    second = page.locator("main p").first.inner_text()
    assert marked(page) == second
    page.keyboard.press("Enter")  # pause: the focus stayed where it was
    expect(go).to_have_text(zh("Go on"))
    assert page.evaluate("speechSynthesis.current") is None
    page.keyboard.press("Enter")
    assert marked(page) == second
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # stop
    expect(go).to_be_focused()
    expect(go).to_have_text(zh("Read aloud"))
    assert marked(page) == ""
    one.check()


def test_everything_in_the_main_part_is_read_once_and_nothing_hidden(place: Any, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody", viewport=PHONE)
    page = with_voice(one, "zh_CN")
    page.goto(f"{one.origin}/say/")
    page.locator("[data-go]").click()
    for _piece in range(300):
        if page.evaluate("!speechSynthesis.current"):
            break
        page.evaluate("__end()")
    spoken = [piece[2] for piece in page.evaluate("__spoken")]
    assert zh("Leave this empty") not in "".join(spoken), "the trap for machines is for nobody's ears"
    assert all(len(piece) <= 300 for piece in spoken)
    told = "".join("".join(spoken).split())
    for shown in page.locator("main :is(h1, h2, legend, summary, .hint):visible").all_inner_texts():
        assert told.count("".join(shown.split())) >= 1, shown
    assert told.count("".join(zh("Where, and what about").split())) == 1
    expect(page.locator("[data-go]")).to_have_text(zh("Read aloud"))
    one.check()


@pytest.mark.parametrize("languages", [(), ("en-US",)], ids=["no voice at all", "none for Chinese"])
def test_no_button_without_a_voice(place: Any, visitor: Callable[..., Visitor], languages: tuple[str, ...]) -> None:
    one = visitor("nobody")
    page = with_voice(one, *languages)
    page.goto(f"{one.origin}/")
    expect(page.locator("[data-aloud]")).to_be_hidden()
    page.context.add_cookies([{"name": "language", "value": "en", "url": one.origin}])
    page.goto(f"{one.origin}/")
    expect(page.locator("[data-aloud]")).to_be_visible(visible=bool(languages))
    one.check()


def test_a_voice_that_fails_is_told(place: Any, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody")
    page = with_voice(one, "zh-CN")
    page.goto(f"{one.origin}/")
    page.locator("[data-go]").click()
    page.evaluate("__fail()")
    expect(page.locator("[data-said]")).to_have_text(zh("This device cannot read aloud at the moment."))
    expect(page.locator("[data-go]")).to_have_text(zh("Read aloud"))
    one.check()
