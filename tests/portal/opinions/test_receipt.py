"""The receipt as its holder has it in hand: the way in words, fewer who know, the slip, and a new code for a lost one."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from consult.kit import audit
from consult.opinions import actions
from consult.opinions.models import Opinion, SealedIdentity
from tests import make


@pytest.fixture
def client(place: Any) -> Client:
    return Client()


def known(**values: Any) -> tuple[Opinion, str]:
    """Somebody with a telephone number, and their code."""
    key = uuid.uuid4()
    made = make.named_opinion(key=key, **values)
    return made, make.handed_in(key=key)[1]


def status(client: Client, opinion: Opinion, code: str) -> str:
    assert client.post("/receipt/", {"number": opinion.number, "code": code}).status_code == 302
    return client.get("/receipt/status/").content.decode()


def test_the_page_is_reached_with_the_number_filled_in(client: Client) -> None:
    page = client.get("/receipt/?number=YJ2026-00012").content.decode()
    assert 'value="YJ2026-00012"' in page


def test_the_slip_has_a_picture_of_the_address_without_the_code(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.kit import receipts
    drawn: list[str] = []
    real = receipts.codes.qr_svg
    monkeypatch.setattr(receipts.codes, "qr_svg", lambda text: drawn.append(text) or real(text))
    form = {"key": str(uuid.uuid4()), "text": "小学名额不够。", "identity_mode": "anonymous"}
    page = client.post("/say/", form, follow=True)
    number = Opinion.objects.get().number
    assert drawn == [f"https://consult.example/receipt/?number={number}"]
    assert "<svg" in page.content.decode()
    with override_settings(SITE_URL=""):
        page = client.get("/say/receipt/")
    assert 'class="qr"' not in page.content.decode()


def test_no_date_stands_as_a_machine_writes_it(client: Client, cast: Any) -> None:
    opinion, code = known(state="answered", by=cast.office)
    page = status(client, opinion, code)
    words = re.sub(r"<[^>]+>", " ", page)
    assert re.findall(r"\b20\d\d-\d\d-\d\d\b", words) == []
    assert "2027年5月23日" in words, "when the contact is erased is told"


def test_a_question_of_the_office_is_answered_there(client: Client, cast: Any) -> None:
    opinion, code = known()
    assert not status(client, opinion, code).count('href="#more"')
    actions.message(opinion, text="是几号楼？", by=cast.office, at=make.AT)
    page = client.get("/receipt/status/").content.decode()
    assert 'href="#more"' in page
    assert "是几号楼？" in page
    client.post("/receipt/status/", {"text": "三号楼。"})
    assert 'href="#more"' not in client.get("/receipt/status/").content.decode()


def test_stricter_never_looser(client: Client) -> None:
    opinion, code = known(identity_mode="department", share_with_department=True)
    assert "/receipt/restrict/" in status(client, opinion, code)
    assert client.get("/receipt/restrict/").status_code == 200
    client.post("/receipt/restrict/")
    opinion.refresh_from_db()
    assert opinion.identity_mode == "cppcc_only"
    assert not SealedIdentity.objects.get().share_with_department
    assert client.get("/receipt/restrict/")["Location"] == "/receipt/status/"
    assert "/receipt/restrict/" not in client.get("/receipt/status/").content.decode()
    client.post("/receipt/erase/")
    assert "匿名" in client.get("/receipt/status/").content.decode()


def test_a_new_code_for_a_lost_one(client: Client, cast: Any) -> None:
    opinion, old = known()
    lost, desk = Client(), Client()
    assert opinion.text in status(lost, opinion, old)
    desk.force_login(cast.office)
    url = f"/opinions/{opinion.pk}/reissue/"
    wrong = desk.post(url, {"phone": "13800000000"})
    assert wrong.status_code == 422
    assert "13800000000" in wrong.content.decode()
    page = desk.post(url, {"phone": make.PHONE}, follow=True)
    new = page.context["code"].replace(" ", "")
    assert new != old
    assert new not in str(dict(desk.session))
    assert make.PHONE not in page.content.decode()
    assert lost.get("/receipt/status/").status_code == 302, "what the lost code opened is closed"
    assert client.post("/receipt/", {"number": opinion.number, "code": old}).status_code == 422
    assert opinion.text in status(client, opinion, new)
    desk.post(f"/opinions/{opinion.pk}/receipt/")
    assert desk.get(f"/opinions/{opinion.pk}/receipt/").status_code == 302
    assert [event.verb for event in audit.trail_of(opinion)][-2:] == ["opinions.refuse_reissue", "opinions.reissue"]


def test_the_first_receipt_is_not_shown_again_once_its_code_is_dead(client: Client, cast: Any) -> None:
    form = {"key": str(uuid.uuid4()), "text": "漏水。", "identity_mode": "cppcc_only", "phone": make.PHONE, "consent": "on"}
    client.post("/say/", form)
    opinion = Opinion.objects.get()
    actions.reissue(opinion, phone=make.PHONE, by=cast.office, at=make.AT)
    assert client.get("/say/receipt/").status_code == 302
    again = client.post("/say/", form, follow=True)
    assert again.redirect_chain == [("/receipt/", 302)]
    assert Opinion.objects.count() == 1


def test_the_office_erases_at_the_wish_of_the_submitter(cast: Any) -> None:
    opinion, _code = known()
    desk = Client()
    desk.force_login(cast.office)
    assert desk.post(f"/opinions/{opinion.pk}/erase-contact/").status_code == 302
    assert actions.identity_of(opinion) is None
    assert desk.get(f"/opinions/{opinion.pk}/erase-contact/").status_code == 403


def test_a_missing_key_is_told_and_nothing_is_shown(cast: Any, caplog: Any) -> None:
    opinion, _code = known()
    SealedIdentity.objects.update(key_id="0123456789abcdef")
    desk = Client()
    desk.force_login(cast.office)
    answer = desk.post(f"/opinions/{opinion.pk}/reveal/", {"reason": "核实楼号"})
    assert answer.status_code == 422
    assert make.NAME not in answer.content.decode()
    assert actions.times_revealed(opinion) == 0
    assert opinion.number in caplog.text


def test_the_period_on_the_page_is_that_of_the_settings(client: Client, cast: Any) -> None:
    from consult.kit import parameters
    parameters.put("contact_retention", 77, since=make.TODAY, basis="测试", by=cast.office, at=make.AT - timedelta(hours=1))
    page = client.get("/say/").content.decode()
    assert page.count("77") >= 2
    assert "180" not in page
