"""Surveys: who runs them, answers without a name, counts that show nobody."""

import itertools
import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.surveys import actions, results, rules
from consult.surveys.models import Response, Survey
from consult.surveys.results import hide_small
from tests import make


def test_the_office_runs_it(cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project, opened=False)
    for who in ("member", "cadre", "clerk", "chair", "other_office", "resident"):
        with pytest.raises(Denied):
            make.survey(by=getattr(cast, who), project=place.project)
        with pytest.raises(Denied):
            actions.open(survey, by=getattr(cast, who), at=make.AT)
    actions.open(survey, by=cast.office, at=make.AT)
    with pytest.raises(WrongState):
        actions.open(survey, by=cast.office, at=make.AT)
    actions.close(survey, by=cast.office, at=make.AT)
    assert survey.state == "closed"


def test_who_sees_it(cast: Any, place: Any) -> None:
    draft = make.survey(by=cast.office, project=place.project, opened=False)
    assert {name for name, user in cast.roles().items() if draft in rules.visible_to(user)} == {"office", "chair"}
    actions.open(draft, by=cast.office, at=make.AT)
    assert draft in rules.visible_to(AnonymousUser())
    hidden = make.survey(by=cast.office, project=make.project(place.jurisdiction, place.subdistrict, public=False))
    assert hidden not in rules.visible_to(AnonymousUser())
    with pytest.raises(Denied):
        make.filled_in(hidden, one=0)


@pytest.mark.parametrize("questions", [
    [], [{"text": " ", "kind": "text"}], [{"text": "问", "kind": "one", "choices": ["只有一个"]}],
    [{"text": "问", "kind": "many", "choices": ["甲", "甲"]}], [{"text": "问", "kind": "text", "choices": ["甲"]}],
    [{"text": "问", "kind": "guess"}],
])
def test_questions_must_make_sense(cast: Any, place: Any, questions: list[Any]) -> None:
    with pytest.raises(ValidationError):
        make.survey(by=cast.office, project=place.project, questions=questions)
    assert not Survey.objects.exists()


def test_one_key_counts_once(cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project)
    question = survey.questions.first()
    said: Any = {question.pk: question.choices.first()}
    key = uuid.uuid4()
    first = actions.respond(survey, answers=said, key=key, at=make.AT)
    assert actions.respond(survey, answers=said, key=key, at=make.AT) == first
    assert Response.objects.count() == 1


def test_wrong_answers(cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project, closes_on=make.AT.date())
    one, many, text = survey.questions.all()
    foreign = many.choices.first()
    for answers in ({}, {one.pk: foreign}, {one.pk: list(one.choices.all())}, {text.pk: "长" * 501}):
        with pytest.raises(ValidationError):
            actions.respond(survey, answers=answers, key=uuid.uuid4(), at=make.AT)
    with pytest.raises(WrongState):
        actions.respond(survey, answers={text.pk: "晚"}, key=uuid.uuid4(), at=make.AT + timedelta(days=1))
    actions.close(survey, by=cast.office, at=make.AT)
    with pytest.raises(WrongState):
        make.filled_in(survey, one=0)


def test_fewer_than_five_show_nothing(cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project)
    for _ in range(4):
        make.filled_in(survey, one=0)
    found = results.results(survey)
    assert not found.enough
    assert found.tallies == ()


def test_counts_with_the_response_rate(cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project)
    for n in range(20):
        make.filled_in(survey, one=0 if n < 12 else 1, many=(0,) if n < 10 else (0, 1) if n < 12 else (),
                       text=f"电话 {make.PHONE}" if n < 6 else "")
    found = results.results(survey)
    assert (found.answered, found.rate) == (20, 50)
    one, many, text = found.tallies
    assert [cell.count for cell in one.cells] == [12, 8, 0, 0]
    assert [cell.count for cell in many.cells] == [12, None, 0]
    assert text.written == 6
    assert all(make.PHONE not in words for words in results.texts(survey, text.question))


def worked_out(shown: list[int | None], total: int) -> bool:
    """Could somebody who knows the total and the way of hiding tell one of the hidden counts?"""
    gaps = [at for at, n in enumerate(shown) if n is None]
    left = total - sum(n for n in shown if n is not None)
    fits = []
    for tried in itertools.product(range(left + 1), repeat=len(gaps)):
        if sum(tried) == left:
            full = list(shown)
            for at, n in zip(gaps, tried, strict=True):
                full[at] = n
            if hide_small([n or 0 for n in full]) == shown:
                fits.append(tried)
    return any(len({tried[n] for tried in fits}) == 1 for n in range(len(gaps)))


def test_hidden_counts_cannot_be_worked_out() -> None:
    dice = random.Random(5)
    for _ in range(300):
        counts = [dice.choice([0, 1, 2, 3, 4, 5, 6, 9, 14]) for _ in range(dice.choice([2, 3, 4]))]
        if sum(counts) < 5:
            continue
        shown = hide_small(counts)
        assert not any(n is not None and 0 < n < 5 for n in shown)
        assert not worked_out(shown, sum(counts)), (counts, shown)
