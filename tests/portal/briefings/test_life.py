"""The life of a paper on the screen: comments beside the text, annexes, corrections, sources, comparing, the register."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consult.briefings import actions, press
from consult.briefings.models import Annex, Briefing, Comment
from consult.briefings.states import BriefingState
from consult.kit import pdf
from tests import make

S = BriefingState


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


def page_of(client, user, obj):
    client.force_login(user)
    return client.get(reverse("briefing", args=[obj.pk])).content.decode()


def act(client, user, obj, verb, **values):
    client.force_login(user)
    return client.post(reverse(f"briefing.{verb}", args=[obj.pk]), values)


# --- comments -----------------------------------------------------------------------------------------------------


def test_a_comment_stands_beside_its_part_and_holds_the_review_up(client, place, cast):
    made = make.briefing(place, cast, state=S.IN_REVIEW)
    assert act(client, cast.chair, made, "comment", part="problems", text="").status_code == 422
    assert act(client, cast.chair, made, "comment", part="problems", text="第二条<b>缺</b>依据。").status_code == 302
    page = page_of(client, cast.chair, made)
    assert "第二条&lt;b&gt;缺&lt;/b&gt;依据。" in page
    assert page.index("二、存在问题") < page.index("第二条&lt;b&gt;") < page.index("三、意见建议")
    assert reverse("briefing.pass_review", args=[made.pk]) not in page.split('id="main"')[1].split("</section>")[0]
    assert client.get(reverse("briefing.pass_review", args=[made.pk])).status_code == 403
    one = Comment.objects.get()
    assert f"{reverse('briefing.settle_comment', args=[made.pk])}?comment={one.pk}" in page
    form = client.get(reverse("briefing.settle_comment", args=[made.pk]), {"comment": one.pk}).context["form"]
    assert str(form.initial["comment"]) == str(one.pk)
    assert act(client, cast.office, made, "settle_comment", comment=one.pk, answer="已补。").status_code == 302
    assert "已补。" in page_of(client, cast.office, made)
    assert act(client, cast.chair, made, "pass_review").status_code == 302


def test_comments_are_for_the_office_and_the_chair(client, place, cast, at):
    made = make.briefing(place, cast, state=S.DRAFTED)
    one = actions.comment(made, part="title", text="内部意见一句", by=cast.chair, at=at)
    actions.settle_comment(made, comment=one, answer="内部答复一句", by=cast.office, at=at)
    for verb, by in ((actions.submit_review, cast.office), (actions.pass_review, cast.chair), (actions.sign_off, cast.chair)):
        verb(made, by=by, at=at)
    press.set_paper(made.paper.pk, at=at)
    made.refresh_from_db()
    actions.dispatch(made, recipients=[cast.leader], by=cast.office, at=at)
    assert "内部意见一句" in page_of(client, cast.office, made)
    for words in ("内部意见一句", "内部答复一句", reverse("briefing.comment", args=[made.pk])):
        assert words not in page_of(client, cast.leader, made)


# --- annexes ------------------------------------------------------------------------------------------------------


def test_annexes_by_clicks_and_what_was_typed_is_kept(client, place, cast):
    made = make.briefing(place, cast, state=S.DRAFTED)
    wrong = act(client, cast.office, made, "add_annex", title="一览表", text="好的一行。\n\n<script>x</script>")
    assert wrong.status_code == 422
    assert "text" in wrong.context["form"].errors
    assert "3" in str(wrong.context["form"].errors["text"])
    assert "好的一行。" in wrong.content.decode()
    for title in ("一览表", "说明"):
        sent = act(client, cast.office, made, "add_annex", title=title, text="## 小标题\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |")
        assert sent.status_code == 302
    one, two = Annex.objects.all()
    page = page_of(client, cast.office, made)
    for verb in ("edit_annex", "move_annex", "drop_annex"):
        assert f"{reverse(f'briefing.{verb}', args=[made.pk])}?annex={two.pk}" in page
    assert "小标题" in page
    form = client.get(reverse("briefing.edit_annex", args=[made.pk]), {"annex": two.pk}).context["form"]
    assert (form.initial["title"], str(form.initial["annex"])) == ("说明", str(two.pk))
    assert act(client, cast.office, made, "edit_annex", annex=two.pk, title="说明二", text="新。").status_code == 302
    assert act(client, cast.office, made, "move_annex", annex=two.pk, place=1).status_code == 302
    assert act(client, cast.office, made, "drop_annex", annex=one.pk).status_code == 302
    assert [row.title for row in Annex.objects.all()] == ["说明二"]


# --- sources ------------------------------------------------------------------------------------------------------


def test_numbers_lead_to_records_the_reader_may_open(client, place, cast):
    made = make.briefing(place, cast, overview="梳理群众意见1条，政协委员2名参加，提问1个。")
    topic, talk = made.topic, made.items.get().recommendation.consultation
    page = page_of(client, cast.leader, made)
    assert f'<a class="counted" href="{reverse("topic", args=[topic.pk])}#voices"' in page
    assert f'href="{reverse("consultation", args=[talk.pk])}"' in page
    reader = make.appointed("reader", "外来读者", "expert", place.jurisdiction)
    actions.let_read(made, reader=reader, until=make.TODAY, reason="论证", by=cast.office, at=make.AT)
    page = page_of(client, reader, made)
    assert reverse("consultation", args=[talk.pk]) not in page
    assert '<span class="counted">2</span>' in page


def test_recommendations_lead_to_where_they_were_born(client, place, cast):
    made = make.briefing(place, cast)
    one = made.items.get().recommendation
    ways = [reverse("recommendation", args=[one.pk]), reverse("consultation", args=[one.consultation_id]),
            reverse("topic", args=[made.topic_id]) + "#voices"]
    page = page_of(client, cast.office, made)
    assert all(f'href="{url}"' in page for url in ways)
    assert f'href="{ways[0]}"' not in page_of(client, cast.leader, made)


@pytest.mark.parametrize(("state", "name", "verb"), [
    (S.DRAFTED, "office", "submit_review"), (S.IN_REVIEW, "chair", "pass_review"), (S.REVIEWED, "chair", "sign_off")])
def test_another_number_than_the_records_is_told_and_does_not_block(client, place, cast, state, name, verb):
    made = make.briefing(place, cast, state=state, overview="梳理群众意见35条。")
    user, url = cast.roles()[name], reverse(f"briefing.{verb}", args=[made.pk])
    assert "35" in page_of(client, user, made).split("…")[0]
    answer = client.get(url, headers={"accept-language": "en"})
    assert len(answer.context["form"].doubts) == 1
    assert "the text says 群众意见 35 条, the records 1 条" in answer.content.decode()
    assert client.post(url).status_code == 302


@pytest.mark.parametrize(("state", "name", "verb"), [
    (S.DRAFTED, "office", "submit_review"), (S.IN_REVIEW, "chair", "pass_review"), (S.REVIEWED, "chair", "sign_off")])
def test_nobody_signs_other_words_than_the_page_was_opened_for(client, place, cast, state, name, verb):
    made = make.briefing(place, cast, state=state)
    client.force_login(cast.roles()[name])
    url = reverse(f"briefing.{verb}", args=[made.pk])
    seen = client.get(url).context["form"].initial["seen"]
    assert f'name="seen" value="{seen}"' in client.get(url).content.decode()
    Briefing.objects.filter(pk=made.pk).update(problems="其间改过的话。")
    answer = client.post(url, {"seen": seen}, headers={"accept-language": "en"})
    assert answer.status_code == 422 and "The words have changed" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == state
    assert client.post(url, {"seen": client.get(url).context["form"].initial["seen"]}).status_code == 302


def test_two_who_edit_a_draft_at_once_do_not_overwrite_each_other(client, place, cast):
    made = make.briefing(place, cast, state=S.DRAFTED)
    client.force_login(cast.office)
    url = reverse("briefing.edit", args=[made.pk])
    begun = {name: "" if value is None else value for name, value in client.get(url).context["form"].initial.items()}
    assert client.post(url, begun | {"problems": "先写完的话。"}).status_code == 302
    answer = client.post(url, begun | {"problems": "后写完的话。"}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "Somebody changed this draft" in answer.content.decode() and "后写完的话。" in answer.content.decode()
    made.refresh_from_db()
    assert made.problems == "先写完的话。"


def test_readers_are_not_shown_the_doubts(client, place, cast):
    made = make.briefing(place, cast, overview="梳理群众意见35条。")
    client.force_login(cast.leader)
    assert client.get(reverse("briefing", args=[made.pk])).context["doubts"] == []


# --- corrections and comparing ------------------------------------------------------------------------------------


def pair(place, cast, state=S.DISPATCHED):
    wrong = make.briefing(place, cast)
    chosen = [item.recommendation for item in wrong.items.all()]
    return wrong, make.briefing(place, cast, state=state, corrects=wrong.paper, recommendations=chosen)


def test_both_papers_say_that_one_corrects_the_other(client, place, cast):
    wrong, right = pair(place, cast)
    compare = f"{reverse('briefing.compare')}?a={wrong.paper.pk}&amp;b={right.paper.pk}"
    for user in (cast.office, cast.leader):
        page = page_of(client, user, wrong)
        assert "2026年第2期" in page
        assert reverse("briefing", args=[right.pk]) in page
        assert compare in page
        assert compare in page_of(client, user, right)


def test_whoever_does_not_have_the_correction_learns_of_it_without_a_link(client, place, cast):
    wrong, right = pair(place, cast, state=S.ISSUED)
    page = page_of(client, cast.leader, wrong)
    assert "2026年第2期" in page
    assert reverse("briefing", args=[right.pk]) not in page
    client.force_login(cast.leader)
    assert client.get(reverse("briefing.compare"), {"a": wrong.paper.pk, "b": right.paper.pk}).status_code == 404


def test_a_correction_not_set_or_void_corrects_nothing(client, place, cast, at):
    wrong, right = pair(place, cast, state=S.SIGNED)
    assert client.get("/").status_code == 200
    client.force_login(cast.leader)
    assert client.get(reverse("briefing", args=[wrong.pk])).context["corrected_by"] == []
    press.set_paper(right.paper.pk, at=at)
    right.refresh_from_db()
    assert len(client.get(reverse("briefing", args=[wrong.pk])).context["corrected_by"]) == 1
    actions.void(right, note="不需要", by=cast.chair, at=at)
    assert client.get(reverse("briefing", args=[wrong.pk])).context["corrected_by"] == []


def test_the_right_paper_is_offered_to_whoever_holds_the_wrong_one(client, place, cast, at):
    wrong = make.briefing(place, cast, state=S.ISSUED)
    actions.dispatch(wrong, recipients=[cast.chair], by=cast.office, at=at)
    chosen = [item.recommendation for item in wrong.items.all()]
    right = make.briefing(place, cast, state=S.ISSUED, corrects=wrong.paper, recommendations=chosen)
    client.force_login(cast.office)
    form = client.get(reverse("briefing.dispatch", args=[right.pk])).context["form"]
    assert set(form.initial["recipients"]) == {cast.leader, cast.supervision, cast.chair}


def test_side_by_side_with_marks_and_escaped(client, place, cast):
    one = make.briefing(place, cast, problems="标准不明<i>一</i>。")
    two = make.briefing(place, cast, problems="标准不明<i>二</i>。")
    client.force_login(cast.office)
    page = client.get(reverse("briefing.compare"), {"a": one.paper.pk, "b": two.paper.pk}).content.decode()
    assert "<i>" not in page.split('class="card-body sides"')[1]
    assert "<del>" in page
    assert "<ins>" in page
    assert client.get(reverse("briefing.compare"), {"a": one.paper.pk}).status_code == 200


@pytest.mark.parametrize("asked", ["a=999999&b=1", "a=x&b=y", "a=-1&b=0", "b=99999999999999999999"])
def test_what_is_not_there_cannot_be_compared(client, place, cast, asked):
    make.briefing(place, cast)
    client.force_login(cast.office)
    assert client.get(f"{reverse('briefing.compare')}?{asked}").status_code == 404


@pytest.mark.parametrize("name", ["clerk", "member", "resident", "expert", "stranger", "other_office"])
def test_whoever_sees_no_paper_compares_none(client, place, cast, name):
    make.briefing(place, cast)
    client.force_login(cast.roles()[name])
    assert client.get(reverse("briefing.compare")).status_code == 404


# --- the register, the proof, the preview -------------------------------------------------------------------------


def test_the_register_names_every_number_and_the_void_ones(client, place, cast, at):
    kept, gone = make.briefing(place, cast, state=S.SIGNED), make.briefing(place, cast, state=S.SIGNED, kind="motion")
    draft = make.briefing(place, cast, state=S.DRAFTED, title="没有编号的草稿")
    actions.void(gone, note="口径有误", by=cast.chair, at=at)
    for user in (cast.office, cast.chair):
        client.force_login(user)
        page = client.get(reverse("briefing.register")).content.decode()
        for words in ("2026年第1期", "湖山政协发〔2026〕1号", "口径有误", reverse("briefing", args=[kept.pk])):
            assert words in page
        assert draft.title not in page
        assert client.get(reverse("briefing.register"), {"kind": "motion", "year": 2026}).context["count"] == 1
    client.force_login(cast.other_office)
    assert client.get(reverse("briefing.register")).context["rows"] == []


def test_proof_and_self_check_on_the_page(client, place, cast):
    made = make.briefing(place, cast)
    page = page_of(client, cast.office, made)
    assert made.paper.code in page
    assert client.get(reverse("briefing", args=[made.pk])).context["checked"]
    page = page_of(client, cast.leader, made)
    assert made.paper.code in page
    assert client.get(reverse("briefing", args=[made.pk])).context["checked"] == []
    assert client.get(reverse("briefing", args=[made.pk])).context["own_copy"].serial == 1


def test_a_preview_that_cannot_be_made_says_why_on_the_page(client, place, cast, monkeypatch):
    made = make.briefing(place, cast, state=S.DRAFTED)
    client.force_login(cast.office)
    for wrong in (pdf.PaperFailed("time"), press.ValidationError("Zu lang.")):
        def fail(*args, wrong=wrong, **how):
            raise wrong
        with monkeypatch.context() as broken:  # undone before no_type() is: the other way round its mock would stay
            broken.setattr(pdf, "make", fail)
            answer = client.get(reverse("briefing.preview", args=[made.pk]), follow=True)
        assert answer.redirect_chain == [(reverse("briefing", args=[made.pk]), 302)]
        assert len(list(answer.context["messages"])) == 1


def test_what_cannot_be_printed_is_told_by_field_and_kept(client, place, cast):
    made = make.briefing(place, cast, state=S.DRAFTED)
    sent = {"title": "关于\U000e0fff的建议", "main_to": made.main_to, "overview": made.overview, "problems": made.problems,
            "dissent": made.dissent, "cc": "", "contact": "", "copies": ""}
    answer = act(client, cast.office, made, "edit", **sent)
    assert answer.status_code == 422
    assert "\U000e0fff" in answer.context["form"].errors["title"][0]
    assert answer.context["form"]["title"].value() == sent["title"]


# --- the same number of questions ---------------------------------------------------------------------------------


def counted(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_the_register_asks_the_same_for_one_and_three(client, place, cast):
    client.force_login(cast.office)
    found = []
    for more in (1, 2):
        for _n in range(more):
            make.briefing(place, cast, state=S.SIGNED)
        found.append(counted(client, reverse("briefing.register")))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["office", "leader"])
def test_the_page_asks_the_same_for_one_and_three(client, place, cast, at, name):
    def full(number):
        first = make.recommendation(place, cast)
        rows = [first, *(make.recommendation(place, cast, consultation=first.consultation) for _n in range(number - 1))]
        made = make.briefing(place, cast, state=S.DRAFTED, recommendations=rows)
        for n in range(number):
            actions.add_annex(made, title=str(n), text="一行。", by=cast.office, at=at)
            one = actions.comment(made, part="title", text=str(n), by=cast.chair, at=at)
            actions.settle_comment(made, comment=one, answer="好", by=cast.office, at=at)
        for verb, by in ((actions.submit_review, cast.office), (actions.pass_review, cast.chair), (actions.sign_off, cast.chair)):
            verb(made, by=by, at=at)
        press.set_paper(made.paper.pk, at=at)
        return Briefing.objects.get(pk=made.pk)

    people = [cast.leader, cast.supervision, cast.chair]
    found = []
    for number in (1, 3):
        made = full(number)
        actions.dispatch(made, recipients=people[:number], by=cast.office, at=at)
        client.force_login(cast.roles()[name])
        found.append(counted(client, reverse("briefing", args=[made.pk])))
    # The first paper of its kind has none before it to be compared with; nothing else may differ.
    assert found[0] == found[1]


def test_a_draft_asks_the_same_for_one_and_three(client, place, cast, at):
    client.force_login(cast.office)
    found = []
    for number in (1, 3):
        first = make.recommendation(place, cast)
        rows = [first, *(make.recommendation(place, cast, consultation=first.consultation) for _n in range(number - 1))]
        made = make.briefing(place, cast, state=S.DRAFTED, recommendations=rows)
        for n in range(number):
            actions.add_annex(made, title=str(n), text="一行。", by=cast.office, at=at)
            actions.comment(made, part="title", text=str(n), by=cast.chair, at=at)
        found.append(counted(client, reverse("briefing", args=[made.pk])))
    assert found[0] == found[1]
