"""The papers that belong to pages: what they say, to whom, under which name; and what happens when one cannot be made."""

import io
import re
from contextlib import closing
from datetime import timedelta
from urllib.parse import unquote

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from consult.consultations import actions as consultations
from consult.followups import actions as followups
from consult.kit import pdf
from consult.kit.charts import FONT
from consult.tasks import actions as tasks
from portal.rooms.followups import paper_of
from tests import make


def get(client, user, name, *args):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(reverse(name, args=args))


def told(answer):
    """The text of a paper as it was written, cell by cell, without spaces, line breaks and page numbers."""
    assert answer.status_code == 200, answer
    with closing(pypdfium2.PdfDocument(answer.content)) as paper:
        words = "".join(page.get_textpage().get_text_range() for page in paper)
    return re.sub(r"—\d+—", "", re.sub(r"\s", "", words))


def name_of(answer):
    return unquote(answer.headers["Content-Disposition"].partition("utf-8''")[2])


def pictures(answer):
    """The longer side of each picture, in points."""
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        found = {name: one for page in paper.pages for name, one in page.get_images().items()}
        return [int(max(one.Width, one.Height)) for one in found.values()]


@pytest.fixture
def reported(place, cast):
    """A task answered with a promise, looked back on with a large photo."""
    task = make.task(place, cast, state="handling", co=[place.b])
    words = f"{make.RESIDENT}等居民的补发款已列入计划，咨询电话13800138000。"
    tasks.report_progress(task, text=words, by=cast.clerk, at=make.AT)
    make.carry(task, cast, "answered", at=make.AT + timedelta(days=9), reply={
        "outcome": "B", "promise_on": make.TODAY + timedelta(days=60), "doc_no": "市中住建函〔2026〕18号"})
    visit = make.look_back(place, cast, task=task)
    big = io.BytesIO()
    Image.new("RGB", (3000, 2000), "#7a8a6a").save(big, "JPEG")
    photo = make.photo()
    photo.file, photo.size = big, len(big.getvalue())
    followups.find(visit, kind="carried_out", text="已公示。", photos=[photo], by=cast.member, at=make.AT)
    followups.visit(visit, on=make.TODAY, summary="答复已落实。", by=cast.member, at=make.AT)
    make.voices(visit, cast)
    followups.confirm(visit, by=cast.office, at=make.AT)
    return task


# --- minutes ------------------------------------------------------------------------------------------------------


def test_the_minutes_tell_who_came_and_keep_the_dissent(client, place, cast):
    held = make.consultation(place, cast, state="in_session")
    keeper = {"by": cast.member, "at": make.session_at()}
    consultations.invite(held, group="experts", duty="observer", name="孙喆", by=cast.office, at=make.AT)
    make.talk(held, **keeper)
    consultations.sign_in(held, panelist=held.panel.get(user=cast.cadre), presence="leave", **keeper)
    consultations.end(held, **keeper)
    consultations.submit_minutes(held, text=f"{make.RESIDENT}追问补发时间。", **keeper)
    draft = get(client, cast.office, "consultation.minutes", held.pk)
    assert name_of(draft) == f"草稿-{held.number}-协商会议纪要.pdf"
    consultations.confirm(held, by=cast.lawyer, at=make.session_at())
    paper = get(client, cast.office, "consultation.minutes", held.pk)
    words = told(paper)
    assert "每季度首月十日前发放。" in words and "部分居民要求按市场租金调整。" in words
    assert "请假：街道干部" in words and "列席：专家孙喆" in words
    assert words.index("出席：") < words.index("政协委员") and "专家孙喆" not in words.partition("列席：")[0]
    assert make.RESIDENT not in words and "居民代表赵**" in words
    assert name_of(paper) == f"{held.number}-协商会议纪要.pdf"
    assert paper.headers["Cache-Control"] == "private, no-store"


def test_confirmed_minutes_are_printed_from_what_was_confirmed(client, place, cast):
    held = make.consultation(place, cast, state="confirmed")
    before = told(get(client, cast.office, "consultation.minutes", held.pk))
    type(held).objects.filter(pk=held.pk).update(consensus="后来改的共识。", venue="别处")
    held.minutes.__class__.objects.filter(pk=held.minutes.pk).update(text="后来改的纪要。")
    assert told(get(client, cast.office, "consultation.minutes", held.pk)) == before


# --- bulletin -----------------------------------------------------------------------------------------------------


def test_the_bulletin_is_frozen_with_its_table_charts_and_photos(client, place, cast, reported):
    made = make.bulletin(place, cast, state="issued", task=reported)
    paper = get(client, cast.clerk, "bulletin.pdf", made.pk)
    words = told(paper)
    assert "区住房城乡建设局" in words and place.b.name in words and "2027年1月23日" in words
    assert "赵**等居民的补发款已列入计划" in words, "what a department wrote is covered"
    assert make.RESIDENT not in words and "13800138000" not in words
    assert "答复已落实。" in words
    assert [side <= 1000 for side in pictures(paper)] == [True]
    tasks.keep_promise(reported, evidence="已发放。", by=cast.clerk, at=make.AT + timedelta(days=20))
    assert told(get(client, cast.clerk, "bulletin.pdf", made.pk)) == words
    later = make.bulletin(place, cast, state="issued", task=reported)
    assert told(get(client, cast.clerk, "bulletin.pdf", later.pk)) != words


def test_page_and_paper_of_a_bulletin_share_their_charts(client, place, cast, reported):
    made = make.bulletin(place, cast, task=reported)
    page = get(client, cast.office, "bulletin", made.pk)
    charts = page.context["charts"]
    assert len(charts) == 2 and all(str(chart.title) in page.content.decode() for chart in charts)
    assert page.content.decode().count("<svg role=") == 2
    words = told(get(client, cast.office, "bulletin.pdf", made.pk))
    for chart in charts:
        assert all(str(value) in words for _label, value in chart.table.rows)
    drawn = [content for name, content in paper_of(made, cast.office).assets.items() if name.startswith("chart-")]
    assert len(drawn) == 2 and all(b"Paper Sans" in one and FONT.encode() not in one for one in drawn)


def test_a_bulletin_asks_the_same_number_of_queries_for_one_and_three_findings(client, place, cast):
    def queries(task):
        made = make.bulletin(place, cast, state="issued", task=task)
        get(client, cast.office, "bulletin", made.pk)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("bulletin", args=[made.pk]))
        return len(seen)

    task = make.task(place, cast, state="answered")
    make.look_back(place, cast, task=task, state="confirmed")
    one = queries(task)
    for _n in range(2):
        make.look_back(place, cast, task=task, state="confirmed")
    assert queries(task) <= one + 1  # one more step of the trail


# --- letter -------------------------------------------------------------------------------------------------------


def test_a_reply_becomes_a_letter_once_it_is_written(client, place, cast, reported):
    reply = reported.replies.get()
    paper = get(client, cast.office, "reply.letter", reply.pk)
    words = told(paper)
    for part in ("市中住建函〔2026〕18号", "过渡费已足额发放。", "B类，正在解决或列入规划逐步解决；承诺于2027年1月23日前办结。",
                 "王工0000-1234567", f"政协{place.jurisdiction.name}委员会办公室：", "2026年12月3日"):
        assert part in words, part
    assert name_of(paper) == f"{reported.number}-{reply.department}-答复.pdf"
    tasks.keep_promise(reported, evidence="已发放。", by=cast.clerk, at=make.AT + timedelta(days=20))
    assert told(get(client, cast.office, "reply.letter", reply.pk)) == words, "a promise kept later is not in the letter"


def test_a_letter_is_a_draft_until_it_is_approved(client, place, cast):
    task = make.task(place, cast, state="in_review")
    reply = task.replies.get()
    paper = get(client, cast.clerk, "reply.letter", reply.pk)
    assert name_of(paper).startswith("草稿-") and "尚未签发" in told(paper)
    assert get(client, cast.member, "reply.letter", reply.pk).status_code == 404
    assert reverse("reply.letter", args=[reply.pk]) in get(client, cast.clerk, "task", task.pk).content.decode()
    assert reverse("reply.letter", args=[reply.pk]) not in get(client, cast.member, "task", task.pk).content.decode()


# --- notice board -------------------------------------------------------------------------------------------------


def test_the_sheet_for_the_board_names_no_resident_and_fits_one_page(client, place, cast):
    held = make.consultation(place, cast, state="ended", is_open=True)
    keeper = {"by": cast.member, "at": make.session_at()}
    consultations.summarise(held, consensus=f"按季发放，{make.RESIDENT}家先补发。" * 12, dissent="钱大山要求加倍。",
                            none=["open_points"], **keeper)
    consultations.submit_minutes(held, text="纪要。", **keeper)
    consultations.confirm(held, by=cast.lawyer, at=make.session_at())
    make.recommendation(place, cast, consultation=held)
    paper = get(client, None, "consultation.board", held.pk)
    words = told(paper)
    assert held.topic.title in words and "7人" in words and "2026年12月8日" in words
    assert not any(name in words for name in (make.RESIDENT, "钱大山", "委员律师", "局长甲"))
    with pikepdf.open(io.BytesIO(paper.content)) as one:
        assert len(one.pages) == 1


def test_everybody_finds_the_sheet_where_they_look(client, place, cast):
    held = make.consultation(place, cast, state="confirmed", is_open=True)
    url = reverse("consultation.board", args=[held.pk])
    for user in (None, cast.resident, cast.clerk, cast.office):
        for name, pk in (("consultation", held.pk), ("topic", held.topic_id)):
            assert url in get(client, user, name, pk).content.decode(), (user, name)
    closed = make.consultation(place, cast, state="confirmed", about=held.topic)
    hidden = reverse("consultation.board", args=[closed.pk])
    assert hidden not in get(client, None, "topic", held.topic_id).content.decode()
    assert hidden in get(client, cast.member, "topic", held.topic_id).content.decode()


def test_a_crowd_before_the_board_sets_it_once(client, place, cast, monkeypatch):
    held = make.consultation(place, cast, state="confirmed", is_open=True)
    first = get(client, None, "consultation.board", held.pk).content
    monkeypatch.setattr(pdf, "make", None)
    assert get(client, cast.resident, "consultation.board", held.pk).content == first
    make.recommendation(place, cast, consultation=held)
    with pytest.raises(TypeError):  # other words: set anew
        get(client, None, "consultation.board", held.pk)


# --- what cannot be made ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [ValidationError("一段太长，请分段。"), pdf.PaperFailed("time")])
def test_what_cannot_be_made_comes_back_as_a_sentence(client, place, cast, monkeypatch, wrong):
    def fail(*args, **kwargs):
        raise wrong

    held = make.consultation(place, cast, state="confirmed", is_open=True)
    monkeypatch.setattr(pdf, "make", fail)
    for user, name in ((cast.office, "consultation.minutes"), (None, "consultation.board")):
        answer = get(client, user, name, held.pk)
        assert answer.status_code == 302 and answer.headers["Location"] == reverse("consultation", args=[held.pk])
        assert str(getattr(wrong, "reason", "") or wrong.messages[0]) in client.get(answer.headers["Location"]).content.decode()


def test_the_data_that_go_with_a_paper_name_nobody(client, place, cast, reported):
    held = make.consultation(place, cast, state="confirmed", is_open=True)
    bulletin = make.bulletin(place, cast, state="issued", task=reported)
    for name, pk in (("consultation.minutes", held.pk), ("consultation.board", held.pk), ("bulletin.pdf", bulletin.pk),
                     ("reply.letter", reported.replies.get().pk)):
        with pikepdf.open(io.BytesIO(get(client, cast.office, name, pk).content)) as paper:
            files = {key: one.get_file().read_bytes().decode() for key, one in paper.attachments.items()}
        assert len(files) == 1, name
        for person in (make.RESIDENT, "钱大山", "委员律师", "王工", "1234567", "13800138000"):
            assert person not in str(files), (name, person)
