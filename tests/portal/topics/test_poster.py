"""The poster of a project: who prints it, what it says, and where its code leads."""

import re
from contextlib import closing

import pypdfium2
import pytest
import segno
from django.urls import reverse

from tests import make


def get(client, user, project):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(reverse("renewalproject.poster", args=[project.pk]))


def words(answer):
    assert answer.status_code == 200
    with closing(pypdfium2.PdfDocument(answer.content)) as paper:
        assert len(paper) == 1
        return re.sub(r"\s", "", paper[0].get_textpage().get_text_range())


@pytest.mark.parametrize("role", ["office", "member", "cadre"])
def test_those_on_site_print_it_and_it_says_how_to_speak(client, place, cast, settings, role):
    settings.OFFICE_PHONE, settings.SITE_URL = "0531-12345", "https://shangliang.example.cn"
    told = words(get(client, getattr(cast, role), place.project))
    for part in ("".join(place.project.name.split()), "扫一扫手机对准方块图，打开就能写。", "打电话0531-12345，有人替您记。",
                 "当面说到白石街道办事处，或到政协湖山区委员会办公室。", "不用注册，不用留姓名", "shangliang.example.cn/say/"):
        assert part in told


def test_without_a_number_nobody_is_told_to_call_and_the_page_says_why(client, place, cast, settings):
    settings.OFFICE_PHONE = ""
    assert "打电话" not in words(get(client, cast.office, place.project))
    page = client.get(reverse("renewalproject", args=[place.project.pk])).content.decode()
    assert "OFFICE_PHONE" in page


def test_only_those_who_may_are_offered_it_and_only_of_a_public_project(client, place, cast):
    hidden = make.project(place.jurisdiction, place.subdistrict, public=False)
    for name, who in cast.roles().items():
        may = name in ("office", "member", "lawyer", "cadre")
        assert (get(client, who, place.project).status_code == 200) is may, name
        assert get(client, who, hidden).status_code in (403, 404)
        page = client.get(reverse("renewalproject", args=[place.project.pk])).content.decode()
        assert (reverse("renewalproject.poster", args=[place.project.pk]) in page) is may, name
    assert get(client, None, place.project).status_code == 302


def test_a_cadre_of_another_subdistrict_prints_none(client, place, cast):
    from consult.people.models import Subdistrict
    other = make.project(place.jurisdiction, Subdistrict.objects.create(name="西岸街道", jurisdiction=place.jurisdiction))
    assert get(client, cast.cadre, other).status_code == 403


def test_the_code_on_the_paper_leads_to_this_project(client, place, cast, settings):
    """Read from the rendered page, module by module."""
    settings.SITE_URL = "https://shangliang.example.cn"
    address = f"https://shangliang.example.cn/say/?project={place.project.pk}"
    with closing(pypdfium2.PdfDocument(get(client, cast.office, place.project).content)) as paper:
        page = paper[0].render(scale=4).to_pil().convert("L")
    wanted = [[bool(dark) for dark in row] for row in segno.make_qr(address, error="m", boost_error=False).matrix_iter(border=0)]
    assert code_on(page, len(wanted)) == wanted
    chosen = client.get(reverse("opinion.submit"), {"project": place.project.pk}).content.decode()
    assert f'<option value="{place.project.pk}" selected' in chosen


def code_on(page, size):
    """The modules of the largest square of ink: between the first long black run of a row and the last."""
    middle = page.width // 2
    strip = page.crop((middle - page.height // 5, page.height // 5, middle + page.height // 5, page.height * 2 // 3))
    black = strip.point(lambda value: 255 * (value < 128))
    rows = [y for y in range(black.height) if black.crop((0, y, black.width, y + 1)).getbbox()]
    blocks = [[rows[0]]]
    for y in rows[1:]:
        blocks[-1].append(y) if y - blocks[-1][-1] < 3 else blocks.append([y])
    tall = max(blocks, key=len)
    left, top, right, bottom = black.crop((0, tall[0], black.width, tall[-1] + 1)).getbbox()
    step = (right - left) / size
    assert abs((bottom - top) - (right - left)) < 4
    return [[black.getpixel((int(left + (x + .5) * step), int(tall[0] + (y + .5) * step))) == 255 for x in range(size)]
            for y in range(size)]
