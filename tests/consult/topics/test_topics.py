"""Topics: nothing vague is opened, the path to the plan, the voices and what they are told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, notices
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.opinions.states import OpinionState
from consult.topics import actions, priority, rules
from consult.topics.models import AnnualPlan, Topic
from consult.topics.states import Kind, Priority, TopicState
from tests import make
from tests.make_topics import topic_facts, voice

S = TopicState
DAY = timedelta(days=1)


@pytest.mark.parametrize(("field", "value"), [
    ("title", " "), ("kind", ""), ("kind", "gossip"), ("project", None), ("stage", ""), ("stage", "someday"), ("focus", ""),
    ("focus", "过渡费"), ("priority", 0), ("priority_reason", " "), ("planned_on", None), ("finish_on", None),
    ("planned_on", make.TODAY - DAY), ("finish_on", make.TODAY),
])
def test_a_vague_topic_is_refused_beside_the_field(place, cast, field, value):
    facts = topic_facts(place, **{field: value})
    if field == "project":
        facts["committee"] = None
    with pytest.raises(ValidationError) as wrong:
        actions.open_topic(**facts, by=cast.office, at=make.AT)
    assert list(wrong.value.message_dict) == [field]
    assert not Topic.objects.exists()


def test_opening_adopts_every_opinion_and_tells_them(place, cast):
    voices = [voice(place), voice(place, "安置房什么时候交？")]
    made = make.topic(place, cast, state=S.DRAFTED, opinions=voices)
    assert made.number == "YT2026-0001"
    assert made.voices.count() == 2
    for opinion in voices:
        opinion.refresh_from_db()
        assert opinion.state == OpinionState.ADOPTED
        assert made.title in opinion.messages.last().text
    assert [event.verb for event in audit.trail_of(made)] == ["topics.open"]


def test_one_opinion_speaks_in_one_topic_and_nothing_is_left_behind(place, cast):
    opinion = voice(place)
    make.topic(place, cast, state=S.DRAFTED, opinions=[opinion])
    other = voice(place, "学校什么时候建？")
    with pytest.raises(ValidationError) as wrong:
        make.topic(place, cast, state=S.DRAFTED, opinions=[other, opinion])
    assert opinion.number in str(wrong.value)
    assert Topic.objects.count() == 1
    other.refresh_from_db()
    assert other.state == OpinionState.SUBMITTED


def test_a_committee_of_another_district_is_refused(place, cast):
    from consult.people.models import SpecialCommittee
    stranger = SpecialCommittee.objects.create(name="别区委员会", jurisdiction=place.other)
    with pytest.raises(ValidationError, match="committee"):
        actions.open_topic(**topic_facts(place, committee=stranger), by=cast.office, at=make.AT)


def test_an_office_elsewhere_cannot_open_here(place, cast):
    with pytest.raises(Denied):
        actions.open_topic(**topic_facts(place), by=cast.other_office, at=make.AT)


# --- rules, before, during and after -------------------------------------------------------------------------------

ACTS = {
    "submit_review": (S.DRAFTED, {"office"}, lambda t, by: actions.submit_review(t, by=by, at=make.AT)),
    "approve": (S.UNDER_REVIEW, {"chair"}, lambda t, by: actions.approve(t, by=by, at=make.AT)),
    "send_back": (S.UNDER_REVIEW, {"chair"}, lambda t, by: actions.send_back(t, note="请补充依据", by=by, at=make.AT)),
    "record_consent": (S.REPORTED, {"office"}, lambda t, by: actions.record_consent(
        t, paper="区委办〔2026〕18号", on=make.TODAY, by=by, at=make.AT)),
    "publish": (S.PLANNED, {"office"}, lambda t, by: actions.publish(t, by=by, at=make.AT)),
    "defer": (S.PLANNED, {"office"}, lambda t, by: actions.defer(t, note="等批复", by=by, at=make.AT)),
    "resume": (S.DEFERRED, {"office"}, lambda t, by: actions.resume(t, by=by, at=make.AT)),
    "withdraw": (S.PUBLISHED, {"office"}, lambda t, by: actions.withdraw(t, note="重复", by=by, at=make.AT)),
    "set_priority": (S.PUBLISHED, {"office"}, lambda t, by: actions.set_priority(
        t, priority=1, reason="临近签约截止", by=by, at=make.AT)),
    "add_milestone": (S.PUBLISHED, {"office"}, lambda t, by: actions.add_milestone(
        t, name="方案初稿", due_on=make.TODAY + DAY, by=by, at=make.AT)),
    "tell_voices": (S.CONSULTED, {"office"}, lambda t, by: actions.tell_voices(t, text="结果如下", by=by, at=make.AT)),
}


@pytest.mark.parametrize("verb", ACTS)
def test_each_act_is_open_to_its_role_in_its_state_only(place, cast, verb):
    state, allowed, act = ACTS[verb]
    made = make.topic(place, cast, state=state)
    for name, who in cast.roles().items():
        if name not in allowed:
            with pytest.raises(Denied):
                act(made, who)
            made.refresh_from_db()
            assert made.state == state, name
    by = cast.roles()[next(iter(allowed))]
    act(made, by)
    closed = make.topic(place, cast, state=S.WITHDRAWN if verb != "resume" else S.CLOSED)
    with pytest.raises((WrongState, ValidationError)):
        act(closed, by)


def test_the_path_to_the_plan_is_told_and_kept(place, cast):
    made = make.topic(place, cast, state=S.PUBLISHED)
    assert made.plan == AnnualPlan.objects.get(year=2026, jurisdiction=place.jurisdiction)
    assert made.consent_paper == "区委办〔2026〕18号"
    assert "topics.submit_review" in [notice.kind for notice in notices.inbox(cast.chair)]
    assert "topics.approve" in [notice.kind for notice in notices.inbox(cast.office)]
    assert "topics.publish" in [notice.kind for notice in notices.inbox(cast.member)]
    second = make.topic(place, cast, state=S.PLANNED)
    assert second.plan == made.plan
    verbs = [event.verb.split(".")[1] for event in audit.trail_of(made)]
    assert verbs == ["open", "submit_review", "approve", "record_consent", "publish"]


def test_consent_needs_a_paper_and_a_day_that_has_come(place, cast):
    made = make.topic(place, cast, state=S.REPORTED)
    for paper, on in ((" ", make.TODAY), ("文", make.TODAY + DAY)):
        with pytest.raises(ValidationError):
            actions.record_consent(made, paper=paper, on=on, by=cast.office, at=make.AT)
    assert not AnnualPlan.objects.exists()


def test_sent_back_it_can_be_amended_and_put_forward_again(place, cast):
    made = make.topic(place, cast, state=S.UNDER_REVIEW)
    with pytest.raises(WrongState):
        amend(made, cast.office)
    actions.send_back(made, note="焦点太宽", by=cast.chair, at=make.AT)
    assert (made.state, made.state_note) == (S.DRAFTED, "焦点太宽")
    with pytest.raises(Denied):
        amend(made, cast.member)
    amend(made, cast.office)
    assert made.focus == "逾期发放的过渡费如何补付"
    assert audit.trail_of(made).last().data["focus"][1] == "逾期发放的过渡费如何补付"
    actions.submit_review(made, by=cast.office, at=make.AT)


def amend(made, by):
    return actions.amend(made, title=made.title, focus="逾期发放的过渡费如何补付", stage=made.stage, planned_on=made.planned_on,
                         finish_on=made.finish_on, background=made.background, by=by, at=make.AT)


def test_a_topic_from_nowhere_is_not_put_forward(place, cast):
    made = make.topic(place, cast, state=S.DRAFTED, opinions=[], background="")
    with pytest.raises(ValidationError):
        actions.submit_review(made, by=cast.office, at=make.AT)


# --- voices -------------------------------------------------------------------------------------------------------


def test_withdrawing_gives_the_opinions_back_and_says_so(place, cast):
    opinion = voice(place)
    made = make.topic(place, cast, opinions=[opinion])
    actions.withdraw(made, note="并入全区议题", by=cast.office, at=make.AT)
    opinion.refresh_from_db()
    assert opinion.state == OpinionState.ACCEPTED
    assert not made.voices.exists()
    assert audit.trail_of(made).last().data["opinions"] == [opinion.number]
    make.topic(place, cast, state=S.DRAFTED, opinions=[opinion])


def test_voices_come_and_go_until_the_talks(place, cast):
    made = make.topic(place, cast, state=S.PUBLISHED)
    more = voice(place, "我家也是，两季没发了。")
    for who in (cast.chair, cast.member, cast.clerk):
        with pytest.raises(Denied):
            actions.add_opinion(made, opinions=[more], by=who, at=make.AT)
    actions.add_opinion(made, opinions=[more], by=cast.office, at=make.AT)
    assert Topic.objects.with_voices().get(pk=made.pk).voice_count == 2
    actions.drop_opinion(made, opinion=more, by=cast.office, at=make.AT)
    actions.begin(made, by=cast.office, at=make.AT)
    more.refresh_from_db()
    actions.add_opinion(made, opinions=[more], by=cast.office, at=make.AT)
    with pytest.raises(WrongState):
        actions.drop_opinion(made, opinion=more, by=cast.office, at=make.AT)
    with pytest.raises(ValidationError):
        actions.add_opinion(made, opinions=[], by=cast.office, at=make.AT)


def test_everyone_who_spoke_is_told(place, cast):
    opinion = voice(place)
    made = make.topic(place, cast, state=S.CONSULTED, opinions=[opinion])
    with pytest.raises(ValidationError):
        actions.tell_voices(made, text=" ", by=cast.office, at=make.AT)
    actions.tell_voices(made, text="过渡费改为按季发放。", by=cast.office, at=make.AT)
    opinion.refresh_from_db()
    assert opinion.state == OpinionState.RESPONDED
    assert "按季发放" in opinion.messages.last().text


def test_milestones_are_reached_once(place, cast):
    made = make.topic(place, cast)
    step = actions.add_milestone(made, name="方案公示", due_on=make.TODAY + DAY, by=cast.office, at=make.AT)
    with pytest.raises(ValidationError):
        actions.reach_milestone(made, milestone=step, reached_on=make.TODAY + DAY, by=cast.office, at=make.AT)
    actions.reach_milestone(made, milestone=step, by=cast.office, at=make.AT)
    assert step.reached_on == make.TODAY
    with pytest.raises(ValidationError):
        actions.reach_milestone(made, milestone=step, by=cast.office, at=make.AT)
    for name, day in ((" ", make.TODAY), ("过时", make.TODAY - DAY)):
        with pytest.raises(ValidationError):
            actions.add_milestone(made, name=name, due_on=day, by=cast.office, at=make.AT)


def test_later_rooms_move_it_on_whoever_they_are(place, cast):
    made = make.topic(place, cast, state=S.CONSULTED)
    actions.track(made, by=cast.supervision, at=make.AT)
    actions.begin(made, by=cast.office, at=make.AT)
    actions.conclude(made, by=cast.lawyer, at=make.AT)
    actions.track(made, by=None, at=make.AT)
    actions.close(made, by=cast.office, at=make.AT)
    with pytest.raises(WrongState):
        actions.begin(made, by=cast.office, at=make.AT)
    actions.reopen(made, by=cast.office, at=make.AT)
    assert made.state == S.TRACKED


# --- who sees ------------------------------------------------------------------------------------------------------

EVERYBODY = set(make.Cast.__annotations__)
ABOVE = {"office", "chair", "cadre"}
MEMBERS = ABOVE | {"member", "lawyer"}
INSIDE = MEMBERS | {"supervision", "leader"}


@pytest.mark.parametrize(("state", "kind", "who"), [
    (S.DRAFTED, Kind.POLICY, ABOVE), (S.UNDER_REVIEW, Kind.POLICY, ABOVE), (S.REPORTED, Kind.POLICY, ABOVE),
    (S.PLANNED, Kind.POLICY, MEMBERS), (S.PUBLISHED, Kind.POLICY, EVERYBODY), (S.CLOSED, Kind.PLANNING, EVERYBODY),
    (S.PUBLISHED, Kind.CONFLICT, INSIDE), (S.CLOSED, Kind.CONFLICT, INSIDE), (S.DEFERRED, Kind.POLICY, ABOVE),
    (S.WITHDRAWN, Kind.POLICY, ABOVE),
])
def test_who_sees_it_when(place, cast, state, kind, who):
    made = make.topic(place, cast, state=state, kind=kind)
    seen = {name for name, user in cast.roles().items() if rules.visible_to(user).filter(pk=made.pk).exists()}
    assert seen == who
    assert rules.visible_to(None).filter(pk=made.pk).exists() == (who == EVERYBODY)
    assert rules.seen_by(made)


def test_the_words_behind_it_are_for_few(place, cast):
    made = make.topic(place, cast)
    reading = {name for name, user in cast.roles().items() if rules.reads_voices(user, made)}
    assert reading == {"office", "chair", "member", "lawyer", "cadre"}
    inside = {name for name, user in cast.roles().items() if rules.reads_file(user, made)}
    assert inside == INSIDE
    assert not rules.reads_voices(None, made)
    opinion = voice(place, "我叫孙某，电话13812345678，过渡费没发。")
    assert "13812345678" not in rules.words_for(cast.chair, opinion)


# --- priority -----------------------------------------------------------------------------------------------------


def test_the_suggestion_gives_its_reasons(place, cast):
    few = [voice(place)]
    many = [voice(place, f"过渡费问题之{n}", at=make.AT - timedelta(days=40)) for n in range(12)]
    assert priority.weigh(few, place.project, "survey", make.TODAY).priority == Priority.LOW
    made = priority.weigh(many, place.project, "signing", make.TODAY)
    assert made.priority == Priority.HIGH
    assert made.points == 3 + 1 + 1 + 1
    assert len(made.reasons) == 4
    assert "12" in made.sentence
    place.project.signing_until = make.TODAY + timedelta(days=9)
    assert priority.weigh(few, place.project, "signing", make.TODAY).points == 3
    place.project.signing_until = None
    assert priority.weigh([], place.project, "survey", make.TODAY).reasons == ()


def test_merged_voices_count(place, cast):
    from consult.opinions import actions as opinions
    first, second = voice(place), voice(place, "同样的事")
    made = make.topic(place, cast, opinions=[first])
    opinions.merge(second, into=first, by=cast.office, at=make.AT)
    assert len(priority.opinions_of(made)) == 2
    assert priority.tags_of(priority.opinions_of(made))[0][1] == 2
    assert priority.suggest(made, make.TODAY).reasons
