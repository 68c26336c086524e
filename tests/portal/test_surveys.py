"""Surveys on their pages: a stack of sheets, what came out before and after, the table to take away, and who finds them."""

import io
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from consult.journey import finding
from consult.surveys import actions, entering, serials
from consult.surveys.models import Response, Survey
from tests import make


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def signed_in(user: Any = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def survey(cast: Any, place: Any) -> Survey:
    made = make.survey(by=cast.office, project=place.project)
    entering.number_sheets(made, number=30, by=cast.cadre, at=make.AT)
    return made


@pytest.fixture
def asked_twice(cast: Any, survey: Survey) -> tuple[Survey, Survey]:
    """Before and after, both closed, with words that hold a number, a flat, and a formula."""
    after = make.asked_again(survey, by=cast.office)
    for one, first, second in ((survey, 10, 30), (after, 30, 20)):
        for n in range(first + second):
            make.filled_in(one, one=0 if n < first else 1, text=f"=1+1 请打{make.PHONE}，3号楼2单元501室" if n == 0 else "")
        actions.close(one, by=cast.office, at=make.AT)
    return survey, after


def sheet(survey: Survey, serial: str = "", **more: Any) -> dict[str, Any]:
    one, many, _text = survey.questions.all()
    return {"key": str(uuid4()), "serial": serial, f"q{one.pk}": one.choices.first().pk,
            f"q{many.pk}": [choice.pk for choice in many.choices.all()[:2]], **more}


# --- the stack ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["office", "cadre", "member"])
def test_a_stack_of_sheets_is_entered_one_after_another(cast: Any, survey: Survey, who: str) -> None:
    client, url = signed_in(getattr(cast, who)), reverse("survey.enter", args=[survey.pk])
    page = client.get(url).text
    assert "autofocus" in page and "js/sheets.js" in page and "1　是" in page
    for nth in (1, 2, 3):
        answer = client.post(url, sheet(survey, serials.written(survey.pk, nth)), follow=True)
        assert answer.redirect_chain == [(url, 302)]
        assert serials.written(survey.pk, nth) in answer.text
    assert answer.context["form"].so_far() == 3
    assert set(Response.objects.values_list("channel", "entered_by")) == {("paper", getattr(cast, who).pk)}


def test_what_was_typed_stays_when_the_number_is_wrong(cast: Any, survey: Survey) -> None:
    client, url = signed_in(cast.cadre), reverse("survey.enter", args=[survey.pk])
    text = survey.questions.last()
    assert client.post(url, sheet(survey, serials.written(survey.pk, 1))).status_code == 302
    for number in (serials.written(survey.pk, 1), "12345", serials.written(survey.pk, 31), ""):
        answer = client.post(url, sheet(survey, number, **{f"q{text.pk}": "电费请公开"}))
        assert answer.status_code == 422 and "serial" in answer.context["form"].errors, number
        assert "电费请公开" in answer.text and answer.text.count("checked") == 3
    assert Response.objects.count() == 1
    assert client.post(url, sheet(survey, "", unnumbered="on")).status_code == 302
    assert Response.objects.get(serial=31).entered_by == cast.cadre
    both = client.post(url, sheet(survey, serials.written(survey.pk, 2), unnumbered="on"))
    assert both.status_code == 422 and "unnumbered" in both.context["form"].errors


def test_nothing_holds_up_a_stack(cast: Any, survey: Survey) -> None:
    """No limit of sheets in an hour, and as many queries for the last as for the first."""
    client, url = signed_in(cast.cadre), reverse("survey.enter", args=[survey.pk])
    asked = []
    for nth in range(1, 31):
        with CaptureQueriesContext(connection) as queries:
            assert client.post(url, sheet(survey, serials.written(survey.pk, nth))).status_code == 302
            assert client.get(url).status_code == 200
        asked.append(len(queries))
    assert max(asked[1:]) == min(asked[1:]) <= 60


def test_a_wrong_sheet_is_taken_out_and_waits_to_be_entered(cast: Any, survey: Survey) -> None:
    client, number = signed_in(cast.cadre), serials.written(survey.pk, 5)
    client.post(reverse("survey.enter", args=[survey.pk]), sheet(survey, number))
    url = reverse("survey.void", args=[survey.pk])
    assert client.post(url, {"serial": number, "reason": ""}).status_code == 422
    answer = client.post(url, {"serial": number, "reason": "抄错一题"}, follow=True)
    assert f'value="{number}"' in answer.text
    assert not Response.objects.counted().exists()
    assert client.post(reverse("survey.enter", args=[survey.pk]), sheet(survey, number)).status_code == 302
    assert Response.objects.counted().get().serial == 5


# --- printing -----------------------------------------------------------------------------------------------------


def pages(answer: Any) -> list[str]:
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf", answer
    paper = pypdfium2.PdfDocument(answer.content)
    return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in paper]


def test_sheets_are_printed_with_their_numbers(cast: Any, survey: Survey) -> None:
    client = signed_in(cast.cadre)
    page = client.get(reverse("survey", args=[survey.pk]))
    assert [url.partition("?")[2] for _first, _last, url in page.context["paper"]["files"]] == [
        "first=1&last=20", "first=21&last=30"]
    made = pages(client.get(page.context["paper"]["files"][1][2]))
    assert len(made) == 10
    for nth, text in enumerate(made, 21):
        assert text.count(serials.written(survey.pk, nth)) == 2 and survey.title in text and "过渡费是否按时到账？" in text
    assert "样张" in pages(client.get(reverse("survey.sheets", args=[survey.pk])))[0]


@pytest.mark.parametrize("query", ["first=1&last=31", "first=0&last=5", "first=5&last=1", "first=1", "first=x&last=y",
                                   "first=1&last=21", "first=-1&last=3", "first=99999999&last=99999999", "first=²&last=³"])
def test_a_range_that_is_not_there(cast: Any, survey: Survey, query: str) -> None:
    assert signed_in(cast.cadre).get(f"{reverse('survey.sheets', args=[survey.pk])}?{query}").status_code == 404


def test_a_file_to_print_is_for_those_who_enter(cast: Any, survey: Survey) -> None:
    for who in ("resident", "clerk", "chair"):
        page = signed_in(getattr(cast, who)).get(reverse("survey", args=[survey.pk]))
        assert page.context["paper"] is None and "sheets.pdf" not in page.text


# --- drafting the second ------------------------------------------------------------------------------------------


def test_the_survey_after_begins_with_the_questions_before(cast: Any, survey: Survey) -> None:
    client, url = signed_in(cast.office), reverse("survey.repeat", args=[survey.pk])
    form = client.get(url).context["form"]
    data = {name: field.value() if (field := form[name]).value() is not None else "" for name in form.fields}
    assert data["text1"] == "过渡费是否按时到账？" and data["choices1"] == "是\n否\n不清楚"
    answer = client.post(url, {**data, "title": "协商后问卷", "invited": 50, "text1": "现在到账了吗？", "same3": "",
                               "kind4": "one", "kind5": "one", "kind6": "one"})
    assert answer.status_code == 422 and "invited_source" in answer.context["form"].errors and "协商后问卷" in answer.text
    answer = client.post(url, {**data, "title": "协商后问卷", "invited": 50, "invited_source": "户册", "text1": "现在到账了吗？",
                               "same3": "", "kind4": "one", "kind5": "one", "kind6": "one"})
    after = Survey.objects.get(title="协商后问卷")
    assert answer["Location"] == reverse("survey", args=[after.pk])
    first, second, third = survey.questions.all()
    assert third and [one.same_as for one in after.questions.all()] == [first, second, None]


# --- results ------------------------------------------------------------------------------------------------------


def test_the_page_draws_and_compares(cast: Any, asked_twice: tuple[Survey, Survey]) -> None:
    before, after = asked_twice
    page = signed_in().get(reverse("survey", args=[after.pk]))
    assert page.context["compared"].questions[0].pairs[0].row == ("是", 25, 60, "+35")
    assert page.text.count("<svg") == 4  # two questions compared, two counted
    assert "100 %" in page.text and "社区户册" in page.text
    assert reverse("survey", args=[before.pk]) in page.text
    assert reverse("survey", args=[after.pk]) in signed_in().get(reverse("survey", args=[before.pk])).text


def test_a_draft_after_is_told_to_nobody_else(cast: Any, survey: Survey) -> None:
    for who, seen in (("office", 1), ("chair", 1), ("cadre", 0), ("resident", 0)):
        draft = make.survey(by=cast.office, project=survey.project, purpose="after", follows=survey, opened=False)
        page = signed_in(getattr(cast, who)).get(reverse("survey", args=[survey.pk]))
        assert page.context["followed_by"].count() == seen
        draft.delete()


def words(answer: Any) -> str:
    book = load_workbook(io.BytesIO(answer.content))
    return "\n".join("|".join("" if cell is None else str(cell) for cell in row) for row in book.active.values)


@pytest.mark.parametrize(("who", "reads"), [("", False), ("resident", False), ("cadre", False), ("clerk", False),
                                            ("member", False), ("chair", True), ("office", True)])
def test_what_is_taken_away_is_what_is_seen(cast: Any, asked_twice: tuple[Survey, Survey], who: str, reads: bool) -> None:
    _before, after = asked_twice
    client = signed_in(getattr(cast, who) if who else None)
    page, told = client.get(reverse("survey", args=[after.pk])).text, words(client.get(reverse("survey.export", args=[after.pk])))
    assert "是|30|60|25|35" in told
    for text in (page, told):
        assert ("请打139********" in text) is reads
        assert make.PHONE not in text and "501室" not in text
    assert ("'=1+1" in told) is reads  # no formula
    assert told.count("=1+1") == reads


def test_what_is_hidden_on_the_page_is_hidden_in_the_table(cast: Any, survey: Survey) -> None:
    for n in range(12):
        make.filled_in(survey, one=0 if n < 9 else 1)
    url = reverse("survey.export", args=[survey.pk])
    assert signed_in(cast.office).get(url).status_code == 404
    actions.close(survey, by=cast.office, at=make.AT)
    told = words(signed_in().get(url))
    assert told.count("hidden") == 8 and not re.search(r"是\|\d", told)


def test_the_results_cost_the_same_however_many_answered(cast: Any, survey: Survey) -> None:
    after = make.asked_again(survey, by=cast.office)
    asked = []
    for one in (survey, after):
        for _ in range(6):
            make.filled_in(one, one=0)
    for one in (survey, after):
        actions.close(one, by=cast.office, at=make.AT)
    for more in (0, 20):
        for response in range(more):
            made = Response.objects.create(survey=after, key=uuid4(), answered_on=make.TODAY)
            question = after.questions.first()
            made.answers.create(question=question, choice=question.choices.all()[response % 2])
        with CaptureQueriesContext(connection) as queries:
            assert signed_in().get(reverse("survey", args=[after.pk])).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 30


# --- found --------------------------------------------------------------------------------------------------------


def test_topics_and_consultations_name_the_surveys_of_their_project(cast: Any, place: Any) -> None:
    held = make.consultation(place, cast, state="confirmed", is_open=True)
    survey = make.survey(by=cast.office, project=held.topic.project)
    draft = make.survey(by=cast.office, project=held.topic.project, opened=False)
    for name, obj in (("topic", held.topic), ("consultation", held)):
        for who in (None, cast.member, cast.office):
            page = signed_in(who).get(reverse(name, args=[obj.pk])).text
            assert reverse("survey", args=[survey.pk]) in page
            assert (reverse("survey", args=[draft.pk]) in page) is (who == cast.office)


def test_surveys_look_backs_bulletins_and_difficulties_are_found(cast: Any, place: Any) -> None:
    survey = make.survey(by=cast.office, project=place.project)
    draft = make.survey(by=cast.office, project=place.project, opened=False)
    hard = make.difficulty(place, cast, state="solved")
    paper = make.bulletin(place, cast, state="issued")
    visit = make.look_back(place, cast, state="confirmed")

    def hits(user: Any, text: str) -> set[Any]:
        return {hit.object for group in finding.find(user, text, limit=50) for hit in group.hits}

    assert {survey, draft} <= hits(cast.office, "按时到账") and survey in hits(cast.resident, "按时到账")
    assert draft not in hits(cast.resident, "按时到账")
    assert hits(cast.office, "专题会明确") == {hard} and hits(cast.office, "口径不一") == {hard}
    assert paper in hits(cast.office, paper.number) and paper in hits(cast.leader, "足额发放")
    assert hits(cast.office, "发放明细") == {visit}  # a finding leads to its look-back
    for text in ("口径不一", "足额发放", "发放明细"):
        assert hits(cast.resident, text) == hits(cast.stranger, text) == hits(cast.other_office, text) == set()
