"""The page on which a year's holidays are loaded: seen first, loaded only as it was seen."""

import pytest
from django.test import Client

from consult.kit import calendar
from consult.tasks.states import TaskState
from tests import make
from tests.consult.tasks.test_recalculating import NOTICE, SOURCE

URL = "/admins/calendar/load/"


@pytest.fixture
def keeper(cast):
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.sysadmin)
    return client


def test_seen_first_then_loaded_as_seen(place, cast, keeper):
    task = make.task(place, cast, state=TaskState.HANDLING)
    said = {"year": 2027, "source": SOURCE, "text": NOTICE}
    seen = keeper.post(URL, said)
    page = seen.content.decode()
    assert seen.status_code == 200 and task.number in page and not calendar.is_known(2027)
    other = keeper.post(URL, {**said, "source": "另一份通知", "mark": seen.context["mark"]})
    assert other.status_code == 200 and other.context["mark"] != seen.context["mark"] and not calendar.is_known(2027)
    assert keeper.post(URL, {**said, "mark": seen.context["mark"]}).url == "/admins/calendar/"
    task.refresh_from_db()
    assert calendar.is_known(2027) and task.due_on != task.original_due_on


def test_what_is_wrong_is_said_and_what_was_typed_stays(keeper):
    answer = keeper.post(URL, {"year": 2027, "source": SOURCE, "text": "放假安排见附件"})
    assert answer.status_code == 422 and "放假安排见附件" in answer.content.decode() and "Line 1" in answer.content.decode()
    answer = keeper.post(URL, {"year": 2027, "source": SOURCE, "text": "2027-01-01 休 元旦"})
    assert answer.status_code == 422 and "National Day" in answer.content.decode()


def test_the_list_leads_there(keeper):
    assert URL in keeper.get("/admins/calendar/").content.decode()


def test_the_task_page_opens_its_dates(place, cast):
    task = make.task(place, cast, state=TaskState.HANDLING)
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.clerk)
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "How this was counted" in page and "2026-11-24 + 3 months" in page
