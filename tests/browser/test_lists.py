"""Lists on a desk: filters kept under a name on a phone without JavaScript, rows ticked and urged on a wide screen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from consult.kit.models import SavedFilter
from consult.tasks.models import Reminder
from consult.tasks.states import TaskState as S
from tests import make
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
TARGETS = "#results :is(.kept a, .kept button, .kept summary, .kept input:not([type=hidden]), .pick, .many .btn)"


@pytest.fixture
def four(transactional_db: None, place: Any, cast: Any) -> list[Any]:
    return [make.task(place, cast, state=state) for state in (S.PROPOSED, S.ASSIGNED, S.HANDLING, S.CLOSED)]


def low(page: Page) -> list[Any]:
    """Targets that a finger would miss."""
    return [box for one in page.locator(TARGETS).all() if one.is_visible() and (box := one.bounding_box())
            and (box["height"] < 43.5 or box["width"] < 43.5)]


def narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_kept_and_removed_on_a_phone_without_javascript(four: list[Any], visitor: Callable[..., Visitor]) -> None:
    one = visitor("supervision", viewport={"width": 390, "height": 844}).sign_in("supervision")
    plain = visitor("plain", viewport={"width": 390, "height": 844}, java_script_enabled=False,
                    storage_state=one.page.context.storage_state())
    page, url = plain.page, f"{plain.origin}/supervision/tasks/?state=handling"
    page.goto(url)
    page.locator(".kept summary").press("Enter")
    page.locator("#filter-name").fill("在办")
    assert low(page) == []
    page.locator("#filter-name").press("Enter")
    expect(page.locator(".kept .chip[aria-current]")).to_have_text("在办")
    assert page.url == url and low(page) == []
    page.goto(f"{plain.origin}/supervision/tasks/")
    page.locator(".kept .chip").click()
    assert page.url == url
    page.locator(".kept li button").click()
    expect(page.locator(".kept li")).to_have_count(0)
    assert page.url == url and not SavedFilter.objects.exists()
    page.goto(f"{plain.origin}/supervision/tasks/?sort=-number")
    page.locator("#picks [name=all]").check()
    page.locator("#picks .btn-primary").click()
    page.locator("textarea").fill("请抓紧办理。")
    page.locator("main form .btn-primary").click()
    page.locator("main .acts .btn-primary").click()
    assert page.url == f"{plain.origin}/supervision/tasks/?sort=-number"
    assert set(Reminder.objects.values_list("task", flat=True)) == {four[1].pk, four[2].pk}


def test_ticked_and_counted_also_after_the_filter_changed(four: list[Any], visitor: Callable[..., Visitor]) -> None:
    one = visitor("supervision").sign_in("supervision")
    page = one.page
    page.goto(f"{one.origin}/supervision/tasks/")
    boxes, badge, whole = (page.locator(f"#results {of}") for of in ("[name=task]", "[data-picked]", "[name=here]"))
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    expect(badge).to_have_text("1")
    whole.check()
    expect(badge).to_have_text("4")
    boxes.nth(0).uncheck()
    expect(whole).not_to_be_checked()
    page.locator("details.card summary").click()
    page.locator("[name=state]").select_option("handling")
    expect(boxes).to_have_count(1)
    expect(badge).to_be_hidden()
    page.locator(".kept summary").click()
    page.locator("#filter-name").fill("在办")
    assert low(page) == []
    boxes.check()
    page.locator("#picks .btn-primary").click()
    page.locator("textarea").fill("请抓紧办理。")
    page.locator("main form .btn-primary").click()
    page.locator("main .acts .btn-primary").click()
    page.wait_for_url("**/supervision/tasks/?*state=handling*")
    assert Reminder.objects.get().task == four[2]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_stands_out_at_the_side(four: list[Any], visitor: Callable[..., Visitor], width: int) -> None:
    one = visitor("supervision", viewport={"width": width, "height": 900}).sign_in("supervision")
    for name in ("tasks/?state=handling", "responsibilities/?part=sole", "results/?outcome=A", "tasks/urge/?all=1"):
        one.page.goto(f"{one.origin}/supervision/{name}")
        assert narrow(one.page), name


def test_while_the_database_is_away_a_filter_shows_the_sentence_and_loses_nothing(
        four: list[Any], visitor: Callable[..., Visitor]) -> None:
    one = visitor("supervision").sign_in("supervision")
    page, url = one.page, f"{one.origin}/supervision/tasks/"
    page.goto(url)
    busy = render_to_string("500.html", {"busy": True})
    page.locator("details.card summary").click()
    expect(page.locator("[name=state]")).to_be_visible()
    page.route(f"{url}?**", lambda route: route.fulfill(status=503, content_type="text/html", body=busy))
    page.locator("[name=state]").select_option("handling")
    expect(page.locator("h1")).to_have_text("系统暂时繁忙")
    page.unroute_all()
    page.reload()
    expect(page.locator("#results [name=task]")).to_have_count(1)
    assert one.problems and all("503" in problem for problem in one.problems)
    one.problems.clear()
