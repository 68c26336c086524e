"""Handing in without an account, the receipt, how it stands; projects and surveys for everybody."""

import uuid
from typing import Any

import pytest
from django.test import Client

from consult.opinions.models import Opinion, SealedIdentity
from consult.opinions.states import OpinionState
from consult.surveys.models import Response
from tests import make


def said(**values: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "text": "小学名额不够，孩子要跨区上学。", "identity_mode": "anonymous", **values}


@pytest.fixture
def client(place: Any) -> Client:
    return Client()


def test_handing_in_shows_the_receipt_until_it_is_noted_down(client: Client, place: Any) -> None:
    page = client.post("/say/", said(project=place.project.pk, tags=["school"]), follow=True)
    assert page.redirect_chain == [("/say/receipt/", 302)]
    opinion = Opinion.objects.get()
    code = page.context["code"]
    assert opinion.number in page.content.decode()
    assert code in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert client.get("/say/receipt/").context["code"] == code
    assert code.replace(" ", "") not in str(dict(client.session))
    client.post("/say/receipt/")
    assert client.get("/say/receipt/").status_code == 302


def test_the_same_form_sent_twice_is_one_opinion(client: Client) -> None:
    form = said()
    first = client.post("/say/", form, follow=True).context["code"]
    assert client.post("/say/", form, follow=True).context["code"] == first
    assert Opinion.objects.count() == 1


@pytest.mark.parametrize(("wrong", "field"), [
    ({"text": ""}, "text"), ({"text": "长" * 1501}, "text"), ({"identity_mode": "cppcc_only", "name": "赵"}, "consent"),
    ({"identity_mode": "department"}, "share_with_department"),
])
def test_an_error_keeps_what_was_typed(client: Client, wrong: dict[str, Any], field: str) -> None:
    page = client.post("/say/", said(place="石桥路口", **wrong))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert "石桥路口" in page.content.decode()
    assert not Opinion.objects.exists()
    if "text" not in wrong:
        assert "小学名额不够" in page.content.decode()


def test_contact_with_consent_is_sealed(client: Client) -> None:
    client.post("/say/", said(identity_mode="cppcc_only", name=make.NAME, phone=make.PHONE, consent="on"))
    assert SealedIdentity.objects.count() == 1


def test_a_resident_finds_it_unless_anonymous(client: Client, cast: Any) -> None:
    client.force_login(cast.resident)
    client.post("/say/", said())
    client.post("/say/", said(identity_mode="cppcc_only"))
    assert list(Opinion.objects.order_by("id").values_list("resident", flat=True)) == [None, cast.resident.residency.pk]


def look_up(client: Client, number: str, code: str) -> Any:
    return client.post("/receipt/", {"number": number, "code": code})


def test_number_and_code_lead_to_how_it_stands(client: Client, cast: Any) -> None:
    opinion, code = make.handed_in()
    assert client.get("/receipt/status/").status_code == 302
    assert look_up(client, opinion.number, code)["Location"] == "/receipt/status/"
    page = client.get("/receipt/status/")
    assert opinion.text in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"
    client.post("/receipt/status/", {"text": "是三号楼。"})
    assert "是三号楼。" in client.get("/receipt/status/").content.decode()
    assert client.post("/receipt/status/", {"text": ""}).status_code == 422
    client.post("/receipt/finish/")
    assert client.get("/receipt/status/").status_code == 302


def test_after_half_an_hour_it_is_asked_for_again(client: Client) -> None:
    opinion, code = make.handed_in()
    look_up(client, opinion.number, code)
    session = client.session
    number, since, mark = session["receipt_opened"]
    session["receipt_opened"] = [number, since - 1801, mark]
    session.save()
    assert client.get("/receipt/status/").status_code == 302


def test_wrong_codes_say_nothing_and_then_stop(client: Client) -> None:
    opinion, code = make.handed_in()
    wrong = look_up(client, opinion.number, "1" * 12)
    unknown = look_up(client, "YJ2026-77777", "1" * 12)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.context["form"].errors == unknown.context["form"].errors
    for _ in range(9):
        look_up(client, opinion.number, "1" * 12)
    assert look_up(client, opinion.number, code).status_code == 429


def test_withdrawing_the_contact(client: Client) -> None:
    key = uuid.uuid4()
    make.named_opinion(key=key)
    opinion, code = make.handed_in(key=key)
    look_up(client, opinion.number, code)
    assert client.get("/receipt/erase/").status_code == 200
    client.post("/receipt/erase/")
    assert bytes(SealedIdentity.objects.get().sealed) == b""
    assert client.get("/receipt/status/").status_code == 200


def test_nobody_without_a_receipt(client: Client) -> None:
    for url in ("/receipt/status/", "/receipt/erase/"):
        assert client.get(url)["Location"] == "/receipt/"
        assert client.post(url, {"text": "x"})["Location"] == "/receipt/"


def test_projects_are_public(client: Client, cast: Any, place: Any) -> None:
    hidden = make.project(place.jurisdiction, place.subdistrict, public=False)
    text = client.get("/projects/").content.decode()
    assert place.project.name in text
    assert hidden.name not in text
    page = client.get(f"/projects/{place.project.pk}/")
    assert page.status_code == 200
    assert page.context["history"] is None
    assert client.get(f"/projects/{hidden.pk}/").status_code == 404
    assert client.get(f"/projects/{place.project.pk}/record-progress/").status_code in (302, 403)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_public_list_is_counted(client: Client, place: Any, rows: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(rows - 1):
        make.project(place.jurisdiction, place.subdistrict)
    with django_assert_max_num_queries(5):
        assert client.get("/projects/").content.decode().count("data-label") == rows * 5


def test_answering_a_survey(client: Client, cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project)
    page = client.get(f"/surveys/{survey.pk}/respond/")
    one, many, text = survey.questions.all()
    answers = {"key": str(page.context["form"]["key"].value()), f"q{one.pk}": one.choices.first().pk,
               f"q{many.pk}": [choice.pk for choice in many.choices.all()], f"q{text.pk}": "谢谢"}
    for _ in range(2):
        assert client.post(f"/surveys/{survey.pk}/respond/", answers).status_code == 302
    assert Response.objects.get().answers.count() == 5
    nothing = client.post(f"/surveys/{survey.pk}/respond/", {"key": str(uuid.uuid4())})
    assert nothing.status_code == 422


def test_results_only_after_closing(client: Client, cast: Any, place: Any) -> None:
    from consult.surveys import actions
    survey = make.survey(by=cast.office, project=place.project)
    for _ in range(6):
        make.filled_in(survey, one=0, text=make.PHONE)
    assert client.get(f"/surveys/{survey.pk}/").context["results"] is None
    actions.close(survey, by=cast.office, at=make.AT)
    page = client.get(f"/surveys/{survey.pk}/")
    assert page.context["results"].answered == 6
    assert page.context["texts"] == []


def test_the_status_page_in_every_state(client: Client, cast: Any) -> None:
    for state in OpinionState:
        if state not in (OpinionState.MERGED, OpinionState.RATED):
            key = uuid.uuid4()
            made = make.opinion(state, by=cast.office, key=key)
            _same, code = make.handed_in(key=key)
            look_up(client, made.number, code)
            assert made.number in client.get("/receipt/status/").content.decode()
