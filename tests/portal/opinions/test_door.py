"""The resident's door: photos, what there is already, “me too”, the warning, one's own contact, the map."""

import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import conditional_escape

from consult.kit import audit, parameters
from consult.kit.models import Attachment
from consult.opinions import actions, consent, photos
from consult.opinions.models import Opinion
from tests import make

TEXT = "过渡费拖了两个月没发，标准也不公示，租房的钱都是借的。"


@pytest.fixture
def client(place: Any) -> Client:
    return Client()


def opened(client: Client, **values: Any) -> Opinion:
    """Somebody's opinion, looked up with its receipt in this browser."""
    key = uuid.uuid4()
    made, code = make.handed_in(key=key, **values)
    assert client.post("/receipt/", {"number": made.number, "code": code}).status_code == 302
    return made


# --- photos -------------------------------------------------------------------------------------------------------


def test_photos_are_handed_in_once_and_seen_with_the_receipt_and_by_the_office(client: Client, cast: Any) -> None:
    key = str(uuid.uuid4())
    for _again in range(2):
        answer = client.post("/say/", make.said(key=key, photos=[make.snapshot(), make.snapshot()]), follow=True)
    made = Opinion.objects.get()
    assert photos.of(made).count() == 2
    client.post("/receipt/", {"number": made.number, "code": answer.context["code"]})
    url = f"/receipt/photos/{photos.of(made)[0].pk}/"
    assert f'src="{url}"' in client.get("/receipt/status/").content.decode()
    picture = client.get(url)
    assert picture["Content-Type"] == "image/jpeg" and make.WHERE.encode() not in b"".join(picture.streaming_content)
    assert "no-store" in picture["Cache-Control"] and "张三" not in picture["Content-Disposition"]
    assert Client().get(url)["Location"] == "/receipt/"
    desk = Client()
    desk.force_login(cast.office)
    assert str(photos.of(made)[0].pk) in desk.get(f"/opinions/{made.pk}/").content.decode()


def test_the_photo_of_another_opinion_is_not_to_be_had(client: Client) -> None:
    other, _code = make.handed_in(photos=[make.snapshot()])
    opened(client)
    url = f"/receipt/photos/{photos.of(other).get().pk}/"
    assert client.get(url).status_code == client.post(url).status_code == 404
    assert photos.of(other).count() == 1


def test_a_photo_is_taken_back_with_the_receipt(client: Client) -> None:
    opinion = opened(client, photos=[make.snapshot(), make.snapshot()])
    Client().post(url := f"/receipt/photos/{photos.of(opinion)[0].pk}/")
    assert photos.of(opinion).count() == 2
    answer = client.post(url, follow=True)
    assert "照片已删除" in answer.content.decode() and url not in answer.content.decode()
    assert photos.of(opinion).count() == 1


def test_an_error_keeps_the_words_and_says_that_photos_are_chosen_again(client: Client) -> None:
    wrong = make.said(place="石桥路口", photos=[make.snapshot()] * 4)
    page = client.post("/say/", wrong)
    assert page.status_code == 422 and set(page.context["form"].errors) == {"photos"}
    words = page.content.decode()
    assert all(kept in words for kept in (wrong["text"], "石桥路口", wrong["key"]))
    assert conditional_escape(page.context["form"].fields["photos"].help_text) in words
    assert client.post("/say/", make.said(text="", photos=[make.snapshot()])).status_code == 422
    assert not Attachment.objects.exists()


def test_a_fact_with_photos_sent_twice_is_one(client: Client) -> None:
    made = opened(client)
    form = {"key": str(uuid.uuid4()), "text": "照片里是三号楼。"}
    for _again in range(2):
        assert client.post("/receipt/status/", {**form, "photos": [make.snapshot()]}).status_code == 302
    assert (made.messages.count(), photos.of(made).count()) == (1, 1)
    many = client.post("/receipt/status/", {"text": "还有", "photos": [make.snapshot()] * 4})
    assert many.status_code == 422 and "还有" in many.content.decode()


def test_assisted_entry_takes_photos_too(cast: Any) -> None:
    desk = Client()
    desk.force_login(cast.office)
    desk.post("/opinions/enter/", make.said(channel="walk_in", photos=[make.snapshot()]))
    assert photos.of(Opinion.objects.get()).get().uploaded_by == cast.office


# --- the warning --------------------------------------------------------------------------------------------------


def test_a_warning_before_it_is_handed_in_and_a_way_to_go_on(client: Client) -> None:
    typed = make.said(text="我得了尿毒症，透析要坐公交，车站搬走了。", place="石桥路口")
    page = client.post("/say/", typed)
    words = page.content.decode()
    assert page.status_code == 422 and page.context["form"].warned
    assert typed["text"] in words and 'name="go_on" value="on"' in words and 'class="errors"' not in words
    assert not Opinion.objects.exists()
    assert client.post("/say/", {**typed, "go_on": "on"}).status_code == 302
    assert Opinion.objects.get().text == typed["text"]
    assert client.post("/say/", make.said(text="车站搬走了，坐车不方便。")).status_code == 302


def test_real_errors_come_before_the_warning(client: Client) -> None:
    page = client.post("/say/", make.said(text="我得了尿毒症。", identity_mode="department"))
    assert set(page.context["form"].errors) == {"share_with_department"}


def test_whoever_writes_for_somebody_is_warned_too(cast: Any) -> None:
    desk = Client()
    desk.force_login(cast.office)
    typed = make.said(text="身份证110101199003078515", channel="phone")
    page = desk.post("/opinions/enter/", typed)
    assert page.status_code == 422 and 'type="checkbox" name="go_on"' in page.content.decode()
    assert desk.post("/opinions/enter/", {**typed, "go_on": "on"}).status_code == 302


# --- the consent --------------------------------------------------------------------------------------------------


def test_the_words_on_the_page_are_those_of_the_record(client: Client) -> None:
    for language in ("zh-hans", "en"):
        reader = Client(HTTP_ACCEPT_LANGUAGE=language)
        field = reader.get("/say/").context["form"]["consent"]
        page = f"{field.label} {field.help_text}"
        reader.post("/say/", make.said(identity_mode="cppcc_only", phone=make.PHONE, consent="on"))
        assert consent.of(Opinion.objects.latest("pk")).get().wording == page


# --- what there is already ----------------------------------------------------------------------------------------


def ask(client: Client, text: str) -> str:
    answer = client.post("/say/matters/", {"text": text})
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_public_matters_and_the_number_but_no_word_of_anybody(client: Client, place: Any, cast: Any) -> None:
    topic = make.topic(place, cast)
    hidden = make.topic(place, cast, state="planned", title="过渡费发放标准（内部）")
    conflict = make.topic(place, cast, kind="conflict", title="过渡费发放纠纷标准")
    secret = "只有我家知道的那棵石榴树"
    for n in range(6):
        make.handed_in(text=f"{TEXT}{secret}{n}")
    cache.clear()
    words = ask(client, f"{TEXT}过渡费发放标准是多少？")
    assert topic.title in words and f"/say/topic/{topic.pk}/" in words
    assert hidden.title not in words and conflict.title not in words
    assert secret not in words and not any(one.number in words for one in Opinion.objects.all())


@pytest.mark.parametrize(("handed", "told"), [(3, None), (9, 9)])
def test_few_are_not_counted_aloud(client: Client, handed: int, told: int | None) -> None:
    for n in range(handed):
        make.handed_in(text=f"{TEXT}（第{n}户）")
    cache.clear()
    answer = client.post("/say/matters/", {"text": TEXT})
    assert answer.context["matters"].others == told


def test_the_question_costs_the_same_whatever_there_is(client: Client, place: Any, cast: Any,
                                                       django_assert_max_num_queries: Any) -> None:
    for n in range(8):
        make.topic(place, cast, title=f"过渡费发放标准与周期（{n}）", opinions=[make.voice(place, f"{TEXT}{n}")])
    ask(client, "随便问一句")  # the hour's first question makes a row for the network
    cache.clear()
    with django_assert_max_num_queries(18):
        ask(client, f"{TEXT}过渡费发放标准")


def test_without_javascript_a_button_asks_and_keeps_what_was_typed(client: Client, place: Any, cast: Any) -> None:
    topic = make.topic(place, cast)
    typed = make.said(text=f"过渡费发放标准是多少？{TEXT}", place="石桥路口", tags=["school", "site"], identity_mode="cppcc_only",
                      name=make.NAME, photos=[make.snapshot()])
    page = client.post("/say/", {**typed, "look": "1"})
    words = page.content.decode()
    assert page.status_code == 200 and not Opinion.objects.filter(place="石桥路口").exists()
    for kept in (typed["text"], typed["place"], typed["key"], make.NAME, topic.title):
        assert kept in words, kept
    assert words.count("checked") == 3
    assert conditional_escape(page.context["form"].fields["photos"].help_text) in words
    assert 'class="errors"' not in words
    assert client.post("/say/", {"look": "1", "text": "短"}).status_code == 200


# --- me too -------------------------------------------------------------------------------------------------------


def test_one_tap_and_one_to_confirm(client: Client, place: Any, cast: Any) -> None:
    topic = make.topic(place, cast)
    url = f"/say/topic/{topic.pk}/"
    assert url in client.get(f"/topics/{topic.pk}/").content.decode()
    typed = make.said(text="我家也三个月没有收到。")
    shown = client.post(url, typed)
    assert shown.status_code == 200 and typed["text"] in shown.content.decode()
    key = str(shown.context["form"]["key"].value())
    assert key != typed["key"] and key == str(client.post(url, typed).context["form"]["key"].value())
    for _again in range(2):
        receipt = client.post(url, {"sure": "1", "key": key, "text": typed["text"], "identity_mode": "anonymous"}, follow=True)
        assert receipt.redirect_chain == [("/say/receipt/", 302)]
    made = Opinion.objects.get(joins=topic.number)
    assert made.text == typed["text"] and made.number in receipt.content.decode()
    # What was typed on the page before can still be handed in by itself.
    assert client.post("/say/", typed).status_code == 302
    assert Opinion.objects.filter(text=typed["text"]).count() == 2


def test_without_a_word_it_says_so_itself_and_is_counted_in_the_topic(client: Client, place: Any, cast: Any) -> None:
    topic = make.topic(place, cast)
    page = client.get(f"/say/topic/{topic.pk}/")
    form = {"sure": "1", "key": str(page.context["form"]["key"].value()), "identity_mode": "anonymous"}
    assert client.post(f"/say/topic/{topic.pk}/", form).status_code == 302
    assert Opinion.objects.get(joins=topic.number).text
    assert client.get(f"/topics/{topic.pk}/").context["joined"] == 1
    desk = Client()
    desk.force_login(cast.office)
    made = Opinion.objects.get(joins=topic.number)
    assert f"/topics/{topic.pk}/take-joined/" in desk.get(f"/opinions/{made.pk}/").content.decode()
    assert desk.post(f"/topics/{topic.pk}/take-joined/").status_code == 302
    topic_page = client.get(f"/topics/{topic.pk}/")
    assert (topic_page.context["voices"], topic_page.context["joined"]) == (2, 0)


def test_joining_counts_among_what_a_network_may_hand_in(client: Client, place: Any, cast: Any) -> None:
    """The second waits in quarantine, with its receipt, and for the topic it is no voice before the office let it through."""
    parameters.put("intake_per_hour", 1, since=make.TODAY, basis="测试", by=cast.sysadmin, at=make.AT)
    topic = make.topic(place, cast)
    codes = [client.post(f"/say/topic/{topic.pk}/", make.said(sure="1", text="我写的话")) for _one in range(2)]
    assert [one.status_code for one in codes] == [302, 302]
    assert [one.state for one in Opinion.objects.filter(joins=topic.number).order_by("pk")] == ["submitted", "quarantined"]
    assert client.get(f"/topics/{topic.pk}/").context["joined"] == 1


# --- one's own contact --------------------------------------------------------------------------------------------


def test_covered_then_in_full_then_corrected(client: Client) -> None:
    made = opened(client, identity_mode="cppcc_only", contact={"name": make.NAME, "phone": make.PHONE})
    page = client.get("/receipt/contact/").content.decode()
    assert "赵**" in page and make.PHONE not in page and make.NAME not in page
    full = client.post("/receipt/contact/", {"show": "1"})
    assert make.PHONE in full.content.decode() and full["Cache-Control"] == "no-store"
    copy = client.post("/receipt/contact/", {"copy": "1"})
    assert make.NAME in copy.content.decode() and copy["Content-Disposition"].startswith("attachment")
    assert [event.verb for event in audit.trail_of(made)].count("opinions.show_contact") == 2
    assert actions.times_revealed(made) == 0
    assert client.post("/receipt/contact/", {"name": "", "phone": ""}).status_code == 422
    assert client.post("/receipt/contact/", {"phone": "13711112222"})["Location"] == "/receipt/status/"
    assert "137******22" in client.get("/receipt/contact/").content.decode()


def test_left_later_only_with_the_tick(client: Client) -> None:
    made = opened(client, identity_mode="cppcc_only")
    wrong = client.post("/receipt/contact/", {"phone": "13711112222"})
    assert wrong.status_code == 422 and "13711112222" in wrong.content.decode()
    assert client.post("/receipt/contact/", {"phone": "13711112222", "consent": "on"}).status_code == 302
    assert actions.identity_of(made)
    assert consent.of(made).count() == 1


def test_whoever_is_anonymous_has_nothing_to_see(client: Client) -> None:
    opened(client, identity_mode="anonymous")
    assert client.get("/receipt/contact/")["Location"] == "/receipt/status/"
    assert client.post("/receipt/contact/", {"show": "1"})["Location"] == "/receipt/status/"


# --- the map ------------------------------------------------------------------------------------------------------


def test_the_map_chooses_a_project_and_names_it(client: Client, place: Any, cast: Any) -> None:
    assert "<svg viewBox" not in client.get("/say/").content.decode()
    make.outlined(place.project, cast.office)
    hidden = make.outlined(make.project(place.jurisdiction, place.subdistrict, public=False, name="未公开项目"), cast.office)
    page = client.get("/say/").content.decode()
    assert f'href="/say/?project={place.project.pk}"' in page and f"<title>{place.project.name} · " in page
    assert hidden.name not in page and "<style" not in page
    assert f'value="{place.project.pk}" selected' in client.get(f"/say/?project={place.project.pk}").content.decode()
    for url in ("/projects/", f"/projects/{place.project.pk}/"):
        assert f'href="/projects/{place.project.pk}/" data-area' in client.get(url).content.decode()


def test_the_office_sets_an_outline_by_paste_or_file(place: Any, cast: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    desk, url = Client(), f"/projects/{place.project.pk}/set-outline/"
    desk.force_login(cast.office)
    wrong = desk.post(url, {"outline": make.geojson([[36.6, 117.0]] * 4)})
    assert wrong.status_code == 422 and "36.6" in wrong.content.decode()
    file = SimpleUploadedFile("a.geojson", make.geojson().encode("utf-8-sig"))
    assert desk.post(url, {"file": file}).status_code == 302
    place.project.refresh_from_db()
    assert place.project.outline["type"] == "Polygon"
    assert "117.01" in desk.get(url).content.decode()
    assert desk.post(url, {"file": SimpleUploadedFile("a.geojson", b"\xff\xfe\x00")}).status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_door_is_counted(client: Client, place: Any, cast: Any, rows: int, django_assert_max_num_queries: Any) -> None:
    for project in [place.project, *(make.project(place.jurisdiction, place.subdistrict) for _one in range(rows - 1))]:
        make.outlined(project, cast.office)
    with django_assert_max_num_queries(9):
        client.get("/say/")
