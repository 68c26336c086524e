"""Comments of the review: by the office and the chair, about a part, settled with an answer before the paper goes on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.briefings import actions, rules
from consult.briefings.models import Comment
from consult.briefings.states import BriefingState, Part
from consult.kit import audit, notices
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from tests import make

S = BriefingState


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


@pytest.mark.parametrize("state", [S.DRAFTED, S.IN_REVIEW, S.REVIEWED])
@pytest.mark.parametrize("name", ["office", "chair"])
def test_office_and_chair_comment_before_the_sign_off(place, cast, at, state, name):
    made = make.briefing(place, cast, state=state)
    one = actions.comment(made, part=Part.PROBLEMS, text=" 第二条缺依据。 ", by=cast.roles()[name], at=at)
    assert (one.text, one.by, one.at, one.settled_at) == ("第二条缺依据。", cast.roles()[name], at, None)
    assert list(made.comments.open()) == [one]
    assert audit.trail_of(made).last().verb == "briefings.comment"


@pytest.mark.parametrize("name", ["leader", "supervision", "member", "lawyer", "cadre", "expert", "clerk", "resident", "sysadmin",
                                  "stranger", "other_office"])
def test_nobody_else_comments_or_settles(place, cast, at, name):
    made = make.briefing(place, cast, state=S.IN_REVIEW)
    one = actions.comment(made, part=Part.TITLE, text="短一些。", by=cast.chair, at=at)
    with pytest.raises(Denied):
        actions.comment(made, part=Part.TITLE, text="改", by=cast.roles()[name], at=at)
    with pytest.raises(Denied):
        actions.settle_comment(made, comment=one, answer="已改", by=cast.roles()[name], at=at)
    assert Comment.objects.open().count() == 1


@pytest.mark.parametrize("state", [S.SIGNED, S.ISSUED, S.DISPATCHED, S.INSTRUCTED])
def test_no_comments_on_signed_words(place, cast, at, state):
    made = make.briefing(place, cast, state=state)
    with pytest.raises(WrongState):
        actions.comment(made, part=Part.TITLE, text="改", by=cast.chair, at=at)


@pytest.mark.parametrize(("part", "text", "field"), [
    ("nothing", "改", "part"), ("title", " ", "text"), ("title", "改" * 2001, "text")])
def test_wrong_comments_are_told_by_field(place, cast, at, part, text, field):
    made = make.briefing(place, cast, state=S.DRAFTED)
    with pytest.raises(ValidationError) as wrong:
        actions.comment(made, part=part, text=text, by=cast.office, at=at)
    assert list(wrong.value.message_dict) == [field]


def test_review_and_sign_off_wait_until_all_is_settled(place, cast, at):
    made = make.briefing(place, cast, state=S.IN_REVIEW)
    one = actions.comment(made, part=Part.OVERVIEW, text="人数再核。", by=cast.chair, at=at)
    with pytest.raises(Denied) as refused:
        actions.pass_review(made, by=cast.chair, at=at)
    assert refused.value.reason == rules.may_pass_review(cast.chair, made).reason
    later = at + timedelta(hours=1)
    actions.settle_comment(made, comment=one, answer="已核对签到表。", by=cast.office, at=later)
    one.refresh_from_db()
    assert (one.answer, one.settled_by, one.settled_at) == ("已核对签到表。", cast.office, later)
    actions.pass_review(made, by=cast.chair, at=later)
    two = actions.comment(made, part=Part.WHOLE, text="再等一天。", by=cast.chair, at=later)
    with pytest.raises(Denied):
        actions.sign_off(made, by=cast.chair, at=later)
    actions.settle_comment(made, comment=two, answer="不等了。", by=cast.chair, at=later)
    assert actions.sign_off(made, by=cast.chair, at=later).issue_no == 1


def test_settled_once_with_an_answer_and_of_this_paper(place, cast, at):
    made, other = (make.briefing(place, cast, state=S.DRAFTED) for _n in range(2))
    one = actions.comment(made, part=Part.TITLE, text="改", by=cast.chair, at=at)
    for briefing, answer, field in ((made, " ", "answer"), (other, "已改", "comment")):
        with pytest.raises(ValidationError) as wrong:
            actions.settle_comment(briefing, comment=one, answer=answer, by=cast.office, at=at)
        assert list(wrong.value.message_dict) == [field]
    actions.settle_comment(made, comment=one, answer="已改", by=cast.office, at=at)
    with pytest.raises(ValidationError):
        actions.settle_comment(made, comment=one, answer="又改", by=cast.office, at=at)


def test_the_compiler_and_the_writer_are_told(place, cast, at):
    made = make.briefing(place, cast, state=S.IN_REVIEW)
    one = actions.comment(made, part=Part.TITLE, text="改", by=cast.chair, at=at)
    actions.settle_comment(made, comment=one, answer="已改", by=cast.office, at=at)
    two = actions.comment(made, part=Part.TITLE, text="自己记一笔", by=cast.office, at=at)
    actions.settle_comment(made, comment=two, answer="好了", by=cast.office, at=at)
    assert notices.inbox(cast.office).filter(kind="briefings.comment").count() == 1
    assert notices.inbox(cast.chair).filter(kind="briefings.settle_comment").count() == 1
    assert not notices.inbox(cast.office).filter(kind="briefings.settle_comment").exists()
