"""Who sees an opinion, in which words, who learns the identity, and who finds it again by its receipt."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, grants, notices
from consult.kit.rules import Denied, visibility
from consult.opinions import actions, rules, similar
from consult.opinions.models import Opinion, OpinionMessage, ReceiptTry, SealedIdentity
from consult.opinions.states import OpinionState, Tag
from consult.people.models import Appointment
from consult.people.roles import scope_of
from tests import make


def seers(cast: Any, opinion: Opinion) -> set[str]:
    return {name for name, user in cast.roles().items() if rules.visible_to(user).filter(pk=opinion.pk).exists()}


def test_who_sees_what(cast: Any) -> None:
    assert seers(cast, make.opinion(subdistrict=None)) == {"office", "chair"}
    assert seers(cast, make.opinion()) == {"office", "chair", "cadre"}
    assert seers(cast, make.opinion(bearer=cast.member.membership)) == {"office", "chair", "cadre", "member"}
    assert seers(cast, make.opinion(resident=cast.resident.residency)) == {"office", "chair", "cadre", "resident"}
    assert visibility(Opinion, cast.office).count() == 4


def test_a_grant_opens_it_but_never_to_a_department(cast: Any) -> None:
    opinion = make.opinion()
    for who in (cast.expert, cast.clerk):
        grants.give(who, "view", opinion, by=cast.office, at=make.AT, reason="请提意见")
    assert seers(cast, opinion) == {"office", "chair", "cadre", "expert"}


def test_the_office_triages_what_it_sees_of_its_district(place: Any, cast: Any) -> None:
    make.opinion(), make.opinion(OpinionState.SPAM, by=cast.office)
    both = make.appointed("both", "两岗人", "cppcc_office", place.jurisdiction)
    Appointment.objects.create(user=both, role="department_clerk", jurisdiction=place.jurisdiction, department=place.a,
                               since=make.SINCE)  # no verb allows it
    for who in (*cast.roles().values(), both):
        here = scope_of(who).jurisdictions("cppcc_office")
        assert set(rules.triaged_by(who)) == set(rules.visible_to(who).filter(jurisdiction__in=here))
    assert rules.triaged_by(cast.office).count() == 1 and not rules.triaged_by(both).exists()


def test_numbers_are_covered_for_all_but_the_office_and_the_writer(cast: Any) -> None:
    opinion = make.named_opinion(bearer=cast.member.membership, resident=cast.resident.residency)
    for who in ("cadre", "member", "chair"):
        assert make.PHONE not in rules.text_for(getattr(cast, who), opinion)
    for who in ("office", "resident"):
        assert make.PHONE in rules.text_for(getattr(cast, who), opinion)


def test_opening_the_identity_leaves_an_event_each_time(cast: Any) -> None:
    opinion = make.named_opinion()
    for times in (1, 2):
        found = actions.reveal(opinion, by=cast.office, at=make.AT, reason="核实地点")
        assert found == {"name": make.NAME, "phone": make.PHONE}
        assert actions.times_revealed(opinion) == times
    event = audit.trail_of(opinion).last()
    assert event.actor == cast.office
    assert event.data == {"reason": "核实地点"}


def test_no_reason_no_identity(cast: Any) -> None:
    opinion = make.named_opinion()
    with pytest.raises(ValidationError):
        actions.reveal(opinion, by=cast.office, at=make.AT, reason=" ")
    with pytest.raises(Denied):
        actions.reveal(make.opinion(), by=cast.office, at=make.AT, reason="核实")
    assert actions.times_revealed(opinion) == 0


@pytest.mark.parametrize("who", ["chair", "member", "cadre", "clerk", "supervision", "leader", "sysadmin", "secadmin",
                                 "auditadmin", "other_office", "stranger"])
def test_nobody_else_opens_it(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        actions.reveal(make.named_opinion(), by=getattr(cast, who), at=make.AT, reason="想知道")


def test_consent_withdrawn(cast: Any) -> None:
    opinion = make.named_opinion()
    with pytest.raises(Denied):
        actions.erase_contact(opinion, by=cast.cadre, at=make.AT)
    actions.erase_contact(opinion, at=make.AT)
    sealed = SealedIdentity.objects.get(opinion=opinion)
    assert (bytes(sealed.sealed), sealed.blind_phone) == (b"", "")
    assert actions.identity_of(opinion) is None
    with pytest.raises(Denied):
        actions.reveal(opinion, by=cast.office, at=make.AT, reason="核实")


def test_found_by_receipt(place: Any) -> None:
    opinion, code = make.handed_in()
    assert actions.find_by_receipt(opinion.number, code, make.AT) == opinion
    assert actions.find_by_receipt("2026-1", f"{code[:4]} {code[4:8]} {code[8:]}", make.AT) == opinion
    assert not ReceiptTry.objects.exists()


def test_ten_wrong_tries_close_a_number_for_an_hour(place: Any) -> None:
    opinion, code = make.handed_in()
    for _ in range(10):
        assert actions.find_by_receipt(opinion.number, "000000000000", make.AT) is None
    with pytest.raises(actions.TooManyTries):
        actions.find_by_receipt(opinion.number, code, make.AT + timedelta(minutes=59))
    assert actions.find_by_receipt(opinion.number, code, make.AT + timedelta(minutes=61)) == opinion


def test_unknown_numbers_behave_the_same(place: Any) -> None:
    for _ in range(10):
        assert actions.find_by_receipt("YJ2026-99999", "123456789012", make.AT) is None
    with pytest.raises(actions.TooManyTries):
        actions.find_by_receipt("YJ2026-99999", "123456789012", make.AT)


def test_facts_are_added_by_the_submitter_alone(cast: Any) -> None:
    opinion = make.opinion(resident=cast.resident.residency)
    actions.add_fact(opinion, text="凭收据补充", at=make.AT)
    actions.add_fact(opinion, text="用账号补充", by=cast.resident, at=make.AT)
    assert opinion.messages.filter(way=OpinionMessage.Way.FROM_SUBMITTER).count() == 2
    assert notices.unread(cast.office).filter(kind="opinions.fact_added").count() == 1
    for who in ("member", "cadre", "clerk", "stranger"):
        with pytest.raises(Denied):
            actions.add_fact(opinion, text="别人说", by=getattr(cast, who), at=make.AT)
    closed = make.opinion(OpinionState.ARCHIVED, by=cast.office)
    with pytest.raises(ValidationError):
        actions.add_fact(closed, text="晚了", at=make.AT)


def test_notes_and_messages(cast: Any) -> None:
    opinion = make.opinion()
    actions.note(opinion, text="与三月那件相同", by=cast.office, at=make.AT)
    actions.message(opinion, text="请补充楼号", by=cast.office, at=make.AT)
    assert [message.way for message in opinion.messages.all()] == ["note", "out"]
    for verb in (actions.note, actions.message):
        with pytest.raises(Denied):
            verb(opinion, text="不行", by=cast.chair, at=make.AT)


def test_similar_ones_say_why(cast: Any, place: Any) -> None:
    opinion = make.opinion(project=place.project, text="安置房小学名额不够，孩子要跨区上学")
    near = make.opinion(project=place.project, text="小学名额不够，孩子上学太远", tags=[Tag.SCHOOL])
    make.opinion(text="夜里施工太吵")
    make.opinion(jurisdiction=place.other, subdistrict=None, text="安置房小学名额不够，孩子要跨区上学")
    found, = similar.similar(opinion)
    assert found.opinion == near
    assert found.same_project
    assert "小学名额不够" in found.words
    assert 22 < found.per_cent <= 100


def test_telephone_numbers_are_no_likeness(place: Any) -> None:
    opinion = make.opinion(text=f"过渡费没有到账，请打 {make.PHONE}")
    make.opinion(text=f"路灯坏了 {make.PHONE}")
    assert similar.similar(opinion) == []
