"""The screens of tasks: every state for every role, lists counted, and nothing of a submitter."""

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.tasks import actions
from consult.tasks.models import Task
from consult.tasks.states import TaskState
from tests import make
from tests.make_tasks import WORDS

S = TaskState
DESKS = {"departments:tasks": "clerk", "departments:followups": "clerk", "supervision:tasks": "supervision",
         "supervision:extensions": "supervision", "supervision:difficulties": "supervision", "office:tasks": "office",
         "office:followups": "office", "office:samples": "office", "office:difficulties": "office", "office:bulletins": "office",
         "leadership:tasks": "leader", "members:followups": "member"}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_opens_in_every_state(client, place, cast, state, language):
    task = make.task(place, cast, state=state, co=[place.b], key=True)
    early = state in (S.PROPOSED, S.DROPPED)
    verdicts = {"supervision": 200, "office": 200, "chair": 200, "leader": 200, "clerk": 404 if early else 200,
                "clerk2": 404 if early else 200, "member": 404 if early else 200, "lawyer": 404 if early else 200,
                "resident": 404, "cadre": 404, "expert": 404, "stranger": 404,
                "other_office": 404, "other_clerk": 404, "sysadmin": 404}
    for name, status in verdicts.items():
        client.force_login(getattr(cast, name))
        answer = client.get(reverse("task", args=[task.pk]), headers={"accept-language": language})
        assert answer.status_code == status, name


def test_every_act_page_opens_for_whoever_may(client, place, cast):
    for state, name, verbs in (
            (S.PROPOSED, "supervision", ["assign", "drop"]), (S.ASSIGNED, "clerk", ["sign_for", "ask_return"]),
            (S.HANDLING, "clerk", ["draft_reply", "meet", "report_progress", "ask_extension"]),
            (S.HANDLING, "supervision", ["urge", "stop_clock", "reassign"]), (S.COSIGNING, "clerk2", ["countersign"]),
            (S.IN_REVIEW, "supervision", ["approve", "send_back"]), (S.ANSWERED, "office", ["plan", "draft_bulletin"])):
        task = make.task(place, cast, state=state, co=[place.b])
        client.force_login(getattr(cast, name))
        page = client.get(reverse("task", args=[task.pk])).content.decode()
        for verb in verbs:
            url = reverse(f"task.{verb}", args=[task.pk])
            assert url in page, verb
            assert client.get(url).status_code == 200, verb


def test_a_reply_is_written_and_submitted_by_clicks(client, place, cast):
    task = make.task(place, cast, state=S.HANDLING)
    client.force_login(cast.clerk)
    said = {"text": "已办结", "outcome": "B", "contact": "王工", "publicity": "open", "promise_on": ""}
    answer = client.post(reverse("task.draft_reply", args=[task.pk]), said)
    assert answer.status_code == 422
    assert "已办结" in answer.content.decode()
    client.post(reverse("task.draft_reply", args=[task.pk]), {**said, "promise_on": "2027-03-31"})
    assert client.post(reverse("task.submit_reply", args=[task.pk])).status_code == 302
    task = Task.objects.get(pk=task.pk)
    assert task.state == S.IN_REVIEW


def test_a_department_without_part_is_refused_and_a_colleague_told_why(client, place, cast):
    _other, clerk3 = make.third_department(place)
    task = make.task(place, cast, state=S.HANDLING, co=[place.b])
    client.force_login(clerk3)
    assert client.get(reverse("task.draft_reply", args=[task.pk])).status_code == 404
    client.force_login(cast.clerk2)
    assert client.get(reverse("task.draft_reply", args=[task.pk])).status_code == 403
    assert client.post(reverse("task.submit_reply", args=[task.pk])).status_code == 403


def test_a_member_reads_the_reply_once_approved_and_nothing_of_the_file(client, place, cast):
    client.force_login(cast.member)
    task = make.task(place, cast, state=S.IN_REVIEW)
    page = client.get(reverse("task", args=[task.pk])).content.decode()
    assert "过渡费已足额发放" not in page
    assert WORDS not in page
    actions.approve(task, by=cast.supervision, at=make.AT)
    assert "过渡费已足额发放" in client.get(reverse("task", args=[task.pk])).content.decode()


@pytest.mark.parametrize("name", list(DESKS))
def test_lists_open_and_count_the_same_with_one_and_three_rows(client, place, cast, name):
    client.force_login(getattr(cast, DESKS[name]))

    def row():
        if name.endswith("tasks"):
            make.task(place, cast, state=S.HANDLING)
        elif name.endswith("extensions"):
            task = make.task(place, cast, state=S.HANDLING)
            actions.ask_return(task, reason="不属于我局职责", suggested=place.b, by=cast.clerk, at=make.AT)
        elif name.endswith("followups"):
            make.look_back(place, cast, state="confirmed")
        elif name.endswith("samples"):
            make.task(place, cast, state=S.ANSWERED)
            make.sample(place, cast)
        elif name.endswith("difficulties"):
            make.difficulty(place, cast)
        else:
            make.bulletin(place, cast)

    counts = []
    for rows in (1, 3):
        while Task.objects.count() < rows:
            row()
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert answer.content.decode().count("<tr>") == rows + 1
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("light", ["green", "blue", "yellow", "red", "stopped", "done"])
@pytest.mark.parametrize("waits", ["assign", "asks", "review", "overdue", "bulletin"])
def test_filters_answer(client, place, cast, light, waits):
    make.task(place, cast, state=S.HANDLING)
    client.force_login(cast.supervision)
    query = {"light": light, "waits": waits, "department": place.a.pk, "key": "true", "words": "过渡"}
    assert client.get(reverse("supervision:tasks"), query).status_code == 200


def test_next_act_of_a_row_leads_to_it(client, place, cast):
    task = make.task(place, cast, state=S.ASSIGNED)
    client.force_login(cast.clerk)
    assert reverse("task.sign_for", args=[task.pk]) in client.get(reverse("departments:tasks")).content.decode()
    actions.sign_for(task, by=cast.clerk, at=make.AT)
    assert reverse("task.draft_reply", args=[task.pk]) in client.get(reverse("departments:tasks")).content.decode()


def test_the_remind_command_tells_how_many(place, cast, capsys):
    make.task(place, cast)
    with time_machine.travel(make.AT.replace(year=2027, month=2, day=22), tick=False):
        call_command("remind")
        call_command("remind")
    assert capsys.readouterr().out == "1 reminders sent\n0 reminders sent\n"
