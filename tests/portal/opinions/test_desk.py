"""The triage desk on its pages: the queue, the case beside it, several at once, colleagues, split, taken back, own words."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.kit import parameters
from consult.opinions import actions, claims, letters, splitting
from consult.opinions.models import Claim, Opinion, TriageTemplate
from consult.opinions.states import OpinionState
from consult.topics.models import Topic
from portal.kit import receipts
from tests import make

S = OpinionState
DESK = "/office/opinions/"
TWO = "过渡费三个月没有到账。楼下路灯也坏了。"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def numbers(page: Any) -> list[str]:
    return [row.number for row in page.context["page"]["rows"]]


def colleague(place: Any) -> Any:
    return make.appointed("office2", "李干事", "cppcc_office", place.jurisdiction)


# --- the queue ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [DESK, "/office/opinions/{pk}/", "/office/words/"])
def test_lists_are_counted(cast: Any, place: Any, url: str) -> None:
    client, asked = signed_in(cast.office), []
    for rows in (1, 3):
        while Opinion.objects.count() < rows:
            one = make.opinion(project=place.project)
            by: dict[str, Any] = {"by": cast.office, "at": make.AT}
            letters.write(jurisdiction=place.jurisdiction, outcome="keep", name=one.number, text="留存。", **by)
            claims.take_up(one, **by)
        path = url.format(pk=Opinion.objects.earliest("pk").pk)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path)
        assert len(page.context["rows"]) == rows
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_oldest_that_wait_come_first(cast: Any) -> None:
    new, old, kept = make.opinion(), make.opinion(at=make.AT - timedelta(days=9)), make.opinion(S.KEPT, by=cast.office)
    client = signed_in(cast.office)
    page = client.get(DESK)
    assert numbers(page) == [old.number, new.number]
    assert "overdue" in page.content.decode() or "逾期" in page.content.decode()
    assert numbers(client.get(f"{DESK}?state=kept")) == [kept.number]
    assert numbers(client.get(f"{DESK}?state=all")) == [kept.number, new.number, old.number]
    assert numbers(client.get(f"{DESK}?sort=-submitted_at")) == [new.number, old.number]


def test_the_filters_of_the_office(cast: Any, place: Any) -> None:
    mine, other = make.opinion(community=place.community, channel="phone"), make.opinion(
        at=make.AT - timedelta(days=9), identity_mode="anonymous", tags=["school"])
    claims.open_for(mine, by=cast.office, at=make.AT)
    client = signed_in(cast.office)
    for query in (f"community={place.community.pk}", "channel=phone", "identity=cppcc_only", "submitted_after=2026-11-20",
                  f"hands={cast.office.pk}"):
        assert numbers(client.get(f"{DESK}?{query}")) == [mine.number], query
    for query in ("identity=anonymous", "submitted_before=2026-11-20", "tag=school", "hands=nobody"):
        assert numbers(client.get(f"{DESK}?{query}")) == [other.number], query
    assert f"{mine.number}" in client.get(f"{DESK}?hands={cast.office.pk}").content.decode()


def test_the_case_stands_beside_the_queue(cast: Any) -> None:
    one, two, three = (make.opinion(at=make.AT - timedelta(days=day), tags=["site"]) for day in (3, 2, 1))
    make.opinion(at=make.AT - timedelta(days=2), tags=["school"])
    client = signed_in(cast.office)
    page = client.get(f"{DESK}{two.pk}/?tag=site")
    assert page.context["before"] == f"{DESK}{one.pk}/?tag=site"
    assert page.context["after"] == f"{DESK}{three.pk}/?tag=site"
    assert page.context["list_url"] == f"{DESK}?tag=site"
    part = client.get(f"{DESK}{two.pk}/?tag=site", headers={"HX-Request": "true", "HX-Target": "case"})
    assert part.headers["HX-Push-Url"] == f"{DESK}{two.pk}/?tag=site"
    assert "<html" not in part.content.decode()
    assert two.number in part.content.decode()


def test_decided_on_the_desk_the_next_one_follows(cast: Any) -> None:
    one, two = (make.opinion(at=make.AT - timedelta(days=day), tags=["site"]) for day in (3, 2))
    client = signed_in(cast.office)
    page = client.get(f"{DESK}{one.pk}/?tag=site").content.decode()
    act = html.unescape(re.search(r'href="([^"]*/keep/[^"]*)"', page)[1])
    assert act == f"/opinions/{one.pk}/keep/?desk=tag%3Dsite"
    form = client.get(act)
    assert f'href="{DESK}{one.pk}/?tag=site"' in form.content.decode()
    done = client.post(act, {"message": "已留存。"}, follow=True)
    assert [url for url, _code in done.redirect_chain] == [f"{DESK}{one.pk}/next/?tag=site", f"{DESK}{two.pk}/?tag=site"]
    last = client.post(f"/opinions/{two.pk}/keep/?desk=tag%3Dsite", {"message": "已留存。"}, follow=True)
    assert last.redirect_chain[-1][0] == f"{DESK}?tag=site"
    assert client.post(f"/opinions/{two.pk}/take-back/?desk=tag%3Dsite", {
        "reason": "错了", "message": "重新处理。"})["Location"] == f"{DESK}{two.pk}/?tag=site"


# --- several at once ------------------------------------------------------------------------------------------------


def ask(client: Client, verb: str, *opinions: Opinion, back: str = "tag=transition_fee&page=1", **more: str) -> Any:
    return client.get(f"{DESK}many/", {"verb": verb, "opinion": [one.pk for one in opinions], "back": back, **more})


def sent(page: Any, **said: str) -> dict[str, str]:
    """What the guarding page sends when the clerk agrees."""
    hidden = dict(re.findall(r'<input type="hidden" name="(verb|opinion|back)" value="([^"]*)"', page.content.decode()))
    message = page.context["form"].initial.get("message", "")
    return {**{name: html.unescape(value) for name, value in hidden.items()}, "message": message, **said}


@pytest.mark.parametrize(("verb", "said", "state"), [
    ("accept", {}, S.ACCEPTED), ("keep", {}, S.KEPT), ("decline", {"reason": "empty", "message": ""}, S.DECLINED),
    ("refer", {"outcome": "hotline", "message": ""}, S.REFERRED), ("answer", {"message": "每季度首月发放。"}, S.ANSWERED)])
def test_many_are_asked_about_and_then_decided(cast: Any, verb: str, said: dict[str, str], state: str) -> None:
    one, two, left = make.opinion(), make.opinion(), make.opinion()
    client = signed_in(cast.office)
    page = ask(client, verb, one, two)
    assert page.status_code == 200
    assert page.context["n"] == 2
    assert one.number in page.content.decode()
    assert {row.state for row in Opinion.objects.all()} == {S.SUBMITTED}  # asking does nothing
    done = client.post(f"{DESK}many/", sent(page, **said), follow=True)
    assert done.redirect_chain[-1][0] == f"{DESK}many/done/"
    assert done.context["back"] == f"{DESK}?tag=transition_fee&page=1"
    assert [row.state for row in Opinion.objects.order_by("pk")] == [state, state, S.SUBMITTED]
    assert one.messages.get().text
    assert left.number not in done.content.decode()


def test_all_that_match_are_those_that_were_shown(cast: Any) -> None:
    mine = [make.opinion(tags=["site"]) for _ in range(3)]
    make.opinion(tags=["school"])
    client = signed_in(cast.office)
    page = ask(client, "keep", back="tag=site", all="1")
    late = make.opinion(tags=["site"])
    done = client.post(f"{DESK}many/", sent(page), follow=True)
    assert {number for _pk, number in done.context["done"]} == {one.number for one in mine}
    late.refresh_from_db()
    assert late.state == S.SUBMITTED


def test_many_have_an_end(cast: Any) -> None:
    parameters.put("opinion_bulk_max", 2, since=make.TODAY, basis="试验", by=cast.sysadmin, at=make.AT)
    first, second, _third = (make.opinion(at=make.AT - timedelta(days=day)) for day in (3, 2, 1))
    page = ask(signed_in(cast.office), "keep", back="", all="1")
    assert page.context["ids"] == f"{first.pk},{second.pk}"
    assert page.context["limited"]


def test_what_is_refused_is_said_row_by_row(cast: Any, place: Any) -> None:
    good, gone, held = make.opinion(), make.opinion(S.ANSWERED, by=cast.office), make.opinion()
    claims.open_for(held, by=colleague(place), at=make.AT)
    client = signed_in(cast.office)
    page = ask(client, "keep", good, gone, held)
    assert [one.number for one in page.context["closed"]] == [gone.number]
    done = client.post(f"{DESK}many/", sent(page), follow=True)
    assert [number for _pk, number in done.context["done"]] == [good.number]
    assert [number for _pk, number, _why in done.context["refused"]] == [gone.number, held.number]
    assert "李干事" in done.content.decode()


def test_wrong_input_keeps_what_was_typed(cast: Any) -> None:
    one = make.opinion()
    client = signed_in(cast.office)
    page = client.post(f"{DESK}many/", {**sent(ask(client, "decline", one)), "message": "我写的话"})
    assert page.status_code == 422
    assert "我写的话" in page.content.decode()
    assert page.context["ids"] == str(one.pk)


def test_first_words_are_no_answer(cast: Any) -> None:
    one = make.opinion()
    client = signed_in(cast.office)
    for url, page in ((f"/opinions/{one.pk}/answer/", client.get(f"/opinions/{one.pk}/answer/")),
                      (f"{DESK}many/", ask(client, "answer", one))):
        words = page.context["form"]["message"].value()
        assert client.post(url, {**sent(page), "message": words}).status_code == 422


def test_merged_into_one(cast: Any) -> None:
    lead, two, three = (make.opinion() for _ in range(3))
    client = signed_in(cast.office)
    page = ask(client, "merge", lead, two, three)
    assert "{number}" in page.context["form"].initial["message"]
    done = client.post(f"{DESK}many/", sent(page, into=lead.number), follow=True)
    assert len(done.context["done"]) == 2
    assert [number for _pk, number, _why in done.context["refused"]] == [lead.number]
    two.refresh_from_db()
    assert two.merged_into == lead
    assert lead.number in two.messages.get().text
    assert client.post(f"{DESK}many/", sent(page, into="YJ2026-99999")).status_code == 422


def test_a_topic_opened_with_them_and_another_added(cast: Any, place: Any) -> None:
    one, two, gone = make.opinion(project=place.project), make.opinion(), make.opinion(S.ANSWERED, by=cast.office)
    client = signed_in(cast.office)
    page = ask(client, "topic", one, two, gone)
    assert page.context["form"].initial["project"] == place.project.pk
    facts = {"title": "过渡费如何按时发放", "kind": "policy", "project": place.project.pk, "stage": "signing",
             "focus": "过渡费由谁在哪一天发放到户", "priority": 2, "priority_reason": "多人反映", "planned_on": "2026-12-10",
             "finish_on": "2026-12-30"}
    assert client.post(f"{DESK}many/", sent(page)).status_code == 422
    done = client.post(f"{DESK}many/", sent(page, **facts), follow=True)
    topic = Topic.objects.get()
    assert {voice.opinion for voice in topic.voices.all()} == {one, two}
    assert [number for _pk, number, _why in done.context["refused"]] == [gone.number]
    assert topic.title in one.messages.get().text
    three = make.opinion()
    client.post(f"{DESK}many/", sent(ask(client, "into_topic", three), topic=topic.pk, message="已并入“{title}”。"))
    assert three.messages.get().text == f"已并入“{topic.title}”。"


def test_all_of_them_taken_back(cast: Any) -> None:
    one, two = make.opinion(), make.opinion()
    client = signed_in(cast.office)
    done = client.post(f"{DESK}many/", sent(ask(client, "keep", one, two)), follow=True)
    page = client.post(f"{DESK}many/", {"verb": "take_back", "opinion": done.context["ids"], "back": "", "ask": "1"})
    assert page.context["n"] == 2
    assert {row.state for row in Opinion.objects.all()} == {S.KEPT}
    assert client.post(f"{DESK}many/", sent(page)).status_code == 422  # without a reason
    client.post(f"{DESK}many/", sent(page, reason="选错了"))
    assert {row.state for row in Opinion.objects.all()} == {S.SUBMITTED}


def test_nobody_is_decided_from_another_district(cast: Any) -> None:
    one = make.opinion()
    page = ask(signed_in(cast.other_office), "keep", one)
    assert page["Location"] == f"{DESK}?tag=transition_fee&page=1"
    for who in ("chair", "member", "clerk", "cadre", "resident", "sysadmin"):
        client = signed_in(getattr(cast, who))
        assert ask(client, "keep", one).status_code == 403
        assert client.post(f"{DESK}many/", {"verb": "keep", "opinion": one.pk, "message": "留存。"}).status_code == 403
    assert Opinion.objects.get().state == S.SUBMITTED


# --- colleagues -----------------------------------------------------------------------------------------------------


def test_a_colleague_sees_who_has_it_and_takes_over_with_one_click(cast: Any, place: Any) -> None:
    opinion, other = make.opinion(), colleague(place)
    signed_in(cast.office).get(f"/opinions/{opinion.pk}/")
    client = signed_in(other)
    for url in (DESK, f"{DESK}{opinion.pk}/", f"/opinions/{opinion.pk}/"):
        page = client.get(url)
        assert page.status_code == 200
        assert cast.office.name in page.content.decode(), url
    answer = client.post(f"/opinions/{opinion.pk}/keep/", {"message": "我写的话"})
    assert answer.status_code == 422
    assert "我写的话" in answer.content.decode()
    assert "take_over" in answer.context["form"].fields
    assert client.post(f"/opinions/{opinion.pk}/take-up/").status_code == 302
    assert Claim.objects.get().by == other
    assert client.post(f"/opinions/{opinion.pk}/keep/", {"message": "我写的话"}).status_code == 302


def test_taken_over_with_the_decision(cast: Any, place: Any) -> None:
    opinion = make.opinion()
    claims.open_for(opinion, by=cast.office, at=make.AT)
    client = signed_in(colleague(place))
    assert client.post(f"/opinions/{opinion.pk}/keep/", {"message": "留存。", "take_over": "on"}).status_code == 302
    opinion.refresh_from_db()
    assert opinion.state == S.KEPT


def test_readers_outside_the_office_take_nothing_in_hand(cast: Any) -> None:
    opinion = make.opinion(bearer=cast.member.membership)
    for who in ("member", "chair", "cadre"):
        assert signed_in(getattr(cast, who)).get(f"/opinions/{opinion.pk}/").status_code == 200
    assert not Claim.objects.exists()


def test_what_came_in_between_is_said_once(cast: Any) -> None:
    opinion = make.opinion()
    client, url = signed_in(cast.office), f"/opinions/{opinion.pk}/decline/"
    seen = client.get(url).context["form"]["seen"].value()
    actions.add_fact(opinion, text="补充：三号楼。", at=make.AT)
    page = client.post(url, {"reason": "empty", "message": "我写的话", "seen": seen})
    assert page.status_code == 422
    assert "我写的话" in page.content.decode()
    seen = page.context["form"]["seen"].value()
    assert client.post(url, {"reason": "empty", "message": "我写的话", "seen": seen}).status_code == 302


def test_what_a_colleague_decided_is_said_and_nothing_typed_is_lost(cast: Any, place: Any) -> None:
    opinion = make.opinion()
    client, url = signed_in(cast.office), f"/opinions/{opinion.pk}/decline/"
    seen = client.get(url).context["form"]["seen"].value()
    actions.keep(opinion, message="留存。", by=colleague(place), at=make.AT + timedelta(minutes=20))
    page = client.post(url, {"reason": "empty", "message": "我写的话", "seen": seen})
    assert page.status_code == 422
    assert "李干事" in page.content.decode()
    assert "我写的话" in page.content.decode()


# --- split, taken back, own words -----------------------------------------------------------------------------------


def test_split_by_ticking_sentences(cast: Any) -> None:
    first, _code = make.handed_in(text=TWO)
    client, url = signed_in(cast.office), f"/opinions/{first.pk}/split/"
    page = client.get(url)
    assert "楼下路灯也坏了。" in page.content.decode()
    message = page.context["form"]["message"].value()
    assert client.post(url, {"message": message}).status_code == 422
    assert client.post(url, {"chosen": ["0", "1"], "message": message}).status_code == 422
    assert client.post(url, {"chosen": ["1"], "message": message})["Location"] == f"/opinions/{first.pk}/"
    second = first.parts.get()
    page = client.get(f"/opinions/{first.pk}/").content.decode()
    assert TWO in page
    assert second.number in page
    assert first.number in client.get(f"/opinions/{second.pk}/").content.decode()


def test_one_receipt_opens_both_matters(cast: Any) -> None:
    first = make.named_opinion(text=TWO)
    code = receipts.receipts.code_for(first.key)
    second = splitting.split(first, chosen=[1], message="分开办理：{number}。", by=cast.office, at=make.AT)
    stranger, visitor = make.opinion(), Client()
    assert visitor.post("/receipt/", {"number": first.number, "code": code}).status_code == 302
    page = visitor.get("/receipt/status/").content.decode()
    assert second.number in page
    assert visitor.post(f"/receipt/other/{stranger.pk}/").status_code == 404
    assert visitor.post(f"/receipt/other/{second.pk}/").status_code == 302
    page = visitor.get("/receipt/status/")
    assert page.context["opinion"] == second
    assert page.context["identity"] is not None  # the one name both were handed in with
    assert visitor.post(f"/receipt/other/{first.pk}/").status_code == 302
    assert visitor.get("/receipt/status/").context["opinion"] == first
    assert Client().post(f"/receipt/other/{second.pk}/")["Location"] == "/receipt/"


def test_taken_back_by_clicks(cast: Any) -> None:
    opinion = make.opinion(S.DECLINED, by=cast.office)
    client, url = signed_in(cast.office), f"/opinions/{opinion.pk}/take-back/"
    assert url in client.get(f"/opinions/{opinion.pk}/").content.decode()
    message = client.get(url).context["form"]["message"].value()
    assert client.post(url, {"reason": "", "message": message}).status_code == 422
    assert client.post(url, {"reason": "看错了", "message": message}).status_code == 302
    page = client.get(f"/opinions/{opinion.pk}/").content.decode()
    assert "看错了" in page
    assert url not in page


def test_the_words_of_the_office_are_offered(cast: Any, place: Any) -> None:
    client = signed_in(cast.office)
    assert client.post("/office/words/begin/").status_code == 302
    kept = TriageTemplate.objects.get(outcome="keep")
    here = f"/opinions/words/{kept.pk}/"
    said = {"outcome": "keep", "name": "一般", "text": "我们记下了。", "order": "0", "active": "on"}
    assert client.get(f"{here}change/").context["form"]["text"].value() == kept.text
    assert client.post(f"{here}change/", said)["Location"] == "/office/words/"
    another = {**said, "name": "另一", "text": "下次协商时再读。", "order": "1"}
    assert client.post("/office/words/new/", another).status_code == 302
    assert client.post("/office/words/new/", {**said, "name": "另一"}).status_code == 422
    opinion = make.opinion()
    form = client.get(f"/opinions/{opinion.pk}/keep/").context["form"]
    assert form["message"].value() == "我们记下了。"
    assert [words for _code, _name, words in form.letters()] == ["我们记下了。", "下次协商时再读。"]
    other = form.letters()[1][0]
    client.post(f"/opinions/{opinion.pk}/keep/", {"template": other, "message": "我们记下了。"})  # without the script
    assert opinion.messages.get().text == "下次协商时再读。"
    second = make.opinion()
    client.post(f"/opinions/{second.pk}/keep/", {"template": other, "message": "自己写的。"})
    assert second.messages.get().text == "自己写的。"
