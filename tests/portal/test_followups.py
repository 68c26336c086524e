"""The screens of look-backs, difficulties and bulletins; and nothing of a submitter on a department's pages."""

import pytest
from django.urls import reverse

from consult.followups.models import LookBack
from consult.kit import attachments
from consult.tasks.models import Task
from tests import make
from tests.make_opinions import NAME, PHONE


def status(client, user, url):
    client.force_login(user)
    return client.get(url).status_code


def verdicts(client, cast, url):
    return {name for name, user in cast.roles().items() if status(client, user, url) == 200}


@pytest.mark.parametrize("state", ["planned", "visited", "confirmed", "cancelled"])
def test_a_look_back_opens_for_whoever_may_see_it(client, place, cast, state):
    made = make.look_back(place, cast, state=state)
    seen = verdicts(client, cast, reverse("lookback", args=[made.pk]))
    staff = {"office", "chair", "supervision", "leader", "member", "lawyer"}  # the lawyer chaired
    assert seen == (staff | {"clerk"} if state == "confirmed" else staff)


def test_a_difficulty_opens_with_its_look_back(client, place, cast):
    made = make.difficulty(place, cast)
    assert verdicts(client, cast, reverse("difficulty", args=[made.pk])) == {
        "office", "chair", "supervision", "leader", "member", "lawyer"}


def test_a_bulletin_and_its_paper(client, place, cast):
    draft = make.bulletin(place, cast)
    issued = make.bulletin(place, cast, state="issued", task=draft.task)
    for name, early, late in (("office", 200, 200), ("clerk", 404, 200), ("clerk2", 404, 404), ("resident", 404, 404)):
        user = getattr(cast, name)
        assert status(client, user, reverse("bulletin", args=[draft.pk])) == early
        assert status(client, user, reverse("bulletin.pdf", args=[draft.pk])) == early
        assert status(client, user, reverse("bulletin", args=[issued.pk])) == late
        assert status(client, user, reverse("bulletin.pdf", args=[issued.pk])) == late
    client.force_login(cast.office)
    paper = client.get(reverse("bulletin.pdf", args=[issued.pk]))
    assert paper.content.startswith(b"%PDF")
    assert paper["Content-Type"] == "application/pdf"


def test_a_visit_by_clicks_with_photos(client, place, cast):
    made = make.look_back(place, cast)
    client.force_login(cast.member)
    page = reverse("lookback", args=[made.pk])
    found = {"kind": "carried_out", "text": "已张贴", "photos": [make.photo(), make.photo("二.jpg")]}
    assert client.post(reverse("lookback.find", args=[made.pk]), found).status_code == 302
    photo = attachments.of(made.findings.get()).first()
    assert reverse("attachment", args=[photo.pk]) in client.get(page).content.decode()
    assert client.post(reverse("lookback.visit", args=[made.pk]), {"on": make.TODAY, "summary": "已落实"}).status_code == 302
    said = {"verdict": "kept", "text": "与答复一致"}
    assert client.post(reverse("lookback.hear", args=[made.pk]), said).status_code == 302
    assert client.post(reverse("lookback.say", args=[made.pk]), said).status_code == 302
    client.force_login(cast.clerk)
    assert client.get(reverse("attachment", args=[photo.pk])).status_code == 404
    assert client.post(reverse("task.speak", args=[made.task_id]), said).status_code == 302
    client.force_login(cast.office)
    assert client.post(reverse("lookback.confirm", args=[made.pk]), {"note": ""}).status_code == 302
    assert LookBack.objects.get().state == "confirmed"


def test_a_plan_begins_on_the_page_of_the_task(client, place, cast):
    task = make.task(place, cast, state="answered")
    client.force_login(cast.office)
    plan = {"kind": "symposium", "planned_on": make.TODAY, "place": "石桥社区", "lead": cast.member.membership.pk}
    answer = client.post(reverse("task.plan", args=[task.pk]), plan)
    assert answer["Location"] == reverse("lookback", args=[LookBack.objects.get().pk])
    client.force_login(cast.clerk)
    assert client.get(reverse("task.plan", args=[task.pk])).status_code == 403


CANARY = "金丝雀居民原话请勿外传"


def test_nothing_of_a_submitter_reaches_a_department(client, place, cast):
    """The topic's voices are a number on these pages: never an opinion, a name or a telephone number."""
    opinion = make.named_opinion(text=f"{CANARY}，房子漏雨。")
    chosen = make.recommendation(place, cast)
    topic = chosen.consultation.topic
    topic.voices.create(opinion=opinion, added_by=cast.office, added_at=make.AT)
    task = make.task(place, cast, state="answered", chosen=chosen)
    look_back = make.look_back(place, cast, state="confirmed", task=task)
    bulletin = make.bulletin(place, cast, state="issued", task=task)
    client.force_login(cast.clerk)
    urls = [reverse("departments:tasks"), reverse("departments:followups"), reverse("departments:home"),
            *(reverse(name, args=[obj.pk]) for name, obj in (("task", task), ("lookback", look_back), ("bulletin", bulletin)))]
    for url in urls:
        page = client.get(url).content.decode()
        for secret in (CANARY, PHONE, NAME, opinion.number):
            assert secret not in page, (url, secret)
    assert Task.objects.get(pk=task.pk).state == "answered"
