"""The annual plan: put together, adopted, frozen, revised; and how its topics stand against it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consult.kit import audit, notices
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.topics import actions, annual, planning, rules
from consult.topics.models import AnnualPlan, PlanVersion
from consult.topics.states import Kind, PlanState, Standing, TopicState
from tests import make

S = TopicState
DAY = timedelta(days=1)
SPRING, AUTUMN = date(2027, 3, 16), date(2027, 10, 12)


@pytest.fixture
def office(cast):
    return {"by": cast.office, "at": make.AT}


@pytest.fixture
def plan(place, cast):
    """Next year's, in draft, with one topic that the chairpersons' meeting has approved."""
    return make.plan(place, cast, year=2027, topics=[make.topic_of(place, cast, SPRING)])


def adopt(plan, by, **changes):
    return planning.adopt(plan, **{"adopted_by": "区政协党组会议", "paper": "区委办〔2026〕18号", "on": make.TODAY, "by": by,
                                   "at": make.AT, **changes})


def topic_in(plan):
    return annual.drafted(plan).get()


# --- the draft ------------------------------------------------------------------------------------------------------


def test_a_district_has_one_plan_a_year(place, cast, office, plan):
    for year in (2027, 2025, 2029):
        with pytest.raises(ValidationError, match="year"):
            planning.draft_plan(home=place.jurisdiction, year=year, **office)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnualPlan.objects.create(jurisdiction=place.jurisdiction, year=2027)
    other = planning.draft_plan(home=place.other, year=2027, by=cast.other_office, at=make.AT)
    assert (other.state, [event.verb for event in audit.trail_of(other)]) == (PlanState.DRAFTED, ["topics.draft_plan"])


VERBS = {
    "add_topics": lambda plan, by: planning.add_topics(plan, topics=[topic_in(plan)], by=by, at=make.AT),
    "remove_topic": lambda plan, by: planning.remove_topic(plan, topic=topic_in(plan), note="另行安排", by=by, at=make.AT),
    "move_topic": lambda plan, by: planning.move_topic(plan, topic=topic_in(plan), planned_on=AUTUMN, by=by, at=make.AT),
    "adopt": adopt,
}


@pytest.mark.parametrize("verb", VERBS)
def test_the_draft_is_the_offices_and_closed_once_adopted(cast, plan, verb):
    for name, who in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                VERBS[verb](plan, who)
    adopt(plan, cast.office)
    with pytest.raises(WrongState):
        VERBS[verb](plan, cast.office)
    assert plan.versions.count() == 1


def test_only_what_is_planned_for_its_year_and_on_its_way_is_put_in(place, cast, office, plan):
    wrong = [topic_in(plan), make.topic_of(place, cast, AUTUMN, state=S.PLANNED), make.topic_of(place, cast, date(2028, 1, 5))]
    for topic in wrong:
        with pytest.raises(ValidationError, match=topic.number):
            planning.add_topics(plan, topics=[topic], **office)
    with pytest.raises(ValidationError, match="topics"):
        planning.add_topics(plan, topics=[], **office)
    stranger = planning.draft_plan(home=place.other, year=2027, by=cast.other_office, at=make.AT)
    with pytest.raises(ValidationError):
        planning.add_topics(stranger, topics=[make.topic_of(place, cast, AUTUMN)], by=cast.other_office, at=make.AT)
    assert not annual.drafted(stranger).exists()


def test_a_topic_leaves_the_draft_with_a_reason_and_stays_a_topic(plan, office):
    topic = topic_in(plan)
    with pytest.raises(ValidationError, match="note"):
        planning.remove_topic(plan, topic=topic, note=" ", **office)
    planning.remove_topic(plan, topic=topic, note="另行安排", **office)
    topic.refresh_from_db()
    assert (topic.plan, topic.state) == (None, S.REPORTED)
    assert [event.verb for event in audit.trail_of(topic)][-2:] == ["topics.enter_plan", "topics.leave_plan"]
    assert audit.trail_of(plan).last().data == {"topic": topic.number, "note": "另行安排"}
    with pytest.raises(ValidationError, match="topic"):
        planning.remove_topic(plan, topic=topic, note="再次", **office)


def test_a_topic_moves_to_another_quarter_and_to_another_year(place, cast, plan, office):
    topic = topic_in(plan)
    span = topic.finish_on - topic.planned_on
    planning.move_topic(plan, topic=topic, planned_on=AUTUMN, **office)
    topic.refresh_from_db()
    assert (topic.planned_on, topic.finish_on - topic.planned_on, annual.quarter(topic.planned_on)) == (AUTUMN, span, 4)
    with pytest.raises(ValidationError, match="2028"):
        planning.move_topic(plan, topic=topic, planned_on=date(2028, 2, 1), **office)
    later = planning.draft_plan(home=place.jurisdiction, year=2028, **office)
    planning.move_topic(plan, topic=topic, planned_on=date(2028, 2, 1), **office)
    assert topic_in(later) == topic
    assert not annual.drafted(plan).exists()
    with pytest.raises(ValidationError, match="planned_on"):
        planning.move_topic(later, topic=topic, planned_on=make.TODAY - DAY, **office)


def test_a_draft_in_the_plan_keeps_to_its_year(place, cast, office, plan):
    topic = make.topic_of(place, cast, AUTUMN, state=S.DRAFTED)
    planning.add_topics(plan, topics=[topic], **office)
    words = {"title": topic.title, "focus": topic.focus, "stage": topic.stage, "background": topic.background}
    with pytest.raises(ValidationError, match="planned_on"):
        actions.amend(topic, planned_on=date(2028, 1, 5), finish_on=date(2028, 3, 1), **words, **office)
    actions.amend(topic, planned_on=SPRING, finish_on=AUTUMN, **words, **office)
    assert topic.plan == plan


# --- adopted --------------------------------------------------------------------------------------------------------


def test_adopting_freezes_a_version_and_gives_the_consent(cast, plan):
    version = adopt(plan, cast.office)
    topic = topic_in(plan)
    assert (plan.state, topic.state, topic.consent_paper, topic.consented_on) == (
        PlanState.ADOPTED, S.PLANNED, "区委办〔2026〕18号", make.TODAY)
    [item] = version.items
    assert (item["number"], item["planned_on"], item["kind"]) == (topic.number, "2027-03-16", "policy")
    assert (version.number, version.adopted_by) == (1, "区政协党组会议")
    for who, told in ((cast.member, True), (cast.chair, True), (cast.clerk, False)):
        assert ("topics.adopt" in [notice.kind for notice in notices.inbox(who)]) is told
    assert audit.trail_of(plan).last().data["topics"] == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.create(plan=plan, number=1, adopted_on=make.TODAY, items=[], recorded_by=cast.office,
                                   recorded_at=make.AT)


@pytest.mark.parametrize(("changes", "field"), [({"adopted_by": " "}, "adopted_by"), ({"paper": ""}, "paper"),
                                                ({"on": make.TODAY + DAY}, "on")])
def test_an_adoption_names_who_by_which_paper_and_when(cast, plan, changes, field):
    with pytest.raises(ValidationError) as wrong:
        adopt(plan, cast.office, **changes)
    assert list(wrong.value.message_dict) == [field]
    assert not PlanVersion.objects.exists()


def test_neither_an_empty_plan_nor_one_with_unapproved_topics_is_adopted(place, cast, office, plan):
    with pytest.raises(ValidationError):
        adopt(make.plan(place, cast, year=2028, topics=[]), cast.office)
    early = make.topic_of(place, cast, AUTUMN, state=S.UNDER_REVIEW)
    planning.add_topics(plan, topics=[early], **office)
    with pytest.raises(ValidationError, match=early.number):
        adopt(plan, cast.office)
    plan.refresh_from_db()
    assert (plan.state, topic_in_state(plan)) == (PlanState.DRAFTED, {S.REPORTED, S.UNDER_REVIEW})
    actions.approve(early, by=cast.chair, at=make.AT)
    assert len(adopt(plan, cast.office).items) == 2


def topic_in_state(plan):
    return set(annual.drafted(plan).values_list("state", flat=True))


def test_a_change_is_a_new_version_and_the_old_one_is_kept(place, cast, office, plan):
    first = adopt(plan, cast.office)
    with pytest.raises(ValidationError):
        planning.revise(plan, note="", **office)
    planning.revise(plan, note="增列议题", **office)
    planning.add_topics(plan, topics=[make.topic_of(place, cast, AUTUMN)], **office)
    planning.move_topic(plan, topic=annual.drafted(plan).first(), planned_on=date(2027, 5, 11), **office)
    seen = annual.read(plan, cast.member, make.TODAY)
    assert [(entry.planned_on, entry.moved_to) for entry in seen.entries] == [(SPRING, date(2027, 5, 11))]
    assert annual.read(plan, cast.office, make.TODAY).version is None
    second = adopt(plan, cast.office, paper="区委办〔2026〕21号")
    first.refresh_from_db()
    assert [[item["planned_on"] for item in version.items] for version in (first, second)] == [
        ["2027-03-16"], ["2027-05-11", "2027-10-12"]]
    assert len(annual.read(plan, cast.member, make.TODAY).entries) == 2
    old = annual.read(plan, cast.member, make.TODAY, version=first)
    assert [(entry.planned_on, entry.added) for entry in old.entries] == [(SPRING, False)]


# --- who reads what -------------------------------------------------------------------------------------------------


def test_a_draft_is_for_office_and_chair_a_version_for_everybody(cast, plan):
    def seeing():
        return {name for name, who in cast.roles().items() if rules.plans_visible_to(who).filter(pk=plan.pk).exists()}

    assert seeing() == {"office", "chair"}
    assert not rules.plans_visible_to(None).exists()
    adopt(plan, cast.office)
    assert seeing() == set(cast.roles())
    assert rules.plans_visible_to(None).get() == plan
    assert rules.plan_seen_by(plan)


def test_each_reads_the_topics_they_may_see_and_conflicts_are_never_public(place, cast, office):
    told = make.topic_of(place, cast, make.TODAY + DAY, state=S.PUBLISHED)
    quarrel = make.topic_of(place, cast, make.TODAY + 2 * DAY, state=S.PUBLISHED, kind=Kind.CONFLICT)
    kept = make.topic_of(place, cast, make.TODAY + 3 * DAY, state=S.PLANNED)
    plan = make.plan(place, cast, topics=[], adopted=True)

    def reads(who):
        return [entry.topic for entry in annual.read(plan, who, make.TODAY).entries]

    assert reads(cast.office) == reads(cast.member) == [told, quarrel, kept]
    assert reads(None) == reads(cast.clerk) == reads(cast.resident) == [told]
    assert reads(cast.leader) == [told, quarrel]


def test_what_joins_by_its_own_paper_is_marked(place, cast, plan):
    adopt(plan, cast.office)
    late = make.topic_of(place, cast, AUTUMN, state=S.PUBLISHED)
    entries = annual.read(plan, cast.member, make.TODAY).entries
    assert [(entry.topic == late, entry.added) for entry in entries] == [(False, False), (True, True)]


@pytest.mark.parametrize(("state", "days", "found"), [
    (S.PLANNED, 1, Standing.ON_TIME), (S.PUBLISHED, 0, Standing.ON_TIME), (S.PUBLISHED, -1, Standing.LATE),
    (S.IN_CONSULTATION, -1, Standing.UNDER_WAY), (S.CONSULTED, -1, Standing.DONE), (S.TRACKED, 1, Standing.DONE),
    (S.CLOSED, -9, Standing.DONE), (S.DEFERRED, 1, Standing.DEFERRED), (S.WITHDRAWN, -1, Standing.WITHDRAWN)])
def test_how_a_topic_stands_against_its_day(place, cast, state, days, found):
    topic = make.topic(place, cast, state=state)
    assert annual.standing(topic, make.TODAY + days * DAY, make.TODAY) == found


def test_a_deferred_topic_leaves_the_plan_but_the_version_still_tells_of_it(cast, office, plan):
    adopt(plan, cast.office)
    topic = topic_in(plan)
    actions.defer(topic, note="等待批复", **office)
    assert topic.plan is None
    [entry] = annual.read(plan, cast.office, make.TODAY).entries
    assert entry.standing == Standing.DEFERRED
    actions.resume(topic, **office)
    planning.revise(plan, note="调整", **office)
    planning.add_topics(plan, topics=[topic], **office)
    with pytest.raises(ValidationError, match=topic.number):
        adopt(plan, cast.office)
