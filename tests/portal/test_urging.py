"""Several tasks urged at once: shown which and which not, one text, told one by one, and back to the very same list."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consult.kit import parameters
from consult.tasks.models import Reminder, Task
from consult.tasks.states import TaskState as S
from portal.supervision.tasks import Tasks
from tests import make

PAGE, URL = "/supervision/tasks/", "/supervision/tasks/urge/"
TEXT = "请于周五前报送进展。"


def signed_in(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def desk(cast):
    return signed_in(cast.supervision)


def sent(page, text=TEXT):
    return {"task": page.context["ids"], "back": page.context["query"], "text": text}


def test_the_list_can_be_ticked(place, cast, desk):
    task = make.task(place, cast)
    page = desk.get(f"{PAGE}?state=assigned&sort=-number").content.decode()
    assert f'form="picks" name="task" value="{task.pk}"' in page and f'action="{URL}"' in page
    assert 'name="back" value="state=assigned&amp;sort=-number"' in page and f"Choose {task.number}" in page
    for other in ("/supervision/asks/", "/supervision/responsibilities/"):
        assert "picks" not in desk.get(other).content.decode()
    assert "picks" not in signed_in(cast.office).get("/office/tasks/").content.decode()


def test_asked_then_done_then_back_to_the_very_same_list(place, cast, desk):
    back = "words=&state=&waits=&sort=-number&page=1"
    tasks = [make.task(place, cast, state=state) for state in (S.PROPOSED, S.ASSIGNED, S.HANDLING, S.ANSWERED)]
    page = desk.get(URL, {"task": [task.pk for task in tasks], "back": back})
    html = page.content.decode()
    assert {task.pk for task in page.context["willing"]} == {tasks[1].pk, tasks[2].pk}
    assert {task.pk for task, _reason in page.context["closed"]} == {tasks[0].pk, tasks[3].pk}
    assert "the state is “waiting to be assigned”" in html and "the state is “replied”" in html
    assert not Reminder.objects.exists()
    done = desk.post(URL, sent(page), follow=True)
    assert done.redirect_chain[-1][0] == "/supervision/tasks/urged/"
    html = done.content.decode()
    assert done.context["back"] == f"{PAGE}?{back}" and f'href="{PAGE}?words=&amp;state=' in html
    assert "2 tasks were urged." in html and "2 could not be." in html
    for task in tasks:
        assert f'href="/tasks/{task.pk}/">{task.number}' in html
    assert set(Reminder.objects.values_list("task", "text")) == {(task.pk, TEXT) for task in tasks[1:3]}
    assert desk.get(done.context["back"]).status_code == 200
    assert desk.get("/supervision/tasks/urged/").status_code == 200


def test_all_on_the_page_and_all_that_the_filter_finds(place, cast, desk, monkeypatch):
    monkeypatch.setattr(Tasks, "per_page", 2)
    tasks = [make.task(place, cast, state=S.HANDLING) for _n in range(5)]
    make.task(place, cast)
    numbers = sorted(task.number for task in tasks)

    def found(**asked):
        return [task.number for task in desk.get(URL, {"back": "state=handling&sort=number&page=2", **asked}).context["willing"]]

    assert found(here="1") == numbers[2:4]
    assert found(all="1") == numbers
    assert found(all="1", here="1", task=[tasks[0].pk]) == numbers
    assert found(task=[tasks[4].pk, tasks[0].pk]) == sorted((tasks[0].number, tasks[4].number))
    page = desk.get(URL, {"back": "state=handling", "all": "1"})
    make.task(place, cast, state=S.HANDLING)  # came after the page was shown
    desk.post(URL, sent(page))
    assert set(Reminder.objects.values_list("task__number", flat=True)) == set(numbers)


def test_there_is_an_end(place, cast, desk):
    tasks = [make.task(place, cast) for _n in range(3)]
    parameters.put("task_bulk_max", 2, since=make.TODAY, basis="试", by=cast.sysadmin, at=make.AT)
    assert "the first 2 of all that match" in desk.get(PAGE).content.decode()
    for asked in ({"all": "1"}, {"task": [task.pk for task in tasks]}):
        page = desk.get(URL, asked)
        assert len(page.context["willing"]) == 2 and "More cannot be done in one go." in page.content.decode()
    desk.post(URL, {"task": ",".join(str(task.pk) for task in tasks), "text": TEXT})
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("text", ["", "   ", "长" * 301, "【秘密】"])
def test_wrong_words_are_said_and_stay(place, cast, desk, text):
    page = desk.get(URL, {"task": [make.task(place, cast).pk], "back": "state=assigned"})
    again = desk.post(URL, sent(page, text))
    html = again.content.decode()
    assert again.status_code == 422 and text.strip() in html and not Reminder.objects.exists()
    assert again.context["ids"] == page.context["ids"] and again.context["query"] == "state=assigned"


def test_none_chosen_leads_back(place, cast, desk):
    make.task(place, cast)
    nobody = "x,-1,9" + "9" * 30
    for answer in (desk.get(URL, {"back": "state=assigned"}), desk.post(URL, {"back": "state=assigned", "task": nobody})):
        assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?state=assigned")


def test_where_none_can_be_urged_there_is_nothing_to_send(place, cast, desk):
    page = desk.get(URL, {"task": [make.task(place, cast, state=S.CLOSED).pk]})
    assert page.status_code == 200 and "textarea" not in page.content.decode() and "closed" in page.content.decode()


def test_one_that_moved_on_meanwhile_is_told(place, cast, desk):
    tasks = [make.task(place, cast, state=S.HANDLING) for _n in range(2)]
    page = desk.get(URL, {"task": [task.pk for task in tasks]})
    make.carry(Task.objects.get(pk=tasks[0].pk), cast, S.IN_REVIEW)
    html = desk.post(URL, sent(page), follow=True).content.decode()
    assert "1 task was urged." in html and "under supervision review" in html and Reminder.objects.get().task == tasks[1]


def test_nobody_urges_from_another_desk_or_district(place, cast):
    task = make.task(place, cast)
    for name in ("office", "clerk", "leader", "chair", "member", "resident", "other_office"):
        client = signed_in(getattr(cast, name))
        assert client.get(URL, {"task": [task.pk]}).status_code == 403, name
        assert client.post(URL, {"task": task.pk, "text": TEXT}).status_code == 403, name
    far = signed_in(make.appointed("far", "河东督查", "supervision_office", place.other))
    assert far.post(URL, {"task": task.pk, "text": TEXT})["Location"] == PAGE
    assert not Reminder.objects.exists()


def test_the_page_that_asks_costs_as_much_for_three_as_for_one(place, cast, desk):
    counts = []
    for n in (1, 3):
        while Task.objects.count() < n:
            make.task(place, cast)
        desk.get(URL, {"all": "1"})
        with CaptureQueriesContext(connection) as seen:
            assert len(desk.get(URL, {"all": "1"}).context["willing"]) == n
        counts.append(len(seen))
    assert counts[0] == counts[1]
