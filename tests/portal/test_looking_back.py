"""The screens of promise, voices, before and after, what a look-back changes, and samples."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.followups import actions, progress
from consult.followups.models import LookBack, Sample
from consult.kit import calendar
from consult.tasks import actions as tasks
from consult.tasks.models import Task
from portal.rooms.followups import captioned, paper_of, said_of
from tests import make

KEPT = "与答复一一对过"


def page_of(client, user, obj):
    client.force_login(user)
    return client.get(reverse(obj._meta.model_name, args=[obj.pk])).content.decode()


def post(client, user, name, pk, **values):
    client.force_login(user)
    return client.post(reverse(name, args=[pk]), values)


def queries(client, user, obj):
    page_of(client, user, obj)
    with CaptureQueriesContext(connection) as seen:
        page_of(client, user, obj)
    return len(seen)


# --- promise and voices -------------------------------------------------------------------------------------------

def test_the_promise_stands_on_the_page_and_on_the_forms_of_the_visit(client, place, cast):
    made = make.look_back(place, cast)
    assert "发放明细已在社区公示栏公示" in page_of(client, cast.member, made)
    for verb in ("find", "visit", "hear", "say"):
        answer = client.get(reverse(f"lookback.{verb}", args=[made.pk]))
        assert answer.status_code == 200 and "发放明细已在社区公示栏公示" in answer.content.decode(), verb


def test_a_look_back_from_before_has_no_promise_and_opens(client, place, cast):
    made = make.look_back(place, cast)
    LookBack.objects.update(promise={})
    assert "公示栏公示" not in page_of(client, cast.member, made)


def test_voices_by_clicks_and_who_reads_them(client, place, cast):
    made = make.look_back(place, cast)
    wrong = post(client, cast.member, "lookback.hear", made.pk, verdict="", text=KEPT)
    assert wrong.status_code == 422 and KEPT in wrong.content.decode()
    phone = post(client, cast.member, "lookback.hear", made.pk, verdict="kept", text=f"{KEPT} 13905317788")
    assert phone.status_code == 422 and KEPT in phone.content.decode()
    assert post(client, cast.member, "lookback.hear", made.pk, verdict="partly", text="居民说只办了一半").status_code == 302
    assert "居民说只办了一半" not in page_of(client, cast.member, made)
    assert post(client, cast.member, "lookback.say", made.pk, verdict="kept", text=KEPT).status_code == 302
    assert "居民说只办了一半" in page_of(client, cast.member, made)
    assert KEPT not in page_of(client, cast.office, made)
    actions.find(made, kind="carried_out", text="已张贴", by=cast.member, at=make.AT)
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=make.AT)
    assert KEPT in page_of(client, cast.office, made)
    assert KEPT not in page_of(client, cast.supervision, made)
    missing = post(client, cast.office, "lookback.confirm", made.pk, note="照此确认")
    assert missing.status_code == 422 and "照此确认" in missing.content.decode()
    assert reverse("task.speak", args=[made.task_id]) in page_of(client, cast.clerk, made.task)
    assert client.get(reverse("lookback", args=[made.pk])).status_code == 404
    assert post(client, cast.clerk, "task.speak", made.task_id, verdict="kept", text=" ").status_code == 422
    assert post(client, cast.clerk, "task.speak", made.task_id, verdict="kept", text="我局已办").status_code == 302
    assert client.get(reverse("task.speak", args=[made.task_id])).status_code == 403
    assert post(client, cast.office, "lookback.confirm", made.pk, note="").status_code == 302
    read = page_of(client, cast.clerk, made)
    assert all(words in read for words in (KEPT, "居民说只办了一半", "我局已办"))


def test_a_department_is_not_told_of_a_visit_to_come(client, place, cast):
    made = make.look_back(place, cast)
    assert "speak" not in page_of(client, cast.clerk, made.task)
    assert client.get(reverse("task.speak", args=[made.task_id])).status_code == 409


def test_the_office_notes_a_voice_that_was_not_to_be_had(client, place, cast):
    made = make.look_back(place, cast, state="visited", heard=False)
    bad = post(client, cast.office, "lookback.go_without", made.pk, kind="resident", reason="")
    assert bad.status_code == 422
    assert post(client, cast.office, "lookback.go_without", made.pk, kind="resident", reason="无人在家").status_code == 302
    assert "无人在家" in page_of(client, cast.office, made)
    assert 'value="resident"' not in client.get(reverse("lookback.go_without", args=[made.pk])).content.decode()


def test_before_and_after_stand_side_by_side_with_their_days(client, place, cast):
    made = make.look_back(place, cast)
    url, say = "lookback.find", {"kind": "not", "text": "过道积水"}
    assert post(client, cast.member, url, made.pk, **say, moment="before").status_code == 422
    late = post(client, cast.member, url, made.pk, **say, taken_on=make.TODAY + timedelta(days=2))
    assert late.status_code == 422 and "过道积水" in late.content.decode()
    assert post(client, cast.member, url, made.pk, **say, moment="before", taken_on="2026-06-01",
                photos=[make.photo()]).status_code == 302
    assert post(client, cast.member, url, made.pk, kind="carried_out", text="已修好", moment="after",
                photos=[make.photo()]).status_code == 302
    shown = page_of(client, cast.member, made)
    assert shown.index('class="pair"') < shown.index("过道积水") < shown.index("已修好")
    assert "2026年6月1日" in shown


def test_a_page_asks_the_same_whatever_was_found_and_said(client, place, cast):
    made = make.look_back(place, cast)

    def more():
        actions.find(made, kind="carried_out", text="已张贴", photos=[make.photo()], by=cast.member, at=make.AT)
        actions.hear(made, verdict="kept", text="一位居民说好。", by=cast.member, at=make.AT)

    actions.say(made, verdict="kept", text="好。", by=cast.member, at=make.AT)
    more()
    one = queries(client, cast.member, made)
    more()
    more()
    assert queries(client, cast.member, made) == one


def test_a_bulletin_says_of_a_picture_that_it_was_before(client, place, cast):
    made = make.look_back(place, cast)
    actions.find(made, kind="not", text="积水", moment="before", taken_on=date(2026, 6, 1), photos=[make.photo()], by=cast.member,
                 at=make.AT)
    actions.find(made, kind="carried_out", text="修好", photos=[make.photo()], by=cast.member, at=make.AT + timedelta(minutes=5))
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=make.AT)
    actions.confirm(make.voices(made, cast), by=cast.office, at=make.AT)
    bulletin = make.bulletin(place, cast, state="issued", task=made.task)
    assert "2026年6月1日" in page_of(client, cast.clerk, bulletin)
    told = captioned(progress.photos(bulletin.progress, cast.clerk))
    words = [said_of(photo, finding, n) for n, (photo, finding) in enumerate(told, 1)]
    assert words == ["现场照片1（办理前，2026年6月1日）", "现场照片2"]
    assert {"photo-1", "photo-2"} <= set(paper_of(bulletin, cast.clerk).assets)


# --- what it changes ----------------------------------------------------------------------------------------------

def test_an_outcome_is_lowered_by_clicks_and_the_task_tells_it(client, place, cast):
    made = make.look_back(place, cast, state="confirmed")
    reply = made.task.replies.get()
    url, why = "lookback.lower", "公示栏空着"
    bad = post(client, cast.office, url, made.pk, reply=reply.pk, outcome="B", reason=why, promise_on="")
    assert bad.status_code == 422 and why in bad.content.decode()
    assert post(client, cast.office, url, made.pk, reply=reply.pk, outcome="C", reason=why, promise_on="").status_code == 302
    for user in (cast.clerk, cast.office, cast.leader, cast.member):
        assert why in page_of(client, user, made.task)
    assert client.get(reverse("lookback.lower", args=[made.pk])).status_code == 403  # a member


def test_a_task_asks_the_same_whatever_was_lowered(client, place, cast):
    made = make.look_back(place, cast, state="confirmed")
    say = {"reply": made.task.replies.get(), "reason": "没有贴", "by": cast.office, "at": make.AT}
    actions.lower(made, outcome="B", promise_on=make.TODAY + timedelta(days=9), **say)
    one = queries(client, cast.clerk, made.task)
    actions.lower(made, outcome="C", **say)
    actions.lower(made, outcome="D", **say)
    assert queries(client, cast.clerk, made.task) == one
    assert reverse("lookback.lower", args=[made.pk]) not in page_of(client, cast.office, made)


def test_a_second_handling_is_ordered_by_clicks(client, place, cast):
    made = make.look_back(place, cast, state="confirmed", finding="not")
    assert post(client, cast.supervision, "lookback.reopen", made.pk, note="").status_code == 422
    assert post(client, cast.supervision, "lookback.reopen", made.pk, note="三号楼没有贴").status_code == 302
    task = Task.objects.get(pk=made.task_id)
    assert task.round == 2
    assert "三号楼没有贴" in page_of(client, cast.clerk, task)
    assert reverse("lookback.reopen", args=[made.pk]) not in page_of(client, cast.supervision, made)


def test_what_was_closed_says_what_is_to_be_done_again(client, place, cast):
    task = make.task(place, cast, state="closed")
    made = make.look_back(place, cast, task=task, state="confirmed", finding="not")
    actions.reopen(made, note="三号楼没有贴", by=cast.supervision, at=make.AT)
    assert "三号楼没有贴" in page_of(client, cast.clerk, task)
    tasks.report_progress(task, text="在办", by=cast.clerk, at=make.AT)


# --- samples ------------------------------------------------------------------------------------------------------

@pytest.fixture
def drawing(place):
    return {"since": make.TODAY - timedelta(days=9), "until": make.TODAY, "share": "50", "seed": "主席会议 27"}


def test_a_sample_is_drawn_by_clicks_and_leads_to_the_plan(client, place, cast, drawing):
    tasks_ = [make.task(place, cast, state="answered") for _n in range(3)]
    client.force_login(cast.office)
    begun = client.get(reverse("sample.draw"))
    assert begun.status_code == 200 and 'name="seed"' in begun.content.decode()
    bad = client.post(reverse("sample.draw"), {**drawing, "share": "120"})
    assert bad.status_code == 422 and "主席会议 27" in bad.content.decode()
    empty = client.post(reverse("sample.draw"), {**drawing, "until": make.TODAY - timedelta(days=8)})
    assert empty.status_code == 422
    made_at = client.post(reverse("sample.draw"), drawing)
    made = Sample.objects.get()
    assert made_at["Location"] == reverse("sample", args=[made.pk])
    shown = page_of(client, cast.office, made)
    (first, second) = [one.task for one in made.items.all()]
    assert {first, second} <= set(tasks_)
    assert reverse("task.plan", args=[first.pk]) in shown
    look_back = make.look_back(place, cast, task=first, at=calendar.now())
    shown = page_of(client, cast.office, made)
    assert look_back.number in shown and reverse("task.plan", args=[first.pk]) not in shown
    assert reverse("task.plan", args=[second.pk]) not in page_of(client, cast.chair, made)


def test_a_sample_page_asks_the_same_for_one_and_three_tasks(client, place, cast):
    def asked():
        made = make.sample(place, cast)
        make.look_back(place, cast, task=made.items.last().task)
        return queries(client, cast.chair, made)

    make.task(place, cast, state="answered")
    one = asked()
    for _n in range(3):
        make.task(place, cast, state="answered")
    assert asked() == one
