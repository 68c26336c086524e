"""Recommendations: who may do what before, during and after; endorsements lapse; confirmed words are frozen."""

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, notices
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.recommendations import actions, rules
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from tests import make
from tests.make_recommendations import WORDS

S = RecommendationState


def sees(user, obj) -> bool:
    user.__dict__.pop("_scope", None)
    return rules.visible_to(user).filter(pk=obj.pk).exists()


def seers(cast, obj) -> set[str]:
    return {name for name, user in cast.roles().items() if sees(user, obj)}


#: The office, and who sits at the table of make.consultation other than for a department.
PANEL = {"office", "chair", "member", "lawyer", "cadre", "expert"}


def test_numbers_run_without_a_gap(place, cast):
    session = make.minuted_consultation(place, cast)
    numbers = [make.recommendation(place, cast, consultation=session).number for _ in range(3)]
    assert numbers == ["JY2026-001", "JY2026-002", "JY2026-003"]


@pytest.mark.parametrize("name", ["resident", "member", "lawyer", "cadre", "expert", "clerk", "chair", "supervision", "leader",
                                  "sysadmin", "stranger", "other_office"])
def test_only_the_office_drafts(place, cast, at, name):
    session = make.minuted_consultation(place, cast)
    with pytest.raises(Denied):
        actions.draft(**WORDS, consultation=session, lead=place.a, by=cast.roles()[name], at=at)
    assert not Recommendation.objects.exists()


def test_needs_confirmed_minutes(place, cast, at):
    session = make.minuted_consultation(place, cast, state="ended")
    with pytest.raises(ValidationError) as wrong:
        actions.draft(**WORDS, consultation=session, lead=place.a, by=cast.office, at=at)
    assert "consultation" in wrong.value.message_dict


@pytest.mark.parametrize(("field", "value"), [
    ("text", ""), ("problem", "  "), ("title", ""), ("text", "请联系13812345678办理"),
    ("problem", "赵小满反映过渡费未到账"), ("basis", "身份证370102199001011234"), ("title", "长" * 200)])
def test_wrong_words_are_told_by_field(place, cast, at, field, value):
    session = make.minuted_consultation(place, cast)
    with pytest.raises(ValidationError) as wrong:
        actions.draft(**{**WORDS, field: value}, consultation=session, lead=place.a, by=cast.office, at=at)
    assert list(wrong.value.message_dict) == [field]


def test_wrong_addressees_are_told(place, cast, at):
    session = make.minuted_consultation(place, cast)
    for field, values in (("lead", {"lead": place.other_department}),
                          ("co_departments", {"lead": place.a, "co_departments": [place.a]}),
                          ("co_departments", {"lead": place.a, "co_departments": [place.other_department]}),
                          ("wanted_by", {"lead": place.a, "wanted_by": make.TODAY})):
        with pytest.raises(ValidationError) as wrong:
            actions.draft(**WORDS, consultation=session, by=cast.office, at=at, **values)
        assert list(wrong.value.message_dict) == [field]


def test_who_sees_it_before_during_and_after(place, cast, at):
    away = make.appointed("away", "委员乙", "committee_member", place.jurisdiction)
    one = make.recommendation(place, cast, state=S.DRAFTED)
    assert seers(cast, one) == PANEL
    assert not sees(away, one)
    actions.confirm(one, by=cast.office, at=at)
    assert seers(cast, one) == PANEL
    assert sees(away, one)
    actions.brief(one, by=cast.office, at=at)
    actions.instruct(one, by=cast.leader, at=at)
    assert seers(cast, one) == PANEL | {"supervision"}
    actions.assign(one, by=cast.supervision, at=at)
    assert not {"clerk", "clerk2", "leader", "resident", "other_office", "stranger"} & seers(cast, one)


def test_conflicts_stay_at_the_table(place, cast):
    one = make.recommendation(place, cast, consultation=make.minuted_consultation(place, cast, kind="conflict"))
    away = make.appointed("away", "委员乙", "committee_member", place.jurisdiction)
    make.committee_member(away, place)
    assert seers(cast, one) == PANEL
    assert not sees(away, one)
    assert not rules.may_endorse(away, one)
    assert rules.may_endorse(cast.member, one)


def test_a_member_endorses_once_from_their_own_account(place, cast, at):
    one = make.recommendation(place, cast)
    actions.endorse(one, note="同意", by=cast.member, at=at)
    for name in ("member", "office", "expert", "clerk"):
        with pytest.raises(Denied):
            actions.endorse(one, by=cast.roles()[name], at=at)
    assert [str(each.member) for each in one.endorsements.all()] == ["委员甲"]


def test_an_endorsement_lapses_when_the_words_change(place, cast, at):
    one = make.recommendation(place, cast, state=S.DRAFTED)
    actions.endorse(one, by=cast.member, at=at)
    same = {**WORDS, "lead": place.b}
    actions.edit(one, **same, by=cast.office, at=at)
    assert one.endorsements.count() == 1
    actions.edit(one, **{**same, "text": "另一句话。"}, by=cast.office, at=at)
    assert one.endorsements.count() == 0
    assert notices.inbox(cast.member).filter(kind="recommendations.edit").exists()


def test_confirmed_words_are_frozen(place, cast, at):
    one = make.recommendation(place, cast)
    assert one.sha256 == one.fingerprint()
    assert one.confirmed_by == cast.office
    with pytest.raises(WrongState):
        actions.edit(one, **WORDS, lead=place.a, by=cast.office, at=at)
    with pytest.raises(WrongState):
        actions.confirm(one, by=cast.office, at=at)


def test_a_change_is_a_new_version(place, cast, at):
    old = make.recommendation(place, cast)
    new = actions.revise(old, **{**WORDS, "text": "修订后的建议。"}, lead=place.a, by=cast.office, at=at)
    assert (new.number, new.version, new.supersedes, new.state) == (old.number, 2, old, S.DRAFTED)
    assert old.state == S.SUPERSEDED
    with pytest.raises(WrongState):
        actions.revise(old, **WORDS, lead=place.a, by=cast.office, at=at)


def test_a_wrong_revision_leaves_the_old_one_in_force(place, cast, at):
    old = make.recommendation(place, cast)
    with pytest.raises(ValidationError):
        actions.revise(old, **{**WORDS, "text": ""}, lead=place.a, by=cast.office, at=at)
    old.refresh_from_db()
    assert old.state == S.CONFIRMED


def test_withdrawal_says_why_and_ends_with_the_briefing(place, cast, at):
    one = make.recommendation(place, cast)
    with pytest.raises(ValidationError):
        actions.withdraw(one, reason=" ", by=cast.office, at=at)
    actions.brief(one, by=cast.office, at=at)
    with pytest.raises(WrongState):
        actions.withdraw(one, reason="重复", by=cast.office, at=at)
    actions.unbrief(one, by=cast.office, at=at)
    actions.withdraw(one, reason="重复", by=cast.office, at=at)
    assert (one.state, one.state_note) == (S.WITHDRAWN, "重复")


def test_every_move_leaves_its_event(place, cast, at):
    one = make.recommendation(place, cast)
    for verb in ("brief", "instruct", "assign", "answer", "redo", "answer", "look_back", "evaluate", "close"):
        getattr(actions, verb)(one, by=cast.office, at=at)
    said = [event.verb.partition(".")[2] for event in audit.trail_of(one)]
    assert said == ["draft", "confirm", "brief", "instruct", "assign", "answer", "redo", "answer", "look_back", "evaluate",
                    "close"]
