"""Annexes: written on a draft, checked line by line, frozen with the paper."""

import pytest
from django.core.exceptions import ValidationError

from consult.briefings import actions, document, press
from consult.briefings.states import BriefingState
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from tests import make

S = BriefingState
TEXT = "## 基本情况\n\n四个季度的到账日期如下。\n\n| 季度 | 到账日期 |\n| --- | --- |\n| 一季度 | 3月28日 |"


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


def added(briefing, cast, at, title="到账日期一览表", text=TEXT):
    return actions.add_annex(briefing, title=title, text=text, by=cast.office, at=at)


def titles(briefing):
    return [one.title for one in briefing.annexes.all()]


def test_added_edited_moved_and_removed(place, cast, at):
    made = make.briefing(place, cast, state=S.DRAFTED)
    one, two, three = (added(made, cast, at, title=title) for title in ("甲", "乙", "丙"))
    assert [row.order for row in (one, two, three)] == [1, 2, 3]
    actions.edit_annex(made, annex=two, title="乙二", text="改过的。", by=cast.office, at=at)
    actions.move_annex(made, annex=three, place=1, by=cast.office, at=at)
    assert titles(made) == ["丙", "甲", "乙二"]
    actions.move_annex(made, annex=three, place=9, by=cast.office, at=at)
    actions.drop_annex(made, annex=one, by=cast.office, at=at)
    assert titles(made) == ["乙二", "丙"]


@pytest.mark.parametrize("name", ["chair", "leader", "member", "clerk", "expert", "resident", "stranger", "other_office"])
def test_only_the_office_writes_them(place, cast, at, name):
    made = make.briefing(place, cast, state=S.DRAFTED)
    one, by = added(made, cast, at), {"by": cast.roles()[name], "at": at}
    for verb, values in ((actions.add_annex, {"title": "x", "text": "x"}), (actions.drop_annex, {"annex": one}),
                         (actions.edit_annex, {"annex": one, "title": "x", "text": "x"}),
                         (actions.move_annex, {"annex": one, "place": 1})):
        with pytest.raises(Denied):
            verb(made, **values, **by)


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.REVIEWED, S.SIGNED, S.DISPATCHED])
def test_only_on_a_draft(place, cast, at, state):
    made = make.briefing(place, cast, state=state)
    with pytest.raises(WrongState):
        added(made, cast, at)


@pytest.mark.parametrize(("title", "text", "field", "said"), [
    ("", TEXT, "title", ""), ("表", " ", "text", ""), ("表", "第一行\n\n<b>粗</b>", "text", "3"),
    ("表", "联系人13812345678", "text", ""), ("表", "赵小满家", "text", "赵小满"), ("赵小满家", TEXT, "title", "赵小满"),
    ("表", "生僻字\U000e0fff", "text", "\U000e0fff"), ("表", "长" * 2001, "text", "2001"),
    ("表", "一\n\n| 甲 | 乙 |\n|--|--|\n| 好 | " + "长" * 600 + " |", "text", "长长长")])
def test_wrong_texts_are_told_by_field_and_cause(place, cast, at, title, text, field, said):
    made = make.briefing(place, cast, state=S.DRAFTED)
    with pytest.raises(ValidationError) as wrong:
        added(made, cast, at, title=title, text=text)
    assert list(wrong.value.message_dict) == [field]
    assert said in wrong.value.message_dict[field][0]
    assert not made.annexes.exists()


def test_an_annex_of_another_paper_stays(place, cast, at):
    made, other = (make.briefing(place, cast, state=S.DRAFTED) for _n in range(2))
    one = added(other, cast, at)
    with pytest.raises(ValidationError):
        actions.drop_annex(made, annex=one, by=cast.office, at=at)
    assert titles(other) == [one.title]


def test_ten_at_most(place, cast, at):
    made = make.briefing(place, cast, state=S.DRAFTED)
    for n in range(10):
        added(made, cast, at, title=str(n))
    with pytest.raises(ValidationError):
        added(made, cast, at)


def test_they_are_in_the_frozen_words_and_screened_again(place, cast, at):
    made = make.briefing(place, cast, state=S.DRAFTED)
    before = document.digest(document.snapshot(made))
    one = added(made, cast, at)
    assert document.digest(document.snapshot(made)) != before
    type(one).objects.filter(pk=one.pk).update(text="赵小满家的账")
    with pytest.raises(ValidationError) as wrong:
        actions.submit_review(made, by=cast.office, at=at)
    assert list(wrong.value.message_dict) == ["annexes"]
    actions.edit_annex(made, annex=one, title=one.title, text=TEXT, by=cast.office, at=at)
    actions.submit_review(made, by=cast.office, at=at)
    actions.pass_review(made, by=cast.chair, at=at)
    issue = actions.sign_off(made, by=cast.chair, at=at)
    assert issue.snapshot["annexes"] == [{"title": "到账日期一览表", "text": TEXT}]
    assert "到账日期一览表" in document.words_of(issue)


def test_a_correction_takes_them_over(place, cast, at):
    made = make.briefing(place, cast, state=S.DRAFTED)
    added(made, cast, at)
    for verb, by in ((actions.submit_review, cast.office), (actions.pass_review, cast.chair), (actions.sign_off, cast.chair)):
        verb(made, by=by, at=at)
    right = make.briefing(place, cast, state=S.DRAFTED, corrects=press.set_paper(made.paper.pk, at=at),
                          recommendations=[item.recommendation for item in made.items.all()])
    assert titles(right) == titles(made)
