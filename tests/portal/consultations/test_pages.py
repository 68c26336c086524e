"""The pages of topics and consultations: opened by everybody of the cast, their acts used as people use them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.consultations import actions
from consult.consultations.models import Consultation
from consult.consultations.states import ConsultationState
from consult.topics.models import Topic
from consult.topics.states import Kind, TopicState
from tests import make

pytestmark = pytest.mark.django_db


def get(client, user, name, *args):
    client.logout()
    if user is not None:
        client.force_login(user)
    return client.get(reverse(name, args=args))


def post(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(name, args=args), data)


@pytest.mark.parametrize("state", list(TopicState))
def test_topic_page_opens_in_every_state(client, cast, place, state):
    topic = make.topic(place, cast, state=state)
    page = get(client, cast.office, "topic", topic.pk)
    assert page.status_code == 200
    assert topic.focus in page.content.decode()


def test_public_reads_focus_but_no_voice(client, cast, place):
    topic = make.topic(place, cast, opinions=[make.voice(place, "只有我知道的一句原话")])
    page = get(client, None, "topic", topic.pk).content.decode()
    assert topic.focus in page
    assert "只有我知道的一句原话" not in page
    assert topic.priority_reason not in page
    assert "只有我知道的一句原话" in get(client, cast.office, "topic", topic.pk).content.decode()
    assert "只有我知道的一句原话" not in get(client, cast.clerk, "topic", topic.pk).content.decode()


def test_conflict_topic_does_not_exist_for_the_public_and_departments(client, cast, place):
    topic = make.topic(place, cast, kind=Kind.CONFLICT)
    assert get(client, None, "topic", topic.pk).status_code == 404
    assert get(client, cast.clerk, "topic", topic.pk).status_code == 404
    assert topic.title not in get(client, None, "front:topics").content.decode()


def test_ticked_opinions_become_a_topic(client, cast, place):
    voices = [make.voice(place, f"第{n}个人说过渡费") for n in range(3)]
    client.force_login(cast.office)
    url = reverse("topic.open") + "?" + "&".join(f"opinion={voice.pk}" for voice in voices)
    page = client.get(url)
    assert page.status_code == 200
    form = page.context["form"]
    assert form.initial["project"] == place.project.pk
    facts = make.topic_facts(place)
    facts = {**facts, "project": place.project.pk, "opinions": [voice.pk for voice in voices]}
    answer = client.post(reverse("topic.open"), facts)
    topic = Topic.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("topic", args=[topic.pk])
    assert topic.voices.count() == 3


def test_vague_topic_is_refused_and_keeps_what_was_typed(client, cast, place):
    facts = {**make.topic_facts(place), "project": place.project.pk, "focus": "", "background": "已经写了很多背景"}
    answer = post(client, cast.office, "topic.open", **facts)
    assert answer.status_code == 422
    assert "已经写了很多背景" in answer.content.decode()
    assert not Topic.objects.exists()


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("state", list(ConsultationState))
def test_consultation_page_opens_in_every_state_and_kind(client, cast, place, kind, state):
    made = make.consultation(place, cast, kind=kind, state=state)
    for user in (cast.office, cast.lawyer, cast.member, cast.cadre, cast.expert):
        page = get(client, user, "consultation", made.pk)
        assert page.status_code == 200, user
    assert get(client, cast.stranger, "consultation", made.pk).status_code == 404
    assert get(client, cast.other_office, "consultation", made.pk).status_code == 404


def test_conflict_is_closed_to_departments_and_the_public(client, cast, place):
    made = make.consultation(place, cast, kind=Kind.CONFLICT, state=ConsultationState.CONFIRMED)
    for user in (None, cast.clerk, cast.clerk2, cast.leader, cast.supervision, cast.resident):
        assert get(client, user, "consultation", made.pk).status_code == 404


def test_announced_session_tells_time_and_place_alone(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.ENDED, is_open=True)
    page = get(client, None, "consultation", made.pk).content.decode()
    assert made.venue in page
    assert "过渡费什么时候发？" not in page
    assert "局长甲" not in page


def test_department_at_the_table_reads_no_residents_name(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.CONFIRMED)
    page = get(client, cast.clerk, "consultation", made.pk)
    assert page.status_code == 200
    assert "赵小满" not in page.content.decode()
    assert "赵小满" in get(client, cast.office, "consultation", made.pk).content.decode()


def test_member_records_on_a_phone(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION)
    resident, head = make.at_table(made, "public"), make.at_table(made, "departments")
    answer = post(client, cast.member, "consultation.sign_in", made.pk, panelist=resident.pk, presence="attended")
    assert answer.status_code == 302
    assert post(client, cast.member, "consultation.ask", made.pk, asked_by=resident.pk, question="哪天发？").status_code == 302
    statement = made.statements.get(question="哪天发？")
    page = client.get(reverse("consultation.reply", args=[made.pk]) + f"?statement={statement.pk}")
    assert page.context["form"].initial["statement"] == str(statement.pk)
    due = make.TODAY + timedelta(days=30)
    answer = post(client, cast.member, "consultation.reply", made.pk, statement=statement.pk, answered_by=head.pk,
                  on_the_spot="False", answer_due_on=due)
    assert answer.status_code == 302
    statement.refresh_from_db()
    assert statement.answer_due_on == due
    assert statement.on_the_spot is False


def test_taken_back_without_a_date_is_refused_with_the_words_kept(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION)
    statement = make.question(made, by=cast.member, at=make.AT)
    answer = post(client, cast.member, "consultation.reply", made.pk, statement=statement.pk, on_the_spot="False",
                  answered_by=make.at_table(made, "departments").pk, answer="回去研究后答复您")
    assert answer.status_code == 422
    assert "回去研究后答复您" in answer.content.decode()


def test_only_the_chair_confirms(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.MINUTED)
    assert post(client, cast.member, "consultation.confirm", made.pk).status_code == 403
    assert post(client, cast.office, "consultation.confirm", made.pk).status_code == 403
    assert post(client, cast.lawyer, "consultation.confirm", made.pk).status_code == 302
    made.refresh_from_db()
    assert made.state == ConsultationState.CONFIRMED


def test_acts_of_another_kind_are_not_offered(client, cast, place):
    made = make.consultation(place, cast, kind=Kind.POLICY, state=ConsultationState.IN_SESSION)
    verbs = {open.act.verb for open in get(client, cast.member, "consultation", made.pk).context["acts"]}
    assert "clear" in verbs
    assert not verbs & {"demand", "decide", "take_position", "settle"}


def test_minutes_paper_is_for_its_readers(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.CONFIRMED)
    paper = get(client, cast.office, "consultation.minutes", made.pk)
    assert paper.status_code == 200
    assert paper["Content-Type"] == "application/pdf"
    assert get(client, cast.stranger, "consultation.minutes", made.pk).status_code == 404
    assert get(client, None, "consultation.minutes", made.pk).status_code == 302


@pytest.mark.parametrize(("who", "name"), [
    ("office", "office:topics"), ("office", "office:consultations"), ("member", "members:topics"),
    ("member", "members:consultations"), ("clerk", "departments:consultations"), ("leader", "leadership:topics"),
    (None, "front:topics"), (None, "front:consultations")])
def test_lists_ask_the_same_number_of_queries_for_one_and_three(client, cast, place, who, name):
    user = getattr(cast, who) if who else None

    def queries():
        with CaptureQueriesContext(connection, ) as seen:
            assert get(client, user, name).status_code == 200
        return len(seen)

    make.consultation(place, cast, state=ConsultationState.NOTIFIED, is_open=True)
    get(client, user, name)
    one = queries()
    for _n in range(2):
        make.consultation(place, cast, state=ConsultationState.NOTIFIED, is_open=True)
    assert queries() == one
    assert Consultation.objects.count() == 3


def test_pages_ask_the_same_number_of_queries_however_long_the_record(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert get(client, cast.expert, "consultation", made.pk).status_code == 200
        return len(seen)

    make.question(made, by=cast.member, at=make.AT)
    get(client, cast.expert, "consultation", made.pk)
    few = queries()
    for _n in range(3):
        make.question(made, by=cast.member, at=make.AT)
    assert queries() <= few


def test_a_name_in_what_was_said_is_covered_for_departments_alone(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION)
    keeper = {"by": cast.member, "at": make.session_at()}
    actions.ask(made, asked_by=make.at_table(made, "public"), question="我是赵小满，钱呢？", **keeper)
    make.talk(made, **keeper)
    for statement in made.statements.filter(cleared="open"):
        actions.clear(made, statement=statement, cleared="cleared", **keeper)
    actions.end(made, **keeper)
    actions.submit_minutes(made, text="赵小满发言。", **keeper)
    assert "赵小满" not in get(client, cast.clerk, "consultation", made.pk).content.decode()
    assert get(client, cast.member, "consultation", made.pk).content.decode().count("赵小满") >= 3
    actions.confirm(made, by=cast.lawyer, at=make.session_at())
    assert get(client, cast.clerk, "consultation.minutes", made.pk).status_code == 200


def test_the_promised_answer_is_read_where_it_was_promised(client, cast, place):
    made = make.consultation(place, cast, state=ConsultationState.CONFIRMED)
    statement = made.statements.get()
    page = get(client, cast.clerk, "consultation", made.pk).content.decode()
    assert f"{reverse('consultation.reply_later', args=[made.pk])}?statement={statement.pk}" in page
    answer = post(client, cast.clerk, "consultation.reply_later", made.pk, statement=statement.pk, answer="十日前发放到位")
    assert answer.status_code == 302
    assert "十日前发放到位" in get(client, cast.member, "consultation", made.pk).content.decode()


@pytest.mark.parametrize(("kind", "verb"), [(Kind.PLANNING, "decide"), (Kind.CONFLICT, "settle")])
def test_every_row_keeps_its_buttons(client, cast, place, kind, verb):
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION, kind=kind)
    keeper = {"by": cast.member, "at": make.session_at()}
    for _n in range(2):
        make.question(made, **keeper)
    make.talk(made, **keeper)
    page = get(client, cast.member, "consultation", made.pk).content.decode()
    assert page.count("/reply/?statement=") == 2
    assert f"/{verb}/?" in page
