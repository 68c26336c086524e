"""A list as a file holds exactly what its filters show, in the reader's words, and nothing a spreadsheet would compute."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from consult.kit.models import AuditEvent, Export
from consult.kit.rules import Denied
from consult.people import actions as people
from consult.people.roles import Role
from consult.tasks.models import Task
from consult.tasks.states import TaskState as S
from portal.kit import exports
from tests import make
from tests.portal.doors import patterns

LIST = "supervision:tasks"


def signed_in(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def table(answer):
    """The rows of an answer, headings first."""
    content = b"".join(answer.streaming_content)
    if answer["Content-Type"] == "text/csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [["" if cell is None else str(cell) for cell in row] for row in load_workbook(io.BytesIO(content)).active.values]


def taken(user, name=LIST, query="", kind="xlsx", language="en"):
    return table(signed_in(user, language).post("/exports/new/", {"list": name, "query": query, "kind": kind}))


@pytest.fixture
def tasks(place, cast):
    made = [make.task(place, cast, state=state) for state in (S.PROPOSED, S.HANDLING, S.ANSWERED)]
    Task.objects.filter(pk=made[1].pk).update(title='=HYPERLINK("http://evil.example","点这里")')
    return made


def leave(cast):
    """The post is another's from today."""
    post, yesterday = cast.supervision.appointments.get(), make.TODAY - timedelta(days=1)
    people.end_appointment(post, until=yesterday, by=cast.secadmin, at=make.AT)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_file_is_the_list(cast, tasks, kind):
    page = signed_in(cast.supervision).get("/supervision/tasks/")
    rows = taken(cast.supervision, kind=kind)
    assert rows[0] == [str(heading["column"].label) for heading in page.context["headings"]]
    assert [row[0] for row in rows[1:]] == [row.number for row in page.context["page"]["rows"]] and len(rows) == 4
    assert "waiting to be assigned" in rows[2] and rows[1][4].startswith("2027-02-24") and "replied" in rows[3]
    assert "待交办" in taken(cast.supervision, kind=kind, language="zh-hans")[2]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_only_what_the_filter_shows_in_its_order(cast, tasks, kind):
    assert [row[0] for row in taken(cast.supervision, query="state=answered", kind=kind)[1:]] == [tasks[2].number]
    turned = taken(cast.supervision, query="sort=-number&page=7", kind=kind)
    assert [row[0] for row in turned[1:]] == sorted((task.number for task in tasks), reverse=True)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_nothing_is_computed(cast, tasks, kind):
    title = next(row[1] for row in taken(cast.supervision, kind=kind) if "HYPERLINK" in row[1])
    assert title.startswith("'=")


def test_all_rows_on_all_pages(place, cast, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 7)
    make.opinions = [make.opinion() for _n in range(30)]
    rows = taken(cast.office, "office:opinions", kind="csv")
    assert len(rows) == 31 and len({row[0] for row in rows}) == 31


def test_the_offices_file_holds_no_number_that_leads_to_a_person(cast):
    make.named_opinion()
    assert make.PHONE not in str(taken(cast.office, "office:opinions", kind="csv"))


def test_what_is_set_aside_too_with_its_doubts_and_without_numbers(cast):
    make.opinion("quarantined", text=f"请打 {make.PHONE}，过渡费没有到账。")
    rows = taken(cast.office, "office:quarantine", kind="csv")
    assert len(rows) == 2 and make.PHONE not in str(rows) and rows[1][3]


# --- whose --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "name", "status"), [
    ("clerk", LIST, 403), ("office", LIST, 403), ("resident", "office:opinions", 403), ("supervision", "office:opinions", 403),
    ("supervision", "front:topics", 404), ("supervision", "supervision:home", 404), ("supervision", "task", 404),
    ("supervision", "nowhere", 404), ("sysadmin", "admins:audit", 403), ("sysadmin", "admins:parameters", 404)])
def test_another_desks_list_is_not_to_be_had(cast, tasks, who, name, status):
    answer = signed_in(getattr(cast, who)).post("/exports/new/", {"list": name, "kind": "csv"})
    assert answer.status_code == status and not Export.objects.exists()


def test_a_clerk_takes_away_only_the_tasks_of_the_own_department(place, cast, tasks):
    other = make.task(place, cast, lead=place.b)
    mine, theirs = (str(taken(user, "departments:tasks", kind="csv")) for user in (cast.clerk, cast.clerk2))
    assert other.number in theirs and other.number not in mine
    assert tasks[1].number in mine and tasks[1].number not in theirs


def test_it_is_written_down_and_the_words_of_the_filter_are_not(cast, tasks):
    taken(cast.supervision, query="words=13800138000&state=handling")
    event = AuditEvent.objects.get(verb="kit.export")
    assert event.actor == cast.supervision
    assert event.data == {"list": LIST, "filters": ["state", "words"], "rows": 0, "kind": "xlsx"}
    assert AuditEvent.objects.filter(verb="kit.fetch_export").count() == 1


def test_nobody_else_fetches_it_and_not_from_a_post_one_has_left(place, cast, tasks):
    taken(cast.supervision)
    made = Export.objects.get()
    second = make.appointed("supervision2", "督查室乙", Role.SUPERVISION, place.jurisdiction)
    for url in (f"/exports/{made.pk}/", f"/exports/{made.pk}/file/"):
        assert signed_in(cast.supervision).get(url).status_code == 200
        assert signed_in(second).get(url).status_code == 404
    leave(cast)
    assert signed_in(cast.supervision).get(f"/exports/{made.pk}/file/").status_code == 403


# --- long ones ----------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(cast, tasks, at):
    """One that a worker has to write."""
    return Export.objects.create(user=cast.supervision, list=LIST, kind="csv", total=3, language="en", asked_at=at)


def test_a_long_one_shows_how_far_it_is_and_then_the_file(cast, waiting):
    client = signed_in(cast.supervision)
    page = client.get(f"/exports/{waiting.pk}/").content.decode()
    assert '<progress class="w-100" value="0" max="3"' in page and 'http-equiv="refresh"' in page
    assert client.get(f"/exports/{waiting.pk}/file/").status_code == 404
    for _again in range(2):
        exports.write_export.func(str(waiting.pk))
    waiting.refresh_from_db()
    assert (waiting.done, waiting.failure) == (3, "")
    page = client.get(f"/exports/{waiting.pk}/").content.decode()
    assert f"/exports/{waiting.pk}/file/" in page and "refresh" not in page
    assert len(table(client.get(f"/exports/{waiting.pk}/file/"))) == 4
    assert f"/exports/{waiting.pk}/" in client.get("/exports/").content.decode()


def test_rights_are_asked_again_when_it_is_written(cast, waiting):
    leave(cast)
    exports.write_export.func(str(waiting.pk))
    waiting.refresh_from_db()
    assert not waiting.file and waiting.failure
    with pytest.raises(Denied):
        exports.opened(LIST, "", type(cast.supervision).objects.get(pk=cast.supervision.pk))


def test_a_worker_that_never_came_to_its_end_is_told(cast, waiting, at):
    exports._given_up(str(waiting.pk), reason="stopped three times", at=at)
    assert "stopped three times" in signed_in(cast.supervision).get(f"/exports/{waiting.pk}/").content.decode()


def test_it_is_gone_after_seven_days(cast, tasks):
    taken(cast.supervision)
    name = Export.objects.get().file.name
    call_command("sweep")
    assert Export.objects.exists() and default_storage.exists(name)
    Export.objects.update(asked_at=timezone.now() - exports.KEPT - timedelta(minutes=1))
    call_command("sweep")
    assert not Export.objects.exists() and not default_storage.exists(name)


def test_a_plain_date_that_is_due_stands_as_on_the_page(place, cast):
    rating = make.rating_of(make.invited(place, cast), cast.member)
    rows = taken(cast.member, "members:evaluations", kind="csv")
    assert rows[1][-1] == f"{rating.due_on} {(rating.due_on - make.TODAY).days} days left"


# --- every list ---------------------------------------------------------------------------------------------------


def test_every_list_of_a_desk_can_be_taken_away(cast):
    """By whoever works there; the headings of the file are those of the page."""
    workers = {"members": cast.member, "departments": cast.clerk, "office": cast.office, "supervision": cast.supervision,
               "leadership": cast.leader, "admins": cast.sysadmin}
    done = []
    for name, _route in patterns():
        if name.partition(":")[0] in workers and exports.exportable(name):
            user = workers[name.partition(":")[0]]
            answer = signed_in(user).post("/exports/new/", {"list": name, "kind": "csv"})
            page = signed_in(user).get(reverse(name))
            assert (answer.status_code == 200) == (page.status_code == 200), name
            if answer.status_code == 200:
                assert table(answer)[0], name
                button = f'name="list" value="{name}"' in page.content.decode()
                assert button or not page.context["rows"], name
                done.append(name)
    assert len(done) > 25
