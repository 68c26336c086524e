"""The triage desk by keys on a wide screen, and on a phone without JavaScript."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from tests import make
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
TEXTS = ("过渡费没有到账。", "路灯坏了。", "菜场太远。")


@pytest.fixture
def three(transactional_db: None, place: Any, cast: Any) -> list[Opinion]:
    return [make.opinion(text=text, tags=["site"], at=make.AT - timedelta(days=3 - n)) for n, text in enumerate(TEXTS)]


def ticked(one: Visitor) -> int:
    return one.page.locator("#results [name=opinion]:checked").count()


def test_by_keys(three: list[Opinion], visitor: Callable[..., Visitor]) -> None:
    one = visitor("office").sign_in("office")
    page, keys = one.page, one.page.keyboard
    page.goto(f"{one.origin}/office/opinions/?tag=site")
    keys.press("j")
    keys.press("j")
    expect(page.locator(":focus")).to_have_text(TEXTS[1])
    keys.press("x")
    assert ticked(one) == 1
    keys.press("k")
    expect(page.locator(":focus")).to_have_text(TEXTS[0])
    keys.press("Enter")
    expect(page.locator("#case h2").first).to_have_text(TEXTS[0])
    assert page.url == f"{one.origin}/office/opinions/{three[0].pk}/?tag=site"
    assert ticked(one) == 1  # the list beside it stays as it was
    keys.press("?")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.locator("[data-keys-on]").uncheck()
    keys.press("Escape")
    keys.press("e")
    keys.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("[data-keys-open]").click()
    page.locator("[data-keys-on]").check()
    keys.press("Escape")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    keys.press("e")
    page.wait_for_url("**/keep/**")
    page.locator("[name=message]").fill("")
    page.locator("[name=message]").press_sequentially("留存jxd?")
    assert page.locator("[name=message]").input_value() == "留存jxd?"  # in a field letters are letters
    page.locator("main form .btn-primary").click()
    page.wait_for_url(f"**/office/opinions/{three[1].pk}/?tag=site")
    assert Opinion.objects.get(pk=three[0].pk).state == OpinionState.KEPT
    one.check()


def test_on_a_phone_without_javascript(three: list[Opinion], visitor: Callable[..., Visitor]) -> None:
    one = visitor("office", java_script_enabled=False, viewport={"width": 360, "height": 800}).sign_in("office")
    page = one.page
    page.goto(f"{one.origin}/office/opinions/?tag=site")
    page.locator("#results [data-case]").first.click()
    expect(page.locator("#case h2").first).to_have_text(TEXTS[0])
    expect(page.locator("#results")).to_be_hidden()
    page.locator("#case [rel=next]").click()
    expect(page.locator("#case h2").first).to_have_text(TEXTS[1])
    page.locator("#case .to-list").click()
    assert page.url == f"{one.origin}/office/opinions/?tag=site"
    page.locator("#results [name=all]").check()
    page.locator("#verb").select_option("keep")
    page.locator("#pick button").click()
    page.locator("main form .acts .btn-primary").click()
    page.wait_for_url("**/many/done/")
    assert set(Opinion.objects.values_list("state", flat=True)) == {OpinionState.KEPT}
    one.check()
