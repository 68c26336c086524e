"""The triage desk: counts that stop, ages in working days, in whose hands, many at once, split in two, and taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.kit import audit, parameters, recall
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.opinions import actions, claims, desk, identity, letters, receipts, splitting, undoing
from consult.opinions.models import Claim, Opinion, TriageTemplate
from consult.opinions.states import Letter, OpinionState, Outcome, Reason
from tests import make

S = OpinionState
OTHERS = ["resident", "member", "cadre", "expert", "clerk", "chair", "supervision", "leader", "sysadmin", "stranger",
          "other_office"]
BACK: dict[str, Any] = {"reason": "选错了一行。", "message": "刚才的答复有误，我们重新处理。"}
TWO = "过渡费三个月没有到账。楼下路灯也坏了，晚上看不见。"


def colleague(place: Any) -> Any:
    return make.appointed("office2", "李干事", "cppcc_office", place.jurisdiction)


def told(opinion: Opinion) -> list[str]:
    return list(opinion.messages.filter(way="out").values_list("text", flat=True))


# --- what waits -----------------------------------------------------------------------------------------------------


def test_counts_take_two_queries_and_stop(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        make.opinion()
    make.opinion(S.KEPT, by=cast.office)
    monkeypatch.setattr(desk, "CAP", 1)
    with CaptureQueriesContext(connection) as asked:
        found = desk.counts(Opinion.objects.all())
    assert len(asked) == 2
    assert (found["submitted"], found["kept"], found["rated"]) == (2, 1, 0)  # never further than one beyond the cap


def test_what_is_decided_is_counted_anew_when_something_else_waits(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "SECONDS", 60)
    first, second = make.opinion(), make.opinion()
    assert desk.counts(Opinion.objects.all())["kept"] == 0
    for n, opinion in enumerate((first, second), 1):
        actions.accept(opinion, by=cast.office, at=make.AT)
        actions.keep(opinion, message="已留存。", by=cast.office, at=make.AT)
        found = desk.counts(Opinion.objects.all())
        assert (found["submitted"], found["kept"]) == (2 - n, n)
    with CaptureQueriesContext(connection) as asked:
        assert desk.counts(Opinion.objects.all()) == found
    assert len(asked) == 1


def test_age_and_due_are_working_days(cast: Any) -> None:
    friday = make.AT - timedelta(days=4)
    new, taken, done = (make.opinion(at=friday) for _ in range(3))
    actions.accept(taken, by=cast.office, at=make.AT)
    actions.keep(done, message="已留存。", by=cast.office, at=make.AT)
    found = desk.waiting([new, taken, done], make.TODAY)
    assert {one.age for one in found.values()} == {2}  # Friday to Tuesday, over a weekend
    assert found[new.pk].due == date(2026, 11, 24)
    assert found[taken.pk].due == date(2026, 11, 27)
    assert found[done.pk].due is None


# --- in whose hands -------------------------------------------------------------------------------------------------


def test_opening_takes_in_hand_and_the_next_lets_go(cast: Any, place: Any) -> None:
    one, two = make.opinion(), make.opinion()
    claims.open_for(one, by=cast.office, at=make.AT)
    assert claims.holder(one, make.AT).by == cast.office
    claims.open_for(two, by=cast.office, at=make.AT)
    assert claims.holder(one, make.AT) is None
    claims.take_up(two, by=cast.office, at=make.AT)
    claims.open_for(one, by=cast.office, at=make.AT)
    assert claims.holder(two, make.AT).by == cast.office  # taken on purpose: it stays


def test_a_colleague_reads_and_is_told_but_does_not_decide(cast: Any, place: Any) -> None:
    other, opinion = colleague(place), make.opinion()
    claims.open_for(opinion, by=cast.office, at=make.AT)
    assert claims.open_for(opinion, by=other, at=make.AT).by == cast.office
    for verb, said in (("accept", {}), ("keep", {"message": "留存。"}), ("decline", {"reason": "empty", "message": "否。"}),
                       ("refer", {"outcome": "hotline", "message": "转。"}), ("adopt", {"title": "题目"})):
        with pytest.raises(claims.InHand) as wrong:
            getattr(actions, verb)(opinion, by=other, at=make.AT, **said)
        assert cast.office.name in str(wrong.value.reason)
    opinion.refresh_from_db()
    assert opinion.state == S.SUBMITTED
    assert told(opinion) == []


def test_taking_over_is_kept_on_record(cast: Any, place: Any) -> None:
    other, opinion = colleague(place), make.opinion()
    claims.open_for(opinion, by=cast.office, at=make.AT)
    claims.deciding(actions.accept)(opinion, by=other, at=make.AT, take_over=True)
    assert opinion.state == S.ACCEPTED
    assert audit.trail_of(opinion).get(verb="opinions.take_over").data == {"from": str(cast.office)}


def test_the_lease_ends_and_can_be_renewed(cast: Any, place: Any) -> None:
    other, opinion = colleague(place), make.opinion()
    claims.open_for(opinion, by=cast.office, at=make.AT)
    later = make.AT + timedelta(minutes=14)
    claims.take_up(opinion, by=cast.office, at=later)
    assert Claim.objects.get().since == make.AT
    assert claims.holder(opinion, make.AT + timedelta(minutes=28)).by == cast.office
    actions.accept(opinion, by=other, at=make.AT + timedelta(minutes=30))
    assert opinion.state == S.ACCEPTED
    assert list(claims.held(Opinion.objects.all(), make.AT + timedelta(minutes=28), cast.office)) == [opinion]
    assert list(claims.free(Opinion.objects.all(), make.AT + timedelta(minutes=28))) == []


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_has_hands_in_it(cast: Any, who: str) -> None:
    opinion, user = make.opinion(text=TWO), getattr(cast, who)
    assert claims.open_for(opinion, by=user, at=make.AT) is None
    for refused in (lambda: claims.take_up(opinion, by=user, at=make.AT),
                    lambda: splitting.split(opinion, chosen=[1], message="分开。", by=user, at=make.AT),
                    lambda: desk.decide_many([opinion], actions.keep, message="留存。", by=user, at=make.AT)):
        with pytest.raises(Denied):
            refused()
    assert not Claim.objects.exists()
    assert Opinion.objects.get().state == S.SUBMITTED


# --- many at once ---------------------------------------------------------------------------------------------------


def test_each_of_many_stands_for_itself(cast: Any, place: Any) -> None:
    good, gone, held = make.opinion(), make.opinion(S.ANSWERED, by=cast.office), make.opinion()
    claims.open_for(held, by=colleague(place), at=make.AT)
    done = desk.decide_many([good, gone, held], actions.decline, reason=Reason.EMPTY, message="没有具体事项。", by=cast.office,
                            at=make.AT)
    assert [bool(one.reason) for one in done] == [False, True, True]
    assert "李干事" in str(done[2].reason)
    assert [one.state for one in Opinion.objects.order_by("pk")] == [S.DECLINED, S.ANSWERED, S.SUBMITTED]
    assert (told(good), told(held)) == (["没有具体事项。"], [])
    assert audit.trail_of(good).filter(verb="opinions.decline").count() == 1
    assert not audit.trail_of(held).filter(verb="opinions.decline").exists()


def test_many_are_bounded_and_some(cast: Any) -> None:
    parameters.put("opinion_bulk_max", 2, since=make.TODAY, basis="试验", by=cast.sysadmin, at=make.AT)
    three = [make.opinion() for _ in range(3)]
    for chosen in ([], three):
        with pytest.raises(ValidationError):
            desk.decide_many(chosen, actions.keep, message="留存。", by=cast.office, at=make.AT)
    assert not Opinion.objects.exclude(state=S.SUBMITTED).exists()


# --- taken back -----------------------------------------------------------------------------------------------------

MOVES: dict[str, dict[str, Any]] = {
    "accept": {}, "keep": {"message": "留存。"}, "decline": {"reason": "empty", "message": "不受理。"},
    "refer": {"outcome": "hotline", "message": "已转。"}}


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("verb", MOVES)
def test_a_decision_is_taken_back_to_where_it_stood(cast: Any, verb: str, accepted: bool) -> None:
    opinion = make.opinion(S.ACCEPTED if accepted and verb != "accept" else S.SUBMITTED, by=cast.office)
    before = opinion.state
    getattr(actions, verb)(opinion, by=cast.office, at=make.AT, **MOVES[verb])
    undoing.take_back(opinion, by=cast.office, at=make.AT, **BACK)
    assert opinion.state == before
    assert (opinion.accepted_at is None) == (before == S.SUBMITTED)
    assert told(opinion)[-1] == BACK["message"]
    event = audit.trail_of(opinion).get(verb="opinions.take_back")
    assert event.data == {"move": verb, "reason": BACK["reason"]}
    assert opinion.taken_back.get().reason == BACK["reason"]
    getattr(actions, verb)(opinion, by=cast.office, at=make.AT, **MOVES[verb])  # and it can be decided again


def test_merged_voices_come_back_whole(cast: Any) -> None:
    lead, second, third, own = (make.opinion() for _ in range(4))
    actions.merge(third, into=second, by=cast.office, at=make.AT)
    actions.merge(second, into=lead, by=cast.office, at=make.AT)
    actions.merge(own, into=lead, by=cast.office, at=make.AT)
    undoing.take_back(second, by=cast.office, at=make.AT, **BACK)
    for one in (second, third, own):
        one.refresh_from_db()
    assert (second.state, second.merged_into) == (S.SUBMITTED, None)
    assert (third.merged_into, own.merged_into) == (second, lead)
    actions.answer(second, message="已补发。", by=cast.office, at=make.AT)
    third.refresh_from_db()
    own.refresh_from_db()
    assert (third.state, own.state) == (S.RESPONDED, S.MERGED)


def test_whoever_was_told_with_it_is_told_again(cast: Any) -> None:
    lead, other = make.opinion(), make.opinion()
    actions.merge(other, into=lead, by=cast.office, at=make.AT)
    actions.keep(lead, message="留存。", by=cast.office, at=make.AT)
    undoing.take_back(lead, by=cast.office, at=make.AT, **BACK)
    assert told(other)[-2:] == ["留存。", BACK["message"]]


def test_only_for_some_days_and_only_the_last_decision(cast: Any) -> None:
    old = make.opinion(at=make.AT - timedelta(days=20))
    actions.keep(old, message="留存。", by=cast.office, at=make.AT - timedelta(days=10))
    answered = make.opinion(S.ANSWERED, by=cast.office)
    back = make.opinion(S.ADOPTED, by=cast.office)
    actions.release(back, by=cast.office, at=make.AT)  # accepted again, but not by accepting it
    for opinion in (old, answered, back):
        with pytest.raises(Denied):
            undoing.take_back(opinion, by=cast.office, at=make.AT, **BACK)
        opinion.refresh_from_db()
        assert not opinion.taken_back.exists()


@pytest.mark.parametrize("missing", ["reason", "message"])
def test_taking_back_says_why_and_tells(cast: Any, missing: str) -> None:
    opinion = make.opinion(S.KEPT, by=cast.office)
    with pytest.raises(ValidationError) as wrong:
        undoing.take_back(opinion, by=cast.office, at=make.AT, **{**BACK, missing: " "})
    assert missing in wrong.value.message_dict
    assert Opinion.objects.get().state == S.KEPT


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_takes_back(cast: Any, who: str) -> None:
    opinion = make.opinion(S.KEPT, by=cast.office)
    with pytest.raises(Denied):
        undoing.take_back(opinion, by=getattr(cast, who), at=make.AT, **BACK)


# --- two matters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "parts"), [
    (TWO, ["过渡费三个月没有到账。", "楼下路灯也坏了，晚上看不见。"]), ("电梯坏了，路灯也坏了", ["电梯坏了，", "路灯也坏了"]),
    ("“太吵！”他说。\n学校远", ["“太吵！”", "他说。", "学校远"]), ("只有一件事", ["只有一件事"])])
def test_pieces_lose_no_word(text: str, parts: list[str]) -> None:
    assert splitting.pieces(text) == parts
    assert "".join(parts) == text.replace("\n", "")


def test_two_matters_become_two(cast: Any) -> None:
    first, code = make.handed_in(text=TWO, resident=cast.resident.residency)
    actions.accept(first, by=cast.office, at=make.AT)
    second = splitting.split(first, chosen=[1], tags=["site"], message="第二件事编号 {number}。", by=cast.office, at=make.AT)
    first.refresh_from_db()
    assert first.text == TWO
    assert (second.text, second.tags, second.state) == ("楼下路灯也坏了，晚上看不见。", ["site"], S.ACCEPTED)
    assert (second.split_from, second.submitted_at, second.resident) == (first, first.submitted_at, first.resident)
    assert told(first)[-1] == f"第二件事编号 {second.number}。"
    assert list(splitting.others(second)) == [first]
    assert not receipts.matches(code, second.receipt_hash)  # one receipt, that of the first
    actions.decline(second, reason=Reason.SETTLED, message="已答复。", by=cast.office, at=make.AT)
    first.refresh_from_db()
    assert first.state == S.ACCEPTED


@pytest.mark.parametrize("chosen", [[], [0, 1], [7]])
def test_some_sentences_but_not_all(cast: Any, chosen: list[int]) -> None:
    with pytest.raises(ValidationError) as wrong:
        splitting.split(make.opinion(text=TWO), chosen=chosen, message="分开。", by=cast.office, at=make.AT)
    assert "chosen" in wrong.value.message_dict
    assert Opinion.objects.count() == 1


def test_what_is_decided_is_not_split(cast: Any) -> None:
    with pytest.raises(WrongState):
        splitting.split(make.opinion(S.KEPT, by=cast.office, text=TWO), chosen=[1], message="分开。", by=cast.office, at=make.AT)
    assert Opinion.objects.count() == 1


def test_who_spoke_is_forgotten_for_both(cast: Any) -> None:
    first = make.named_opinion(text=TWO, resident=cast.resident.residency)
    second = splitting.split(first, chosen=[1], message="分开。", by=cast.office, at=make.AT)
    identity.erase_contact(second, at=make.AT)
    for one in (first, second):
        one.refresh_from_db()
        assert (one.resident, one.identity_mode) == (None, "anonymous")
    assert identity.identity_of(first) is None


def test_fewer_may_know_for_both(cast: Any) -> None:
    first = make.named_opinion(text=TWO, identity_mode="department", share_with_department=True)
    second = splitting.split(first, chosen=[1], message="分开。", by=cast.office, at=make.AT)
    identity.restrict(first, mode="cppcc_only", at=make.AT)
    second.refresh_from_db()
    assert (first.identity_mode, second.identity_mode) == ("cppcc_only", "cppcc_only")
    assert not identity.identity_of(first).share_with_department


# --- the office's own words -----------------------------------------------------------------------------------------


def words(place: Any, **said: Any) -> TriageTemplate:
    return letters.write(**{"jurisdiction": place.jurisdiction, "outcome": "keep", "name": "常用", "text": "我们记下了。",
                            "at": make.AT, **said})


def test_the_products_words_are_taken_over_once(cast: Any, place: Any) -> None:
    kinds = len(Letter.values) - 1 + len(Reason.values)
    assert letters.begin(place.jurisdiction, by=cast.office, at=make.AT) == kinds
    assert letters.begin(place.jurisdiction, by=cast.office, at=make.AT) == 0
    for row in TriageTemplate.objects.all():
        names = {"number": "YJ2026-00001", "title": "题目"}
        product = letters.product(row.outcome, row.reason, **names)
        assert letters.usual(place.jurisdiction.pk, row.outcome, row.reason, **names) == product


def test_changed_words_are_used_and_others_are_not(cast: Any, place: Any) -> None:
    row, here = words(place, by=cast.office), place.jurisdiction.pk
    assert letters.usual(here, "keep") == "我们记下了。"
    assert letters.usual(place.other.pk, "keep") == letters.product("keep")
    letters.change(row, outcome="keep", name="常用", text="换了。", active=False, by=cast.office, at=make.AT)
    assert letters.usual(here, "keep") == letters.product("keep")
    words(place, outcome="merge", text="与 {number} 一并办理。", by=cast.office)
    lead, other = make.opinion(), make.opinion()
    actions.merge(other, into=lead, by=cast.office, at=make.AT)
    assert told(other) == [f"与 {lead.number} 一并办理。"]
    words(place, outcome="decline", text="因{reason}，不受理。", by=cast.office)
    assert letters.usual(here, Outcome.DECLINE, Reason.EMPTY).startswith("因")


@pytest.mark.parametrize(("said", "field"), [
    ({"text": " "}, "text"), ({"name": ""}, "name"), ({"outcome": "x"}, "outcome"), ({"reason": "empty"}, "reason"),
    ({"text": "与 {number} 合并"}, "text"), ({"text": "{nobody} 你好"}, "text")])
def test_wrong_words_are_refused(cast: Any, place: Any, said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        words(place, by=cast.office, **said)
    assert field in wrong.value.message_dict
    assert not TriageTemplate.objects.exists()


def test_one_name_once(cast: Any, place: Any) -> None:
    words(place, by=cast.office)
    with pytest.raises(ValidationError) as wrong:
        words(place, by=cast.office)
    assert "name" in wrong.value.message_dict


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_writes_words(cast: Any, place: Any, who: str) -> None:
    with pytest.raises(Denied):
        words(place, by=getattr(cast, who))
