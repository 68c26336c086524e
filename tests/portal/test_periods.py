"""The screens and papers of a period: bulletins of the district, and appraisals of a department."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.evaluations.models import Appraisal
from consult.followups import circulating
from consult.followups.district import DistrictBulletin
from consult.kit import calendar
from consult.kit.charts import FONT
from portal.rooms.circulars import paper_of
from tests import make
from tests.make_evaluations import marks
from tests.portal.test_papers import get, name_of, told

WORDS = {"since": "2026-11-01", "until": "2026-11-24", "title": "十一月督办情况通报", "text": "总体平稳。"}


def signed_in(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def read(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


# --- the bulletin ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_bulletin_is_drafted_changed_and_issued_by_clicks(place, cast, language):
    task = make.task(place, cast, state="answered", co=[place.b])
    client = signed_in(cast.supervision, language)
    start = reverse("districtbulletin.draft")
    assert start in read(client, reverse("supervision:bulletins"))
    assert 'value="2026-11-01"' in read(client, start)
    assert client.post(start, WORDS).status_code == 302
    pk = DistrictBulletin.objects.get().pk
    page, edit, issue = (reverse(f"districtbulletin{verb}", args=[pk]) for verb in ("", ".edit", ".issue"))
    assert edit in read(client, page) and issue in read(client, page)
    assert "总体平稳。" in read(client, edit)
    assert client.post(edit, {**WORDS, "text": "另写的前言。"}).status_code == 302
    assert client.post(issue).status_code == 302
    for name in ("supervision", "office", "chair", "leader", "clerk", "clerk2"):
        shown = read(signed_in(getattr(cast, name), language), page)
        assert place.a.name in shown and "另写的前言。" in shown and "督办通报〔2026〕1号" in shown
        assert shown.count("<svg role=") == 1
    read(signed_in(cast.member), page, 404)
    assert edit not in read(client, page)
    assert task.number not in read(client, page)


@pytest.mark.parametrize("wrong", [{"until": "2026-12-24"}, {"since": "2026-11-25"}, {"title": ""}, {"text": "打 13900001234"},
                                   {"until": "yesterday"}])
def test_wrong_input_comes_back_as_it_was_typed(place, cast, wrong):
    client = signed_in(cast.supervision)
    made = make.district_bulletin(place, cast)
    for url in (reverse("districtbulletin.draft"), reverse("districtbulletin.edit", args=[made.pk])):
        answer = client.post(url, {**WORDS, "title": "没有写完的通报", **wrong})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert all(value in page for value in ({"title": "没有写完的通报"} | wrong).values())
    assert DistrictBulletin.objects.get().title == made.title


def test_an_overdue_task_is_listed_with_its_department_and_nobody_else(place, cast):
    task = make.task(place, cast, state="handling")
    day = calendar.add_workdays(task.due_on, 8)
    with time_machine.travel(make.morning(day)):
        made = circulating.draft(jurisdiction=place.jurisdiction, since=make.TODAY, until=day, title="超期通报", text="请抓紧。",
                                 by=cast.supervision, at=make.morning(day))
        circulating.issue(made, by=cast.supervision, at=make.morning(day))
        page = read(signed_in(cast.clerk), reverse("districtbulletin", args=[made.pk]))
        assert task.number in page and task.title in page
        words = told(get(Client(), cast.clerk, "districtbulletin.pdf", made.pk))
        assert task.number in words and calendar.in_words(task.due_on) in words and place.a.name in words
    for secret in (make.RESIDENT, make.NAME, make.PHONE):
        assert secret not in page and secret not in words


def test_the_paper_is_marked_as_a_draft_until_it_is_issued(client, place, cast):
    make.task(place, cast, state="answered")
    made = make.district_bulletin(place, cast)
    paper = get(client, cast.supervision, "districtbulletin.pdf", made.pk)
    assert name_of(paper).startswith("草稿-") and "清样" in told(paper) and paper.content.startswith(b"%PDF")
    assert get(client, cast.office, "districtbulletin.pdf", made.pk).status_code == 404
    circulating.issue(made, by=cast.supervision, at=make.AT)
    paper = get(client, cast.clerk, "districtbulletin.pdf", made.pk)
    words = told(paper)
    assert "清样" not in words and "湖山区督办通报〔2026〕1号" in words and "湖山区委区政府督查室" in words
    assert "按期答复1件次" in words and "总体平稳。" in words
    assert name_of(paper) == f"{made.number}{made.title}.pdf"
    drawn = paper_of(made).assets["chart"]
    assert b"Paper Sans" in drawn and FONT.encode() not in drawn


def test_an_empty_period_has_a_paper_too(client, place, cast):
    made = make.district_bulletin(place, cast)
    assert get(client, cast.supervision, "districtbulletin", made.pk).status_code == 200
    assert "接办任务0件次" in told(get(client, cast.supervision, "districtbulletin.pdf", made.pk))


# --- the appraisal --------------------------------------------------------------------------------------------------


def test_a_department_is_appraised_by_clicks(place, cast):
    make.task(place, cast, state="answered")
    office = signed_in(cast.office)
    url = reverse("appraisal.open")
    assert url in read(office, reverse("office:appraisals"))
    assert cast.clerk.name not in read(office, url)
    people = [user.pk for user in (cast.member, cast.lawyer, cast.expert, cast.resident)]
    asked = {"department": place.a.pk, "since": "2026-11-01", "until": "2026-11-24", "title": "住建局评议", "people": people}
    for wrong in ({"department": place.other_department.pk}, {"people": []}, {"people": [*people, cast.clerk.pk]},
                  {"until": "2026-11-25"}, {"since": ""}):
        answer = office.post(url, {**asked, **wrong})
        assert answer.status_code == 422 and "住建局评议" in answer.content.decode(), wrong
    assert not Appraisal.objects.exists()
    assert office.post(url, asked).status_code == 302
    pk = Appraisal.objects.get().pk
    page = reverse("appraisal", args=[pk])
    for user in (cast.member, cast.lawyer, cast.expert, cast.resident):
        voter = signed_in(user)
        assert reverse("appraisal.cast", args=[pk]) in read(voter, page)
        assert voter.post(reverse("appraisal.cast", args=[pk]), marks(80)).status_code == 302
    read(signed_in(cast.clerk), page, 404)
    assert office.post(reverse("appraisal.close", args=[pk])).status_code == 302
    shown = read(signed_in(cast.clerk), page)
    assert "/ 100" not in shown and place.a.name in shown
    read(signed_in(cast.clerk2), page, 404)


def test_somebody_who_worked_for_the_department_is_named_and_does_not_vote(place, cast):
    asked = {"department": place.a.pk, "since": "2026-11-01", "until": "2026-11-24", "title": "住建局评议",
             "people": [cast.expert.pk, cast.member.pk]}
    post = cast.clerk.appointments.get()
    type(post).objects.filter(pk=post.pk).update(user=cast.expert, until=make.SINCE)
    answer = signed_in(cast.office).post(reverse("appraisal.open"), asked)
    assert answer.status_code == 422 and f"Take out {cast.expert.name}:" in answer.content.decode()


def test_both_kinds_stand_in_the_lists(place, cast):
    of_task, of_department = make.appraisal(place, cast), make.department_appraisal(place, cast)
    for name, user in (("office:appraisals", cast.office), ("members:appraisals", cast.expert)):
        page = read(signed_in(user), reverse(name))
        assert of_task.task.title in page and f"{place.a.name} · 2026-11-01 – 2026-11-24" in page
        assert of_department.title in page


# --- counted --------------------------------------------------------------------------------------------------------


def issued(place, cast):
    make.task(place, cast, state="handling")
    return make.district_bulletin(place, cast, state="issued")


LISTS = {
    "departments:bulletins": ("clerk", issued), "supervision:bulletins": ("supervision", make.district_bulletin),
    "leadership:bulletins": ("leader", issued), "office:district_bulletins": ("office", issued),
    "office:appraisals": ("office", make.department_appraisal), "members:appraisals": ("expert", make.department_appraisal),
}


@pytest.mark.parametrize("name", list(LISTS))
def test_lists_count_the_same_with_one_and_three_rows(place, cast, name):
    who, build = LISTS[name]
    client, counts = signed_in(getattr(cast, who)), []
    for more in (1, 2):
        for _n in range(more):
            build(place, cast)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as found:
            answer = client.get(reverse(name))
        counts.append(len(found))
    assert len(answer.context["page"]["rows"]) == 3
    assert counts[0] == counts[1]


def test_a_draft_asks_the_same_number_of_queries_for_one_and_three_tasks(place, cast):
    made = make.district_bulletin(place, cast)
    client, counts = signed_in(cast.supervision), []
    for more in (1, 2):
        for _n in range(more):
            make.task(place, cast, state="answered", separate=[place.a, place.b])
        client.get(reverse("districtbulletin", args=[made.pk]))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("districtbulletin", args=[made.pk]))
        counts.append(len(found))
    assert counts[0] == counts[1]
