"""Before and after: which questions are compared, in shares, without showing what one survey alone would hide."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.surveys import actions, results, table
from consult.surveys.comparing import compare
from consult.surveys.models import Survey
from tests import make


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def before(cast: Any, place: Any) -> Survey:
    return make.survey(by=cast.office, project=place.project)


def answered(survey: Survey, *numbers: int) -> None:
    """So many chose the first, the second, the third answer of the first question."""
    for place, number in enumerate(numbers):
        for _ in range(number):
            make.filled_in(survey, one=place)


def test_questions_with_the_same_words_are_compared(cast: Any, before: Survey) -> None:
    after = make.asked_again(before, by=cast.office)
    assert (after.follows, after.purpose, after.project) == (before, "after", before.project)
    assert [one.same_as for one in after.questions.all()] == list(before.questions.all())
    other = make.asked_again(before, by=cast.office, questions=[
        {"text": "过渡费是否按时到账？", "kind": "many", "choices": ["是", "否"]}, {"text": "新的问题？", "kind": "text"}])
    assert [one.same_as for one in other.questions.all()] == [None, None]  # another kind, another question


def test_other_words_are_compared_when_it_is_said(cast: Any, before: Survey) -> None:
    first, second, _third = before.questions.all()
    asked = {"text": "现在过渡费到账了吗？", "kind": "one", "choices": ["是", "否", "不清楚"], "same_as": first}
    after = make.asked_again(before, by=cast.office, questions=[asked])
    assert after.questions.get().same_as == first
    told_apart = make.asked_again(before, by=cast.office, questions=[
        {"text": first.text, "kind": "one", "choices": ["是", "否"], "same_as": None}])
    assert told_apart.questions.get().same_as is None
    for wrong in ([{**asked, "same_as": second}], [asked, {**asked, "text": "又一次？"}]):
        with pytest.raises(ValidationError):
            make.asked_again(before, by=cast.office, questions=wrong)


def test_what_cannot_be_paired(cast: Any, place: Any, before: Survey) -> None:
    draft = make.survey(by=cast.office, project=place.project, opened=False)
    other = make.survey(by=cast.office, project=make.project(place.jurisdiction, place.subdistrict))
    after = make.asked_again(before, by=cast.office)
    for follows, purpose in ((before, "before"), (draft, "after"), (other, "after"), (after, "after")):
        with pytest.raises(ValidationError) as refused:
            make.survey(by=cast.office, project=place.project, follows=follows, purpose=purpose)
        assert "follows" in refused.value.error_dict
    with pytest.raises(Denied):
        make.asked_again(before, by=cast.member)


def test_shares_are_compared(cast: Any, before: Survey) -> None:
    after = make.asked_again(before, by=cast.office)
    answered(before, 10, 30)
    answered(after, 30, 20)
    found = compare(before, after)
    assert found is not None and (found.before.answered, found.after.answered) == (40, 50)
    first, second = found.questions  # words are not compared
    assert [pair.row for pair in first.pairs][:2] == [("是", 25, 60, "+35"), ("否", 75, 40, "-35")]
    assert [(pair.before.count, pair.after.count) for pair in second.pairs if pair.before and pair.after] == [(0, 0)] * 3
    assert [row[3] for row in first.chart.table.rows] == ["+35", "-35", "+0", "+0"]
    assert len(first.chart.spec["data"]["values"]) == 8


def test_answers_that_were_not_offered_have_no_change(cast: Any, before: Survey) -> None:
    after = make.asked_again(before, by=cast.office, questions=[
        {"text": "过渡费是否按时到账？", "kind": "one", "choices": ["是", "部分到账"]},
        {"text": "最需要什么？", "kind": "many", "choices": ["上学", "看病"]}, {"text": "还想说什么？", "kind": "text"}])
    answered(before, 10, 20)
    answered(after, 20, 20)
    found = compare(before, after)
    assert found is not None
    assert [pair.row for pair in found.questions[0].pairs] == [
        ("是", 33, 50, "+17"), ("部分到账", None, 50, None), (found.questions[0].pairs[2].label, 0, 0, "+0"),
        ("否", 67, None, None), ("不清楚", 0, None, None)]


def test_what_one_survey_hides_the_comparison_hides(cast: Any, before: Survey) -> None:
    after = make.asked_again(before, by=cast.office)
    answered(before, 20, 3, 9)
    answered(after, 20, 8, 9)
    found = compare(before, after)
    assert found is not None
    pairs = found.questions[0].pairs
    assert [pair.before.count if pair.before else "" for pair in pairs] == [20, None, None, None]
    assert [pair.change for pair in pairs] == [-8, None, None, None]
    drawn = found.questions[0].chart.spec["data"]["values"]
    assert [point["value"] for point in drawn if str(point["series"]) == "before the consultation"] == [62, None, None, None]


def test_fewer_than_five_compare_nothing(cast: Any, before: Survey) -> None:
    after = make.asked_again(before, by=cast.office)
    answered(before, 20)
    answered(after, 4)
    assert compare(before, after) is None


# --- figures ------------------------------------------------------------------------------------------------------


def test_the_number_asked_has_a_source(cast: Any, place: Any, before: Survey) -> None:
    with pytest.raises(ValidationError):
        make.survey(by=cast.office, project=place.project, invited_source=" ")
    with pytest.raises(ValidationError):
        actions.tell_invited(before, invited=60, invited_source="", by=cast.office, at=make.AT)
    with pytest.raises(Denied):
        actions.tell_invited(before, invited=60, invited_source="册", by=cast.cadre, at=make.AT)
    actions.tell_invited(before, invited=60, invited_source="11月户册", by=cast.office, at=make.AT)
    answered(before, 30)
    assert (results.results(before).rate, results.results(before).source) == (50, "11月户册")
    actions.tell_invited(before, invited=20, invited_source="11月户册", by=cast.office, at=make.AT)
    assert results.results(before).rate is None  # 30 of 20: the number must be wrong
    actions.close(before, by=cast.office, at=make.AT)
    with pytest.raises(WrongState):
        actions.tell_invited(before, invited=60, invited_source="册", by=cast.office, at=make.AT)


def test_the_table_says_what_the_page_says(cast: Any, before: Survey) -> None:
    after = make.asked_again(before, by=cast.office)
    answered(before, 20, 3, 9)
    answered(after, 20, 3, 9)
    counted, compared = results.results(after), compare(before, after)
    assert table.headings(compared) == ("Question", "Answer", "How many", "Share (%)", "Before (%)", "Change (points)")
    rows = [tuple(map(str, row)) for row in table.rows(counted, compared, [(after.questions.last(), ["=1+1"])])]
    asked, answers, *rest = rows
    assert asked == ("People asked", "社区户册", "50", "") and answers == ("People who answered", "", "32", "64")
    assert [row[1:] for row in rest[:3]] == [("是", "20", "62", "62", "0"), ("否", "hidden", "hidden", "hidden", ""),
                                             ("不清楚", "hidden", "hidden", "hidden", "")]
    assert rows[-1][1] == "=1+1"  # made safe where it is written (kit.sheets)
    assert len(table.headings(None)) == 4 and all(len(row) == 4 for row in table.rows(counted))


def test_a_table_of_too_few_answers_has_no_figures(before: Survey) -> None:
    answered(before, 4)
    rows = table.rows(results.results(before))
    assert [str(row[2]) for row in rows] == ["40", "fewer than five"]
