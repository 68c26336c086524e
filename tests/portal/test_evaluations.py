"""The screens of ratings, appraisals, cases, figures, the residents' and the administrators' desk."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.evaluations import actions
from consult.evaluations.models import Appraisal, Ballot, Rating
from consult.opinions import receipts
from consult.opinions.models import Opinion
from consult.people.models import Appointment, Subdistrict
from consult.showcases.models import Case
from consult.tasks.models import Reply, Task
from tests import make
from tests.make_evaluations import MESSAGE, own_voice, rating_of
from tests.make_showcases import STORY

GOOD = {"work": "satisfied", "result": "basically", "comment": ""}
BAD = {"work": "basically", "result": "dissatisfied", "comment": ""}


@pytest.fixture
def asked(place, cast):
    return make.invited(place, cast, opinions=[own_voice(place, cast)])


def read(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# --- the office asks, goes on, concludes -----------------------------------------------------------------------


def test_the_office_asks_with_a_first_wording_and_concludes_by_clicks(client, place, cast):
    task = make.looked_at(place, cast, opinions=[own_voice(place, cast)])
    client.force_login(cast.office)
    url = reverse("task.invite", args=[task.pk])
    assert url in read(client, reverse("task", args=[task.pk]))
    assert "过渡费已足额发放" in read(client, url)
    assert client.post(url, {"message": MESSAGE}).status_code == 302
    assert Rating.objects.count() == 3
    conclude = reverse("task.conclude", args=[task.pk])
    assert client.post(conclude, {"note": ""}).status_code == 422
    make.rate_all(task)
    assert client.post(conclude, {"note": ""}).status_code == 302
    assert Task.objects.get(pk=task.pk).state == "closed"


def test_a_second_handling_by_clicks(client, cast, asked):
    make.rate_all(asked, "dissatisfied")
    client.force_login(cast.office)
    url = reverse("task.rehandle", args=[asked.pk])
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.post(url, {"note": "补发差额"}).status_code == 302
    assert Task.objects.get(pk=asked.pk).round == 2


def test_acts_of_evaluation_are_closed_to_departments(cast, asked):
    for name in ("clerk", "supervision", "member"):
        client = signed_in(getattr(cast, name))
        for verb in ("invite", "rehandle", "conclude", "open_appraisal"):
            assert client.post(reverse(f"task.{verb}", args=[asked.pk])).status_code == 403, (name, verb)


def test_a_department_reads_totals_once_it_is_over_and_never_who_said_what(cast, asked):
    make.rate_all(asked, "dissatisfied")
    comment = Rating.objects.first().comment
    clerk = signed_in(cast.clerk)
    assert comment not in read(clerk, reverse("task", args=[asked.pk]))
    for rating in Rating.objects.all():
        read(clerk, reverse("rating", args=[rating.pk]), 404)


# --- rating ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["member", "resident"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_rater_with_an_account_rates_from_the_desk(cast, asked, who, language):
    client = signed_in(getattr(cast, who))
    client.cookies["django_language"] = language
    rating = rating_of(asked, getattr(cast, who))
    url = reverse("rating.give", args=[rating.pk])
    assert url in client.get(reverse("desk"), follow=True).content.decode()
    assert url in read(client, reverse("rating", args=[rating.pk]))
    read(client, url)
    answer = client.post(url, BAD)
    assert answer.status_code == 422
    assert 'value="dissatisfied"' in answer.content.decode()
    assert client.post(url, {**BAD, "comment": "还差一个季度"}).status_code == 302
    rating.refresh_from_db()
    assert (rating.state, rating.comment) == ("given", "还差一个季度")
    read(client, url, 409)
    assert url not in read(client, reverse("rating", args=[rating.pk]))


def test_nobody_rates_for_somebody_else(cast, asked):
    rating = rating_of(asked, cast.member)
    verdicts = {name: signed_in(user).post(reverse("rating.give", args=[rating.pk]), GOOD).status_code
                for name, user in cast.roles().items() if name != "member"}
    assert verdicts == {name: 403 if name in ("office", "chair") else 404 for name in verdicts}
    rating.refresh_from_db()
    assert rating.state == "invited"


def test_the_office_does_not_learn_from_the_history_who_a_resident_is(cast, asked):
    rating = rating_of(asked, cast.resident)
    actions.give(rating, work="satisfied", result="satisfied", by=cast.resident, at=make.AT)
    assert cast.resident.name not in read(signed_in(cast.office), reverse("rating", args=[rating.pk]))


def test_a_resident_reads_a_reply_that_is_open_and_no_other(cast, asked):
    url = reverse("rating", args=[rating_of(asked, cast.resident).pk])
    assert "过渡费已足额发放" in read(signed_in(cast.resident), url)
    Reply.objects.update(publicity="closed", publicity_reason="涉及个人信息")
    assert "过渡费已足额发放" not in read(signed_in(cast.resident), url)
    mine = reverse("rating", args=[rating_of(asked, cast.member).pk])
    assert "过渡费已足额发放" in read(signed_in(cast.member), mine)
    assert Reply.objects.first().contact not in read(signed_in(cast.resident), url)


@pytest.mark.parametrize("who", ["member", "resident"])
def test_a_new_matter_raised_from_an_account_lands_on_its_page(cast, asked, who):
    client = signed_in(getattr(cast, who))
    url = reverse("rating.raise_opinion", args=[rating_of(asked, getattr(cast, who)).pk])
    read(client, url)
    assert client.post(url, {"text": ""}).status_code == 422
    answer = client.post(url, {"text": "周转房楼道灯坏了。"})
    raised = Opinion.objects.get(channel="evaluation")
    assert answer["Location"] == reverse("opinion", args=[raised.pk])
    read(client, answer["Location"])


# --- by receipt ------------------------------------------------------------------------------------------------


@pytest.fixture
def receipt(client, place, cast):
    """A browser without account in which a receipt was opened, and the task behind it."""
    opinion, code = make.handed_in(project=place.project)
    task = make.invited(place, cast, opinions=[opinion])
    client.post(reverse("receipt"), {"number": opinion.number, "code": code})
    return client, opinion, task


def test_rating_by_receipt(receipt):
    client, opinion, task = receipt
    url = reverse("receipt.rate")
    assert url in read(client, reverse("receipt.status"))
    page = read(client, url)
    assert page.count('type="radio"') == 6
    assert "<script" not in page.split("<form", 1)[1].split("</form>", 1)[0]
    answer = client.post(url, BAD)
    assert answer.status_code == 422
    assert client.post(url, {**BAD, "comment": "还差一个季度"}).status_code == 302
    assert rating_of(task, opinion).comment == "还差一个季度"
    status = read(client, reverse("receipt.status"))
    assert url not in status
    assert client.get(url)["Location"] == reverse("receipt.status")
    assert client.post(url, GOOD)["Location"] == reverse("receipt.status")
    assert rating_of(task, opinion).result == "dissatisfied"


def test_after_the_window_the_receipt_offers_no_rating(receipt):
    _client, opinion, task = receipt
    over = make.morning(rating_of(task, opinion).due_on) + timedelta(days=1)
    with time_machine.travel(over):
        client = Client()
        client.post(reverse("receipt"), {"number": opinion.number, "code": receipts.code_for(opinion.key)})
        assert reverse("receipt.rate") not in read(client, reverse("receipt.status"))
        client.post(reverse("receipt.rate"), GOOD)
    assert rating_of(task, opinion).state == "invited"


def test_without_a_receipt_there_is_nothing_to_rate(client, asked):
    for name in ("receipt.rate", "receipt.raise"):
        assert client.get(reverse(name))["Location"] == reverse("receipt")
        assert client.post(reverse(name), GOOD)["Location"] == reverse("receipt")
    assert not Rating.objects.filter(state="given").exists()


def test_a_receipt_that_was_never_asked_raises_nothing(client, place):
    opinion, code = make.handed_in(project=place.project)
    client.post(reverse("receipt"), {"number": opinion.number, "code": code})
    assert reverse("receipt.raise") not in read(client, reverse("receipt.status"))
    assert client.post(reverse("receipt.raise"), {"text": "别的事"})["Location"] == reverse("receipt.status")
    assert Opinion.objects.count() == 1


def test_a_new_matter_by_receipt_gets_a_receipt_of_its_own(receipt):
    client, opinion, _task = receipt
    url = reverse("receipt.raise")
    assert url in read(client, reverse("receipt.status"))
    assert client.post(url, {"text": " "}).status_code == 422
    answer = client.post(url, {"text": "周转房楼道灯坏了。"})
    assert answer["Location"] == reverse("opinion.receipt")
    raised = Opinion.objects.get(channel="evaluation")
    assert raised.number in read(client, reverse("opinion.receipt"))
    assert raised.pk != opinion.pk


# --- appraisals ------------------------------------------------------------------------------------------------


def test_an_appraisal_by_clicks_shows_no_score_for_few_ballots(client, place, cast):
    task = make.answered(place, cast)
    client.force_login(cast.office)
    url = reverse("task.open_appraisal", args=[task.pk])
    page = read(client, url)
    assert cast.member.name in page
    assert cast.clerk.name not in page
    voters = [user.pk for user in (cast.member, cast.lawyer, cast.expert, cast.resident)]
    assert client.post(url, {"title": "过渡费评议", "people": [*voters, cast.clerk.pk]}).status_code == 422
    assert client.post(url, {"title": "过渡费评议", "people": voters}).status_code == 302
    pk = Appraisal.objects.get().pk
    marks = {"organisation": 80, "mechanism": 80, "talks": 60, "effect": 100, "reply": 30}
    for user in (cast.member, cast.lawyer, cast.expert, cast.resident):
        voter = signed_in(user)
        cast_url = reverse("appraisal.cast", args=[pk])
        assert cast_url in read(voter, reverse("appraisal", args=[pk]))
        read(voter, cast_url)
        assert voter.post(cast_url, {"effect": 100}).status_code == 422
        assert voter.post(cast_url, {**marks, "effect": 73}).status_code == 422
        assert voter.post(cast_url, marks).status_code == 302
        assert voter.post(cast_url, marks).status_code == 403
        read(voter, reverse("appraisal", args=[pk]))
    assert Ballot.objects.count() == 4
    client.post(reverse("appraisal.close", args=[pk]))
    page = read(client, reverse("appraisal", args=[pk]))
    assert "/ 100" not in page


# --- cases -----------------------------------------------------------------------------------------------------


def test_the_office_tells_a_case_by_clicks(client, place, cast):
    topic = make.topic(place, cast, state="closed")
    make.topic(place, cast, state="published")
    client.force_login(cast.office)
    page = read(client, reverse("case.write") + f"?topic={topic.pk}")
    assert topic.focus in page
    assert page.count("<option") <= 3
    story = {**STORY, "topic": topic.pk, "told_on": "2026-11-24"}
    assert client.post(reverse("case.write"), {**story, "outcome": "打 13900001234"}).status_code == 422
    client.post(reverse("case.write"), story)
    case = Case.objects.get()
    url = reverse("case", args=[case.pk])
    read(Client(), url, 404)
    client.post(reverse("case.publish", args=[case.pk]))
    page = read(Client(), url)
    assert all(words in page for words in STORY.values())
    assert cast.office.name not in page
    assert client.post(reverse("case.withdraw", args=[case.pk]), {"note": ""}).status_code == 422
    client.post(reverse("case.withdraw", args=[case.pk]), {"note": "更正数据"})
    read(Client(), url, 404)


def test_public_cases_are_ordered_by_date_or_by_subdistrict(client, place, cast):
    second = Subdistrict.objects.create(name="青龙街道", jurisdiction=place.jurisdiction, order=2)
    for title, day, where in (("甲", 3, second), ("乙", 2, place.subdistrict), ("丙", 1, second), ("丁", 9, place.subdistrict)):
        project = make.project(place.jurisdiction, where)
        topic = make.topic(place, cast, state="closed", project=project, opinions=[])
        case = make.case(place, cast, topic=topic, title=title, told_on=make.TODAY - timedelta(days=day))
        assert case.subdistrict == where
    make.case(place, cast, state="drafted", topic=make.topic(place, cast, state="closed"), title="未公开")

    def titles(query=""):
        page = client.get(reverse("front:cases") + query)
        assert page.status_code == 200
        return "".join(row[0]["value"] for row in page.context["rows"])

    assert titles() == "丙乙甲丁"
    assert titles("?order=place") == "乙丁丙甲"
    assert titles(f"?subdistrict={second.pk}") == "丙甲"
    assert titles("?kind=conflict") == ""


# --- lists, counted --------------------------------------------------------------------------------------------


def rated(place, cast):
    make.invited(place, cast, opinions=[own_voice(place, cast)])


LISTS = {
    "office:evaluations": ("office", rated, 3), "office:appraisals": ("office", lambda p, c: make.appraisal(p, c), 1),
    "office:cases": ("office", lambda p, c: make.case(p, c, topic=make.topic(p, c, state="closed")), 1),
    "members:evaluations": ("member", rated, 1), "members:appraisals": ("expert", lambda p, c: make.appraisal(p, c), 1),
    "front:cases": ("stranger", lambda p, c: make.case(p, c, topic=make.topic(p, c, state="closed")), 1),
    "residents:opinions": ("resident", own_voice, 1),
    "members:surveys": ("cadre", lambda p, c: make.survey(by=c.office, project=p.project), 1),
    "residents:surveys": ("resident", lambda p, c: make.survey(by=c.office, project=p.project), 1),
    "admins:users": ("secadmin", lambda p, c: make.user(), 1),
    "admins:appointments": ("secadmin", lambda p, c: make.appointed(f"m{Appointment.objects.count()}", "委员", "expert",
                                                                    p.jurisdiction), 1),
    "residents:home": ("resident", rated, None), "members:home": ("member", rated, None),
    "admins:home": ("secadmin", lambda p, c: make.user(), None), "leadership:figures": ("leader", rated, None),
}


@pytest.mark.parametrize("name", list(LISTS))
def test_lists_count_the_same_with_one_and_three_rows(place, cast, name):
    who, build, each = LISTS[name]
    client = signed_in(getattr(cast, who))
    counts, rows = [], []
    for more in (1, 2):
        for _n in range(more):
            build(place, cast)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(reverse(name))
        assert answer.status_code == 200
        counts.append(len(seen))
        rows.append(answer.content.decode().count("<tr>"))
    assert counts[0] == counts[1]
    if each:
        assert rows[1] - rows[0] == 2 * each


@pytest.mark.parametrize("name", ["office:evaluations", "members:evaluations"])
def test_ratings_can_be_narrowed(place, cast, name):
    task = make.invited(place, cast)
    actions.give(rating_of(task, cast.member), **{**GOOD, "comment": ""}, by=cast.member, at=make.AT)
    client = signed_in(cast.office if name.startswith("office") else cast.member)
    page = client.get(reverse(name), {"state": "given", "rater": "member", "result": "basically"})
    assert len(page.context["rows"]) == 1
    assert not client.get(reverse(name), {"state": "unrated"}).context["rows"]


# --- the residents' desk ---------------------------------------------------------------------------------------


def test_a_resident_finds_own_opinions_ratings_and_surveys_at_home(place, cast):
    task = make.invited(place, cast, opinions=[own_voice(place, cast)])
    other = make.opinion(project=place.project)
    survey = make.survey(by=cast.office, project=place.project)
    client = signed_in(cast.resident)
    page = read(client, reverse("residents:home"))
    mine = Opinion.objects.get(resident__user=cast.resident)
    assert reverse("opinion", args=[mine.pk]) in page
    assert reverse("rating.give", args=[rating_of(task, cast.resident).pk]) in page
    assert reverse("survey", args=[survey.pk]) in page
    assert other.number not in page
    read(client, reverse("opinion", args=[mine.pk]))
    read(client, reverse("opinion", args=[other.pk]), 404)


# --- figures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_figures_for_those_who_lead(place, cast, language):
    make.concluded(place, cast)
    for name, user in cast.roles().items():
        client = signed_in(user)
        client.cookies["django_language"] = language
        answer = client.get(reverse("leadership:figures"))
        expected = name in ("chair", "leader", "office", "supervision", "other_office")
        assert (answer.status_code == 200) == expected, name
    page = read(signed_in(cast.leader), reverse("leadership:figures"))
    assert "<svg" in page
    assert "style=" not in page.split("<main", 1)[1]


# --- every day -------------------------------------------------------------------------------------------------


def test_the_daily_command_closes_invitations_whose_time_is_over(asked, capsys):
    over = make.morning(Rating.objects.first().due_on) + timedelta(days=1)
    call_command("remind")
    assert not Rating.objects.filter(state="unrated").exists()
    with time_machine.travel(over):
        call_command("remind")
    assert set(Rating.objects.values_list("state", flat=True)) == {"unrated"}
