"""Instructions: verbatim, by the leader or for a named one, carried on, reported and read back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.briefings import actions, rules
from consult.briefings.models import Instruction
from consult.briefings.states import BriefingState, InstructionKind, InstructionState
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.recommendations.states import RecommendationState
from tests import make

S = BriefingState
N = InstructionState
WORDS = "  请按季足额发放。\n  并公示。"


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


def test_kept_word_for_word_and_numbered(place, cast):
    made = make.briefing(place, cast)
    given = make.given_instruction(made, cast, text=WORDS)
    given.refresh_from_db()
    assert (given.text, given.number, given.state, made.state) == (WORDS, "PS2026-001", N.REGISTERED, S.INSTRUCTED)
    assert make.given_instruction(made, cast).number == "PS2026-002"
    assert {item.recommendation.state for item in made.items.all()} == {RecommendationState.INSTRUCTED}


@pytest.mark.parametrize("kind", [InstructionKind.READ, InstructionKind.CIRCLED])
def test_one_that_was_only_read_is_closed_at_once(place, cast, kind):
    made = make.briefing(place, cast)
    assert make.given_instruction(made, cast, kind=kind, text="").state == N.CLOSED
    assert {item.recommendation.state for item in made.items.all()} == {RecommendationState.BRIEFED}


@pytest.mark.parametrize("name", ["office", "supervision"])
def test_the_offices_write_down_what_a_recipient_wrote(place, cast, name):
    made = make.briefing(place, cast)
    given = make.given_instruction(made, cast, by=cast.roles()[name])
    assert (given.leader, given.registered_by) == (cast.leader, cast.roles()[name])


@pytest.mark.parametrize("name", ["chair", "member", "clerk", "resident", "expert", "sysadmin", "stranger", "other_office"])
def test_nobody_else_does(place, cast, name):
    made = make.briefing(place, cast)
    with pytest.raises(Denied):
        make.given_instruction(made, cast, by=cast.roles()[name])
    assert not Instruction.objects.exists()


def test_a_leader_only_in_their_own_name_and_on_what_was_sent(place, cast):
    made = make.briefing(place, cast)
    second = make.appointed("leader2", "副区长", "party_gov_leader", place.jurisdiction)
    with pytest.raises(Denied):
        make.given_instruction(made, cast, by=second, leader=second)
    for leader, by in ((second, cast.supervision), (cast.chair, cast.supervision)):
        with pytest.raises(ValidationError) as wrong:
            make.given_instruction(made, cast, by=by, leader=leader)
        assert list(wrong.value.message_dict) == ["leader"]


@pytest.mark.parametrize(("values", "field"), [
    ({"text": " "}, "text"), ({"kind": "shout"}, "kind"), ({"given_on": make.TODAY + timedelta(days=1)}, "given_on"),
    ({"given_on": make.TODAY - timedelta(days=1)}, "given_on")])
def test_wrong_data_is_told_by_field(place, cast, values, field):
    made = make.briefing(place, cast)
    with pytest.raises(ValidationError) as wrong:
        make.given_instruction(made, cast, **values)
    assert list(wrong.value.message_dict) == [field]


@pytest.mark.parametrize("state", [S.SIGNED, S.ISSUED])
def test_not_before_it_is_dispatched(place, cast, state):
    made = make.briefing(place, cast, state=state)
    with pytest.raises((WrongState, Denied)):
        make.given_instruction(made, cast)
    with pytest.raises(WrongState):
        make.given_instruction(made, cast, by=cast.supervision)


def test_who_sees_it(place, cast):
    given = make.given_instruction(make.briefing(place, cast), cast)
    seen = {name for name, user in cast.roles().items() if rules.instructions_visible_to(user).filter(pk=given.pk).exists()}
    assert seen == {"office", "chair", "supervision", "leader"}


def test_reported_and_read_back(place, cast, at):
    given = make.given_instruction(make.briefing(place, cast), cast)
    actions.assign(given, by=cast.supervision, at=at)
    with pytest.raises(WrongState):
        actions.close(given, by=cast.leader, at=at)
    with pytest.raises(Denied):
        actions.report(given, result="已办", by=cast.clerk, at=at)
    actions.report(given, result="已按季发放。", by=cast.supervision, at=at)
    with pytest.raises(ValidationError):
        actions.close(given, by=cast.supervision, at=at)
    with pytest.raises(Denied):
        actions.close(given, read_back="同意", by=cast.office, at=at)
    actions.close(given, read_back="同意，已阅。", by=cast.supervision, at=at)
    assert (given.state, given.read_back, given.closed_at) == (N.CLOSED, "同意，已阅。", at)


def test_the_leader_closes_without_more_words(place, cast, at):
    given = make.given_instruction(make.briefing(place, cast), cast)
    actions.assign(given, by=cast.supervision, at=at)
    actions.report(given, result="已办结", by=cast.supervision, at=at)
    actions.close(given, by=cast.leader, at=at)
    assert given.state == N.CLOSED
