"""The resident's door on a telephone: short enough, photos made smaller before they are sent, hints while one writes."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from consult.opinions import photos
from consult.opinions.models import Opinion
from tests import make
from tests.browser.visitor import Visitor, zh

PHONE = {"width": 360, "height": 740}
SAID = "过渡费发放标准不公示，拖了两个月，租房的钱都是借的。"

pytestmark = pytest.mark.browser


@pytest.fixture
def ground(place: Any, cast: Any) -> Any:
    make.outlined(place.project, cast.office)
    return make.topic(place, cast)


def at_the_door(visitor: Callable[..., Visitor], **context: Any) -> Visitor:
    one = visitor("nobody", viewport=PHONE, **context).open()
    one.click("Say something")
    return one


@pytest.mark.parametrize("script", [True, False])
def test_the_form_is_two_pages_of_a_telephone_at_most(ground: Any, visitor: Callable[..., Visitor], script: bool) -> None:
    one = at_the_door(visitor, java_script_enabled=script)
    top, button = (one.page.locator(what).bounding_box() for what in ("main h1", "main .acts .btn-lg"))
    assert top and button
    assert button["y"] + button["height"] - top["y"] <= 2 * PHONE["height"]


def test_photos_are_made_smaller_on_the_telephone(ground: Any, visitor: Callable[..., Visitor], tmp_path: Any) -> None:
    large = tmp_path / "IMG_2026.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # taken upright: the camera turned
    Image.effect_noise((2600, 1800), 40).convert("RGB").save(large, quality=90, exif=exif)
    one = at_the_door(visitor)
    one.fill(text=SAID, photos=[str(large)])
    expect(one.page.locator(".photos img")).to_have_count(1)
    one.click("Hand it in")
    kept = photos.of(Opinion.objects.latest("pk")).get()
    assert (kept.height, kept.width) == (1600, 1108)
    assert kept.size < large.stat().st_size


def test_a_hint_while_writing_and_me_too(ground: Any, visitor: Callable[..., Visitor]) -> None:
    one = at_the_door(visitor)
    one.page.locator("[name=text]").press_sequentially(SAID)
    hint = one.page.locator("#matters")
    expect(hint).to_contain_text(ground.title)
    assert "?" not in one.page.url
    hint.get_by_role("button").click()
    one.page.wait_for_load_state()
    one.reads(ground.title)
    assert one.page.locator("[name=text]").input_value() == SAID
    one.page.get_by_role("button", name=zh("Yes, me too")).first.click()
    expect(one.page.locator(".slip")).to_be_visible()
    assert Opinion.objects.get(joins=ground.number).text == SAID
    one.check()


def test_without_a_script_a_button_gives_the_hint(ground: Any, visitor: Callable[..., Visitor]) -> None:
    one = at_the_door(visitor, java_script_enabled=False)
    one.page.locator("[name=text]").fill(SAID)
    one.click("See whether there is something similar")
    one.reads(ground.title)
    assert one.page.locator("[name=text]").input_value() == SAID


def test_an_area_of_the_map_chooses_the_project_and_keeps_the_words(ground: Any, visitor: Callable[..., Visitor]) -> None:
    one = at_the_door(visitor)
    one.page.locator("[name=text]").fill(SAID)
    one.page.locator("summary", has_text=zh("Choose on a map")).click()
    area = one.page.locator("svg [data-area]").first
    area.focus()
    one.page.keyboard.press("Enter")
    expect(one.page.locator("#id_project")).to_have_value(str(ground.project_id))
    expect(area).to_have_attribute("aria-current", "true")
    assert one.page.locator("[name=text]").input_value() == SAID
    one.check()
