"""Consultations: the table, the method of each kind, the record, the confirmation, and that it then stays as it is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.consultations import actions, minutes, panel, rules
from consult.consultations.models import Consultation
from consult.consultations.states import NOTHING, ConsultationState, Duty, Group
from consult.kit import audit, notices
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.topics.states import Kind, TopicState
from tests import make
from tests.make_consultations import RESIDENT, at_table, consultation_facts, question, seat, session_at, walk
from tests.make_topics import voice

S = ConsultationState
DAY = timedelta(days=1)
KINDS = (Kind.POLICY, Kind.PLANNING, Kind.CONFLICT)


@pytest.fixture
def office(cast):
    return {"by": cast.office, "at": make.AT}


@pytest.fixture
def keeper(cast):
    return {"by": cast.member, "at": session_at()}


# --- preparing -----------------------------------------------------------------------------------------------------


def test_preparing_begins_the_topic(place, cast):
    made = make.consultation(place, cast, seated=False)
    assert made.number == "XS2026-0001"
    assert made.topic.state == TopicState.IN_CONSULTATION
    assert [str(item) for item in made.agenda.all()] == ["report", "questions", "answers", "statements"] or \
        made.agenda.count() == 4
    assert audit.trail_of(made).get().verb == "consultations.prepare"


@pytest.mark.parametrize(("field", "value"), [
    ("title", " "), ("venue", ""), ("form", "chat"), ("venue_kind", "moon"), ("starts_at", make.AT - DAY),
    ("ends_at", make.AT)])
def test_what_is_missing_is_said_beside_the_field(place, cast, office, field, value):
    about = make.topic(place, cast)
    with pytest.raises(ValidationError) as wrong:
        actions.prepare(**consultation_facts(about, **{field: value}), **office)
    assert list(wrong.value.message_dict) == [field]
    about.refresh_from_db()
    assert about.state == TopicState.PUBLISHED


def test_only_an_announced_topic_is_talked_over(place, cast, office):
    for state in (TopicState.PLANNED, TopicState.CLOSED):
        with pytest.raises(ValidationError, match="topic"):
            actions.prepare(**consultation_facts(make.topic(place, cast, state=state)), **office)


def test_a_conflict_is_never_announced(place, cast, office):
    about = make.topic(place, cast, kind=Kind.CONFLICT)
    with pytest.raises(ValidationError, match="is_open"):
        actions.prepare(**consultation_facts(about, is_open=True), **office)


def test_a_member_who_prepares_is_the_convenor_and_keeps_it(place, cast):
    made = actions.prepare(**consultation_facts(make.topic(place, cast)), by=cast.member, at=make.AT)
    assert at_table(made, Group.MEMBERS).duty == Duty.CONVENOR
    assert rules.may_invite(cast.member, made)
    assert not rules.may_invite(cast.lawyer, made)
    about = make.topic(place, cast)
    for name, who in cast.roles().items():
        if name not in ("office", "member", "lawyer"):
            with pytest.raises(Denied):
                actions.prepare(**consultation_facts(about), by=who, at=make.AT)


# --- the table -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seated", "field"), [
    ({"group": "members", "name": "某委员"}, "member"), ({"group": "departments", "name": "局长"}, "department"),
    ({"group": "public", "name": " "}, "name"), ({"group": "press", "name": "记者"}, "group"),
    ({"group": "public", "name": "居民", "duty": "king"}, "duty"),
])
def test_a_seat_needs_its_person(place, cast, office, seated, field):
    made = make.consultation(place, cast, seated=False)
    with pytest.raises(ValidationError) as wrong:
        actions.invite(made, **seated, **office)
    assert list(wrong.value.message_dict) == [field]
    assert not made.panel.exists()


def test_nobody_sits_twice_and_there_is_one_chair(place, cast, office):
    made = make.consultation(place, cast)
    with pytest.raises(ValidationError, match="member"):
        actions.invite(made, group="members", member=cast.member.membership, **office)
    with pytest.raises(ValidationError, match="duty"):
        actions.invite(made, group="experts", name="专家乙", duty="chair", **office)
    with pytest.raises(ValidationError, match="department"):
        actions.invite(made, group="departments", name="别区局长", department=place.other_department, **office)


def test_the_gaps_are_shown(place, cast):
    made = make.consultation(place, cast, seated=False, form="round_table")
    gaps = panel.check(made)
    assert [gap.level for gap in gaps].index("should") == len(panel.blocking(gaps)) == 3  # chair, recorder, head
    assert sum(not gap.holds_up for gap in gaps) == 5 + 2  # five groups, size, visits
    seat(made, place, cast)
    assert not panel.blocking(panel.check(made))
    assert dict(panel.by_group(made))


def test_policy_needs_a_department_head(place, cast, office):
    made = make.consultation(place, cast)
    actions.uninvite(made, panelist=at_table(made, Group.DEPARTMENTS), **office)
    with pytest.raises(ValidationError, match=r"head|负责人"):
        actions.notify(made, **office)


def test_a_conflict_is_led_by_law_or_mediation(place, cast, office):
    made = make.consultation(place, cast, kind=Kind.CONFLICT)
    actions.uninvite(made, panelist=made.panel.get(duty=Duty.CHAIR), **office)
    actions.uninvite(made, panelist=made.panel.get(duty=Duty.RECORDER), **office)
    actions.invite(made, group="members", duty="chair", member=cast.member.membership, **office)
    actions.invite(made, group="members", duty="recorder", member=cast.lawyer.membership, **office)
    with pytest.raises(ValidationError, match=r"law|法律"):
        actions.notify(made, **office)


def test_without_chair_or_with_one_who_cannot_confirm_nobody_is_invited(place, cast, office):
    made = make.consultation(place, cast)
    actions.uninvite(made, panelist=made.panel.get(duty=Duty.CHAIR), **office)
    with pytest.raises(ValidationError):
        actions.notify(made, **office)
    actions.invite(made, group="experts", duty="chair", name="无账号专家", **office)
    with pytest.raises(ValidationError):
        actions.notify(made, **office)
    assert made.state == S.PREPARING


def test_short_notice_needs_a_reason(place, cast, office):
    soon = make.AT + 2 * DAY
    made = make.consultation(place, cast, starts_at=soon, ends_at=soon + timedelta(hours=1))
    with pytest.raises(ValidationError, match="reason"):
        actions.notify(made, **office)
    actions.notify(made, reason="汛期将至", **office)
    assert made.state_note == "汛期将至"


def test_the_table_and_the_clerks_hear_of_it_except_in_conflicts(place, cast, office):
    make.consultation(place, cast, state=S.NOTIFIED)
    for who in (cast.lawyer, cast.member, cast.cadre, cast.expert, cast.clerk):
        assert "consultations.notify" in [notice.kind for notice in notices.inbox(who)]
    assert not notices.inbox(cast.clerk2).filter(kind__startswith="consultations").exists()
    made = make.consultation(place, cast, state=S.NOTIFIED, kind=Kind.CONFLICT)
    assert not notices.inbox(cast.clerk).filter(object_id=str(made.pk)).exists()


def test_a_cancelled_one_says_why(place, cast, office):
    made = make.consultation(place, cast, state=S.NOTIFIED)
    with pytest.raises(ValidationError):
        actions.cancel(made, note=" ", **office)
    actions.cancel(made, note="改期", **office)
    assert "consultations.cancel" in [notice.kind for notice in notices.inbox(cast.expert)]
    with pytest.raises(WrongState):
        actions.start(made, **office)


# --- the record ----------------------------------------------------------------------------------------------------


def test_question_answer_rejoinder(place, cast, keeper):
    opinion = voice(place)
    about = make.topic(place, cast, opinions=[opinion])
    made = make.consultation(place, cast, state=S.IN_SESSION, about=about)
    head = at_table(made, Group.DEPARTMENTS)
    with pytest.raises(ValidationError, match="question"):
        actions.ask(made, asked_by=head, question=" ", **keeper)
    with pytest.raises(ValidationError, match="opinion"):
        actions.ask(made, asked_by=head, question="？？", opinion=voice(place, "别的事"), **keeper)
    asked = actions.ask(made, asked_by=at_table(made, Group.PUBLIC), question="何时发？", opinion=opinion, **keeper)
    with pytest.raises(ValidationError, match="statement"):
        actions.rejoin(made, statement=asked, text="不满意", **keeper)
    with pytest.raises(ValidationError, match="answer"):
        actions.reply(made, statement=asked, answered_by=head, on_the_spot=True, **keeper)
    with pytest.raises(ValidationError, match="answer_due_on"):
        actions.reply(made, statement=asked, answered_by=head, on_the_spot=False, **keeper)
    with pytest.raises(ValidationError, match="answer_due_on"):
        actions.reply(made, statement=asked, answered_by=head, on_the_spot=False, answer_due_on=make.TODAY, **keeper)
    actions.reply(made, statement=asked, answered_by=head, on_the_spot=True, answer="下月十日前", **keeper)
    actions.rejoin(made, statement=asked, text="希望写进纪要", **keeper)
    asked.refresh_from_db()
    assert (asked.answer, asked.rejoinder, asked.answer_due_on) == ("下月十日前", "希望写进纪要", None)
    other = make.consultation(place, cast, state=S.IN_SESSION)
    with pytest.raises(ValidationError):
        actions.ask(made, asked_by=at_table(other, Group.PUBLIC), question="？？", **keeper)
    with pytest.raises(ValidationError):
        actions.reply(other, statement=asked, answered_by=head, on_the_spot=True, answer="串场", **keeper)


def by_method(made, method, asked, keeper):
    """The step that belongs to one kind."""
    if method == Kind.POLICY:
        return actions.clear(made, statement=asked, cleared="cleared", **keeper)
    if method == Kind.PLANNING:
        return actions.demand(made, raised_by=at_table(made, Group.PUBLIC), text="建小学", **keeper)
    return actions.take_position(made, party="甲户", position="归我", **keeper)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_own_method(place, cast, keeper, kind):
    made = make.consultation(place, cast, state=S.IN_SESSION, kind=kind)
    asked = question(made, **keeper)
    by_method(made, kind, asked, keeper)
    for other in KINDS:
        if other != kind:
            with pytest.raises(ValidationError):
                by_method(made, other, asked, keeper)


def test_a_decision_says_why_and_where(place, cast, keeper):
    made = make.consultation(place, cast, state=S.IN_SESSION, kind=Kind.PLANNING)
    wish = actions.demand(made, raised_by=at_table(made, Group.PUBLIC), text="建小学", **keeper)
    for wrong in ({"verdict": "open", "reason": "因为"}, {"verdict": "adopted", "reason": " "}):
        with pytest.raises(ValidationError):
            actions.decide(made, demand=wish, **wrong, **keeper)
    actions.decide(made, demand=wish, verdict="not_adopted", reason="用地不足", **keeper)
    assert wish.plan_version == "规划方案第二稿"


def test_agreement_is_written_down(place, cast, keeper):
    made = make.consultation(place, cast, state=S.IN_SESSION, kind=Kind.CONFLICT)
    position = actions.take_position(made, party="甲户", position="归我", **keeper)
    with pytest.raises(ValidationError, match="agreement"):
        actions.settle(made, position=position, agreed=True, **keeper)
    actions.settle(made, position=position, agreed=False, **keeper)
    assert position.agreed is False


def test_none_is_said_expressly(place, cast, keeper):
    made = make.consultation(place, cast, state=S.IN_SESSION)
    with pytest.raises(ValidationError):
        actions.summarise(made, **keeper)
    with pytest.raises(ValidationError, match="dissent"):
        actions.summarise(made, dissent="有", none=["dissent"], **keeper)
    actions.summarise(made, consensus="按季发", none=["dissent", "open_points"], **keeper)
    assert made.dissent == NOTHING


def test_only_keepers_write(place, cast):
    made = make.consultation(place, cast, state=S.IN_SESSION)
    for name, who in cast.roles().items():
        may = name in ("office", "lawyer", "member")
        assert bool(rules.may_ask(who, made)) is may, name
        if not may:
            with pytest.raises(Denied):
                question(made, by=who, at=session_at())


# --- minutes and freezing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_way(place, cast, kind):
    made = make.consultation(place, cast, state=S.ARCHIVED, kind=kind)
    made.topic.refresh_from_db()
    assert made.topic.state == TopicState.CONSULTED
    kept = made.minutes
    assert kept.confirmed_by == cast.lawyer
    assert kept.sha256 == minutes.digest(minutes.snapshot(made, kept.text)) == minutes.digest(kept.snapshot)
    assert RESIDENT not in str(kept.snapshot["panel"])
    assert "consultations.confirm" in [notice.kind for notice in notices.inbox(cast.office)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_unfinished_record_is_not_confirmed(place, cast, kind):
    made = make.consultation(place, cast, state=S.IN_SESSION, kind=kind)
    keeper = {"by": cast.member, "at": session_at()}
    if kind == Kind.POLICY:
        question(made, **keeper)
    if kind == Kind.PLANNING:
        actions.demand(made, raised_by=at_table(made, Group.PUBLIC), text="建小学", **keeper)
    if kind == Kind.CONFLICT:
        actions.take_position(made, party="甲户", position="归我", **keeper)
    actions.end(made, **keeper)
    actions.submit_minutes(made, text="纪要", **keeper)
    assert len(panel.missing(made)) >= 3
    with pytest.raises(ValidationError):
        actions.confirm(made, by=cast.lawyer, at=session_at())
    assert Consultation.objects.get(pk=made.pk).state == made.state == S.MINUTED


def test_only_the_chair_at_the_table_confirms(place, cast):
    made = make.consultation(place, cast, state=S.MINUTED)
    for name, who in cast.roles().items():
        if name != "lawyer":
            with pytest.raises(Denied):
                actions.confirm(made, by=who, at=session_at())
            with pytest.raises(Denied):
                actions.return_minutes(made, note="补", by=who, at=session_at())
    actions.return_minutes(made, note="补充分歧", by=cast.lawyer, at=session_at())
    assert "consultations.return_minutes" in [notice.kind for notice in notices.inbox(cast.member)]
    walk(made, S.MINUTED, cast)
    walk(made, S.CONFIRMED, cast)


def test_after_the_confirmation_nothing_of_the_record_changes(place, cast, keeper, office):
    made = make.consultation(place, cast, state=S.CONFIRMED)
    asked, sitting = made.statements.get(), at_table(made, Group.PUBLIC)
    before = made.minutes.sha256
    tries = {
        "invite": lambda: actions.invite(made, group="public", name="迟到者", **office),
        "uninvite": lambda: actions.uninvite(made, panelist=sitting, **office),
        "add_item": lambda: actions.add_item(made, kind="speech", **office),
        "remove_item": lambda: actions.remove_item(made, item=made.agenda.first(), **office),
        "sign_in": lambda: actions.sign_in(made, panelist=sitting, presence="absent", **keeper),
        "ask": lambda: question(made, **keeper),
        "reply": lambda: actions.reply(made, statement=asked, answered_by=sitting, on_the_spot=True, answer="改", **keeper),
        "rejoin": lambda: actions.rejoin(made, statement=asked, text="改", **keeper),
        "clear": lambda: actions.clear(made, statement=asked, cleared="cleared", **keeper),
        "summarise": lambda: actions.summarise(made, consensus="改", **keeper),
        "end": lambda: actions.end(made, **keeper),
        "submit_minutes": lambda: actions.submit_minutes(made, text="改", **keeper),
        "return_minutes": lambda: actions.return_minutes(made, note="改", by=cast.lawyer, at=session_at()),
        "confirm": lambda: actions.confirm(made, by=cast.lawyer, at=session_at()),
        "cancel": lambda: actions.cancel(made, note="改", **office),
        "attach": lambda: actions.attach(made, upload=None, **office),
        "amend": lambda: actions.amend(made, **{k: v for k, v in consultation_facts(made.topic).items() if k != "topic"},
                                       **office),
    }
    for name, act in tries.items():
        with pytest.raises(WrongState) as wrong:
            act()
        assert str(wrong.value.reason), name
    made.refresh_from_db()
    assert minutes.digest(minutes.snapshot(made, made.minutes.text)) == before == made.minutes.sha256


@pytest.mark.parametrize("kind", [Kind.PLANNING, Kind.CONFLICT])
def test_demands_and_positions_are_frozen_too(place, cast, keeper, kind):
    made = make.consultation(place, cast, state=S.CONFIRMED, kind=kind)
    tries = {
        Kind.PLANNING: [lambda: actions.decide(made, demand=made.demands.get(), verdict="adopted", reason="改", **keeper),
                        lambda: actions.demand(made, raised_by=at_table(made, Group.PUBLIC), text="又", **keeper)],
        Kind.CONFLICT: [lambda: actions.settle(made, position=made.positions.first(), agreed=False, **keeper),
                        lambda: actions.take_position(made, party="丙户", position="也要", **keeper)]}
    for act in tries[kind]:
        with pytest.raises(WrongState):
            act()


def test_a_promised_answer_is_added_later_by_who_promised_it(place, cast, keeper):
    made = make.consultation(place, cast, state=S.CONFIRMED)
    asked, before = made.statements.get(), made.minutes.sha256
    with pytest.raises(Denied):
        actions.reply_later(made, statement=asked, answer="十日前发", by=cast.clerk2, at=session_at())
    actions.reply_later(made, statement=asked, answer="十日前发", by=cast.clerk, at=session_at())
    asked.refresh_from_db()
    assert (asked.answer, asked.later_answer) == ("", "十日前发")
    assert minutes.digest(minutes.snapshot(made, made.minutes.text)) == before
    assert audit.trail_of(made).last().verb == "consultations.reply_later"
    with pytest.raises(ValidationError):
        actions.reply_later(made, statement=asked, answer="再答", **keeper)


def test_one_department_does_not_answer_for_another(place, cast, office):
    made = make.consultation(place, cast)
    actions.invite(made, group="departments", name="局长乙", department=place.b, **office)
    for step in (S.NOTIFIED, S.IN_SESSION, S.ENDED, S.MINUTED, S.CONFIRMED):
        walk(made, step, cast)
    with pytest.raises(ValidationError, match="statement"):
        actions.reply_later(made, statement=made.statements.get(), answer="代答", by=cast.clerk2, at=session_at())


def test_the_draft_says_what_was_recorded_without_names_of_residents(place, cast):
    for kind in KINDS:
        made = make.consultation(place, cast, state=S.ENDED, kind=kind)
        text = minutes.draft(made)
        assert "过渡费什么时候发？" in text
        assert "每季度首月十日前发放。" in text
        assert RESIDENT not in text
        assert "赵**" in text
