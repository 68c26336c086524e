"""One's own contact data by receipt: seen covered, seen in full with an event, corrected without opening anything."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, parameters, sealing
from consult.kit.rules import Denied
from consult.opinions import actions, consent, own
from consult.opinions.models import ReceiptTry, SealedIdentity
from tests import make

OTHER = "13711112222"


def test_covered_tells_too_little_to_be_of_use(place: Any) -> None:
    opinion = make.named_opinion()
    told = own.covered(opinion)
    assert told == {"name": "赵**", "phone": "139******34"}
    assert [event.verb for event in audit.trail_of(opinion)] == ["opinions.submit"]


def test_looking_oneself_leaves_an_event_and_is_no_opening(place: Any) -> None:
    opinion = make.named_opinion()
    assert own.show(opinion, at=make.AT) == {"name": make.NAME, "phone": make.PHONE}
    assert (own.times_shown(opinion), actions.times_revealed(opinion)) == (1, 0)
    event = audit.trail_of(opinion).last()
    assert (event.verb, event.actor, event.data) == ("opinions.show_contact", None, {})


@pytest.mark.parametrize("who", ["office", "chair", "clerk", "member", "cadre", "stranger", "resident"])
def test_nobody_else_takes_that_way(place: Any, cast: Any, who: str) -> None:
    opinion = make.named_opinion()
    with pytest.raises(Denied):
        own.show(opinion, by=getattr(cast, who), at=make.AT)
    with pytest.raises(Denied):
        own.correct(opinion, contact={"phone": OTHER}, by=getattr(cast, who), at=make.AT)
    assert own.times_shown(opinion) == 0


def test_corrected_without_opening(place: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opinion = make.named_opinion()
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "unseal", lambda *given, **more: 1 / 0)
        own.correct(opinion, contact={"name": " ", "phone": f" {OTHER} "}, at=make.AT)
    assert actions.reveal(opinion, by=cast.office, reason="核实", at=make.AT) == {"phone": OTHER}
    assert SealedIdentity.objects.get().blind_phone == sealing.blind(OTHER)
    assert consent.of(opinion).count() == 1
    assert OTHER not in str([event.data for event in audit.trail_of(opinion)])


def test_nothing_left_is_told_what_to_do(place: Any) -> None:
    with pytest.raises(ValidationError) as wrong:
        own.correct(make.named_opinion(), contact={"name": "", "phone": " "}, at=make.AT)
    assert "name" in wrong.value.message_dict


def test_left_later_needs_a_consent_of_its_own(place: Any) -> None:
    opinion = make.opinion(identity_mode="cppcc_only")
    with pytest.raises(ValidationError) as wrong:
        own.correct(opinion, contact={"phone": OTHER}, at=make.AT)
    assert "consent" in wrong.value.message_dict
    own.correct(opinion, contact={"phone": OTHER}, agreed="同意保存电话", at=make.AT)
    assert consent.of(opinion).get().wording == "同意保存电话"
    assert own.show(opinion, at=make.AT) == {"phone": OTHER}


def test_anonymous_and_archived_stay_as_they_are(place: Any, cast: Any) -> None:
    closed = make.opinion("archived", by=cast.office, identity_mode="cppcc_only")
    for opinion in (make.opinion(identity_mode="anonymous"), closed):
        with pytest.raises(ValidationError):
            own.correct(opinion, contact={"phone": OTHER}, agreed="同意", at=make.AT)
    assert not SealedIdentity.objects.exists()


def test_guessing_at_many_numbers_is_stopped_too(place: Any, cast: Any) -> None:
    """Ten at one number, a thousand (here five) at all of them together; then not even the right code opens."""
    parameters.put("receipt_wrong_per_hour", 5, since=make.TODAY, basis="测试", by=cast.sysadmin, at=make.AT)
    opinion, code = make.handed_in()
    for n in range(5):
        assert actions.find_by_receipt(f"YJ2026-9000{n}", "1" * 12, make.AT) is None
    with pytest.raises(actions.TooManyTries):
        actions.find_by_receipt(opinion.number, code, make.AT)
    assert ReceiptTry.objects.count() == 5
    assert actions.find_by_receipt(opinion.number, code, make.AT + timedelta(minutes=61)) == opinion
