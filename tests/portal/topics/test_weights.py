"""The weights on the office's desk: what would change is seen first, and nothing holds before it is saved."""

import pytest
from django.urls import reverse

from consult.kit.models import AuditEvent
from consult.topics import priority
from consult.topics.models import Weighting
from tests import make

URL = "/office/weights/"
NEW = {"voices": 1, "matter": 5, "stage": 0, "signing": 1, "age": 1, "normal_from": 2, "high_from": 4, "since": "2026-11-24",
       "basis": "主席会议纪要〔2026〕9号"}


@pytest.fixture
def office(client, cast):
    client.force_login(cast.office)
    return client


@pytest.fixture
def waiting(place, cast):
    facts = {"state": "drafted", "stage": "survey"}
    school = [make.voice(place, f"学校什么时候建之{n}", tags=["school"]) for n in range(5)]
    return (make.topic(place, cast, opinions=school, title="学校何时建", **facts),
            make.topic(place, cast, opinions=[make.voice(place)], title="过渡费何时发", **facts))


def said(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_says_what_each_weight_means_and_how_the_order_is(office, waiting):
    page = said(office.get(URL, headers={"accept-language": "en"}))
    for meaning in priority.MEANING.values():
        assert str(meaning) in page
    assert page.index("学校何时建") < page.index("过渡费何时发")
    assert "5 people spoke of it" in page and "2 steps × weight 1 = 2 points" in page
    assert 'name="do" value="save"' not in page


def test_a_preview_shows_the_new_order_and_saves_nothing(office, waiting):
    page = said(office.post(URL, NEW | {"do": "preview"}, headers={"accept-language": "en"}))
    assert page.index("过渡费何时发") < page.index("学校何时建")
    assert "Nothing has been saved yet" in page and "was 2" in page and "1 step × weight 5 = 5 points" in page
    assert 'name="do" value="save"' in page and NEW["basis"] in page
    assert not Weighting.objects.exists()


def test_what_is_saved_holds_is_told_and_is_on_record(office, cast, place, waiting):
    assert office.post(URL, NEW | {"do": "save"}).status_code == 302
    assert priority.weights(place.jurisdiction, make.TODAY).matter == 5
    page = said(office.get(URL, headers={"accept-language": "en"}))
    assert "valid from" in page and NEW["basis"] in page and str(cast.office) in page
    event = AuditEvent.objects.get(verb="topics.set_weights")
    assert (event.actor, event.data["matter"], event.data["basis"]) == (cast.office, 5, NEW["basis"])
    topic = said(office.get(reverse("topic", args=[waiting[1].pk]), headers={"accept-language": "en"}))
    assert "it touches homes, money or safety" in topic and "1 step × weight 5 = 5 points" in topic and URL in topic


@pytest.mark.parametrize("do", ["preview", "save"])
@pytest.mark.parametrize(("changes", "field"), [
    ({"basis": ""}, "basis"), ({"since": "2026-11-23"}, "since"), ({"voices": "12"}, "voices"), ({"high_from": "2"}, "high_from"),
    ({"age": "x"}, "age")])
def test_wrong_weights_come_back_with_what_was_typed(office, waiting, do, changes, field):
    answer = office.post(URL, NEW | changes | {"do": do})
    page = said(answer, 422)
    assert field in answer.context["form"].errors
    assert 'value="5"' in page
    assert not Weighting.objects.exists()


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_asks_as_much_for_more_topics(office, place, cast, waiting, more, django_assert_max_num_queries):
    for _n in range(more):
        make.topic(place, cast, state="drafted")
    said(office.get(URL))
    with django_assert_max_num_queries(16):
        said(office.get(URL))
