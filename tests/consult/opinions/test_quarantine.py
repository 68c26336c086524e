"""What may come from a machine is kept and out of sight; the office lets it through or sets it aside, and can undo that."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from consult.journey import due, figures, finding, receipt
from consult.kit import audit, grants, search
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.opinions import actions, retention, rules, similar
from consult.opinions.models import Opinion, SealedIdentity
from consult.opinions.states import Doubt, OpinionState
from consult.people.models import Resident
from tests import make

TEXT = "白石山南麓的过渡费三个月没有到账，请尽快补发。"
LATER = make.AT + timedelta(days=2)


@pytest.fixture
def doubtful(cast: Any) -> Opinion:
    opinion, _code = make.handed_in(text=TEXT, doubts=[Doubt.FAST, Doubt.CROWD, Doubt.FAST])
    return opinion


def seen(opinion: Opinion, cast: Any) -> list[str]:
    """By whom, and where, the opinion is seen."""
    found = [who for who in vars(cast) if rules.visible_to(getattr(cast, who)).filter(pk=opinion.pk).exists()]
    found += ["search"] * bool(finding.find(cast.office, "过渡费", limit=5))
    found += ["similar"] * any(match.opinion.pk == opinion.pk for match in similar.like(TEXT, Opinion(
        jurisdiction=opinion.jurisdiction, submitted_at=make.AT), limit=9))
    found += ["waiting"] * Opinion.objects.waiting().exists()
    found += ["public"] * figures.public(make.TODAY)[0].number
    found += [figure.key for figure in figures.loop({opinion.jurisdiction_id}, make.TODAY)
              if figure.key.startswith("opinions") and figure.of]
    found += ["due"] * any(need.obj == opinion for need in due.needs(cast.office, make.TODAY))
    return found


def test_it_is_kept_with_its_reasons_and_seen_nowhere(doubtful: Opinion, cast: Any) -> None:
    assert (doubtful.state, doubtful.doubts) == (OpinionState.QUARANTINED, [Doubt.FAST, Doubt.CROWD])
    assert seen(doubtful, cast) == []
    assert not Notice.objects.filter(app_label="opinions").exists()
    assert not [one for one in search.stale() if one.startswith("opinions.")]
    assert list(rules.aside_for(cast.office)) == [doubtful]
    for who in ("chair", "member", "cadre", "resident", "clerk", "other_office", "sysadmin"):
        assert not rules.aside_for(getattr(cast, who)).exists(), who
    event = audit.trail_of(doubtful).get()
    assert (event.verb, event.after, event.data["doubts"]) == ("opinions.submit", "quarantined", ["fast", "crowd"])


def test_a_grant_does_not_open_it(doubtful: Opinion, cast: Any) -> None:
    grants.give(cast.expert, "view", doubtful, by=cast.office, at=make.AT, reason="测试", until=LATER.date())
    assert not rules.visible_to(cast.expert).exists()


@pytest.mark.parametrize("who", ["office", "member", "cadre"])
def test_what_is_entered_for_somebody_is_never_doubted(cast: Any, place: Any, who: str) -> None:
    opinion, _code = make.handed_in(doubts=list(Doubt), entered_by=getattr(cast, who), channel="phone",
                                    subdistrict=place.subdistrict)
    assert (opinion.state, opinion.doubts) == (OpinionState.SUBMITTED, [])


@pytest.mark.parametrize("mode", ["anonymous", "cppcc_only"])
def test_what_comes_from_an_account_is_never_doubted(cast: Any, mode: str) -> None:
    opinion, _code = make.handed_in(doubts=list(Doubt), resident=Resident.objects.get(user=cast.resident), identity_mode=mode)
    assert (opinion.state, opinion.doubts) == (OpinionState.SUBMITTED, [])


def test_let_through_it_stands_where_it_would_have_stood(doubtful: Opinion, cast: Any) -> None:
    assert actions.admit([doubtful], by=cast.office, at=LATER, reason="电话核实") == 1
    assert (doubtful.state, doubtful.submitted_at, doubtful.doubts) == (
        OpinionState.SUBMITTED, make.AT, [Doubt.FAST, Doubt.CROWD])
    assert {"office", "chair", "cadre", "search", "similar", "waiting", "public", "opinions_waiting", "due"} <= set(
        seen(doubtful, cast))
    assert not [one for one in search.stale() if one.startswith("opinions.")]
    event = audit.trail_of(doubtful).last()
    assert event is not None
    assert (event.verb, event.before, event.after, event.actor, event.data["reason"]) == (
        "opinions.admit", "quarantined", "submitted", cast.office, "电话核实")
    assert not Notice.objects.filter(user=cast.office, app_label="opinions").exists(), "whoever let it through knows"
    actions.accept(doubtful, by=cast.office, at=LATER)


def test_set_aside_for_a_reason_and_taken_back(doubtful: Opinion, cast: Any) -> None:
    with pytest.raises(ValidationError) as wrong:
        actions.set_aside([doubtful], by=cast.office, at=LATER, reason=" ")
    assert "reason" in wrong.value.error_dict
    assert actions.set_aside([doubtful], by=cast.office, at=LATER, reason=f"广告，电话 {make.PHONE}") == 1
    assert doubtful.state == OpinionState.SPAM
    assert seen(doubtful, cast) == []
    assert make.PHONE not in str(list(audit.trail_of(doubtful).values_list("data", flat=True)))
    assert Opinion.objects.filter(pk=doubtful.pk).exists()
    assert actions.admit([doubtful], by=cast.office, at=LATER) == 1
    assert (doubtful.state, doubtful.submitted_at) == (OpinionState.SUBMITTED, make.AT)
    assert [event.verb for event in audit.trail_of(doubtful)] == ["opinions.submit", "opinions.set_aside", "opinions.admit"]


def test_a_colleague_was_faster(doubtful: Opinion, cast: Any) -> None:
    mine = Opinion.objects.get(pk=doubtful.pk)
    actions.admit([doubtful], by=cast.office, at=LATER)
    assert actions.set_aside([mine], by=cast.office, at=LATER, reason="广告") == 0
    assert actions.admit([mine], by=cast.office, at=LATER) == 0
    assert Opinion.objects.get().state == OpinionState.SUBMITTED


@pytest.mark.parametrize("who", ["chair", "member", "cadre", "clerk", "resident", "leader", "sysadmin", "other_office"])
def test_only_the_office_of_the_district_decides(doubtful: Opinion, cast: Any, who: str) -> None:
    for verb in (actions.admit, actions.set_aside):
        with pytest.raises(Denied):
            verb([doubtful], by=getattr(cast, who), at=LATER, reason="广告")
    assert Opinion.objects.get().state == OpinionState.QUARANTINED


@pytest.mark.parametrize("verb", ["accept", "answer", "keep", "decline", "refer"])
def test_nothing_else_can_be_done_with_it(doubtful: Opinion, cast: Any, verb: str) -> None:
    more: dict[str, Any] = {"decline": {"reason": "empty"}, "refer": {"outcome": "hotline"}}.get(verb, {})
    with pytest.raises(WrongState):
        getattr(actions, verb)(doubtful, by=cast.office, at=LATER, message="回复", **more)


def test_the_receipt_works_and_says_what_is_going_on(cast: Any) -> None:
    opinion, code = make.handed_in(doubts=[Doubt.TRAP])
    found = actions.find_by_receipt(opinion.number, code, make.AT)
    assert found == opinion
    assert "It was received and is being checked." in said(opinion)
    actions.add_fact(opinion, text="我是本人，请处理。", at=LATER)
    assert not Notice.objects.filter(app_label="opinions").exists()
    actions.set_aside([opinion], by=cast.office, at=LATER, reason="广告")
    assert "The CPPCC office set it aside, because it looked as if a machine had sent it." in said(opinion)
    actions.admit([opinion], by=cast.office, at=LATER)
    assert not [title for title in said(opinion) if "machine" in title or "being checked" in title]


def said(opinion: Opinion) -> list[str]:
    with translation.override("en"):
        return [str(step.title) for step in receipt.for_submitter(opinion)]


def test_what_was_set_aside_loses_its_contact_when_the_time_is_over(cast: Any) -> None:
    contact = {"name": make.NAME, "phone": make.PHONE}
    held, _code = make.handed_in(doubts=[Doubt.FAST], contact=contact)
    spam, _code = make.handed_in(doubts=[Doubt.FAST], contact=contact)
    actions.set_aside([spam], by=cast.office, at=make.AT, reason="广告")
    later = make.AT + timedelta(days=200)
    assert retention.expire(today=later.date(), at=later).contacts == 1
    assert not SealedIdentity.objects.filter(opinion=spam, erased_at=None).exists()
    assert SealedIdentity.objects.filter(opinion=held, erased_at=None).exists()


def test_the_same_key_again_is_the_same_receipt(cast: Any) -> None:
    first, code = make.handed_in(text=TEXT, doubts=[Doubt.FAST])
    again, same = make.handed_in(text=TEXT, key=first.key, doubts=[])
    assert (again, same) == (first, code)
    assert Opinion.objects.get().state == OpinionState.QUARANTINED


def test_rebuilding_the_index_leaves_it_out(doubtful: Opinion, cast: Any) -> None:
    other, _code = make.handed_in(text="另一件事：路灯不亮。")
    assert search.rebuild() >= 1
    assert not [one for one in search.stale() if one.startswith("opinions.")]
    assert finding.find(cast.office, "过渡费", limit=5) == []
    assert [hit.object for hit in finding.find(cast.office, "路灯", limit=5)[0].hits] == [other]
