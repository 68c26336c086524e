"""Who sees a consultation, its record, and the names in it."""

from datetime import timedelta

import pytest

from consult.consultations import actions, rules
from consult.consultations.states import ConsultationState, Group
from consult.kit import grants
from consult.topics.states import Kind
from tests import make
from tests.make_consultations import RESIDENT, at_table, session_at
from tests.make_topics import voice

S = ConsultationState
DAY = timedelta(days=1)


@pytest.fixture
def office(cast):
    return {"by": cast.office, "at": make.AT}


OWN = {"office", "chair", "lawyer", "member", "cadre", "expert"}


@pytest.mark.parametrize(("state", "kind", "who"), [
    (S.PREPARING, Kind.POLICY, OWN), (S.NOTIFIED, Kind.POLICY, OWN | {"clerk"}),
    (S.IN_SESSION, Kind.PLANNING, OWN | {"clerk"}), (S.MINUTED, Kind.POLICY, OWN | {"clerk"}),
    (S.CONFIRMED, Kind.POLICY, OWN | {"clerk", "leader", "supervision"}), (S.NOTIFIED, Kind.CONFLICT, OWN),
    (S.ARCHIVED, Kind.CONFLICT, OWN), (S.ARCHIVED, Kind.POLICY, OWN | {"clerk", "leader", "supervision"}),
])
def test_who_sees_it_when(place, cast, state, kind, who):
    made = make.consultation(place, cast, state=state, kind=kind)
    seen = {name for name, user in cast.roles().items() if rules.visible_to(user).filter(pk=made.pk).exists()}
    assert seen == who
    assert not rules.visible_to(None).exists()
    assert rules.seen_by(made)


def test_what_was_announced_is_seen_by_everybody_but_not_its_record(place, cast):
    made = make.consultation(place, cast, state=S.NOTIFIED, is_open=True)
    assert rules.visible_to(None).get() == made
    assert rules.visible_to(cast.resident).get() == made
    assert not rules.reads_record(cast.resident, made)
    assert not rules.reads_record(None, made)
    assert rules.reads_record(cast.clerk, made)
    actions.cancel(made, note="改期", by=cast.office, at=make.AT)
    assert not rules.visible_to(None).exists()


def test_a_named_person_may_see_a_conflict_until_a_day(place, cast, office):
    made = make.consultation(place, cast, state=S.NOTIFIED, kind=Kind.CONFLICT)
    grants.give(cast.stranger, "view", made, reason="旁听调解", until=make.TODAY, **office)
    assert rules.visible_to(cast.stranger).get() == made
    grants.give(cast.stranger, "view", made, reason="旁听调解", until=make.TODAY - DAY, **office)
    assert not rules.visible_to(cast.stranger).exists()


def test_departments_never_read_residents_names_or_opinions(place, cast):
    opinion = voice(place)
    about = make.topic(place, cast, opinions=[opinion])
    made = make.consultation(place, cast, state=S.IN_SESSION, about=about)
    question_ = actions.ask(made, asked_by=at_table(made, Group.PUBLIC), question="何时发？", opinion=opinion,
                            by=cast.member, at=session_at())
    assert question_.opinion == opinion
    assert rules.name_for(cast.clerk, at_table(made, Group.PUBLIC)) == "赵**"
    assert rules.name_for(cast.member, at_table(made, Group.PUBLIC)) == RESIDENT
    assert rules.readable_opinions(cast.clerk, made) == set()
    assert rules.readable_opinions(cast.office, made) == {opinion.pk}
