"""The lists of responsibilities and of results: narrowed, in order, counted, taken away; and the advice behind the tasks."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.tasks import actions
from consult.tasks.models import Assignment, Reply, Task
from consult.tasks.states import TaskState as S
from tests import make

DESKS = ("supervision", "office")
ON = make.TODAY + timedelta(days=30)


def signed_in(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def rows(cast, url, desk="supervision"):
    answer = signed_in(getattr(cast, desk)).get(f"/{desk}/{url}")
    assert answer.status_code == 200
    return answer.context["page"]["rows"]


def taken(user, name, query=""):
    answer = signed_in(user).post("/exports/new/", {"list": name, "query": query, "kind": "csv"})
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def parts(place, cast):
    """Of a task to be signed for, of one being handled by two, and of one that is answered."""
    made = [make.task(place, cast), make.task(place, cast, state=S.HANDLING, co=[place.b]),
            make.task(place, cast, state=S.ANSWERED, lead=place.b)]
    return {task.pk: list(task.assignments.all()) for task in made}


@pytest.fixture
def replies(place, cast):
    """Settled; promised; promised and kept; kept for reference and not published."""
    promised = {"outcome": "B", "promise_on": ON}
    made = [make.task(place, cast, state=S.ANSWERED, reply=reply).replies.get() for reply in (
        {}, promised, promised, {"outcome": "D", "publicity": "closed", "publicity_reason": "涉及商业秘密"})]
    actions.fulfil(made[2], evidence="已验收", by=cast.supervision, at=make.AT)
    return made


# --- responsibilities ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("desk", DESKS)
def test_one_line_for_each_part_in_force(place, cast, parts, desk):
    make.task(place, cast, state=S.PROPOSED)
    found = rows(cast, "responsibilities/", desk)
    assert [part.pk for part in found] == sorted((part.pk for some in parts.values() for part in some), reverse=True)
    page = signed_in(getattr(cast, desk)).get(f"/{desk}/responsibilities/").content.decode()
    for pk in parts:
        assert f'href="/tasks/{pk}/"' in page
    for words in (place.b.name, "co-handling", "signed for", "to be signed for", "working days left", "being handled"):
        assert words in page, words
    chinese = signed_in(getattr(cast, desk), "zh-hans").get(f"/{desk}/responsibilities/").content.decode()
    assert "会办" in chinese


@pytest.mark.parametrize(("query", "expected"), [
    ("part=co", 1), ("part=sole", 2), ("state=handling", 2), ("signing=signed", 3), ("signing=waits", 1), ("signing=late", 0),
    ("overdue=true", 0), ("overdue=false", 4), ("department={b}", 2), ("department={other}", 4), ("words={number}", 1),
    ("part=co&signing=signed&state=handling&department={b}&overdue=false", 1)])
def test_responsibilities_narrowed(place, cast, parts, query, expected):
    number = Task.objects.get(pk=min(parts)).number
    query = query.format(b=place.b.pk, other=place.other_department.pk, number=number)
    assert len(rows(cast, f"responsibilities/?{query}")) == expected


def test_what_is_late_is_found(cast, parts):
    Task.objects.filter(state=S.HANDLING).update(due_on=make.TODAY - timedelta(days=1))
    Assignment.objects.filter(signed_at=None).update(sign_by=make.TODAY - timedelta(days=1))
    assert {part.task.state for part in rows(cast, "responsibilities/?overdue=true")} == {S.HANDLING}
    assert [part.task.state for part in rows(cast, "responsibilities/?signing=late")] == [S.ASSIGNED]
    page = signed_in(cast.supervision).get("/supervision/responsibilities/").content.decode()
    assert "overdue by" in page and "not signed for in time" in page


@pytest.mark.parametrize("order", ["task__number", "sign_by", "task__due_on", "task__state"])
def test_responsibilities_in_order(cast, parts, order):
    def key(part):
        return part.sign_by if order == "sign_by" else getattr(part.task, order.removeprefix("task__"))

    for turned in (False, True):
        found = [key(part) for part in rows(cast, f"responsibilities/?sort={'-' * turned}{order}")]
        assert found == sorted(found, reverse=turned) and len(found) == 4


@pytest.mark.parametrize("desk", DESKS)
def test_responsibilities_as_a_file(cast, parts, desk):
    head, *lines = taken(getattr(cast, desk), f"{desk}:responsibilities", "state=handling&sort=task__number")
    assert head == ["No.", "Task", "Department", "Part", "Assigned at", "To be signed for by", "Signed for on", "Signed for",
                    "Due on", "State"]
    task = Task.objects.get(state=S.HANDLING)
    assert {line[0] for line in lines} == {task.number} and len(lines) == 2
    assert {line[3] for line in lines} == {"lead", "co-handling"}
    assert lines[0][6] == "2026-11-24" and lines[0][8].startswith(task.due_on.isoformat()) and lines[0][9] == "being handled"


# --- results ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("desk", DESKS)
def test_one_line_for_each_result(place, cast, replies, desk):
    make.task(place, cast, state=S.IN_REVIEW)
    assert {reply.pk for reply in rows(cast, "results/", desk)} == {reply.pk for reply in replies}
    page = signed_in(getattr(cast, desk)).get(f"/{desk}/results/").content.decode()
    for words in (f'href="/tasks/{replies[0].task_id}/"', place.a.name, "A: settled", "promise runs", "promise kept",
                  ON.isoformat(), "not published", "2026-11-24"):
        assert words in page, words


@pytest.mark.parametrize(("query", "expected"), [
    ("outcome=A", [0, 2]), ("outcome=B", [1]), ("outcome=D", [3]), ("promise=open", [1]), ("promise=kept", [2]),
    ("promise=broken", []), ("publicity=open", [0, 1, 2]), ("publicity=closed", [3]), ("reviewed_after=2026-11-24", [0, 1, 2, 3]),
    ("reviewed_before=2026-11-23", []), ("department={a}&outcome=A&promise=kept", [2]), ("words={number}", [1])])
def test_results_narrowed(place, cast, replies, query, expected):
    query = query.format(a=place.a.pk, number=replies[1].task.number)
    assert {reply.pk for reply in rows(cast, f"results/?{query}")} == {replies[n].pk for n in expected}


def test_a_promise_that_was_not_kept_in_time(cast, replies):
    Reply.objects.filter(pk=replies[1].pk).update(promise_on=make.TODAY - timedelta(days=1))
    assert [reply.pk for reply in rows(cast, "results/?promise=broken")] == [replies[1].pk]
    assert "promise not kept in time" in signed_in(cast.supervision).get("/supervision/results/").content.decode()


@pytest.mark.parametrize("order", ["task__number", "promise_on", "reviewed_at"])
def test_results_in_order(cast, replies, order):
    for n, reply in enumerate(replies):
        Reply.objects.filter(pk=reply.pk).update(reviewed_at=make.AT - timedelta(days=n % 3))
    if order == "promise_on":
        Reply.objects.filter(pk=replies[2].pk).update(promise_on=ON + timedelta(days=2))
    for turned in (False, True):
        found = [reply.task.number if order == "task__number" else getattr(reply, order)
                 for reply in rows(cast, f"results/?sort={'-' * turned}{order}")]
        found = [value for value in found if value is not None]
        assert found == sorted(found, reverse=turned) and found


@pytest.mark.parametrize("desk", DESKS)
def test_results_as_a_file(cast, replies, desk):
    head, line = taken(getattr(cast, desk), f"{desk}:results", "promise=kept")
    assert head == ["No.", "Task", "Department", "Document number", "Outcome", "Outcome in the reply", "Promised by",
                    "Promise kept on", "State of the promise", "Publicity", "Reviewed on"]
    assert line[0] == replies[2].task.number and line[4].startswith("A") and line[5].startswith("B")
    assert line[6:9] == [ON.isoformat(), "2026-11-24", "promise kept"] and line[10] == "2026-11-24"


# --- both ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["responsibilities", "results", "recommendations"])
def test_another_districts_are_not_there(place, cast, replies, name):
    far = make.appointed("far", "河东督查", "supervision_office", place.other)
    client = signed_in(far)
    assert client.get(f"/supervision/{name}/").context["page"]["rows"] == []
    assert signed_in(cast.other_office).get(f"/office/{name}/").context["page"]["rows"] == []


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize("name", ["responsibilities", "results"])
def test_counted_with_one_and_three_rows(place, cast, desk, name):
    client, url, counts = signed_in(getattr(cast, desk)), f"/{desk}/{name}/", []
    for n in (1, 3):
        while Task.objects.count() < n:
            make.task(place, cast, state=S.HANDLING if name == "responsibilities" else S.ANSWERED)
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(url)
        assert answer.content.decode().count("<tr>") == n + 1
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 18


def test_the_advice_behind_the_tasks_once_a_leader_asked_for_work(place, cast):
    make.recommendation(place, cast)
    assert rows(cast, "recommendations/") == []
    task, counts = make.task(place, cast), []
    assert [one.pk for one in rows(cast, "recommendations/")] == [task.recommendation_id]
    client = signed_in(cast.supervision)
    for n in (1, 3):
        while Task.objects.count() < n:
            make.task(place, cast)
        client.get("/supervision/recommendations/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/supervision/recommendations/").content.decode().count("<tr>") == n + 1
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_menus_lead_to_them(cast):
    for desk in DESKS:
        page = signed_in(getattr(cast, desk), "zh-hans").get(f"/{desk}/").content.decode()
        for name in ("tasks", "recommendations", "responsibilities", "results"):
            assert f'href="/{desk}/{name}/"' in page


def test_the_lists_are_walked_along_an_index(cast, parts, replies):
    for rows_, index in ((Assignment.objects.in_force().order_by("-assigned_at", "-id"), "assignment_newest"),
                         (Assignment.objects.in_force().order_by("sign_by", "-assigned_at", "-id"), "assignment_sign_by"),
                         (Reply.objects.filter(state="approved").order_by("-reviewed_at", "-id"), "reply_newest_result"),
                         (Reply.objects.filter(state="approved").order_by("promise_on", "-reviewed_at", "-id"), "reply_promise")):
        if connection.vendor == "sqlite":
            assert index in rows_.explain()
        else:
            with connection.cursor() as cursor:
                assert index in connection.introspection.get_constraints(cursor, rows_.model._meta.db_table)
