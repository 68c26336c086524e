"""The administrators' desk: accounts, appointments and the log are three people's."""

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django_tasks.base import TaskResultStatus as Status

from consult.kit.models import Worker
from consult.people import rules as people
from consult.people.models import Appointment, User
from portal.admins.jobs import STATUS, WORKERS
from tests import make


def read(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


#: Of the page of jobs, whatever the number of rows.
QUERIES = 20
ADMIN_LISTS = {"admins:users": {"sysadmin", "secadmin"}, "admins:appointments": {"secadmin"}, "admins:audit": {"auditadmin"},
               "admins:parameters": {"sysadmin"}, "admins:calendar": {"sysadmin"}, "admins:jobs": {"sysadmin"}}


@pytest.mark.parametrize("name", list(ADMIN_LISTS))
def test_the_three_administrators_keep_to_their_own(cast, name):
    for who, user in cast.roles().items():
        answer = signed_in(user).get(reverse(name), headers={"accept-language": "en"})
        if who in ADMIN_LISTS[name]:
            assert answer.status_code == 200, who
        else:
            assert answer.status_code == 403, who
            assert "Only these roles may do this here" in answer.content.decode() or who not in (
                "sysadmin", "secadmin", "auditadmin")


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "auditadmin"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_their_home_offers_only_what_is_theirs(cast, who, language):
    client = signed_in(getattr(cast, who))
    client.cookies["django_language"] = language
    page = read(client, reverse("admins:home"))
    for name, whose in ADMIN_LISTS.items():
        assert (f'href="{reverse(name)}"' in page) == (who in whose), name


def test_an_account_is_made_by_one_and_appointed_by_another(place, cast):
    system, security = signed_in(cast.sysadmin), signed_in(cast.secadmin)
    assert security.get(reverse("user.create_account")).status_code == 403
    made = {"username": "newclerk", "name": "新承办人", "email": "", "password": "a-long-one-time-password"}
    assert system.post(reverse("user.create_account"), {**made, "username": "office"}).status_code == 422
    assert system.post(reverse("user.create_account"), made).status_code == 302
    user = User.objects.get(username="newclerk")
    read(system, reverse("user", args=[user.pk]))
    appoint = reverse("user.appoint", args=[user.pk])
    assert system.get(appoint).status_code == 403
    assert appoint in read(security, reverse("user", args=[user.pk]))
    assert reverse("user", args=[user.pk]) in read(security, reverse("admins:home"))
    post = {"role": "department_clerk", "jurisdiction": place.jurisdiction.pk, "since": "2026-11-24"}
    assert security.post(appoint, post).status_code == 422
    assert security.post(appoint, {**post, "department": place.a.pk}).status_code == 302
    held = Appointment.objects.get(user=user)
    end = reverse("appointment.end_appointment", args=[held.pk])
    assert system.get(end).status_code == 403
    assert end in read(security, reverse("appointment", args=[held.pk]))
    assert security.post(end, {"until": ""}).status_code == 302


def test_an_account_is_disabled_with_a_reason(cast):
    system = signed_in(cast.sysadmin)
    url = reverse("user.disable_account", args=[cast.expert.pk])
    assert system.post(url, {"reason": ""}).status_code == 422
    assert system.post(url, {"reason": "调离"}).status_code == 302
    cast.expert.refresh_from_db()
    assert not cast.expert.is_active
    assert system.post(reverse("user.enable_account", args=[cast.expert.pk]), {"reason": "返回"}).status_code == 302


def test_accounts_and_the_log_can_be_narrowed(place, cast):
    page = signed_in(cast.secadmin).get(reverse("admins:users"), {"name": "委员", "is_active": "true"})
    assert len(page.context["rows"]) == 2
    make.topic(place, cast)
    page = signed_in(cast.auditadmin).get(reverse("admins:audit"), {"verb": "topics.", "day": "2026-11-24"})
    assert page.context["rows"]
    page = signed_in(cast.secadmin).get(reverse("admins:appointments"), {"role": "expert"})
    assert len(page.context["rows"]) == 1
    assert people.audit_visible_to(cast.sysadmin).count() == 0


def test_an_account_is_either_disabled_or_enabled_again(cast):
    system = signed_in(cast.sysadmin)
    page, off, on = (reverse(name, args=[cast.expert.pk]) for name in ("user", "user.disable_account", "user.enable_account"))
    assert off in read(system, page)
    assert on not in read(system, page)
    system.post(off, {"reason": "调离"})
    assert off not in read(system, page)
    assert on in read(system, page)


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "已起草"), ("en", "drafted")])
def test_the_log_speaks_of_states_and_things_in_words(client, place, cast, language, words):
    make.topic(place, cast, state="under_review")
    client = signed_in(cast.auditadmin)
    page = client.get(reverse("admins:audit"), {"verb": "topics.submit_review"}, headers={"accept-language": language})
    said = str([[cell["value"] for cell in row] for row in page.context["rows"]])
    assert "under_review" not in said
    assert words in page.content.decode()


def test_the_list_of_jobs_tells_numbers_and_nobodys_words(client, cast):
    make.failed_job(args_kwargs={"args": [41, "s3cret-t0ken"], "kwargs": {"note": "w0rds"}})
    client.force_login(cast.sysadmin)
    page = read(client, reverse("admins:jobs"))
    assert "(41)" in page and "s3cret" not in page and "w0rds" not in page


def test_jobs_are_listed_with_why_they_failed_and_run_again(cast):
    job = make.failed_job()
    make.failed_job(status="SUCCESSFUL", exception_class_path="", traceback="")
    client = signed_in(cast.sysadmin)
    page = client.get(reverse("admins:jobs"))
    again = reverse("admins:run_again", args=[job.pk])
    assert len(page.context["rows"]) == 1
    said = page.content.decode()
    assert all(part in said for part in ("DoesNotExist", "press.py", "line 45", again))
    assert f'href="{reverse("admins:jobs")}"' in read(client, reverse("admins:home"))
    assert len(client.get(reverse("admins:jobs"), {"status": "SUCCESSFUL"}).context["rows"]) == 1
    assert reverse("admins:jobs") in read(client, again)
    assert client.post(again).headers["Location"] == reverse("admins:jobs")
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("READY", 0)
    assert client.post(again).status_code == 422
    assert again not in read(client, reverse("admins:jobs"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_jobs_asks_as_much_for_three_as_for_one(cast, rows, django_assert_max_num_queries):
    for _row in range(rows):
        make.failed_job()
    client = signed_in(cast.sysadmin)
    read(client, reverse("admins:jobs"))
    with django_assert_max_num_queries(QUERIES):
        read(client, reverse("admins:jobs"))


@pytest.mark.parametrize(("running", "state"), [(False, "never seen"), (True, "stranded")])
def test_the_list_of_jobs_says_how_the_worker_is(cast, running, state):
    if running:
        make.failed_job(status="RUNNING")
        Worker.objects.create(id="w", host="here", pid=1, started_at=Now(), seen_at=Now())
    page = signed_in(cast.sysadmin).get(reverse("admins:jobs"))
    assert page.context["worker"] == WORKERS[state]


def test_every_state_of_the_worker_has_its_words(monkeypatch):
    assert set(WORKERS) == {"never seen", "silent", "stuck", "stranded", "working", "waiting"}
    assert set(STATUS) == set(Status)
