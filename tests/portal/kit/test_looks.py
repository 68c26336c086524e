"""How somebody likes to read: kept in cookies, and only what there is to choose from."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("given", "kept", "dress"), [
    ({"size": "large"}, {"size": "large"}, ' class="elder"'),
    ({"size": "extra"}, {"size": "extra"}, ' class="elder extra"'),
    ({"contrast": "high"}, {"contrast": "high"}, ' class="contrast"'),
    ({"size": "extra", "contrast": "high"}, {"size": "extra", "contrast": "high"}, ' class="elder extra contrast"'),
    ({"size": "standard", "contrast": "usual"}, {"size": "standard", "contrast": "usual"}, ""),
    ({"size": 'huge" onload="', "contrast": "", "language": "en"}, {}, ""),
])
def test_a_choice_is_remembered_and_nonsense_is_not(client: Client, given: dict[str, str], kept: dict[str, str],
                                                    dress: str) -> None:
    answer = client.post("/size/", {**given, "next": "/topics/"})
    assert answer.headers["Location"] == "/topics/"
    assert {name: cookie.value for name, cookie in answer.cookies.items() if name in ("size", "contrast")} == kept
    assert all(answer.cookies[name]["max-age"] == 365 * 86400 and answer.cookies[name]["httponly"] for name in kept)
    page = client.get("/topics/").content.decode()
    assert f'<html lang="zh-Hans"{dress}>' in page
    assert ("css/elder.css" in page) is bool(dress)


def test_a_forged_cookie_is_the_standard(client: Client) -> None:
    client.cookies["size"], client.cookies["contrast"] = 'x"><script>', "maximal"
    assert '<html lang="zh-Hans">' in client.get("/").content.decode()


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_in_the_house(client: Client, away: str) -> None:
    assert client.post("/size/", {"size": "large", "next": away}).headers["Location"] == "/"


def test_a_desk_keeps_its_menu_in_elder_mode(client: Client, cast: object) -> None:
    client.cookies["size"] = "large"
    assert 'class="simple' in client.get("/topics/").content.decode()
    client.force_login(cast.office, backend="portal.kit.adapter.Accounts")  # type: ignore[attr-defined]
    page = client.get("/office/").content.decode()
    assert 'class="simple' not in page
    assert 'class="menu' in page
