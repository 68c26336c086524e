"""A conflict between people is not entered by calling a consultation on it, and no list of residents is handed round."""

import pytest

from consult.consultations import actions
from consult.kit.rules import Denied
from consult.topics.states import Kind, TopicState
from portal.forms.consultations import Invite
from tests import make


def test_only_the_office_or_a_mediator_calls_a_session_on_a_conflict(place, cast):
    about = make.topic(place, cast, kind=Kind.CONFLICT, state=TopicState.PUBLISHED)
    with pytest.raises(Denied):
        actions.prepare(**make.consultation_facts(about), by=cast.member, at=make.AT)
    assert actions.prepare(**make.consultation_facts(about), by=cast.lawyer, at=make.AT).pk


def test_accounts_of_residents_are_offered_to_the_office_alone(place, cast):
    made = make.consultation(place, cast)
    offered = {name: set(Invite(obj=made, user=getattr(cast, name)).fields["user"].queryset) for name in ("office", "member")}
    assert cast.resident in offered["office"]
    assert cast.resident not in offered["member"]
