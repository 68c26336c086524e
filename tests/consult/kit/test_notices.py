from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext_lazy as words

from consult.kit import calendar, notices, rules
from consult.kit.models import Notice
from consult.people.models import Jurisdiction, User

pytestmark = pytest.mark.usefixtures("days")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_kinds", {})
    monkeypatch.setitem(rules._visibility, "people.jurisdiction", lambda user: Jurisdiction.objects.all())
    notices.kinds("tests", {"came": words("No. %(number)s came."), "gone": words("No. %(number)s is gone, 100%% sure.")})


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.ZONE)


def said(user: User) -> list[str]:
    return [str(notices.text(notice)) for notice in notices.inbox(user)]


def test_a_notice_is_a_sentence(ann: User, district: Jurisdiction, nine: datetime) -> None:
    notices.queue("tests.came", [ann], district, at=nine, number="7")
    notices.queue("tests.gone", [ann], district, at=nine + timedelta(minutes=1))
    assert said(ann) == ["No. … is gone, 100% sure.", "No. 7 came."]


def test_the_sentence_is_lazy(ann: User, district: Jurisdiction, nine: datetime) -> None:
    notices.queue("tests.came", [ann], district, at=nine, number="7")
    sentence = notices.text(notices.inbox(ann).get())
    assert not isinstance(sentence, str)
    with translation.override("zh-hans"):
        assert "7" in str(sentence)


def test_an_unknown_kind_is_a_mistake(ann: User, district: Jurisdiction, nine: datetime) -> None:
    with pytest.raises(LookupError):
        notices.queue("tests.nothing", [ann], district, at=nine)


def test_unread_news_is_not_repeated(ann: User, bob: User, district: Jurisdiction, nine: datetime) -> None:
    for _unused in range(3):
        notices.queue("tests.came", [ann, bob, ann, None], district, at=nine, number="7")
    assert [len(said(ann)), len(said(bob))] == [1, 1]
    assert notices.read(ann, at=nine) == 1
    notices.queue("tests.came", [ann, bob], district, at=nine, number="8")
    assert [len(said(ann)), len(said(bob))] == [2, 1]


def test_queueing_is_one_query(ann: User, bob: User, district: Jurisdiction, nine: datetime,
                               django_assert_num_queries: Any) -> None:
    calendar.is_workday(nine.date())
    with django_assert_num_queries(1):
        notices.queue("tests.came", [ann, bob], district, at=nine)


def test_nobody_reads_for_another(ann: User, bob: User, district: Jurisdiction, nine: datetime) -> None:
    notices.queue("tests.came", [ann], district, at=nine)
    assert notices.read(bob, notices.inbox(ann), at=nine) == 0
    assert notices.read_about(bob, district, at=nine) == 0
    assert notices.read_about(ann, district, at=nine) == 1
    assert notices.unread(ann).count() == 0


def test_the_inactive_hear_nothing(ann: User, district: Jurisdiction, nine: datetime) -> None:
    ann.is_active = False
    notices.queue("tests.came", [ann], district, at=nine)
    assert Notice.objects.count() == 0


def test_objects_are_read_by_kind_and_only_when_visible(ann: User, district: Jurisdiction, nine: datetime,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    for obj in (district, ann):
        notices.queue("tests.came", [ann], obj, at=nine)
    monkeypatch.setitem(rules._visibility, "people.user", lambda user: User.objects.none())
    assert list(notices.objects(notices.inbox(ann), ann).values()) == [district]


# --- posting ----------------------------------------------------------------------------------------------------

def test_one_letter_a_person(ann: User, bob: User, district: Jurisdiction, nine: datetime) -> None:
    notices.queue("tests.came", [ann, bob], district, at=nine, number="7")
    notices.queue("tests.gone", [ann], district, at=nine, number="7")
    assert notices.post(nine) == 1  # Bob has no address
    letter = mail.outbox[0]
    assert letter.to == ["ann@example.org"]
    assert "1. No. 7 came." in letter.body
    assert "2. No. 7 is gone, 100% sure." in letter.body
    assert notices.post(nine) == 0
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("queued", "early", "late"), [
    ("2026-11-24 12:10", "2026-11-24 12:50", "2026-11-24 13:00"),
    ("2026-11-27 18:00", "2026-11-28 10:00", "2026-11-30 09:00"),
    ("2026-09-30 20:00", "2026-10-05 10:00", "2026-10-08 09:30"),
    ("2026-10-09 18:00", "2026-10-10 08:00", "2026-10-10 09:00"),
])
def test_letters_wait_for_office_hours(ann: User, district: Jurisdiction, queued: str, early: str, late: str) -> None:
    notices.queue("tests.came", [ann], district, at=clock(queued))
    assert notices.post(clock(early)) == 0
    assert notices.post(clock(late)) == 1


def test_what_was_read_or_is_no_longer_visible_is_not_sent(ann: User, district: Jurisdiction, nine: datetime,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    notices.queue("tests.came", [ann], district, at=nine)
    notices.read(ann, at=nine)
    notices.queue("tests.gone", [ann], district, at=nine)
    monkeypatch.setitem(rules._visibility, "people.jurisdiction", lambda user: Jurisdiction.objects.none())
    assert notices.post(nine) == 0
    assert Notice.objects.filter(posted_at=None).count() == 0


def test_a_failed_letter_is_sent_again(ann: User, bob: User, district: Jurisdiction, nine: datetime,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    bob.email = "bob@example.org"
    bob.save()
    notices.queue("tests.came", [ann, bob], district, at=nine)
    send = notices.send_mail

    def fail_for_ann(*args: Any) -> int:
        if args[3] == [ann.email]:
            raise ConnectionError
        return send(*args)

    with monkeypatch.context() as broken:
        broken.setattr(notices, "send_mail", fail_for_ann)
        assert notices.post(nine) == 1  # Bob's letter does not wait for Ann's
    assert notices.post(nine + timedelta(minutes=29)) == 0
    assert notices.post(nine + timedelta(minutes=30)) == 1
    assert [letter.to for letter in mail.outbox] == [["bob@example.org"], ["ann@example.org"]]


def test_old_news_stays_in_the_inbox(ann: User, district: Jurisdiction, nine: datetime) -> None:
    notices.queue("tests.came", [ann], district, at=nine)
    assert notices.post(nine + timedelta(days=14)) == 0
    assert len(said(ann)) == 1


def test_no_letter_is_sent_in_a_transaction(ann: User, district: Jurisdiction, nine: datetime,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    depth = len(connection.savepoint_ids)
    seen = []
    monkeypatch.setattr(notices, "send_mail", lambda *args: seen.append(len(connection.savepoint_ids)) or 1)
    notices.queue("tests.came", [ann], district, at=nine)
    assert notices.post(nine) == 1
    assert seen == [depth]


def test_a_line_break_cannot_forge_a_header(ann: User, district: Jurisdiction, nine: datetime) -> None:
    notices.queue("tests.came", [ann], district, at=nine, number="7\r\nBcc: all@example.org")
    notices.post(nine)
    assert mail.outbox[0].recipients() == ["ann@example.org"]
    assert "Bcc" not in mail.outbox[0].message()
