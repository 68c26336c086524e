"""Annual plans on pages: the list, the plan against today, what is taken away, and the office's steps."""

import io
from datetime import date, timedelta

import pypdfium2
import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from consult.topics import actions, planning
from consult.topics.models import AnnualPlan, Topic
from portal.rooms import plans
from tests import make

DAY = timedelta(days=1)
SPRING = date(2027, 3, 16)


def test_a_long_plan_is_read_in_pages(client, adopted, monkeypatch):
    monkeypatch.setattr(plans, "PER_PAGE", 1)
    first = page(client, None, "annualplan", adopted.pk, query="?version=1")
    assert "学校何时开学" in first and "安置房何时交付" not in first and "Topics of the plan (2)" in first
    assert 'rel="next" href="?page=2&amp;version=1"' in first and 'rel="prev"' not in first
    last = page(client, None, "annualplan", adopted.pk, query="?page=2&version=1")
    assert "安置房何时交付" in last and 'rel="prev" href="?page=1&amp;version=1"' in last and 'rel="next"' not in last


@pytest.fixture
def adopted(place, cast):
    """This year's: one topic announced, one late, one conflict, one that members alone know of."""
    def topic(day, **values):
        return make.topic_of(place, cast, day, **values)

    topic(make.TODAY + DAY, state="published", title="安置房何时交付")
    topic(make.TODAY, state="published", title="学校何时开学")
    topic(make.TODAY + 3 * DAY, state="published", kind="conflict", title="甲乙两家的老宅")
    topic(make.TODAY + 4 * DAY, state="planned", title="菜市场建在哪里")
    return make.plan(place, cast, topics=[], adopted=True)


def signed_in(client, user):
    client.logout()
    if user:
        client.force_login(user)
    return client


def page(client, user, name, *args, query=""):
    answer = signed_in(client, user).get(reverse(name, args=args) + query, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_finds_the_plan_and_reads_of_it_what_they_may(client, cast, adopted):
    address = reverse("annualplan", args=[adopted.pk])
    assert reverse("front:plans") in page(client, None, "front:topics")
    assert address in page(client, None, "front:plans")
    seen = page(client, None, "annualplan", adopted.pk)
    assert "安置房何时交付" in seen and "on time" in seen and "Quarter 4" in seen and "区委办〔2026〕18号" in seen
    for hidden in ("甲乙两家的老宅", "菜市场建在哪里", "What you can do now", "History"):
        assert hidden not in seen
    seen = page(client, cast.office, "annualplan", adopted.pk)
    assert "甲乙两家的老宅" in seen and "菜市场建在哪里" in seen and reverse("annualplan.revise", args=[adopted.pk]) in seen


def test_a_day_that_has_passed_is_late(client, adopted):
    with time_machine.travel(make.AT + DAY):
        seen = page(client, None, "annualplan", adopted.pk)
    assert [seen.count(f"</span>{word}</span>") for word in ("late", "on time")] == [1, 1]


@pytest.mark.parametrize("more", [0, 2])
@pytest.mark.parametrize("reader", ["nobody", "office"])
def test_the_page_asks_as_much_for_three_topics_more(client, place, cast, adopted, more, reader, django_assert_max_num_queries):
    for n in range(more):
        make.topic_of(place, cast, make.TODAY + n * DAY, state="published")
    user = getattr(cast, reader, None)
    page(client, user, "annualplan", adopted.pk)
    with django_assert_max_num_queries({"nobody": 8, "office": 19}[reader]):
        client.get(reverse("annualplan", args=[adopted.pk]))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_as_much_for_three_as_for_one(client, place, cast, rows, django_assert_max_num_queries):
    for n in range(rows):
        make.plan(place, cast, year=2026 + n, adopted=True)
    for topic in Topic.objects.all():
        actions.publish(topic, by=cast.office, at=make.AT)
    for name, most in (("front:plans", 3), ("front:topics", 8)):
        page(client, None, name)
        with django_assert_max_num_queries(most):
            answer = client.get(reverse(name))
        assert len(answer.context["rows"]) == rows


def test_the_public_list_is_narrowed_by_year_kind_state_priority_and_project(client, place, cast, adopted):
    def found(query):
        answer = client.get(f"{reverse('front:topics')}?{query}")
        return [row[0]["value"] for row in answer.context["rows"]]

    both = ["学校何时开学", "安置房何时交付"]
    assert found("") == found("year=2026") == found("kind=policy") == found("state=published") == both
    assert found(f"project={place.project.pk}") == found("priority=2") == both
    assert found("kind=conflict") == found("state=closed") == found("priority=1") == []
    assert found("sort=-planned_on") == both[::-1]
    years = dict(client.get(f"{reverse('front:topics')}?filters=1").context["panel"].form.fields["year"].choices)
    assert [str(year) for year in years if year] == ["2026"]


# --- taken away -----------------------------------------------------------------------------------------------------


def told(answer):
    assert answer.status_code == 200
    paper = pypdfium2.PdfDocument(answer.content)
    return "".join("".join(page.get_textpage().get_text_range() for page in paper).split())


def test_the_plan_on_paper_says_what_the_page_says(client, cast, adopted):
    url = reverse("annualplan.pdf", args=[adopted.pk])
    public = told(signed_in(client, None).get(url))
    assert "湖山区政协2026年度协商计划" in public and "安置房何时交付" in public and "过渡费何时发" in public
    assert "经区政协党组会议通过（区委办〔2026〕18号），为第1版，共列协商议题2项" in public
    assert "一、第四季度（一）学校何时开学编号YT2026-0002，政策类议题" in public and "拟于2026年11月24日协商，" in public
    assert "甲乙两家的老宅" not in public and "尚未签发" not in public
    assert "甲乙两家的老宅" in told(signed_in(client, cast.office).get(url))


def test_a_draft_on_paper_says_so(client, place, cast):
    plan = make.plan(place, cast, year=2027, topics=[make.topic_of(place, cast, SPRING)])
    answer = signed_in(client, cast.chair).get(reverse("annualplan.pdf", args=[plan.pk]))
    assert "尚未签发" in told(answer) and "本计划尚未通过" in told(answer)
    assert signed_in(client, cast.member).get(reverse("annualplan.pdf", args=[plan.pk])).status_code == 404


def test_the_plan_as_a_table_holds_no_formula_and_no_conflict(client, place, cast, adopted):
    Topic.objects.filter(title="学校何时开学").update(title="=1+1")
    type(adopted.versions.get()).objects.update(items=[])
    answer = signed_in(client, None).get(reverse("annualplan.xlsx", args=[adopted.pk]))
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet]
    assert len(rows) == 3 and len(rows[0]) == 10
    assert rows[1][2] == "'=1+1" and rows[1][5:8] == [place.project.name, 4, "2026-11-24"]


# --- the office's way -----------------------------------------------------------------------------------------------


def test_from_an_empty_draft_to_the_second_version(client, place, cast):
    first, second = (make.topic_of(place, cast, day) for day in (SPRING, date(2027, 10, 12)))
    signed_in(client, cast.office)
    begin = client.get(reverse("annualplan.draft"))
    assert begin.context["form"].fields["home"].widget.is_hidden
    assert client.post(reverse("annualplan.draft"), {"year": 2031}).status_code == 422
    assert client.post(reverse("annualplan.draft"), {"year": 2027}).status_code == 302
    plan = AnnualPlan.objects.get(year=2027)

    def post(verb, **values):
        return client.post(reverse(f"annualplan.{verb}", args=[plan.pk]), values).status_code

    assert post("add_topics") == 422
    assert post("add_topics", topics=[first.pk, second.pk]) == 302
    assert post("move_topic", topic=first.pk, planned_on="2028-01-11") == 422
    assert post("move_topic", topic=first.pk, planned_on="2027-05-11") == 302
    assert post("remove_topic", topic=second.pk, note="另行安排") == 302
    assert post("adopt", adopted_by="区政协党组会议", paper="", on="2026-11-24") == 422
    assert post("adopt", adopted_by="区政协党组会议", paper="区委办〔2026〕18号", on="2026-11-24") == 302
    assert post("add_topics", topics=[second.pk]) == 422
    assert post("revise", note="增列议题") == 302
    assert post("add_topics", topics=[second.pk]) == 302
    assert "draft of the next version" in page(client, cast.office, "annualplan", plan.pk)
    assert "in force, being revised" in page(client, None, "annualplan", plan.pk)
    seen = page(client, cast.office, "annualplan", plan.pk)
    assert "new version of the annual plan begun: 增列议题" in seen and first.number in seen
    planning.adopt(plan, adopted_by="区政协党组会议", paper="区委办〔2026〕21号", on=make.TODAY, by=cast.office, at=make.AT)
    assert second.title in page(client, cast.member, "annualplan", plan.pk)
    old = page(client, cast.member, "annualplan", plan.pk, query="?version=1")
    assert "earlier version" in old and "区委办〔2026〕18号" in old and second.number not in old
    for odd in ("0", "9", "x", "99999999999"):
        assert "区委办〔2026〕21号" in page(client, cast.member, "annualplan", plan.pk, query=f"?version={odd}")


def test_the_topic_leads_to_its_plan_for_whoever_may_open_it(client, place, cast):
    plan = make.plan(place, cast, year=2027, topics=[make.topic_of(place, cast, SPRING)])
    topic = Topic.objects.get(plan=plan)
    address = reverse("annualplan", args=[plan.pk])
    assert address in page(client, cast.office, "topic", topic.pk)
    seen = page(client, cast.cadre, "topic", topic.pk)
    assert address not in seen and "2027" in seen
