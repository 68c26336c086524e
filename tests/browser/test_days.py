"""A clerk's day and a supervisor's day, with the keyboard alone; axe-core finds nothing on the pages they pass."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from consult.tasks import actions
from consult.tasks.models import Extension, Reply, Task
from consult.tasks.states import TaskState as S
from tests import make
from tests.browser.test_access import AXE, LOOKED, TAGS
from tests.browser.visitor import Visitor, zh

pytestmark = pytest.mark.browser
#: What has the focus, in the words a screen reader would say.
FOCUSED = """() => {
    const one = document.activeElement;
    const label = one.labels && one.labels.length ? one.labels[0].textContent : "";
    return [(one.getAttribute("aria-label") || label || one.textContent || "").replace(/\\s+/g, " ").trim(), one.name || "",
            one.value || ""];
}"""
#: Nobody tabs on for longer.
MOST = 150


class Hands:
    """Somebody who works with keys."""

    def __init__(self, one: Visitor, clean: bool = True) -> None:
        self.one, self.page, self.keys = one, one.page, one.page.keyboard
        self.script = AXE.read_text("utf-8")

    def sign_in(self, username: str) -> None:
        self.page.goto(f"{self.one.origin}/accounts/login/")
        self.to_field("login")
        self.keys.type(username)
        self.to_field("password")
        self.keys.type(make.PASSWORD)
        self.keys.press("Enter")
        expect(self.page.locator("#needs-title")).to_be_visible()
        self.look()

    def tab(self) -> Iterator[list[str]]:
        for _press in range(MOST):
            self.keys.press("Tab")
            yield self.page.evaluate(FOCUSED)
        raise AssertionError(f"no key leads there on {self.page.url}")

    def to_field(self, name: str, value: str = "") -> None:
        next(None for _words, field, now in self.tab() if field == name and (not value or now == value))

    def press(self, msgid: str, key: str = "Enter") -> None:
        """Tab to the link or button with these words, and press it."""
        words = zh(msgid)
        next(None for said, _field, _value in self.tab() if said.startswith(words))
        assert self.page.evaluate("() => document.activeElement.matches(':focus-visible')")
        with self.page.expect_navigation():
            self.keys.press(key)
        self.look()

    def choose(self, name: str, value: str) -> None:
        """A radio button: tab to the group, then arrows."""
        self.to_field(name)
        for _press in range(10):
            if self.page.evaluate(FOCUSED)[2] == value and self.page.evaluate("() => document.activeElement.checked"):
                return
            self.keys.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value}")

    def look(self) -> None:
        """Nothing for axe-core to say about this page; nothing went wrong on the way."""
        self.page.evaluate(self.script)
        found = self.page.evaluate(LOOKED, TAGS)
        assert not found, f"{self.page.url}:\n" + "\n".join(found)
        self.one.check()

    def home(self) -> None:
        self.press("My desk")


@pytest.fixture
def place_and_cast(transactional_db: None, place: Any, cast: Any) -> tuple[Any, Any]:
    return place, cast


@pytest.mark.parametrize("width", [360, 1280])
def test_a_clerks_day(place_and_cast: Any, visitor: Callable[..., Visitor], width: int) -> None:
    """Signed for in the morning, talked over, reported on, answered and submitted, the list taken away."""
    place, cast = place_and_cast
    task = make.task(place, cast)
    hands = Hands(visitor("clerk", viewport={"width": width, "height": 900}))
    hands.sign_in("clerk")
    hands.press("Sign for")
    hands.press("Sign for")
    assert Task.objects.get(pk=task.pk).state == S.HANDLING
    hands.press("Report progress")
    hands.to_field("text")
    hands.keys.type("已完成现场踏勘。")
    hands.press("Report progress")
    assert task.progress.get().text == "已完成现场踏勘。"
    hands.press("Write the reply")
    hands.choose("outcome", "A")
    hands.to_field("text")
    hands.keys.type("一、过渡费已足额发放。")
    hands.to_field("contact")
    hands.keys.type("王工 0000-1234567")
    hands.press("Write the reply")
    assert Reply.objects.get().text == "一、过渡费已足额发放。"
    hands.press("Submit the reply")
    hands.press("Submit the reply")
    assert Task.objects.get(pk=task.pk).state == S.IN_REVIEW
    hands.home()
    hands.press("Notices")
    hands.press("How I am reached")
    hands.one.reads(zh("How I am reached"))


@pytest.mark.parametrize("width", [360, 1280])
def test_a_supervisors_day(place_and_cast: Any, visitor: Callable[..., Visitor], width: int) -> None:
    """More time granted to one, a reply sent back and then approved, an overdue one urged; the clock explains itself."""
    place, cast = place_and_cast
    asked = make.task(place, cast, state=S.HANDLING)
    actions.ask_extension(asked, asked_until=date(2027, 3, 15), reason="待测绘", progress="已过半", by=cast.clerk, at=make.AT)
    answered = make.task(place, cast, state=S.IN_REVIEW)
    late = make.task(place, cast, state=S.HANDLING)
    Task.objects.filter(pk=late.pk).update(due_on=make.TODAY - timedelta(days=4))
    hands = Hands(visitor("supervision", viewport={"width": width, "height": 900}))
    hands.sign_in("supervision")
    hands.page.goto(f"{hands.one.origin}/tasks/{asked.pk}/")
    hands.look()
    hands.press("Grant more time")
    hands.press("Grant more time")
    assert Extension.objects.get().state == "granted"
    hands.one.reads("2027年2月24日", "2027年3月15日")  # the original date stays beside the new one
    hands.page.goto(f"{hands.one.origin}/tasks/{answered.pk}/")
    hands.press("Send back for redo")
    hands.to_field("note")
    hands.keys.type("请逐条答复。")
    hands.press("Send back for redo")
    assert Task.objects.get(pk=answered.pk).state == S.HANDLING
    hands.page.goto(f"{hands.one.origin}/tasks/{late.pk}/")
    hands.press("Urge")
    hands.to_field("text")
    hands.keys.type("请抓紧办理。")
    hands.press("Urge")
    assert late.reminders.filter(by=cast.supervision).exists()
    hands.page.goto(f"{hands.one.origin}/supervision/tasks/?light=red")
    hands.look()
    hands.one.reads(late.number)
    assert asked.number not in hands.one.words
