"""The screens of recommendations: drafted, endorsed, confirmed and revised by clicks; counted lists."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from tests import make
from tests.make_recommendations import WORDS

S = RecommendationState
MADE = (S.DRAFTED, S.CONFIRMED, S.WITHDRAWN, S.SUPERSEDED)


def form(place, **values):
    return {**WORDS, "lead": place.a.pk, "co_departments": [place.b.pk], "wanted_by": "2027-03-31", **values}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", MADE)
def test_page_opens_in_every_state(client, place, cast, state, language):
    one = make.recommendation(place, cast, state=state)
    verdicts = {"office": 200, "chair": 200, "member": 200, "cadre": 200, "expert": 200, "supervision": 404, "leader": 404,
                "clerk": 404, "resident": 404, "stranger": 404, "other_office": 404}
    for name, status in verdicts.items():
        client.force_login(getattr(cast, name))
        answer = client.get(reverse("recommendation", args=[one.pk]), headers={"accept-language": language})
        assert answer.status_code == status, name


def test_from_the_consultation_to_a_confirmed_text_by_clicks(client, place, cast):
    session = make.minuted_consultation(place, cast)
    client.force_login(cast.office)
    start = f"{reverse('recommendation.draft')}?consultation={session.pk}"
    page = client.get(start).content.decode()
    assert f'value="{session.pk}" selected' in page
    answer = client.post(start, form(place, consultation=session.pk, text="电话13812345678"))
    assert answer.status_code == 422
    assert client.post(start, form(place, consultation=session.pk)).status_code == 302
    one = Recommendation.objects.get()
    assert list(one.co_departments.all()) == [place.b]
    client.force_login(cast.member)
    assert client.post(reverse("recommendation.endorse", args=[one.pk]), {"note": "同意"}).status_code == 302
    assert client.post(reverse("recommendation.confirm", args=[one.pk])).status_code == 403
    client.force_login(cast.office)
    assert client.post(reverse("recommendation.confirm", args=[one.pk]), {"note": ""}).status_code == 302
    page = client.get(reverse("recommendation", args=[one.pk])).content.decode()
    assert "委员甲" in page
    assert f"{reverse('briefing.compile')}?recommendation={one.pk}" in page


def test_a_new_version_opens_and_names_the_old_one(client, place, cast):
    one = make.recommendation(place, cast)
    client.force_login(cast.office)
    url = reverse("recommendation.revise", args=[one.pk])
    assert WORDS["text"] in client.get(url).content.decode()
    answer = client.post(url, form(place, text="修订后的建议。"))
    new = Recommendation.objects.get(version=2)
    assert answer.url == reverse("recommendation", args=[new.pk])
    assert reverse("recommendation", args=[one.pk]) in client.get(answer.url).content.decode()


@pytest.mark.parametrize(("name", "user"), [("office:recommendations", "office"), ("members:recommendations", "member")])
def test_lists_ask_the_same_number_of_questions(client, place, cast, name, user):
    session = make.minuted_consultation(place, cast)
    client.force_login(getattr(cast, user))
    counts = []
    for wanted in (1, 3):
        while Recommendation.objects.count() < wanted:
            make.recommendation(place, cast, consultation=session)
        client.get(reverse(name))
        with CaptureQueriesContext(connection, ) as asked:
            page = client.get(reverse(name)).content.decode()
        counts.append(len(asked))
        assert page.count("JY2026-") >= wanted
    assert counts[0] == counts[1]


def test_the_list_is_narrowed(client, place, cast):
    one = make.recommendation(place, cast)
    other = make.recommendation(place, cast, consultation=one.consultation, state=S.DRAFTED, title="另一条", lead=place.b,
                                co_departments=[])
    client.force_login(cast.office)
    for query, found in (("state=drafted", other), (f"lead={place.b.pk}", other), ("q=按季", one)):
        page = client.get(f"{reverse('office:recommendations')}?{query}").content.decode()
        assert found.number in page
        assert ({one, other} - {found}).pop().number not in page
