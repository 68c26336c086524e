"""How one is reached: chosen by kind of news; a calendar by a secret link shows what its maker may see now, and no more."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar

from consult.kit import audit, calendar, notices, reach, sms
from consult.kit.models import AuditEvent, Notice, Reach
from consult.people import actions as people
from consult.tasks.states import TaskState as S
from tests import make


def signed_in(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def link_of(user):
    page = signed_in(user).post("/notices/ways/", {"make": "1"})
    return page.context["link"].removeprefix("http://testserver")


def entries(client, url):
    answer = client.get(url)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    return {str(one["uid"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


# --- e-mail and text messages -------------------------------------------------------------------------------------


@pytest.fixture
def told(place, cast, monkeypatch):
    """A clerk with an e-mail address, told of one task; nothing is sent yet."""
    cast.clerk.email = "clerk@example.org"
    cast.clerk.save(update_fields=["email"])
    make.task(place, cast)
    assert Notice.objects.filter(user=cast.clerk, kind="tasks.assigned").exists()
    sent = []
    monkeypatch.setattr(sms, "backend", lambda: type("Memory", (), {"send": lambda self, *words: sent.append(words)})())
    return sent


LATER = make.AT.replace(hour=10)


def test_as_it_is_for_all_an_e_mail_and_no_text_message(cast, told):
    assert notices.post(LATER) == 1 and len(mail.outbox) == 1 and told == []


def test_chosen_by_kind_of_news(cast, told):
    client = signed_in(cast.clerk)
    assert client.post("/notices/ways/", {"save": "1", "mailed": ["topics"], "texted": ["tasks"],
                                          "mobile": "138 0013 8000"}).status_code == 302
    assert notices.post(LATER) == 0 and mail.outbox == []
    (number, words, _at), = told
    assert number == "13800138000" and "1" in words and "RW" not in words
    assert notices.post(LATER) == 0 and len(told) == 1
    # The inbox has it, whatever was chosen.
    assert Notice.objects.filter(user=cast.clerk, kind="tasks.assigned", read_at=None).exists()


def test_other_news_is_not_held_back(cast, told):
    reach.choose(cast.clerk, quiet=["topics"], texted=[], mobile="", at=make.AT)
    assert notices.post(LATER) == 1


@pytest.mark.parametrize(("sent", "wrong"), [({"mobile": "0531-8888"}, "11 digits"), ({"texted": ["tasks"]}, "Give the number"),
                                             ({"mailed": ["everything"]}, "everything")])
def test_what_is_wrong_is_said_and_stays(cast, sent, wrong):
    answer = signed_in(cast.clerk).post("/notices/ways/", {"save": "1", **sent})
    assert answer.status_code == 422 and wrong in answer.content.decode() and not Reach.objects.exists()


def test_an_empty_post_changes_nothing(cast):
    assert signed_in(cast.clerk).post("/notices/ways/").status_code == 422
    assert not Reach.objects.exists()


def test_text_messages_go_to_a_file_when_nothing_else_is_set(settings, tmp_path, at):
    settings.VAR_DIR = tmp_path
    sms.backend().send("13800138000", "您有 1 条待办", at)
    sms.backend().send("13800138000", "您有 2 条待办", at)
    file, = Path(tmp_path / "sms").iterdir()
    assert file.read_text().count("13800138000") == 2 and file.stat().st_mode & 0o077 == 0


def test_a_gateway_that_is_down_is_tried_again(cast, told, monkeypatch):
    reach.choose(cast.clerk, quiet=["tasks"], texted=["tasks"], mobile="13800138000", at=make.AT)

    class Down:
        def send(self, *words):
            raise OSError("no gateway")

    monkeypatch.setattr(sms, "backend", Down)
    assert notices.post(LATER) == 1  # of the other rooms an e-mail went out
    untold = Notice.objects.filter(user=cast.clerk, kind="tasks.assigned", posted_at=None)
    assert untold.exists()
    monkeypatch.undo()
    sent = []
    monkeypatch.setattr(sms, "backend", lambda: type("Up", (), {"send": lambda self, *words: sent.append(words)})())
    assert notices.post(LATER + notices.LEASE + timedelta(minutes=1)) == 0 and len(sent) == 1 and not untold.exists()


# --- the calendar -------------------------------------------------------------------------------------------------


def test_deadlines_by_number_and_meetings_by_time(place, cast):
    task = make.task(place, cast, state=S.HANDLING)
    held = make.consultation(place, cast, state="notified")
    mine = entries(Client(), link_of(cast.clerk))
    owed = next(one for uid, one in mine.items() if uid.startswith("task.draft_reply") or f"task-{task.pk}" in uid)
    assert owed["dtstart"].dt == task.due_on and task.number in owed["summary"] and task.title not in owed["summary"]
    meeting = entries(Client(), link_of(cast.member))[f"consultation-{held.pk}@testserver"]
    assert meeting["dtstart"].dt == held.starts_at and str(meeting["dtstart"].dt.tzinfo) == str(calendar.ZONE)
    assert f"/consultations/{held.pk}/" in meeting["url"]


def test_another_departments_clerk_finds_nothing_of_it(place, cast):
    task = make.task(place, cast, state=S.HANDLING)
    answer = Client().get(link_of(cast.clerk2))
    assert task.number not in answer.content.decode() and f"/tasks/{task.pk}/" not in answer.content.decode()


def test_a_conflict_has_no_name_in_a_calendar(place, cast):
    about = make.topic(place, cast, kind="conflict")
    held = make.consultation(place, cast, about=about, state="notified")
    found = entries(Client(), link_of(cast.office))[f"consultation-{held.pk}@testserver"]
    assert held.title not in str(found["summary"])


def test_the_link_is_kept_as_a_fingerprint_and_shown_once(cast):
    url = link_of(cast.clerk)
    secret = url.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43 and secret not in str(Reach.objects.values()) and secret not in str(AuditEvent.objects.values())
    assert secret not in signed_in(cast.clerk).get("/notices/ways/").content.decode()
    answer = Client().get(url)
    assert answer["Cache-Control"] == "private, no-store" and answer["Referrer-Policy"] == "no-referrer" and not answer.cookies


def test_a_new_link_ends_the_old_one_and_an_ended_one_is_not_known(cast):
    first, second = link_of(cast.clerk), link_of(cast.clerk)
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    signed_in(cast.clerk).post("/notices/ways/", {"revoke": "1"})
    assert Client().get(second).status_code == 404
    verbs = [event.verb for event in audit.trail_of(Reach.objects.get())]
    assert verbs == ["kit.make_feed", "kit.make_feed", "kit.revoke_feed"]


def test_whoever_has_left_is_shown_nothing(place, cast):
    url = link_of(cast.clerk)
    post, yesterday = cast.clerk.appointments.get(), make.TODAY - timedelta(days=1)
    people.end_appointment(post, until=yesterday, by=cast.secadmin, at=make.AT)
    assert Client().get(url).status_code == 404
    url = link_of(cast.office)
    cast.office.is_active = False
    cast.office.save(update_fields=["is_active"])
    assert Client().get(url).status_code == 404


def test_too_many_are_told_to_wait(cast, monkeypatch):
    from portal.kit import limits
    monkeypatch.setattr(limits, "take", lambda *words: make.AT + timedelta(minutes=30))
    answer = Client().get("/calendar/whatever.ics")
    assert answer.status_code == 429 and answer["Retry-After"]
