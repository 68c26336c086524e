"""A survey on paper: each sheet has a number, is copied by hand and counted once; a wrong one is taken out, with a reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from consult.kit import audit
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.models import Subdistrict
from consult.surveys import actions, entering, results, serials, sheet
from consult.surveys.models import Response, Survey
from tests import make

LATER = make.AT + timedelta(days=30)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def survey(cast: Any, place: Any) -> Survey:
    """Open, with ten numbered sheets."""
    made = make.survey(by=cast.office, project=place.project, closes_on=make.TODAY)
    entering.number_sheets(made, number=10, by=cast.cadre, at=make.AT)
    return made


def number(survey: Survey, place: int) -> str:
    return serials.written(survey.pk, place)


def counts(survey: Survey) -> int:
    return survey.responses.counted().count()


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("survey", [1, 12, 4711])
def test_a_number_is_read_as_it_is_typed(survey: int) -> None:
    for place in (1, 9, 37, 512, 9999):
        told = serials.written(survey, place)
        whole, middle, check = told.split("-")
        for typed in (told, told.replace("-", " "), f"No. {told}", told.replace("-", "－"), f"{middle}-{check}",
                      f"{middle}{check}", f"{whole}{middle}{check}", f"{place}-{check}",
                      told.translate({48 + n: 0xFF10 + n for n in range(10)})):
            assert serials.read(survey, typed) == place, typed


def test_one_wrong_digit_is_found() -> None:
    told = serials.written(12, 37)
    for at in (3, 4, 5, 6, 8):
        for digit in "0123456789":
            if digit != told[at]:
                with pytest.raises(ValidationError):
                    serials.read(12, told[:at] + digit + told[at + 1:])


@pytest.mark.parametrize("typed", ["", "-", "abc", "7", "1-2-3-4", "12-0037", "9" * 39, "-".join("1" * 20), "二十"])
def test_what_is_no_number_is_told(typed: str) -> None:
    with pytest.raises(ValidationError):
        serials.read(12, typed)


def test_a_sheet_of_another_survey_is_told() -> None:
    with pytest.raises(ValidationError, match="another survey"):
        serials.read(12, serials.written(13, 37))


# --- entering -----------------------------------------------------------------------------------------------------


def test_who_copies_sheets(cast: Any, place: Any, survey: Survey) -> None:
    allowed = {"office", "member", "lawyer", "cadre"}
    for name, user in cast.roles().items():
        if name in allowed:
            assert make.on_paper(survey, by=user).entered_by == user
        else:
            for act in (lambda user=user: make.on_paper(survey, by=user),
                        lambda user=user: entering.number_sheets(survey, number=1, by=user, at=make.AT)):
                with pytest.raises(Denied):
                    act()
    street = Subdistrict.objects.create(name="东舍街道", jurisdiction=place.jurisdiction)
    elsewhere = make.survey(by=cast.office, project=make.project(place.jurisdiction, street))
    with pytest.raises(Denied):
        make.on_paper(elsewhere, by=cast.cadre)


def test_a_sheet_counts_once(cast: Any, survey: Survey) -> None:
    made = make.on_paper(survey, by=cast.cadre, number=number(survey, 3), text="电费请公开。")
    assert (made.channel, made.serial, made.entered_by) == ("paper", 3, cast.cadre)
    with pytest.raises(ValidationError, match="entered already") as refused:
        make.on_paper(survey, by=cast.office, number=number(survey, 3))
    assert "serial" in refused.value.error_dict
    assert counts(survey) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(survey=survey, key=uuid4(), answered_on=make.TODAY, channel="paper", serial=3,
                                entered_by=cast.office)
    assert [event.verb for event in audit.trail_of(made)] == ["surveys.enter"]


def test_the_same_key_gives_the_same_sheet(cast: Any, survey: Survey) -> None:
    question = survey.questions.first()
    said: dict[str, Any] = {"serial": number(survey, 1), "answers": {question.pk: question.choices.first()}, "key": uuid4(),
                            "by": cast.cadre, "at": make.AT}
    assert entering.enter(survey, **said) == entering.enter(survey, **said)
    assert counts(survey) == 1


@pytest.mark.parametrize("nth", [0, 11, 500])
def test_a_sheet_that_was_not_printed_is_no_sheet(cast: Any, survey: Survey, nth: int) -> None:
    with pytest.raises(ValidationError, match="No sheet with this number"):
        make.on_paper(survey, by=cast.cadre, number=number(survey, nth))


def test_a_sheet_without_a_number_gets_the_next(cast: Any, survey: Survey) -> None:
    first, second = (make.on_paper(survey, by=cast.cadre) for _ in range(2))
    assert (first.serial, second.serial) == (11, 12)
    assert entering.files(survey) == [(1, 10)]  # nobody prints their numbers again
    with pytest.raises(ValidationError):
        make.on_paper(survey, by=cast.cadre, number=number(survey, 11))


def test_nothing_is_kept_of_an_empty_sheet(cast: Any, survey: Survey) -> None:
    with pytest.raises(ValidationError):
        make.on_paper(survey, by=cast.cadre, one=None)
    survey.refresh_from_db()
    assert (counts(survey), survey.sheets) == (0, 10)


def test_sheets_come_in_after_the_last_day_until_it_is_closed(cast: Any, survey: Survey) -> None:
    question = survey.questions.first()
    said: Any = {question.pk: question.choices.first()}
    with pytest.raises(WrongState):
        actions.respond(survey, answers=said, key=uuid4(), at=LATER)
    entering.enter(survey, serial=number(survey, 1), answers=said, key=uuid4(), by=cast.cadre, at=LATER)
    actions.close(survey, by=cast.office, at=LATER)
    for act in (lambda: entering.enter(survey, serial=number(survey, 2), answers=said, key=uuid4(), by=cast.cadre, at=LATER),
                lambda: entering.void(survey, serial=number(survey, 1), reason="错", by=cast.office, at=LATER),
                lambda: entering.number_sheets(survey, number=1, by=cast.office, at=LATER)):
        with pytest.raises(WrongState):
            act()
    assert counts(survey) == 1


# --- taking out ---------------------------------------------------------------------------------------------------


def test_a_wrong_sheet_is_taken_out_and_entered_again(cast: Any, survey: Survey) -> None:
    for _ in range(5):
        make.filled_in(survey, one=0)
    wrong = make.on_paper(survey, by=cast.cadre, one=1, number=number(survey, 3), text="抄错")
    void: dict[str, Any] = {"serial": number(survey, 3), "at": make.AT}
    for reason in ("", " "):
        with pytest.raises(ValidationError):
            entering.void(survey, reason=reason, by=cast.cadre, **void)
    with pytest.raises(Denied):
        entering.void(survey, reason="不是我录的", by=cast.member, **void)
    entering.void(survey, reason="两题抄反", by=cast.cadre, **void)
    with pytest.raises(ValidationError, match="No sheet"):
        entering.void(survey, reason="再来", by=cast.office, **void)
    wrong.refresh_from_db()
    assert (wrong.void_reason, wrong.voided_by, wrong.voided_at) == ("两题抄反", cast.cadre, make.AT)
    make.on_paper(survey, by=cast.cadre, one=0, number=number(survey, 3))
    found = results.results(survey)
    assert found.answered == 6
    assert [cell.count for cell in found.tallies[0].cells] == [6, 0, 0, 0]
    assert results.texts(survey, found.tallies[2].question) == []
    told, = (event.data for event in audit.trail_of(survey) if event.verb == "surveys.void")
    assert told == {"sheet": number(survey, 3), "reason": "两题抄反"}


def test_the_office_takes_out_what_others_entered(cast: Any, survey: Survey) -> None:
    make.on_paper(survey, by=cast.member, number=number(survey, 4))
    entering.void(survey, serial=number(survey, 4), reason="空白卷", by=cast.office, at=make.AT)
    assert counts(survey) == 0


# --- printing -----------------------------------------------------------------------------------------------------


def test_numbers_go_on_and_are_divided_into_files(cast: Any, survey: Survey) -> None:
    _survey, first, last = entering.number_sheets(survey, number=45, by=cast.office, at=make.AT)
    assert (first, last) == (11, 55)
    assert entering.files(survey) == [(1, 10), (11, 30), (31, 50), (51, 55)]
    for wrong in (0, -1, entering.AT_ONCE + 1):
        with pytest.raises(ValidationError):
            entering.number_sheets(survey, number=wrong, by=cast.office, at=make.AT)
    Survey.objects.filter(pk=survey.pk).update(sheets=serials.MOST)
    with pytest.raises(ValidationError):
        entering.number_sheets(survey, number=1, by=cast.office, at=make.AT)


def test_the_words_of_the_sheets(survey: Survey) -> None:
    words = sheet.paper(survey, "https://example.cn/", 2, 4)
    assert words["numbers"] == [number(survey, place) for place in (2, 3, 4)]
    assert [one["hint"] for one in words["questions"]] == ["只选一项", "可选多项", "请写在横线上，请勿写姓名和电话"]
    assert [len(one["choices"]) for one in words["questions"]] == [3, 3, 0]
    assert [len(one["lines"]) for one in words["questions"]] == [0, 0, sheet.LINES]
    assert sheet.paper(survey, "")["numbers"] == [""]
