"""The pages of opinions for those who work with them: lists counted, acts, the receipt to hand over, canaries."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.kit import audit
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from tests import make


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


LISTS = [("office", "/office/opinions/"), ("member", "/members/opinions/"), ("cadre", "/members/opinions/"),
         ("resident", "/residents/opinions/")]


@pytest.mark.parametrize(("who", "url"), LISTS)
def test_lists_are_counted(cast: Any, place: Any, who: str, url: str) -> None:
    asked = []
    for rows in (1, 3):
        while Opinion.objects.count() < rows:
            make.opinion(project=place.project, bearer=cast.member.membership, resident=cast.resident.residency)
        client = signed_in(getattr(cast, who))
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        assert len(page.context["rows"]) == rows
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_office_narrows_its_queue(cast: Any, place: Any) -> None:
    client = signed_in(cast.office)
    mine = make.opinion(project=place.project, text="学校太远", tags=["school"])
    make.opinion(OpinionState.KEPT, by=cast.office, text="路灯坏了")
    for query in ("state=submitted", f"project={place.project.pk}", "tag=school", "q=学校", f"q={mine.number}"):
        page = client.get(f"/office/opinions/?{query}")
        assert [row[0]["value"] for row in page.context["rows"]] == [mine.number], query
    assert len(client.get(f"/office/opinions/?subdistrict={place.subdistrict.pk}&channel=web&state=all").context["rows"]) == 2
    page = client.get("/office/opinions/")
    assert {str(tab[0]): tab[2] for tab in page.context["tabs"]} == {"": 1, "submitted": 1, "kept": 1, "all": None}


def test_others_have_no_search_in_the_words(cast: Any) -> None:
    make.named_opinion()
    client = signed_in(cast.cadre)
    assert len(client.get(f"/members/opinions/?q={make.PHONE}9").context["rows"]) == 1
    assert "q" not in client.get("/members/opinions/?filters=1").context["panel"].form.fields


@pytest.mark.parametrize("who", ["clerk", "clerk2", "supervision", "leader", "expert", "stranger", "sysadmin", "secadmin",
                                 "auditadmin", "other_office", "other_clerk", "lawyer"])
def test_who_may_not_know_gets_404(cast: Any, who: str) -> None:
    opinion = make.named_opinion(bearer=cast.member.membership)
    client = signed_in(getattr(cast, who))
    for path in ("", "accept/", "reveal/", "receipt/"):
        page = client.get(f"/opinions/{opinion.pk}/{path}", follow=True)
        assert page.status_code == 404
        assert make.PHONE not in page.content.decode()


def test_a_colleague_gets_403_and_the_reason(cast: Any) -> None:
    opinion = make.named_opinion(bearer=cast.member.membership)
    for who in ("member", "cadre", "chair"):
        for path in ("accept", "decline", "reveal", "note"):
            assert signed_in(getattr(cast, who)).get(f"/opinions/{opinion.pk}/{path}/").status_code == 403


def test_names_and_numbers_stay_with_the_office(cast: Any, place: Any) -> None:
    opinion = make.named_opinion(bearer=cast.member.membership, project=place.project)
    signed_in(cast.office).post(f"/opinions/{opinion.pk}/note/", {"text": f"已致电 {make.PHONE} {make.NAME}"})
    Client().post("/receipt/", {})
    for who, user in cast.roles().items():
        if who == "office":
            continue
        client = signed_in(user)
        for url in ("/desk/", "/notices/", "/office/opinions/", "/members/opinions/", f"/opinions/{opinion.pk}/",
                    f"/projects/{place.project.pk}/", f"/opinions/{opinion.pk}/add-fact/"):
            text = client.get(url, follow=True).content.decode()
            assert make.PHONE not in text, (who, url)
            if who != "chair":
                assert make.NAME not in text, (who, url)


@pytest.mark.parametrize(("verb", "form", "state"), [
    ("accept", {"message": "收到。"}, "accepted"), ("answer", {"message": "答复。"}, "answered"),
    ("keep", {"message": "留存。"}, "kept"), ("refer", {"outcome": "hotline", "message": ""}, "referred"),
    ("decline", {"reason": "empty", "message": ""}, "declined"),
])
def test_triage_by_clicks(cast: Any, verb: str, form: dict[str, str], state: str) -> None:
    opinion = make.opinion()
    client = signed_in(cast.office)
    page = client.get(f"/opinions/{opinion.pk}/")
    assert f"/opinions/{opinion.pk}/{verb}/" in page.content.decode()
    assert client.get(f"/opinions/{opinion.pk}/{verb}/").status_code == 200
    assert client.post(f"/opinions/{opinion.pk}/{verb}/", form).status_code == 302
    opinion.refresh_from_db()
    assert opinion.state == state
    assert opinion.messages.get().text
    assert client.get(f"/opinions/{opinion.pk}/").status_code == 200
    assert client.post(f"/opinions/{opinion.pk}/{verb}/", form).status_code in (422, 409)


def test_merging_from_the_similar_ones(cast: Any) -> None:
    main = make.opinion(text="小学名额不够，孩子要跨区上学")
    other = make.opinion(text="小学名额不够，接送太远")
    client = signed_in(cast.office)
    page = client.get(f"/opinions/{other.pk}/")
    assert [match.opinion for match in page.context["similar"]] == [main]
    merge = f"/opinions/{other.pk}/merge/"
    assert main.number in client.get(f"{merge}?into={main.number}").content.decode()
    assert client.post(merge, {"into": "YJ2026-99999"}).status_code == 422
    assert client.post(merge, {"into": main.number}).status_code == 302
    other.refresh_from_db()
    assert other.merged_into == main
    assert other.number in client.get(f"/opinions/{main.pk}/").content.decode()


def test_the_identity_is_shown_once_with_a_reason(cast: Any) -> None:
    opinion = make.named_opinion()
    client = signed_in(cast.office)
    reveal = f"/opinions/{opinion.pk}/reveal/"
    assert make.NAME not in client.get(f"/opinions/{opinion.pk}/").content.decode()
    assert client.post(reveal, {"reason": ""}).status_code == 422
    page = client.post(reveal, {"reason": "核实楼号"})
    assert make.NAME in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert audit.trail_of(opinion).filter(verb="opinions.reveal").count() == 1
    nothing_known = make.opinion()
    assert client.get(f"/opinions/{nothing_known.pk}/reveal/").status_code == 403


ENTERED = {"text": "有人来访说路口太暗。", "channel": "walk_in", "identity_mode": "anonymous"}


@pytest.mark.parametrize("who", ["office", "member", "cadre"])
def test_assisted_entry_hands_over_the_receipt_once(cast: Any, place: Any, who: str) -> None:
    client = signed_in(getattr(cast, who))
    assert client.get("/opinions/enter/").status_code == 200
    page = client.post("/opinions/enter/", {**ENTERED, "key": str(uuid.uuid4()), "subdistrict": place.subdistrict.pk},
                       follow=True)
    opinion = Opinion.objects.get()
    assert opinion.entered_by == getattr(cast, who)
    assert (opinion.bearer is not None) == (who == "member")
    slip = f"/opinions/{opinion.pk}/receipt/"
    assert page.redirect_chain[-1][0] == slip
    assert page.context["code"] in page.content.decode()
    assert client.post(slip)["Location"] == f"/opinions/{opinion.pk}/"
    assert client.get(slip).status_code == 302


def test_entering_is_not_for_others(cast: Any) -> None:
    for who in ("clerk", "leader", "supervision", "stranger", "resident", "expert"):
        assert signed_in(getattr(cast, who)).get("/opinions/enter/").status_code == 403


def test_a_resident_adds_to_the_own(cast: Any) -> None:
    opinion = make.opinion(resident=cast.resident.residency)
    client = signed_in(cast.resident)
    assert client.post(f"/opinions/{opinion.pk}/add-fact/", {"text": "补充：三号楼。"}).status_code == 302
    assert "补充：三号楼。" in client.get(f"/opinions/{opinion.pk}/").content.decode()


def test_the_office_keeps_projects_and_surveys(cast: Any, place: Any) -> None:
    client = signed_in(cast.office)
    for url in ("/office/projects/", "/office/surveys/", "/projects/new/", "/surveys/new/"):
        assert client.get(url).status_code == 200, url
    page = client.post("/projects/new/", {
        "name": "东坡片区", "subdistrict": place.subdistrict.pk, "land_kind": "state", "mode": "rebuild", "stage": "plan",
        "households": 80, "consent_threshold": 90, "signing_threshold": 90, "threshold_basis": "方案第八条", "public": "on"})
    assert page.status_code == 302
    here = page["Location"]
    told = {"measure": "signed", "numerator": 70, "denominator": 80, "as_of": "2026-11-20", "source": "周报"}
    assert client.post(f"{here}record-progress/", told).status_code == 302
    assert client.post(f"{here}record-progress/", told).status_code == 422
    assert client.post(f"{here}enter-stage/", {"stage": "decision", "entered_on": "2026-11-24"}).status_code == 302
    assert "87.5 %" in client.get(here).content.decode()
    page = client.post("/surveys/new/", {"project": place.project.pk, "title": "问卷", "purpose": "before", "invited": 0,
                                         "text1": "满意吗？", "kind1": "one", "choices1": "是\n否", **{
                                             f"kind{n}": "one" for n in range(2, 7)}})
    assert page.status_code == 302
    survey = page["Location"]
    assert client.post(f"{survey}open/").status_code == 302
    assert client.post(f"{survey}close/").status_code == 302
