"""What waits for whom, at each stage of one loop: the right person has the need and nobody else."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from consult.briefings import actions as briefings
from consult.briefings import instructions, press, sending
from consult.consultations import actions as consultations
from consult.evaluations import actions as evaluations
from consult.followups import actions as followups
from consult.journey import due
from consult.opinions import actions as opinions
from consult.people.roles import Role
from consult.recommendations import actions as recommendations
from consult.showcases import actions as showcases
from consult.tasks import actions as tasks
from consult.tasks.models import Task
from consult.topics import actions as topics
from portal.kit import addresses
from tests import make
from tests.make_consultations import session_at, walk
from tests.make_evaluations import MESSAGE, own_voice
from tests.make_showcases import STORY
from tests.make_tasks import REPLY, WORDS

EVERYBODY_AT_TABLE = ("lawyer", "member", "cadre", "expert")
PROMISED = ("clerk", "statement.reply")


def waiting(cast, today=make.TODAY):
    """Who has which need, leaving aside the account nobody appointed."""
    found = set()
    for name, user in cast.roles().items():
        user.__dict__.pop("_scope", None)
        found |= {(name, need.kind) for need in due.needs(user, today) if need.kind != "user.appoint"}
    return found


class Loop:
    """One opinion carried round; each step says who must act next."""

    def __init__(self, place, cast):
        self.place, self.cast = place, cast
        self.office = {"by": cast.office, "at": make.AT}
        self.session = {"by": cast.office, "at": session_at()}

    def steps(self):
        cast, office, place = self.cast, self.office, self.place
        said = own_voice(place, cast)
        yield "handed in", {("office", "opinion.accept")}
        opinions.accept(said, **office)
        yield "accepted", {("office", "opinion.triage")}
        topic = make.topic(place, cast, state="drafted", opinions=[said])
        yield "drafted", {("office", "topic.submit_review")}
        topics.submit_review(topic, **office)
        yield "under review", {("chair", "topic.approve")}
        topics.approve(topic, by=cast.chair, at=make.AT)
        yield "reported", {("office", "topic.record_consent")}
        topics.record_consent(topic, paper="区委办〔2026〕18号", on=make.TODAY, **office)
        yield "planned", {("office", "topic.publish")}
        topics.publish(topic, **office)
        yield "announced", {("office", "topic.prepare")}
        yield from self.talk(topic)

    def talk(self, topic):
        cast = self.cast
        held = make.consultation(self.place, cast, about=topic)
        yield "preparing", {("office", "consultation.notify")}
        walk(held, "notified", cast)
        yield "notified", {(name, "consultation.attend") for name in EVERYBODY_AT_TABLE}
        walk(held, "in_session", cast)
        yield "in session", {(name, "consultation.record") for name in ("lawyer", "member")}
        walk(held, "ended", cast)
        yield "ended", {(name, "consultation.minutes") for name in ("office", "member")}
        walk(held, "minuted", cast)
        yield "minuted", {("lawyer", "consultation.confirm")}
        walk(held, "confirmed", cast)
        yield "confirmed", {("office", "consultation.advise"), PROMISED}
        yield from self.advise(held)

    def advise(self, held):
        cast = self.cast
        advice = make.recommendation(self.place, cast, consultation=held, state="drafted")
        endorse = {(name, "recommendation.endorse") for name in ("lawyer", "member")}
        yield "advised", {("office", "recommendation.confirm"), ("office", "consultation.conclude"), PROMISED, *endorse}
        for user in (cast.lawyer, cast.member):
            recommendations.endorse(advice, by=user, at=make.AT)
        consultations.reply_later(held, statement=held.statements.get(), answer="下月起按季发放。", by=cast.clerk,
                                  at=session_at())
        yield "endorsed", {("office", "recommendation.confirm"), ("office", "consultation.conclude")}
        walk(held, "concluded", cast)
        recommendations.confirm(advice, **self.office)
        yield "advice confirmed", {("office", "recommendation.brief")}
        yield from self.brief(advice)

    def brief(self, advice):
        cast, office, chair = self.cast, self.office, {"by": self.cast.chair, "at": make.AT}
        paper = make.briefing(self.place, cast, state="drafted", recommendations=[advice])
        yield "compiled", {("office", "briefing.submit_review")}
        briefings.submit_review(paper, **office)
        yield "in review", {("chair", "briefing.pass_review")}
        briefings.pass_review(paper, **chair)
        yield "reviewed", {("chair", "briefing.sign_off")}
        briefings.sign_off(paper, **chair)
        yield "signed", set()
        with make.no_type():
            press.set_paper(paper.paper.pk, at=make.AT)
        paper.refresh_from_db()
        yield "issued", {("office", "briefing.dispatch")}
        sending.dispatch(paper, recipients=[cast.leader, cast.supervision, cast.chair], **office)
        yield "dispatched", {(name, "briefing.read") for name in ("leader", "supervision", "chair")}
        for user in (cast.leader, cast.supervision, cast.chair):
            sending.open_issue(paper.paper, by=user, at=make.AT)
        yield "read", {("leader", "briefing.instruct")}
        given = tasks.record_instruction(paper, kind="act", text=WORDS, given_on=make.TODAY, by=cast.leader, at=make.AT)
        yield "instructed", {("supervision", "task.assign")}
        yield from self.handle(given)

    def handle(self, given):
        cast = self.cast
        task = Task.objects.get(instruction=given)
        tasks.assign(task, lead=self.place.a, co=[self.place.b], by=cast.supervision, at=make.AT)
        yield "assigned", {(name, "task.sign_for") for name in ("clerk", "clerk2")}
        for user in (cast.clerk, cast.clerk2):
            tasks.sign_for(task, by=user, at=make.AT)
        yield "handling", {("clerk", "task.reply")}
        tasks.ask_extension(task, reason="需资金安排", asked_until=task.due_on + timedelta(days=10), progress="已核算",
                            by=cast.clerk, at=make.AT)
        yield "extension asked", {("clerk", "task.reply"), ("supervision", "task.extensions")}
        tasks.refuse_extension(task, decision="请按期办理", by=cast.supervision, at=make.AT)
        tasks.draft_reply(task, **REPLY, by=cast.clerk, at=make.AT)
        tasks.submit_reply(task, by=cast.clerk, at=make.AT)
        yield "co-signing", {("clerk2", "task.countersign")}
        tasks.countersign(task, by=cast.clerk2, at=make.AT)
        yield "in review", {("supervision", "task.review")}
        tasks.approve(task, by=cast.supervision, at=make.AT)
        yield "answered", {("office", "task.look_back"), ("supervision", "instruction.close"), ("leader", "instruction.read"),
                           ("supervision", "task.publish")}
        tasks.publish(task, reply=task.replies.get(), text="过渡费已足额发放。", by=cast.supervision, at=make.AT)
        given.refresh_from_db()
        instructions.close(given, read_back="已阅，同意销号", by=cast.leader, at=make.AT)
        yield "read back", {("office", "task.look_back")}
        yield from self.judge(task)

    def judge(self, task):
        cast, office, member = self.cast, self.office, {"by": self.cast.member, "at": make.AT}
        look = make.look_back(self.place, cast, task=task)
        yield "look-back planned", {("member", "lookback.visit")}
        followups.find(look, kind="carried_out", text="公示栏已张贴。", **member)
        followups.visit(look, on=make.TODAY, summary="已落实。", **member)
        yield "visited", {("office", "lookback.confirm"), ("member", "lookback.say"), ("clerk", "task.speak")}
        make.voices(look, cast)
        yield "heard", {("office", "lookback.confirm")}
        followups.confirm(look, **office)
        yield "looked back", {("office", "task.invite")}
        evaluations.invite(task, message=MESSAGE, **office)
        yield "invited", {(name, "rating.give") for name in ("member", "lawyer", "resident")}
        make.rate_all(task)
        yield "rated", {("office", "task.conclude")}
        evaluations.conclude(task, **office)
        yield "concluded", {("office", "case.write")}
        case = showcases.write(topic=task.recommendation.consultation.topic, **STORY, told_on=make.TODAY, **office)
        yield "written", {("office", "case.publish")}
        showcases.publish(case, **office)
        yield "published", set()


def test_at_each_stage_the_right_person_has_the_need_and_nobody_else(place, cast):
    for stage, expected in Loop(place, cast).steps():
        assert waiting(cast) == expected, stage


def test_every_need_leads_to_the_page_of_its_object_and_to_its_act(place, cast):
    for stage, _expected in Loop(place, cast).steps():
        for name, user in cast.roles().items():
            for need in due.needs(user, make.TODAY):
                here = addresses.of(need.obj)
                assert here, (stage, name, need.kind)
                resolve(here)
                if need.url_name:
                    act = addresses.to(need.url_name, need.obj.pk)
                    assert act, need.url_name
                    page = resolve(here).func
                    assert page


@pytest.mark.parametrize("source", [s for s in due.SOURCES if s.url_name], ids=lambda s: f"{s.role}-{s.kind}")
def test_every_act_named_on_a_desk_has_an_address(source):
    assert addresses.to(source.url_name, 1) or addresses.to(source.url_name)


def test_what_is_overdue_is_urged_and_late_things_come_first(place, cast):
    task = make.task(place, cast, state="handling")
    late = task.due_on + timedelta(days=1)
    assert ("supervision", "task.overdue") in waiting(cast, late)
    assert ("supervision", "task.overdue") not in waiting(cast, task.due_on)
    tasks.stop_clock(task, ground="higher", reason="等待上级批复", by=cast.supervision, at=make.AT)
    assert ("supervision", "task.overdue") not in waiting(cast, late)
    make.opinion(project=place.project)
    days = [need.due for need in due.needs(cast.clerk, make.TODAY)]
    assert days == sorted(days, key=lambda day: (day is None, day))


def test_a_return_waits_for_the_supervision_office(place, cast):
    task = make.task(place, cast, state="assigned")
    tasks.ask_return(task, reason="不属于我局职责", suggested=place.b, by=cast.clerk, at=make.AT)
    assert ("supervision", "task.returns") in waiting(cast)


def test_a_ballot_waits_until_it_is_cast(place, cast):
    appraisal = make.appraisal(place, cast)
    voters = {("member", "appraisal.cast"), ("lawyer", "appraisal.cast"), ("expert", "appraisal.cast"),
              ("resident", "appraisal.cast")}
    assert voters <= waiting(cast)
    evaluations.cast(appraisal, **make.marks(), by=cast.expert, at=make.AT)
    assert ("expert", "appraisal.cast") not in waiting(cast)
    evaluations.close_appraisal(appraisal, by=cast.office, at=make.AT)
    assert not {need for need in waiting(cast) if need[1] == "appraisal.cast"}


def test_whoever_compiled_a_briefing_is_not_asked_to_review_it_but_a_colleague_is(place, cast):
    paper = make.briefing(place, cast, state="in_review")
    colleague = make.appointed("office2", "政协办公室乙", Role.OFFICE, place.jurisdiction)
    kinds = [need.kind for need in due.needs(colleague, make.TODAY) if need.obj == paper]
    assert kinds == ["briefing.pass_review"]
    assert not [need for need in due.needs(cast.office, make.TODAY) if need.obj == paper]


def test_a_rating_no_longer_waits_when_its_time_is_over(place, cast):
    task = make.invited(place, cast)
    over = make.rating_of(task, cast.member).due_on + timedelta(days=1)
    assert ("member", "rating.give") in waiting(cast)
    assert ("member", "rating.give") not in waiting(cast, over)


def test_the_security_administrator_sees_accounts_without_an_appointment(place, cast):
    assert [need.obj for need in due.needs(cast.secadmin, make.TODAY)] == [cast.stranger]
    assert not due.needs(cast.sysadmin, make.TODAY)
    assert not due.needs(cast.stranger, make.TODAY)


def test_another_district_has_nothing_to_do_with_it(place, cast):
    for _stage, _expected in Loop(place, cast).steps():
        assert not due.needs(cast.other_office, make.TODAY)
        assert not due.needs(cast.other_clerk, make.TODAY)


@pytest.mark.parametrize("name", ["office", "supervision", "clerk", "leader", "member", "chair", "resident"])
def test_as_many_queries_with_three_as_with_one(place, cast, name):
    user = getattr(cast, name)

    def one_more():
        make.task(place, cast, state="assigned")
        make.task(place, cast, state="handling", separate=[place.a, place.b])
        make.invited(place, cast, opinions=[own_voice(place, cast)])
        make.opinion(project=place.project)
        asked = make.task(place, cast, state="assigned")
        tasks.ask_return(asked, reason="不属于我局职责", suggested=place.b, by=cast.clerk, at=make.AT)

    counts = []
    for more in (1, 2):
        for _n in range(more):
            one_more()
        user.__dict__.pop("_scope", None)
        due.needs(user, make.TODAY)
        user.__dict__.pop("_scope", None)
        with CaptureQueriesContext(connection) as seen:
            found = due.needs(user, make.TODAY)
            for need in found:
                addresses.of(need.obj)
                str(need.obj)
        counts.append([query["sql"] for query in seen])
    assert len(counts[0]) == len(counts[1]), (Counter(counts[1]) - Counter(counts[0])).most_common(3)
