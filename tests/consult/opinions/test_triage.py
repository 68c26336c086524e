"""Triage: every outcome is decided by the office, told to the submitter, kept with its words, and heard of."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consult.kit import notices
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.opinions import actions, wording
from consult.opinions.models import Opinion, OpinionMessage
from consult.opinions.states import OpinionState, Outcome, Reason
from tests import make

S = OpinionState
VERBS: dict[str, tuple[dict[str, Any], str]] = {
    "accept": ({}, S.ACCEPTED), "answer": ({"message": "答复。"}, S.ANSWERED), "keep": ({"message": "留存。"}, S.KEPT),
    "refer": ({"outcome": Outcome.PETITION, "message": "转信访。"}, S.REFERRED),
    "decline": ({"reason": Reason.EMPTY, "message": "没有具体事项。"}, S.DECLINED), "adopt": ({"title": "题目"}, S.ADOPTED),
}
OTHERS = ["resident", "member", "lawyer", "cadre", "expert", "clerk", "chair", "supervision", "leader", "sysadmin",
          "secadmin", "auditadmin", "stranger", "other_office", "other_clerk"]


def told(opinion: Opinion) -> list[str]:
    return list(opinion.messages.filter(way=OpinionMessage.Way.TO_SUBMITTER).values_list("text", flat=True))


def heard(user: Any) -> str:
    return notices.unread(user).get(app_label="opinions").kind


@pytest.mark.parametrize("verb", VERBS)
def test_each_outcome_is_told_and_kept(cast: Any, verb: str) -> None:
    more, state = VERBS[verb]
    opinion = make.opinion(bearer=cast.member.membership, resident=cast.resident.residency)
    getattr(actions, verb)(opinion, by=cast.office, at=make.AT, **more)
    assert opinion.state == state
    assert len(told(opinion)) == 1
    if verb != "accept":
        decision = opinion.decisions.get()
        assert decision.message == told(opinion)[0]
        assert decision.by == cast.office
    assert heard(cast.member) == f"opinions.{verb}"
    assert heard(cast.resident) == f"opinions.{verb}"


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_office_of_the_district_decides(cast: Any, verb: str) -> None:
    opinion = make.opinion()
    for who in OTHERS:
        with pytest.raises(Denied):
            getattr(actions, verb)(opinion, by=getattr(cast, who), at=make.AT, **VERBS[verb][0])
    assert told(opinion) == []


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_over_is_over(cast: Any, verb: str) -> None:
    opinion = make.opinion(S.ARCHIVED, by=cast.office)
    before = told(opinion)
    with pytest.raises(WrongState):
        getattr(actions, verb)(opinion, by=cast.office, at=make.AT, **VERBS[verb][0])
    assert told(opinion) == before


@pytest.mark.parametrize("verb", ["answer", "keep"])
def test_never_silently(cast: Any, verb: str) -> None:
    opinion = make.opinion()
    with pytest.raises(ValidationError) as wrong:
        getattr(actions, verb)(opinion, by=cast.office, at=make.AT, message="  ")
    assert "message" in wrong.value.message_dict
    assert Opinion.objects.get(pk=opinion.pk).state == S.SUBMITTED


def test_declining_needs_one_of_the_reasons(cast: Any) -> None:
    for reason in ("", "tired"):
        with pytest.raises(ValidationError) as wrong:
            actions.decline(make.opinion(), reason=reason, message="不受理。", by=cast.office, at=make.AT)
        assert "reason" in wrong.value.message_dict


def test_passing_on_to_a_department_names_it(cast: Any) -> None:
    opinion = make.opinion()
    for wrong in ({"outcome": Outcome.ANSWER}, {"outcome": Outcome.DEPARTMENT}):
        with pytest.raises(ValidationError):
            actions.refer(opinion, message="转部门。", by=cast.office, at=make.AT, **wrong)
    actions.refer(opinion, outcome=Outcome.DEPARTMENT, passed_to="区住建局", message="转部门。", by=cast.office, at=make.AT)
    assert opinion.decisions.get().passed_to == "区住建局"
    actions.answer(opinion, message="部门答复如下。", by=cast.office, at=make.AT)
    assert opinion.state == S.ANSWERED


def test_merged_opinions_are_answered_each(cast: Any) -> None:
    main, second, third = (make.opinion() for _ in range(3))
    actions.merge(third, into=second, by=cast.office, at=make.AT)
    actions.merge(second, into=main, by=cast.office, at=make.AT)
    third.refresh_from_db()
    assert third.merged_into == main
    actions.adopt(main, title="过渡费", by=cast.office, at=make.AT)
    actions.respond(main, text="已补发到账。", by=cast.office, at=make.AT)
    for one in (main, second, third):
        one.refresh_from_db()
        assert one.state == S.RESPONDED
        assert told(one).count("已补发到账。") == 1
    actions.respond(second, text="已补发到账。", by=cast.office, at=make.AT)
    assert told(second).count("已补发到账。") == 1


def test_merging_into_itself_or_what_is_over_is_refused(cast: Any, place: Any) -> None:
    opinion = make.opinion()
    elsewhere = make.opinion(jurisdiction=place.other, subdistrict=None)
    for into in (opinion, elsewhere, make.opinion(S.DECLINED, by=cast.office)):
        with pytest.raises(ValidationError):
            actions.merge(opinion, into=into, by=cast.office, at=make.AT)


def test_a_direct_answer_reaches_the_merged_too(cast: Any) -> None:
    main, other = make.opinion(), make.opinion()
    actions.merge(other, into=main, by=cast.office, at=make.AT)
    actions.answer(main, message="每季度首月发放。", by=cast.office, at=make.AT)
    other.refresh_from_db()
    assert other.state == S.RESPONDED
    assert told(other)[-1] == "每季度首月发放。"


def test_given_back_from_a_topic(cast: Any) -> None:
    opinion = make.opinion(S.ADOPTED, by=cast.office)
    actions.release(opinion, by=cast.office, at=make.AT)
    assert opinion.state == S.ACCEPTED


def test_rated_and_told_again_after_a_second_handling(cast: Any) -> None:
    opinion = make.opinion(S.RESPONDED, by=cast.office)
    actions.rate(opinion, at=make.AT)
    assert opinion.state == S.RATED
    actions.respond(opinion, text="重办结果。", by=cast.office, at=make.AT)
    assert opinion.state == S.RESPONDED


@pytest.mark.parametrize("outcome", Outcome.values)
def test_usual_words_for_each_outcome(outcome: str) -> None:
    assert "%(" not in wording.letter(outcome, title="题目", number="YJ2026-00001")


@pytest.mark.parametrize("reason", Reason.values)
def test_usual_words_for_each_reason(reason: str) -> None:
    words = wording.letter(Outcome.DECLINE, reason)
    assert words
    assert "……" not in words


def test_nothing_is_merged_into_what_was_answered_already(place, cast, at):
    """Whoever is merged gets the answer of the other: an answer given before would never reach them."""
    done, late = make.voice(place, "路灯坏了。"), make.voice(place, "路灯不亮。")
    actions.answer(done, message="已修好。", by=cast.office, at=at)
    with pytest.raises(ValidationError):
        actions.merge(late, into=done, by=cast.office, at=at)
