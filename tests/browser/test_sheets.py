"""A stack of sheets in a real browser: by the number keys alone, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from consult.surveys import entering, serials
from consult.surveys.models import Answer, Response
from tests import make
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def survey(place: Any, cast: Any) -> Any:
    made = make.survey(by=cast.office, project=place.project)
    entering.number_sheets(made, number=5, by=cast.office, at=make.AT)
    return made


def test_two_sheets_by_the_keys_alone(visitor: Callable[..., Visitor], survey: Any) -> None:
    cadre = visitor("cadre").sign_in("cadre")
    cadre.page.goto(f"{cadre.origin}/surveys/{survey.pk}/enter/")
    for nth in (1, 2):
        serial = serials.written(survey.pk, nth)
        expect(cadre.page.locator("[name=serial]")).to_be_focused()
        cadre.page.keyboard.type(serial)
        for key in ("Enter", "1", "2", "Enter", "1", "3", "0", "2", "Enter"):
            cadre.page.keyboard.press(key)
        cadre.page.keyboard.type("纸质意见")
        cadre.page.keyboard.press("Enter")
        cadre.reads(serial)
        cadre.check()
    assert Response.objects.on_paper().count() == 2
    assert list(Answer.objects.order_by("response", "id").values_list("choice__text", "text")) == [
        ("否", ""), ("看病", ""), (None, "纸质意见")] * 2


def test_a_sheet_without_javascript(visitor: Callable[..., Visitor], survey: Any) -> None:
    cadre = visitor("cadre", java_script_enabled=False, viewport={"width": 360, "height": 740}).sign_in("cadre")
    cadre.page.goto(f"{cadre.origin}/surveys/{survey.pk}/enter/")
    assert not cadre.page.locator("[data-keys]").is_visible()
    one = survey.questions.first()
    cadre.fill(serial=serials.written(survey.pk, 3), **{f"q{one.pk}": one.choices.first().pk})
    cadre.send()
    assert Response.objects.on_paper().get().serial == 3
