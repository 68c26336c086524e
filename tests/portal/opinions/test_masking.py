"""Numbers of people in what was said are starred for everybody but the office, at the table and in ratings too."""

from typing import Any

import pytest
from django.test import Client

from consult.consultations import actions, rules
from consult.consultations.states import ConsultationState, Group
from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.evaluations.rules import comment_for
from tests import make
from tests.make_consultations import at_table, session_at

NUMBER = "13877770000"


def page(user: Any, url: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@pytest.mark.parametrize(("who", "reads"), [("office", True), ("chair", False), ("member", False), ("cadre", False),
                                            ("clerk", False), ("expert", False)])
def test_at_the_table(place: Any, cast: Any, who: str, reads: bool) -> None:
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION)
    actions.ask(made, asked_by=at_table(made, Group.PUBLIC), question=f"请打 {NUMBER}，何时发？", by=cast.member, at=session_at())
    words = page(getattr(cast, who), f"/consultations/{made.pk}/")
    assert "何时发？" in words
    assert (NUMBER in words) is reads
    assert (rules.veil(getattr(cast, who), made)(NUMBER) == NUMBER) is reads


def test_in_the_words_of_a_rating(place: Any, cast: Any) -> None:
    own = make.voice(place, resident=cast.resident.residency)
    task = make.invited(place, cast, opinions=[own])
    rating = Rating.objects.get(task=task, opinion=own)
    evaluations.give(rating, work="satisfied", result="dissatisfied", comment=f"打 {NUMBER}", by=cast.resident, at=make.AT)
    rating.refresh_from_db()
    told = {who: NUMBER in comment_for(getattr(cast, who), rating) for who in ("office", "resident", "chair", "clerk")}
    assert told == {"office": True, "resident": True, "chair": False, "clerk": False}
    assert NUMBER not in page(cast.chair, f"/ratings/{rating.pk}/")
