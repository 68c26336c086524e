"""The screens of briefings: compiled, reviewed, signed, fetched and answered by clicks; nothing of a submitter."""

import hashlib
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.briefings import press
from consult.briefings.models import Briefing, Instruction
from consult.briefings.states import BriefingState, InstructionState
from consult.kit import audit, pdf
from consult.tasks.models import Task
from tests import make

S = BriefingState


@pytest.fixture
def quick_press():
    """Setting type takes a second; most screens only need a file."""
    with make.no_type():
        yield


def page_of(client, obj):
    return client.get(reverse(obj._meta.model_name, args=[obj.pk])).content.decode()


@pytest.mark.usefixtures("quick_press")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", [S.DRAFTED, S.IN_REVIEW, S.REVIEWED, S.SIGNED, S.ISSUED, S.DISPATCHED, S.INSTRUCTED])
def test_page_opens_in_every_state(client, place, cast, state, language):
    made = make.briefing(place, cast, state=state)
    out = state in (S.DISPATCHED, S.INSTRUCTED)
    verdicts = {"office": 200, "chair": 200, "leader": 200 if out else 404, "supervision": 200 if out else 404, "clerk": 404,
                "member": 404, "cadre": 404, "expert": 404, "resident": 404, "stranger": 404, "other_office": 404}
    for name, status in verdicts.items():
        client.force_login(getattr(cast, name))
        answer = client.get(reverse("briefing", args=[made.pk]), headers={"accept-language": language})
        assert answer.status_code == status, name
        if status == 200:
            assert "按季足额发放过渡费" in answer.content.decode()


@pytest.mark.usefixtures("quick_press")
def test_from_recommendations_to_an_instruction_by_clicks(client, place, cast, django_capture_on_commit_callbacks):
    one = make.recommendation(place, cast)
    client.force_login(cast.office)
    start = f"{reverse('briefing.compile')}?recommendation={one.pk}"
    form = client.get(start).context["form"]
    words = {name: form.initial[name] for name in ("topic", "title", "main_to", "cc", "overview", "problems", "dissent")}
    sent = {**words, "kind": "briefing", "recommendations": [one.pk], "corrects": ""}
    assert client.post(start, {**sent, "dissent": ""}).status_code == 422
    assert client.post(start, sent).status_code == 302
    made = Briefing.objects.get()

    def act(verb, user, **values):
        client.force_login(user)
        return client.post(reverse(f"briefing.{verb}", args=[made.pk]), values).status_code

    assert act("submit_review", cast.office) == 302
    assert act("pass_review", cast.office) == 403
    assert act("pass_review", cast.chair, note="可以") == 302
    assert act("sign_off", cast.office) == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert act("sign_off", cast.chair) == 302
    assert act("dispatch", cast.office, recipients=[cast.leader.pk, cast.supervision.pk]) == 302
    client.force_login(cast.leader)
    form = client.get(reverse("briefing.instruct", args=[made.pk])).context["form"]
    assert set(form.fields) == {"kind", "text"}
    assert act("instruct", cast.leader, kind="act", text="") == 422
    assert act("instruct", cast.leader, kind="act", text="请住建局办理。") == 302
    given = Instruction.objects.get()
    assert (given.leader, given.text) == (cast.leader, "请住建局办理。")
    assert Task.objects.get().instruction == given
    assert "请住建局办理。" in page_of(client, given)


@pytest.mark.usefixtures("quick_press")
def test_an_office_writes_down_for_a_named_leader(client, place, cast):
    made = make.briefing(place, cast)
    client.force_login(cast.supervision)
    url = reverse("briefing.instruct", args=[made.pk])
    assert "leader" in client.get(url).context["form"].fields
    sent = {"leader": cast.leader.pk, "kind": "circled", "text": "", "given_on": "2026-11-24"}
    assert client.post(url, sent).status_code == 302
    given = Instruction.objects.get()
    assert (given.leader, given.registered_by, given.state) == (cast.leader, cast.supervision, InstructionState.CLOSED)


@pytest.mark.usefixtures("quick_press")
def test_the_office_takes_the_frozen_file_and_a_recipient_the_own_copy(client, place, cast):
    made = make.briefing(place, cast)
    issue = made.paper
    for user, copy in ((cast.office, None), (cast.leader, issue.recipients.get(user=cast.leader))):
        client.force_login(user)
        answer = client.get(reverse("briefing.pdf", args=[made.pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert quote("商量专报-2026年第1期-关于过渡费发放的协商建议.pdf") in answer["Content-Disposition"]
        if copy:
            copy.refresh_from_db()
        taken = hashlib.sha256(answer.content).hexdigest()
        assert taken == (copy.sha256 if copy else issue.sha256)
        event = audit.trail_of(made).last()
        assert (event.verb, event.data) == ("briefings.download", {"sha256": taken, **({"copy": copy.serial} if copy else {})})
    assert copy.sha256 != issue.sha256
    assert copy.read_at
    page = page_of(client, made)
    assert "own_copy" not in page
    assert issue.sha256 not in page
    for name in ("clerk", "member", "lawyer", "resident", "stranger", "other_office"):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("briefing.pdf", args=[made.pk])).status_code == 404


@pytest.mark.usefixtures("quick_press")
def test_a_changed_file_is_not_handed_out(client, place, cast):
    made = make.briefing(place, cast)
    with open(default_storage.path(made.paper.file.name), "ab") as file:
        file.write(b"changed")
    client.force_login(cast.leader)
    assert client.get(reverse("briefing.pdf", args=[made.pk])).status_code == 403
    assert "briefings.download" not in [event.verb for event in audit.trail_of(made)]


@pytest.mark.usefixtures("quick_press")
def test_no_file_before_it_is_set_and_a_preview_until_it_is_signed(client, place, cast):
    made = make.briefing(place, cast, state=S.REVIEWED)
    client.force_login(cast.office)
    assert client.get(reverse("briefing.pdf", args=[made.pk])).status_code == 404
    answer = client.get(reverse("briefing.preview", args=[made.pk]))
    assert quote("草稿-商量专报") in answer["Content-Disposition"]
    out = make.briefing(place, cast)
    assert client.get(reverse("briefing.preview", args=[out.pk])).status_code == 404
    client.force_login(cast.leader)
    assert client.get(reverse("briefing.preview", args=[out.pk])).status_code == 403
    assert client.get(reverse("briefing.preview", args=[made.pk])).status_code == 404


def test_being_set_the_page_looks_again_and_a_failure_shows_its_reason(client, place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)
    client.force_login(cast.office)
    assert 'http-equiv="refresh"' in page_of(client, made)
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "make", lambda *args, **kwargs: 1 / 0)
        press.set_paper(made.paper.pk, at=at)
    page = page_of(client, made)
    assert 'http-equiv="refresh"' not in page
    assert "ZeroDivisionError" in page
    assert reverse("briefing.retry", args=[made.pk]) in page
    assert client.post(reverse("briefing.retry", args=[made.pk])).status_code == 302


@pytest.mark.usefixtures("quick_press")
def test_reading_the_page_is_the_receipt_for_the_office_to_see(client, place, cast):
    made = make.briefing(place, cast)
    client.force_login(cast.leader)
    assert "2026" in page_of(client, made)
    assert made.paper.recipients.get(user=cast.leader).read_at
    assert not made.paper.recipients.get(user=cast.supervision).read_at
    assert "copies-title" not in page_of(client, made)
    client.force_login(cast.office)
    assert "copies-title" in page_of(client, made)


@pytest.mark.usefixtures("quick_press")
def test_a_correction_begins_with_the_words_of_the_issue(client, place, cast):
    made = make.briefing(place, cast)
    client.force_login(cast.office)
    form = client.get(f"{reverse('briefing.compile')}?corrects={made.paper.pk}").context["form"]
    sent = {name: form.initial[name] for name in ("topic", "corrects", "kind", "title", "main_to", "cc", "overview", "problems",
                                                  "dissent", "recommendations")}
    assert client.post(reverse("briefing.compile"), {**sent, "title": "关于过渡费发放的协商建议（更正）"}).status_code == 422
    assert client.post(reverse("briefing.compile"), {**sent, "title": "关于过渡费发放的协商建议（更正）",
                                                     "correction_reason": "标题有误"}).status_code == 302
    assert Briefing.objects.get(corrects=made.paper).title.endswith("（更正）")


def test_without_a_topic_the_free_ones_are_listed(client, place, cast):
    client.force_login(cast.office)
    assert client.get(reverse("briefing.compile")).status_code == 200
    one = make.recommendation(place, cast)
    assert f"?topic={one.consultation.topic_id}" in client.get(reverse("briefing.compile")).content.decode()
    assert client.get(f"{reverse('briefing.compile')}?topic=999999").status_code == 200
    assert client.get(f"{reverse('briefing.compile')}?topic=x&recommendation=y&corrects=z").status_code == 200


@pytest.mark.usefixtures("quick_press")
def test_every_act_page_opens_for_whoever_may(client, place, cast):
    one = make.recommendation(place, cast)
    two = make.recommendation(place, cast, consultation=one.consultation)
    draft = make.briefing(place, cast, state=S.DRAFTED, recommendations=[one, two])
    third = make.recommendation(place, cast, consultation=one.consultation)
    for made, name, verbs in (
            (draft, "office", ["edit", "choose", "drop_item", "arrange", "submit_review", "void", "comment", "add_annex"]),
            (make.briefing(place, cast, state=S.IN_REVIEW), "chair", ["pass_review", "send_back"]),
            (make.briefing(place, cast, state=S.ISSUED), "office", ["dispatch", "let_read"]),
            (make.briefing(place, cast), "office", ["dispatch", "instruct", "archive"])):
        client.force_login(getattr(cast, name))
        page = page_of(client, made)
        for verb in verbs:
            url = reverse(f"briefing.{verb}", args=[made.pk])
            assert url in page, verb
            assert client.get(url).status_code == 200, verb
    client.force_login(cast.office)
    items = list(draft.items.all())
    answer = client.post(reverse("briefing.arrange", args=[draft.pk]), {f"item_{items[0].pk}": 2, f"item_{items[1].pk}": 1})
    assert answer.status_code == 302
    assert [item.recommendation for item in draft.items.all()] == [two, one]
    client.post(reverse("briefing.choose", args=[draft.pk]), {"recommendations": [third.pk]})
    client.post(reverse("briefing.drop_item", args=[draft.pk]), {"item": items[0].pk})
    assert {item.recommendation for item in draft.items.all()} == {two, third}


@pytest.mark.usefixtures("quick_press")
@pytest.mark.parametrize(("name", "user"), [("office:briefings", "office"), ("leadership:briefings", "leader"),
                                            ("leadership:briefings", "chair")])
def test_lists_of_briefings_ask_the_same_number_of_questions(client, place, cast, name, user):
    assert_counted(client, name, getattr(cast, user), Briefing, lambda: make.briefing(place, cast))


@pytest.mark.usefixtures("quick_press")
@pytest.mark.parametrize(("name", "user"), [("leadership:instructions", "leader"), ("supervision:instructions", "supervision")])
def test_lists_of_instructions_ask_the_same_number_of_questions(client, place, cast, name, user):
    made = make.briefing(place, cast)
    assert_counted(client, name, getattr(cast, user), Instruction, lambda: make.given_instruction(made, cast))


def assert_counted(client, name, user, model, add):
    client.force_login(user)
    counts = []
    for wanted in (1, 3):
        while model.objects.count() < wanted:
            add()
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse(name)).content.decode()
        counts.append(len(asked))
        assert page.count(f"/{model._meta.model_name}s/") >= wanted
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("quick_press")
def test_unread_ones_stand_first(client, place, cast):
    first, second = make.briefing(place, cast, title="甲件"), make.briefing(place, cast, title="乙件")
    client.force_login(cast.leader)
    page_of(client, second)
    page = client.get(reverse("leadership:briefings")).content.decode()
    assert page.index(first.title) < page.index(second.title)


@pytest.mark.usefixtures("quick_press")
def test_a_department_reads_neither_paper_nor_instruction(client, place, cast):
    made = make.briefing(place, cast)
    given = make.given_instruction(made, cast)
    for name in ("clerk", "clerk2", "member", "resident", "expert", "other_office"):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("instruction", args=[given.pk])).status_code == 404
    for name in ("leader", "supervision", "office", "chair"):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("instruction", args=[given.pk])).status_code == 200


@pytest.mark.usefixtures("quick_press")
def test_reported_and_read_back_by_clicks(client, place, cast, at):
    from consult.briefings import actions
    given = make.given_instruction(make.briefing(place, cast), cast)
    actions.assign(given, by=cast.supervision, at=at)
    client.force_login(cast.supervision)
    assert client.post(reverse("instruction.report", args=[given.pk]), {"result": "已按季发放。"}).status_code == 302
    assert client.post(reverse("instruction.close", args=[given.pk]), {"read_back": ""}).status_code == 422
    client.force_login(cast.leader)
    assert "已按季发放。" in page_of(client, given)
    assert client.post(reverse("instruction.close", args=[given.pk]), {"read_back": ""}).status_code == 302
    given.refresh_from_db()
    assert given.state == InstructionState.CLOSED


@pytest.mark.usefixtures("quick_press")
def test_only_free_recommendations_of_the_topic_are_offered(client, place, cast):
    one = make.recommendation(place, cast)
    taken = make.recommendation(place, cast, consultation=one.consultation)
    make.briefing(place, cast, state=S.DRAFTED, recommendations=[taken])
    client.force_login(cast.office)
    form = client.get(f"{reverse('briefing.compile')}?recommendation={one.pk}").context["form"]
    assert list(form.fields["recommendations"].queryset) == [one]
