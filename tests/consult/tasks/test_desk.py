"""A department's desk: kept words, papers, milestones, handlers, deputies, text blocks, groups and loads."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.kit import attachments
from consult.kit.audit import trail_of
from consult.kit.models import Attachment, AuditEvent, Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people import absences
from consult.people.models import Absence
from consult.people.roles import Role
from consult.tasks import actions, blocks, desk, replying, rules
from consult.tasks.models import Draft
from consult.tasks.states import TaskState as S
from tests import make
from tests.make_tasks import REPLY, morning

LATER = make.TODAY + timedelta(days=3)


@pytest.fixture
def colleague(place):
    return make.appointed("clerk_a2", "承办人甲二", Role.CLERK, place.jurisdiction, department=place.a)


def told(user, kind):
    return Notice.objects.filter(user=user, kind=f"tasks.{kind}").count()


# --- kept words ----------------------------------------------------------------------------------------------------

def test_words_are_kept_without_a_trace_and_nobody_overwrites_a_colleague(place, cast, colleague, at):
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    events = AuditEvent.objects.count()
    first = actions.keep_draft(task, fields={"text": "写了一半", "contact": ""}, version=0, by=cast.clerk, at=at)
    assert (first.version, first.fields, AuditEvent.objects.count()) == (1, {"text": "写了一半"}, events)
    assert actions.keep_draft(task, fields={"text": "又写一段"}, version=1, by=colleague, at=at).version == 2
    for by in (cast.clerk, colleague):  # another window of one's own is no better
        with pytest.raises(WrongState, match="承办人甲二"):
            actions.keep_draft(task, fields={"text": "旧的"}, version=1, by=by, at=at)
    assert Draft.objects.get().fields == {"text": "又写一段"}
    for name in ("clerk2", "supervision", "office", "leader", "other_clerk"):
        with pytest.raises(Denied):
            actions.keep_draft(task, fields={"text": "不该写"}, version=2, by=getattr(cast, name), at=at)
        assert replying.draft_of(task, getattr(cast, name)) is None


def test_kept_words_must_become_the_reply_or_be_thrown_away(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.draft_reply(task, **REPLY, by=cast.clerk, at=at)
    actions.keep_draft(task, fields={"text": "改到一半"}, version=0, by=cast.clerk, at=at)
    with pytest.raises(ValidationError):
        actions.submit_reply(task, by=cast.clerk, at=at)
    actions.discard_draft(task, by=cast.clerk, at=at)
    with pytest.raises(WrongState):
        actions.discard_draft(task, by=cast.clerk, at=at)
    actions.submit_reply(task, by=cast.clerk, at=at)
    assert task.replies.get().text == REPLY["text"]
    with pytest.raises(WrongState):
        actions.keep_draft(task, fields={"text": "晚了"}, version=0, by=cast.clerk, at=at)


def test_kept_words_have_a_limit_and_no_secrets(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING)
    for fields in ({}, {"text": " " * 60001}, {"text": "密级：机密"}):
        with pytest.raises(ValidationError):
            actions.keep_draft(task, fields=fields, version=0, by=cast.clerk, at=at)
    assert not Draft.objects.exists()


def test_the_screen_keeps_and_offers_what_was_kept(place, cast):
    task = make.task(place, cast, state=S.HANDLING)
    client = Client()
    client.force_login(cast.clerk)
    url = f"/tasks/{task.pk}/keep-draft/"
    answer = client.post(url, {"text": "写了一半", "version": "0", "files": "x", "made_up": "y"})
    assert answer.status_code == 200 and answer.json()["version"] == 1
    assert client.post(url, {"text": "另一屏", "version": "0"}).status_code == 409
    assert client.post(url, {"text": "另一屏", "version": "abc"}).status_code == 409
    assert Draft.objects.get().fields == {"text": "写了一半"}
    page = client.get(f"/tasks/{task.pk}/draft-reply/").content.decode()
    assert "写了一半" in page and 'name="version" value="1"' in page
    saved = {"text": "写完了", "outcome": "A", "contact": "王工", "publicity": "open"}
    assert client.post(f"/tasks/{task.pk}/draft-reply/", saved).status_code == 302
    assert not Draft.objects.exists() and task.replies.get().text == "写完了"


def test_papers_go_with_a_reply_and_come_out_until_it_is_submitted(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    reply = actions.draft_reply(task, **REPLY, files=[make.photo("甲.jpg"), make.photo("乙.jpg")], by=cast.clerk, at=at)
    one, two = attachments.of(reply)
    assert attachments.may_fetch(cast.clerk, one) and not attachments.may_fetch(cast.clerk2, one)
    other = Attachment.objects.exclude(pk__in=[one.pk, two.pk])
    actions.take_out(task, files=[one, *other], by=cast.clerk, at=at)
    assert list(attachments.of(reply)) == [two]
    actions.submit_reply(task, by=cast.clerk, at=at)
    with pytest.raises(WrongState):
        actions.take_out(task, files=[two], by=cast.clerk, at=at)


# --- milestones ----------------------------------------------------------------------------------------------------

def test_a_milestone_is_planned_ahead_and_reached_with_evidence(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    with pytest.raises(ValidationError):
        actions.set_milestone(task, title="完成测算", due_on=make.TODAY - timedelta(days=1), by=cast.clerk, at=at)
    made = actions.set_milestone(task, title="完成测算", due_on=LATER, by=cast.clerk, at=at)
    for by, evidence in ((cast.clerk, " "), (cast.clerk2, "不是我们的")):
        with pytest.raises(ValidationError):
            actions.reach_milestone(task, milestone=made, evidence=evidence, by=by, at=at)
    with pytest.raises(Denied):
        actions.reach_milestone(task, milestone=made, evidence="代办", by=cast.supervision, at=at)
    actions.reach_milestone(task, milestone=made, evidence="测算表见附件", photos=[make.photo()], by=cast.clerk,
                            at=morning(LATER))
    made.refresh_from_db()
    assert (made.reached_on, made.due_on, attachments.of(made).count()) == (LATER, LATER, 1)
    with pytest.raises(ValidationError):
        actions.reach_milestone(task, milestone=made, evidence="再来一次", by=cast.clerk, at=at)
    file = attachments.of(made).get()
    seen = {name for name, user in cast.roles().items() if attachments.may_fetch(user, file)}
    assert seen == {"clerk", "clerk2", "supervision", "office", "chair", "leader"}


# --- handlers and deputies -----------------------------------------------------------------------------------------

def test_a_named_handler_hears_first_and_everybody_hears_of_what_is_grave(place, cast, colleague, at):
    task = make.task(place, cast, state=S.HANDLING)
    for who, error in ((cast.clerk2, ValidationError), (cast.supervision, ValidationError)):
        with pytest.raises(error):
            actions.name_handler(task, handler=who, by=cast.clerk, at=at)
    with pytest.raises(Denied):
        actions.name_handler(task, handler=colleague, by=cast.supervision, at=at)
    actions.name_handler(task, handler=colleague, by=cast.clerk, at=at)
    assert told(colleague, "handler") == 1
    actions.stop_clock(task, ground="higher", reason="等待批复", by=cast.supervision, at=at)
    assert (told(colleague, "clock_stopped"), told(cast.clerk, "clock_stopped")) == (1, 0)
    actions.urge(task, text="请抓紧", by=cast.supervision, at=at)
    assert told(colleague, "urged") == told(cast.clerk, "urged") == 1


def test_a_handler_who_left_no_longer_stands_between_the_news_and_the_department(place, cast, colleague, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.name_handler(task, handler=colleague, by=cast.clerk, at=at)
    colleague.appointments.update(until=make.TODAY)
    later = morning(LATER)
    actions.stop_clock(task, ground="higher", reason="等待批复", by=cast.supervision, at=later)
    assert told(cast.clerk, "clock_stopped") == 1 and told(colleague, "clock_stopped") == 0


def test_a_deputy_has_the_same_post_and_hears_the_same_news_for_these_days(place, cast, colleague, at):
    day = {"since": make.TODAY, "until": LATER}
    for who in (cast.clerk2, cast.supervision, cast.clerk):
        with pytest.raises(ValidationError):
            absences.be_away(deputy=who, **day, by=cast.clerk, at=at)
    for wrong in ({"since": make.TODAY - timedelta(days=1)}, {"until": make.TODAY - timedelta(days=1)},
                  {"until": make.TODAY + timedelta(days=400)}):
        with pytest.raises(ValidationError):
            absences.be_away(deputy=colleague, **{**day, **wrong}, by=cast.clerk, at=at)
    with pytest.raises(Denied):
        absences.be_away(deputy=colleague, **day, by=cast.resident, at=at)
    task = make.task(place, cast, state=S.HANDLING)
    actions.name_handler(task, handler=cast.clerk, by=colleague, at=at)
    made = absences.be_away(deputy=colleague, **day, by=cast.clerk, at=at)
    with pytest.raises(ValidationError):
        absences.be_away(deputy=colleague, **day, by=cast.clerk, at=at)
    with pytest.raises(ValidationError):  # whoever is away stands in for nobody
        absences.be_away(deputy=cast.clerk, **day, by=colleague, at=at)
    actions.stop_clock(task, ground="higher", reason="等待批复", by=cast.supervision, at=at)
    assert told(colleague, "clock_stopped") == told(cast.clerk, "clock_stopped") == 1
    with pytest.raises(Denied):
        absences.come_back(made, by=colleague, at=at)
    absences.come_back(made, by=cast.clerk, at=at)
    assert not Absence.objects.exists()
    actions.resume_clock(task, by=cast.supervision, at=at)
    assert (told(colleague, "clock_resumed"), told(cast.clerk, "clock_resumed")) == (0, 1)


def test_whoever_is_back_earlier_leaves_the_days_that_were(place, cast, colleague, at):
    made = absences.be_away(deputy=colleague, since=make.TODAY, until=LATER, by=cast.clerk, at=at)
    absences.come_back(made, by=cast.clerk, at=morning(make.TODAY + timedelta(days=2)))
    assert Absence.objects.get().until == make.TODAY + timedelta(days=1)


def test_absences_on_the_screen(place, cast, colleague):
    client = Client()
    client.force_login(cast.clerk)
    sent = {"since": str(make.TODAY), "until": str(LATER), "deputy": cast.clerk2.pk}
    answer = client.post("/absences/", sent)
    assert answer.status_code == 422 and str(LATER) in answer.content.decode()
    assert client.post("/absences/", {**sent, "deputy": colleague.pk}).status_code == 302
    made = Absence.objects.get()
    client.force_login(colleague)
    page = client.get("/departments/").content.decode()
    assert cast.clerk.name in page and "代" in page
    assert client.post(f"/absences/{made.pk}/back/").status_code == 403
    client.force_login(cast.clerk)
    assert client.post(f"/absences/{made.pk}/back/").status_code == 302 and not Absence.objects.exists()


# --- text blocks ---------------------------------------------------------------------------------------------------

def test_text_blocks_are_a_departments_own(place, cast, colleague, at):
    made = blocks.write(department=place.a, title="联系方式", text="工作日来电。", by=cast.clerk, at=at)
    assert list(rules.blocks_visible_to(colleague)) == [made] and not rules.blocks_visible_to(cast.clerk2).exists()
    for by in (cast.clerk2, cast.supervision, cast.office):
        with pytest.raises(Denied):
            blocks.change(made, title="联系方式", text="乱改", by=by, at=at)
    for title, text in ((" ", "字"), ("名", " "), ("名" * 41, "字"), ("联系方式", "重名"), ("名", "密级：机密")):
        with pytest.raises(ValidationError):
            blocks.write(department=place.a, title=title, text=text, by=cast.clerk, at=at)
    blocks.change(made, title="联系方式", text="工作日九点到五点来电。", by=colleague, at=at)
    assert rules.blocks_visible_to(cast.clerk).get().text == "工作日九点到五点来电。"
    blocks.take_away(made, by=cast.clerk, at=at)
    assert not rules.blocks_visible_to(cast.clerk).exists()
    assert AuditEvent.objects.filter(verb="tasks.take_block_away").count() == 1


# --- groups and loads ----------------------------------------------------------------------------------------------

def test_each_task_lies_in_the_groups_it_belongs_to(place, cast, at):
    assigned = make.task(place, cast, co=[place.b])
    back = make.task(place, cast, state=S.IN_REVIEW)
    actions.send_back(back, note="第二条没有答复", by=cast.supervision, at=at)
    cosign = make.task(place, cast, state=S.COSIGNING, co=[place.b])
    asked = make.task(place, cast, state=S.HANDLING)
    actions.ask_extension(asked, asked_until=asked.due_on + timedelta(days=10), reason="需资金", progress="已测算", by=cast.clerk,
                          at=at)
    promise = make.task(place, cast, state=S.ANSWERED, reply={"outcome": "B", "promise_on": make.TODAY + timedelta(days=60)})
    found = {name: set(rules.visible_to(cast.clerk).filter(where))
             for name, where in desk.groups({place.a.pk}, make.TODAY).items()}
    assert found == {"overdue": set(), "sent_back": {back}, "sign": {assigned}, "soon": set(), "countersign": set(),
                     "others": {cosign}, "asked": {asked}, "promises": {promise}}
    assert desk.counted({place.b.pk}, make.TODAY) == {**dict.fromkeys(desk.GROUPS, 0), "sign": 1, "countersign": 1}
    after = assigned.due_on + timedelta(days=1)
    assert desk.counted({place.a.pk}, after)["overdue"] == 4 and desk.counted({place.a.pk}, assigned.due_on)["soon"] == 4
    stopped = desk.counted({place.a.pk}, after)["overdue"]
    actions.stop_clock(asked, ground="higher", reason="等待批复", by=cast.supervision, at=at)
    assert desk.counted({place.a.pk}, after)["overdue"] == stopped - 1


def test_the_load_is_told_by_handler_and_the_list_holds_exactly_that(client, place, cast, colleague, at):
    mine, theirs, nobodys = (make.task(place, cast, state=S.HANDLING) for _ in range(3))
    actions.name_handler(mine, handler=cast.clerk, by=cast.clerk, at=at)
    actions.name_handler(theirs, handler=colleague, by=cast.clerk, at=at)
    loads = desk.loads({place.a.pk}, make.TODAY)
    assert [(load.handler and load.handler[0], load.owed) for load in loads] == [
        (None, 1), *sorted([(cast.clerk.pk, 1), (colleague.pk, 1)])]
    client.force_login(cast.clerk)
    for asked, task in (("me", mine), (str(colleague.pk), theirs), ("none", nobodys)):
        rows = client.get(f"/departments/tasks/?handler={asked}").context["rows"]
        assert [cells[0]["object"].pk for cells in rows] == [task.pk], asked
    absences.be_away(deputy=cast.clerk, since=make.TODAY, until=LATER, by=colleague, at=at)
    rows = client.get("/departments/tasks/?handler=me").context["rows"]
    assert {cells[0]["object"].pk for cells in rows} == {mine.pk, theirs.pk}


def test_the_desk_asks_the_same_however_much_lies_on_it(client, place, cast):
    client.force_login(cast.clerk)
    counts = []
    for _ in range(2):
        make.task(place, cast, state=S.HANDLING)
        make.task(place, cast, co=[place.b])
        client.get("/departments/")
        with CaptureQueriesContext(connection, ) as asked:
            assert client.get("/departments/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_trail_tells_who_was_named(place, cast, colleague, at):
    task = make.task(place, cast, state=S.HANDLING)
    actions.name_handler(task, handler=colleague, by=cast.clerk, at=at)
    assert trail_of(task).last().data["handler"] == colleague.pk
