"""The office's list of what may come from a machine: looked at together, let through or set aside, nothing lost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from consult.kit.models import AuditEvent
from consult.opinions import actions
from consult.opinions.models import Opinion
from consult.opinions.states import Doubt, OpinionState
from portal.forms import quarantine
from tests import make

URL = "/office/quarantine/"


@pytest.fixture
def office(cast: Any) -> Client:
    client = Client()
    client.force_login(cast.office)
    return client


def doubtful(n: int, *doubts: Doubt, text: str = "优惠办卡请致电") -> list[Opinion]:
    return [make.handed_in(text=f"{text} 第{k}条", doubts=doubts or [Doubt.FAST])[0] for k in range(n)]


def states(*opinions: Opinion) -> list[str]:
    return [Opinion.objects.get(pk=one.pk).state for one in opinions]


def test_only_those_of_the_district_and_with_their_reasons(office: Client, cast: Any, place: Any) -> None:
    [one] = doubtful(1, Doubt.TRAP, Doubt.CROWD)
    make.handed_in(text="正常的意见")
    make.handed_in(text="外区的意见", jurisdiction=place.other, subdistrict=None, doubts=[Doubt.FAST])
    page = office.get(URL)
    words = page.content.decode()
    assert page.context["count"] == 1
    assert one.number in words
    assert "正常的意见" not in words
    assert "外区的意见" not in words
    for label in one.doubt_labels:
        assert escape(str(label)) in words


def test_the_whole_text_can_be_read_and_what_was_added(office: Client, cast: Any, place: Any) -> None:
    opinion, _code = make.handed_in(text="长" * 70 + "末尾<b>", place="石桥路口", doubts=[Doubt.FAST])
    actions.add_fact(opinion, text="我是本人<i>", at=make.AT)
    words = office.get(URL).content.decode()
    assert "末尾&lt;b&gt;" in words
    assert "我是本人&lt;i&gt;" in words
    assert "石桥路口" in words


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_is_counted(office: Client, rows: int) -> None:
    doubtful(rows)
    office.get(URL)
    with CaptureQueriesContext(connection) as one:
        assert office.get(URL).context["count"] == rows
    assert len(one) <= 14, [query["sql"] for query in one]


def test_those_chosen_go_to_triage(office: Client, cast: Any) -> None:
    first, second, third = doubtful(3)
    answer = office.post(URL, {"opinions": [first.pk, third.pk], "which": "chosen", "do": "admit", "reason": ""}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    assert states(first, second, third) == ["submitted", "quarantined", "submitted"]
    assert office.get("/office/opinions/").context["count"] == 2
    assert office.get(f"/opinions/{second.pk}/").status_code == 404


def test_all_that_the_filters_find_are_set_aside_and_others_are_left(office: Client, cast: Any) -> None:
    flood, other = doubtful(60), doubtful(2, Doubt.CROWD, text="过渡费没有到账")
    answer = office.post(f"{URL}?q=办卡&doubt=fast", {"which": "all", "do": "set_aside", "reason": "同一广告"}, follow=True)
    assert answer.redirect_chain[0][0].startswith(f"{URL}?q=")
    assert set(states(*flood)) == {OpinionState.SPAM}
    assert set(states(*other)) == {OpinionState.QUARANTINED}
    assert AuditEvent.objects.filter(verb="opinions.set_aside", data__reason="同一广告").count() == 60
    assert office.get(URL).context["count"] == 2
    spam = office.get(f"{URL}?state=spam&page=2")
    assert spam.context["count"] == 60
    assert len(spam.context["rows"]) == 10
    assert 'value="set_aside"' not in spam.content.decode()
    office.post(f"{URL}?state=spam", {"opinions": [flood[0].pk], "which": "chosen", "do": "admit"})
    assert states(*flood[:2]) == ["submitted", "spam"]


def test_at_most_so_many_at_once_the_oldest_first(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "AT_ONCE", 2)
    three = doubtful(3)
    office.post(URL, {"which": "all", "do": "admit"})
    assert states(*three) == ["submitted", "submitted", "quarantined"]


@pytest.mark.parametrize(("wrong", "field"), [
    ({"do": "set_aside", "reason": ""}, "reason"), ({"do": ""}, "do"), ({"do": "delete"}, "do"), ({"opinions": []}, "__all__"),
    ({"opinions": ["999999"]}, "opinions"), ({"opinions": ["x"]}, "opinions"), ({"which": "none"}, "which"),
    ({"reason": "【机密】"}, "reason"),
])
def test_an_error_is_told_and_the_ticks_stay(office: Client, wrong: dict[str, Any], field: str) -> None:
    one, two = doubtful(2)
    page = office.post(URL, {"opinions": [one.pk], "which": "chosen", "do": "admit", "reason": "理由", **wrong})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    words = page.content.decode()
    assert words.count(" checked>") + words.count(" checked ") >= ("opinions" not in wrong)
    assert states(one, two) == ["quarantined"] * 2
    if "opinions" not in wrong:
        assert f'value="{one.pk}"' in words.split(" checked></label>")[0].rpartition("<input")[2]
    if "reason" not in wrong:
        assert "理由" in words


def test_the_ones_of_another_district_cannot_be_named(office: Client, place: Any) -> None:
    foreign, _code = make.handed_in(jurisdiction=place.other, subdistrict=None, doubts=[Doubt.FAST])
    plain, _code = make.handed_in()
    for one in (foreign, plain):
        assert office.post(URL, {"opinions": [one.pk], "which": "chosen", "do": "set_aside", "reason": "x"}).status_code == 422
    assert states(foreign, plain) == ["quarantined", "submitted"]


def test_the_desk_says_how_many_wait(office: Client) -> None:
    def tile() -> list[Any]:
        return [one.number for one in office.get("/office/").context["tiles"] if one.url == URL]
    assert tile() == []
    doubtful(3)
    assert tile() == [3]
    assert URL in office.get("/office/opinions/").content.decode()


def test_lists_do_not_offer_states_they_never_hold(office: Client) -> None:
    choices = dict(office.get("/office/opinions/?filters=1").context["panel"].form.fields["state"].choices)
    assert "submitted" in choices
    assert "quarantined" not in choices
    assert "spam" not in choices
