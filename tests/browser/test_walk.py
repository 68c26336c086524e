"""Hand in, receipt, add a fact, rate: on a telephone, in fewer than eight taps, with JavaScript and without."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator

from consult.opinions.models import Opinion
from tests import make
from tests.browser.visitor import Visitor, zh

pytestmark = pytest.mark.browser

SAID = "石桥路口的临时路灯坏了半个月，晚上看不清路，老人不敢出门。"
FORGOTTEN = "坏的是路口东侧的三盏。"
FEWEST = 8


class Taps:
    """A finger, and how often it touched the glass. Words are typed; the address of the slip is read by the camera."""

    def __init__(self, one: Visitor) -> None:
        self.one, self.made = one, 0

    def tap(self, what: Locator) -> None:
        what.tap()
        self.made += 1
        self.one.check()

    def press(self, msgid: str) -> None:
        words, main = zh(msgid), self.one.main
        link = main.get_by_role("link", name=words, exact=True)
        with self.one.page.expect_navigation():
            self.tap(link.or_(main.get_by_role("button", name=words, exact=True)))

    def choose(self, name: str, value: str) -> None:
        self.tap(self.one.page.locator("label", has=self.one.page.locator(f"[name={name}][value={value}]")))

    def type(self, name: str, words: str) -> None:
        self.one.page.locator(f"main [name={name}]").fill(words)


@pytest.mark.parametrize("size", ["standard", "extra"])
@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_from_the_first_word_to_the_rating_in_fewer_than_eight_taps(
        place: Any, cast: Any, visitor: Callable[..., Visitor], script: bool, size: str) -> None:
    one = visitor("nobody", java_script_enabled=script, viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    one.page.context.add_cookies([{"name": "size", "value": size, "url": one.origin}])
    finger = Taps(one.open())
    number, code = hand_in(finger)
    come_to_evaluation(place, cast)
    rate(finger, number, code)
    assert finger.made < FEWEST, f"{finger.made} taps"


def hand_in(finger: Taps) -> tuple[str, str]:
    """The opinion, its receipt, and what was forgotten."""
    one = finger.one
    finger.press("Say something")
    finger.type("text", SAID)
    finger.press("Hand it in")
    number, code = one.page.locator(".slip dd.big").all_inner_texts()
    finger.type("text", FORGOTTEN)
    finger.press("Add this")
    assert one.page.locator(".slip dd.big").all_inner_texts() == [number, code], "the receipt is still there to be noted down"
    one.reads(zh("It was added to your opinion."))
    return number, code


def come_to_evaluation(place: Any, cast: Any) -> None:
    """Weeks later: talked over, handled, looked at; the residents are asked."""
    opinion = Opinion.objects.get()
    assert opinion.messages.get().text == FORGOTTEN
    with make.no_type():
        make.invited(place, cast, opinions=[opinion])


def rate(finger: Taps, number: str, code: str) -> None:
    """By the code on the slip: its address carries the number, never the code."""
    one = finger.one
    one.page.context.clear_cookies(name="session")
    one.page.goto(f"{one.origin}/receipt/?number={number}")
    finger.type("code", code)
    finger.press("Show how it stands")
    one.reads(SAID, zh("You were asked to rate how it was handled."), zh("Was it worth it?"))
    finger.choose("work", "satisfied")
    finger.choose("result", "basically")
    finger.press("Send my rating")
    one.reads(zh("You rated it."))


def test_what_was_forgotten_is_not_lost_by_an_error(place: Any, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody", java_script_enabled=False).open()
    finger = Taps(one)
    one.click("Say something")
    finger.type("text", SAID)
    one.click("Hand it in")
    finger.type("text", " ")
    one.page.locator("main form[action='/say/more/'] button").click()
    assert one.page.locator("[data-errors] li").count() == 1
    one.problems.clear()  # 422: the browser writes it down
    finger.type("text", FORGOTTEN)
    one.click("Add this")
    one.reads(zh("It was added to your opinion."))
    assert Opinion.objects.get().messages.get().text == FORGOTTEN
