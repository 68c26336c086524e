"""Two departments, each with a task of its own: neither clerk finds a trace of the other's, wherever they look."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from consult.kit import attachments
from consult.tasks import actions
from consult.tasks.models import Reply
from consult.tasks.states import TaskState as S
from portal.kit import exports
from tests import make
from tests.make_tasks import REPLY
from tests.portal.doors import patterns

TITLES = {"clerk": "石桥路灯整修", "clerk2": "白石幼儿园扩建"}
SECRET = {"clerk": "配电箱整改三次", "clerk2": "教室改造两间"}


def worked_on(place, cast, who, department):
    """A task with everything a department leaves in it: talk, progress, a draft with a file, an extension asked."""
    advice = make.recommendation(place, cast, title=TITLES[who])
    task = make.task(place, cast, state=S.HANDLING, lead=department, chosen=advice)
    by, word = getattr(cast, who), SECRET[who]
    actions.meet(task, way="phone", held_on=make.TODAY, people="委员甲", points=word, by=by, at=make.AT)
    actions.report_progress(task, text=word, by=by, at=make.AT)
    actions.draft_reply(task, **{**REPLY, "text": word}, by=by, at=make.AT)
    actions.ask_extension(task, asked_until=task.due_on + timedelta(days=14), reason=word, progress=word, by=by, at=make.AT)
    actions.urge(task, text=word, by=cast.supervision, at=make.AT)
    return task


@pytest.fixture
def both(place, cast):
    return {who: worked_on(place, cast, who, department) for who, department in (("clerk", place.a), ("clerk2", place.b))}


@pytest.fixture(params=["clerk", "clerk2"])
def side(request, cast, both):
    """(browser of a clerk, their task, the other's task, what must not be found)."""
    mine, other = request.param, ({"clerk", "clerk2"} - {request.param}).pop()
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(cast, mine))
    theirs = both[other]
    return client, both[mine], theirs, (theirs.number, TITLES[other], SECRET[other], f"/tasks/{theirs.pk}/")


def silent(text, traces):
    assert [trace for trace in traces if trace in text] == []


def lists():
    return [name for name, _route in patterns() if name.startswith("departments:")]


def test_pages_and_counts(side):
    client, mine, _theirs, traces = side
    seen = ""
    for name in lists():
        page = client.get(reverse(name)).content.decode()
        silent(page, traces)
        seen += page
    assert mine.number in seen and mine.title in seen
    page = client.get(reverse("departments:tasks"))
    assert page.context["count"] == 1
    silent(client.get("/notices/").content.decode(), traces)


def test_search(side):
    client, mine, theirs, _traces = side
    for words in (mine.title, mine.number):
        assert f"/tasks/{mine.pk}/" in client.get("/search/", {"q": words}).content.decode()
    for words in (theirs.title, theirs.title[:2], theirs.number):
        page = client.get("/search/", {"q": words}).content.decode()
        silent(page, (f"/tasks/{theirs.pk}/",))
        assert client.get(reverse("departments:tasks"), {"words": words}).context["count"] == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_files_of_lists(side, kind):
    client, mine, _theirs, traces = side
    seen = ""
    for name in (name for name in lists() if exports.exportable(name)):
        content = b"".join(client.post("/exports/new/", {"list": name, "kind": kind}).streaming_content)
        table = list(load_workbook(io.BytesIO(content)).active.values) if kind == "xlsx" else list(
            csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        silent(str(table), traces)
        seen += str(table)
    assert mine.number in seen


def test_calendar(side):
    client, mine, _theirs, traces = side
    link = client.post("/notices/ways/", {"make": "1"}).context["link"]
    content = Client().get(link.removeprefix("http://testserver")).content.decode()
    assert mine.number in content
    silent(content, traces)


def test_the_object_its_letter_its_acts_and_its_files(side, cast):
    client, mine, theirs, _traces = side
    file = attachments.attach(theirs.replies.get(), make.photo(), by=theirs.replies.get().written_by, at=make.AT)
    assert client.get(f"/tasks/{mine.pk}/").status_code == 200
    urls = [f"/tasks/{theirs.pk}/", f"/replies/{Reply.objects.get(task=theirs).pk}/letter.pdf", f"/files/{file.pk}/",
            *(f"/tasks/{theirs.pk}/{verb}/" for verb in ("sign-for", "draft-reply", "submit-reply", "meet", "report-progress",
                                                         "ask-return", "ask-extension", "give-opinion", "countersign", "fulfil"))]
    for url in urls:
        assert client.get(url).status_code == 404, url
    for url in urls[3:]:
        assert client.post(url, {"text": "x"}).status_code == 404, url


def test_notices_by_e_mail_name_only_ones_own(side, cast):
    client, mine, _theirs, traces = side
    page = client.get("/notices/").content.decode()
    assert mine.number in page
    silent(page, traces)


def test_the_other_date_moves_and_nobody_here_is_told(side, cast, place):
    client, _mine, theirs, traces = side
    actions.grant_extension(theirs, granted_until=date(2027, 3, 8), by=cast.supervision, at=make.AT)
    silent(client.get("/notices/").content.decode(), traces)
