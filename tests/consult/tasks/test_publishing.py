"""Replies made public: reviewed with the reply, published in time without anybody's data, taken back when need be."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from consult.kit import calendar
from consult.kit.audit import trail_of
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.tasks import actions, keying, rules, shares
from consult.tasks.models import Reply
from consult.tasks.states import TaskState as S
from tests import make
from tests.make_tasks import morning


def answered(place, cast, **reply):
    task = make.task(place, cast, state=S.ANSWERED, reply=reply)
    return task, task.replies.get()


def test_an_open_reply_gets_its_day_and_a_closed_one_none(place, cast, at):
    _task, reply = answered(place, cast)
    assert reply.publish_by == calendar.add_workdays(make.TODAY, 20)
    for publicity in ("on_request", "closed"):
        _task, reply = answered(place, cast, publicity=publicity, publicity_reason="涉及商业秘密")
        assert reply.publish_by is None


def test_the_review_may_change_the_class_with_a_reason(place, cast, at):
    task = make.task(place, cast, state=S.IN_REVIEW)
    with pytest.raises(ValidationError) as wrong:
        actions.approve(task, publicity="closed", by=cast.supervision, at=at)
    assert list(wrong.value.error_dict) == ["publicity_reason"]
    actions.approve(task, publicity="closed", publicity_reason="涉及他人隐私", by=cast.supervision, at=at)
    reply = task.replies.get()
    assert (reply.publicity, reply.publicity_reason, reply.publish_by) == ("closed", "涉及他人隐私", None)


def test_only_the_offices_publish_and_nobodys_data_goes_out(place, cast, at):
    task, reply = answered(place, cast)
    for name in ("clerk", "member", "leader", "chair", "other_office", "resident"):
        with pytest.raises(Denied):
            actions.publish(task, reply=reply, text="过渡费已发放。", by=getattr(cast, name), at=at)
    for text in ("请联系13912345678。", "石桥村3栋2单元501室已处理。", "  "):
        with pytest.raises(ValidationError) as wrong:
            actions.publish(task, reply=reply, text=text, by=cast.supervision, at=at)
        assert list(wrong.value.error_dict) == ["text"]
    assert not Reply.objects.filter(published_at__isnull=False).exists()
    actions.publish(task, reply=reply, text="过渡费已发放。", by=cast.office, at=at)
    with pytest.raises(WrongState):
        actions.publish(task, reply=reply, text="再来一次。", by=cast.office, at=at)
    reply.refresh_from_db()
    assert (reply.public_text, reply.published_by, reply.text != reply.public_text) == ("过渡费已发放。", cast.office, True)


def test_everybody_reads_what_was_published_and_nothing_else_of_it(place, cast, at):
    task, reply = answered(place, cast)
    actions.publish(task, reply=reply, text="过渡费已发放。", by=cast.supervision, at=at)
    _other, hidden = answered(place, cast)
    nobody = Client()
    page = nobody.get(f"/replies/{reply.pk}/").content.decode()
    assert "过渡费已发放。" in page and reply.contact not in page and reply.text not in page
    assert nobody.get(f"/replies/{hidden.pk}/").status_code == 404
    assert nobody.get(f"/replies/{reply.pk}/letter.pdf").status_code in (302, 404)
    listed = nobody.get("/answers/")
    assert [cells[0]["object"].pk for cells in listed.context["rows"]] == [reply.pk]
    assert nobody.get("/answers/?words=过渡费").context["rows"] and not nobody.get("/answers/?words=路灯").context["rows"]
    assert nobody.get("/answers/?outcome=D").context["rows"] == []
    actions.withdraw(task, reply=reply, reason="漏了一处姓名", by=cast.supervision, at=at)
    assert nobody.get(f"/replies/{reply.pk}/").status_code == 404 and not nobody.get("/answers/").context["rows"]
    with pytest.raises(WrongState):
        actions.withdraw(task, reply=reply, reason="再撤", by=cast.supervision, at=at)
    actions.publish(task, reply=reply, text="已发放。", by=cast.supervision, at=at)
    assert trail_of(task).last().verb == "tasks.publish"


def test_files_of_a_published_reply_stay_where_they_were(place, cast, at):
    from consult.kit import attachments

    task = make.task(place, cast, state=S.HANDLING)
    reply = actions.draft_reply(task, outcome="A", text="已办结", contact="王工", files=[make.photo()], by=cast.clerk, at=at)
    make.carry(task, cast, S.IN_REVIEW)
    actions.approve(task, by=cast.supervision, at=at)
    reply.refresh_from_db()
    actions.publish(task, reply=reply, text="已办结。", by=cast.supervision, at=at)
    file = attachments.of(reply).get()
    assert not attachments.may_fetch(cast.stranger, file) and attachments.may_fetch(cast.office, file)


def test_a_reply_is_closed_to_the_public_after_all(place, cast, at):
    task, reply = answered(place, cast)
    for values in ({"publicity": "open", "reason": "改"}, {"publicity": "closed", "reason": " "}):
        with pytest.raises(ValidationError):
            actions.close_to_public(task, reply=reply, **values, by=cast.supervision, at=at)
    actions.close_to_public(task, reply=reply, publicity="on_request", reason="区分后无可公开内容", by=cast.supervision, at=at)
    with pytest.raises(WrongState):
        actions.publish(task, reply=reply, text="已办结。", by=cast.supervision, at=at)
    other_task, _other = answered(place, cast)
    with pytest.raises(ValidationError):
        actions.close_to_public(other_task, reply=reply, publicity="closed", reason="别的任务", by=cast.supervision, at=at)


# --- key supervision -----------------------------------------------------------------------------------------------

def test_a_key_item_has_a_leader_in_charge_and_five_steps(place, cast, at):
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    with pytest.raises(WrongState):
        actions.take_key_step(task, step="look", held_on=make.TODAY, text="已到现场", by=cast.supervision, at=at)
    for who in (cast.member, cast.clerk, cast.other_office):
        with pytest.raises(ValidationError):
            actions.lead_key(task, leader=who, by=cast.supervision, at=at)
    for name in ("office", "clerk", "chair", "leader"):
        with pytest.raises(Denied):
            actions.lead_key(task, leader=cast.chair, by=getattr(cast, name), at=at)
    late = make.task(place, cast, state=S.COSIGNING, co=[place.b])
    with pytest.raises(WrongState):  # its reply was submitted without a talk
        actions.lead_key(late, leader=cast.chair, by=cast.supervision, at=at)
    actions.lead_key(task, leader=cast.chair, by=cast.supervision, at=at)
    assert task.key and task.key_lead == cast.chair
    for values in ({"step": "dream"}, {"held_on": make.TODAY + timedelta(days=1)}, {"text": ""}):
        with pytest.raises(ValidationError):
            actions.take_key_step(task, **{"step": "look", "held_on": make.TODAY, "text": "已到现场", **values},
                                  by=cast.supervision, at=at)
    actions.take_key_step(task, step="hear", held_on=make.TODAY, text="走访十户", by=cast.office, at=at)
    assert [len(taken) for _label, taken in keying.steps_of(task)] == [0, 1, 0, 0, 0]
    with pytest.raises(ValidationError):  # a key item needs its talk
        actions.draft_reply(task, outcome="A", text="已办结", contact="王工", by=cast.clerk, at=at)
        actions.submit_reply(task, by=cast.clerk, at=at)


# --- whose time it was ---------------------------------------------------------------------------------------------

def test_days_are_shared_among_those_a_task_waited_for(place, cast, at):
    day = [make.TODAY]

    def on(workdays):
        day[0] = calendar.add_workdays(day[0], workdays)
        return morning(day[0])

    task = make.task(place, cast, state=S.PROPOSED)
    actions.assign(task, lead=place.a, co=[place.b], by=cast.supervision, at=on(2))
    actions.sign_for(task, by=cast.clerk, at=on(1))
    actions.stop_clock(task, ground="higher", reason="等待批复", by=cast.supervision, at=on(3))
    actions.resume_clock(task, by=cast.supervision, at=on(4))
    actions.ask_extension(task, asked_until=task.due_on + timedelta(days=10), reason="需资金", progress="已测算", by=cast.clerk,
                          at=on(1))
    actions.refuse_extension(task, decision="按期办理", by=cast.supervision, at=on(2))
    make.carry(task, cast, S.HANDLING, at=on(0))
    actions.draft_reply(task, outcome="A", text="已办结", contact="王工", by=cast.clerk, at=on(5))
    actions.submit_reply(task, by=cast.clerk, at=on(0))
    actions.countersign(task, by=cast.clerk2, at=on(6))
    actions.approve(task, by=cast.supervision, at=on(1))
    found = shares.of(task, on(7))
    assert {party: found[party] for party in shares.Party} == {
        shares.Party.LEADER: 0, shares.Party.SUPERVISION: 2 + 2 + 1, shares.Party.ANSWERING: 1 + 3 + 1 + 5, shares.Party.CO: 6,
        shares.Party.OFFICE: 7, shares.Party.NOBODY: 4}


def test_the_page_of_time_opens_and_counts_the_same_whatever_there_is(client, place, cast, django_assert_num_queries):
    client.force_login(cast.supervision)
    make.task(place, cast, state=S.ANSWERED)
    client.get("/supervision/time/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        assert client.get("/supervision/time/").context["found"].tasks == 1
    for _ in range(2):
        make.task(place, cast, state=S.ANSWERED)
    with CaptureQueriesContext(connection) as three:
        found = client.get("/supervision/time/").context["found"]
    assert found.tasks == 3 and len(one) == len(three) and [row.tasks for row in found.departments] == [3]


def test_lights_stand_on_the_supervision_desk_and_lead_to_their_tasks(client, place, cast):
    make.task(place, cast, state=S.HANDLING)
    client.force_login(cast.supervision)
    tiles = {tile.url.rpartition("light=")[2]: tile.number for tile in client.get("/supervision/").context["tiles"]
             if "light=" in tile.url}
    assert set(tiles) == {"red", "yellow", "blue", "green", "stopped"} and sum(tiles.values()) == 1
    assert rules.visible_to(cast.supervision).count() == 1
