"""Looking back: who plans, goes, confirms and reads; never the department looked at."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.followups import actions, rules
from consult.followups.models import Bulletin, LookBack
from consult.followups.states import LookBackState
from consult.kit import attachments
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from tests import make

S = LookBackState


def seen(cast, rule, obj):
    return {name for name, user in cast.roles().items() if rule(user).filter(pk=obj.pk).exists()}


@pytest.mark.parametrize("name", ["clerk", "clerk2", "supervision", "chair", "leader", "member", "resident", "other_office"])
def test_only_the_office_plans(place, cast, at, name):
    task = make.task(place, cast, state="answered")
    with pytest.raises(Denied):
        make.look_back(place, cast, task=task, by=getattr(cast, name))


def test_only_an_answered_task_is_looked_back_on(place, cast):
    for state in ("handling", "in_review"):
        with pytest.raises(ValidationError):
            make.look_back(place, cast, task=make.task(place, cast, state=state))


@pytest.mark.parametrize("values", [{"planned_on": make.TODAY - timedelta(days=1)}, {"kind": "walk"}])
def test_a_plan_says_what_it_lacks(place, cast, values):
    with pytest.raises(ValidationError):
        make.look_back(place, cast, **values)


def test_who_sees_it_before_and_after(place, cast, at):
    made = make.look_back(place, cast, state=S.VISITED)
    staff = {"office", "chair", "supervision", "leader", "member", "lawyer"}
    assert seen(cast, rules.visible_to, made) == staff
    finding = made.findings.get()
    assert seen(cast, rules.findings_visible_to, finding) == staff
    actions.confirm(made, by=cast.office, at=at)
    assert seen(cast, rules.visible_to, made) == {*staff, "clerk"}
    assert seen(cast, rules.findings_visible_to, finding) == {*staff, "clerk"}


def test_the_lead_and_the_office_go_nobody_else(place, cast, at):
    made = make.look_back(place, cast)
    for name in ("clerk", "clerk2", "supervision", "leader", "lawyer", "other_office"):
        with pytest.raises(Denied):
            actions.find(made, kind="not", text="未落实", by=getattr(cast, name), at=at)
        with pytest.raises(Denied):
            actions.meet_difficulty(made, text="困难", by=getattr(cast, name), at=at)
    actions.find(made, kind="partly", text="部分落实", by=cast.office, at=at)


def test_a_visit_needs_a_finding_and_a_day_that_was(place, cast, at):
    made = make.look_back(place, cast)
    with pytest.raises(ValidationError):
        actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=at)
    actions.find(made, kind="carried_out", text="已落实", by=cast.member, at=at)
    with pytest.raises(ValidationError):
        actions.visit(made, on=make.TODAY + timedelta(days=1), summary="已落实", by=cast.member, at=at)
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=at)
    with pytest.raises(WrongState):
        actions.find(made, kind="carried_out", text="补记", by=cast.member, at=at)


def test_confirming_moves_the_recommendation_and_tells_the_department(place, cast, at):
    made = make.look_back(place, cast, state=S.VISITED)
    for name in ("clerk", "member", "supervision", "leader"):
        with pytest.raises(Denied):
            actions.confirm(made, by=getattr(cast, name), at=at)
    actions.confirm(made, by=cast.office, at=at)
    assert Recommendation.objects.get(pk=made.task.recommendation_id).state == RecommendationState.LOOKED_BACK
    assert Notice.objects.filter(user=cast.clerk, kind="followups.confirmed").exists()


def test_whoever_recorded_the_visit_does_not_confirm_it(place, cast, at):
    made = make.look_back(place, cast)
    actions.find(made, kind="carried_out", text="已落实", by=cast.office, at=at)
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.office, at=at)
    with pytest.raises(Denied):
        actions.confirm(made, by=cast.office, at=at)
    make.voices(made, cast)
    second = make.appointed("office2", "政协办公室乙", "cppcc_office", place.jurisdiction)
    actions.confirm(made, by=second, at=at)


def test_sent_back_for_more(place, cast, at):
    made = make.look_back(place, cast, state=S.VISITED)
    actions.send_back(made, note="请补照片", by=cast.office, at=at)
    assert made.state == S.PLANNED
    actions.find(made, kind="carried_out", text="补充", by=cast.member, at=at)


def test_photos_are_fetched_by_whoever_sees_the_finding(place, cast, at):
    made = make.look_back(place, cast)
    finding = actions.find(made, kind="carried_out", text="已落实", photos=[make.photo(), make.photo("二.jpg")],
                           by=cast.member, at=at)
    kept = list(attachments.of(finding))
    assert len(kept) == 2
    assert attachments.may_fetch(cast.office, kept[0])
    assert not attachments.may_fetch(cast.clerk, kept[0])
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=at)
    make.voices(made, cast)
    actions.confirm(made, by=cast.office, at=at)
    assert attachments.may_fetch(cast.clerk, kept[0])


def test_a_difficulty_is_passed_up_and_solved(place, cast, at):
    made = make.difficulty(place, cast)
    for name in ("member", "clerk", "supervision"):
        with pytest.raises(Denied):
            actions.escalate(made, to="区政府", by=getattr(cast, name), at=at)
    actions.escalate(made, to="区政府专题会", by=cast.office, at=at)
    assert {cast.supervision.pk, cast.leader.pk} == set(
        Notice.objects.filter(kind="followups.escalated").values_list("user", flat=True))
    for name in ("clerk", "member", "other_office"):
        with pytest.raises(Denied):
            actions.solve(made, solution="已协调", by=getattr(cast, name), at=at)
    actions.solve(made, solution="已协调", by=cast.supervision, at=at)
    with pytest.raises(WrongState):
        actions.escalate(made, to="市政府", by=cast.office, at=at)


def test_bulletins_are_numbered_frozen_and_read_when_issued(place, cast, at):
    first = make.bulletin(place, cast)
    assert seen(cast, rules.bulletins_visible_to, first) == {"office", "chair"}
    actions.edit_bulletin(first, title="新标题", text="新内容", by=cast.office, at=at)
    actions.issue_bulletin(first, by=cast.chair, at=at)
    second = make.bulletin(place, cast, state="issued", task=first.task)
    assert [first.number, second.number] == ["湖山政协通报〔2026〕1号", "湖山政协通报〔2026〕2号"]
    assert seen(cast, rules.bulletins_visible_to, first) == {
        "office", "chair", "supervision", "leader", "member", "lawyer", "clerk"}
    with pytest.raises(WrongState):
        actions.edit_bulletin(first, title="再改", text="再改", by=cast.office, at=at)
    with pytest.raises(WrongState):
        actions.issue_bulletin(first, by=cast.office, at=at)
    assert Bulletin.objects.get(pk=first.pk).title == "新标题"


def test_a_cancelled_look_back_says_why(place, cast, at):
    made = make.look_back(place, cast)
    with pytest.raises(ValidationError):
        actions.cancel(made, note=" ", by=cast.office, at=at)
    actions.cancel(made, note="改期", by=cast.office, at=at)
    assert LookBack.objects.get().state_note == "改期"
