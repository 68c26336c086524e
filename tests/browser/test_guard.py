"""The proof of work in a real browser: found under the strict policy while one writes, seen by nobody, needed by nobody."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from consult.kit import parameters
from consult.opinions.models import Opinion
from tests import make
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 800}


@pytest.fixture
def busy(transactional_db: None) -> None:
    """So many came in already that a proof counts."""
    make.place()
    parameters.put("intake_calm_district", 0, since=make.TODAY, basis="测试", by=make.user(), at=make.AT)


def write(one: Visitor, text: str) -> None:
    one.click("Say something")
    one.page.locator("[name=text]").fill(text)


def test_the_browser_proves_it_while_one_writes(busy: None, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody", viewport=PHONE).open()
    write(one, "石桥路口的路灯坏了。")
    began = time.monotonic()
    proof = one.page.locator("[name=altcha]")
    expect(proof).to_have_value(re.compile(r"^[A-Za-z0-9+/=]{200,2000}$"), timeout=60_000)
    print(f"proof found after {time.monotonic() - began:.1f} s")
    assert not proof.is_visible()
    one.click("Hand it in")
    assert one.page.locator(".slip dd.big").count() == 2
    assert Opinion.objects.get().doubts == []
    one.check()


def test_going_back_proves_it_anew(busy: None, visitor: Callable[..., Visitor]) -> None:
    one = visitor("nobody").open()
    write(one, "第一件事。")
    proof = one.page.locator("[name=altcha]")
    expect(proof).not_to_have_value("", timeout=60_000)
    first = proof.input_value()
    one.page.reload()
    one.page.locator("[name=text]").fill("第二件事。")
    expect(proof).not_to_have_value(re.compile(f"^$|^{re.escape(first)}$"), timeout=60_000)
    one.check()


@pytest.mark.parametrize("without", ["JavaScript", "WebCrypto", "a challenge"])
def test_without_it_the_words_are_kept(busy: None, visitor: Callable[..., Visitor], without: str) -> None:
    more: dict[str, Any] = {"java_script_enabled": False} if without == "JavaScript" else {}
    one = visitor(f"nobody without {without}", **more)
    if without == "WebCrypto":
        one.page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    if without == "a challenge":
        one.page.route("**/say/challenge/", lambda route: route.fulfill(json={"parameters": 1}))
    one.open()
    write(one, "路灯不亮，请修一修。")
    one.click("Hand it in")
    assert one.page.locator(".slip dd.big").count() == 2
    assert Opinion.objects.get().doubts == ["unproven"]
    one.check()
