"""Numbers and the records behind them: counted, found in the text, and doubted where the two differ."""

import pytest

from consult.briefings import actions, document, sources, suggestion
from consult.briefings.states import BriefingState
from tests import make

S = BriefingState


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


def said(text):
    return [(text[one.start:one.end], one.value, one.key) for one in sources.claims(text)]


@pytest.mark.parametrize(("text", "found"), [
    ("梳理群众意见35条。", [("35", 35, "opinions")]),
    ("35条群众意见", [("35", 35, "opinions")]),
    ("提问 4 个，当场答复 3 个、带回答复 1 个。", [("4", 4, "questions"), ("3", 3, "on_the_spot"), ("1", 1, "taken_back")]),
    ("逐项讨论六项诉求：采纳三项、部分采纳两项、未采纳一项。",
     [("六", 6, "demands"), ("三", 3, "adopted"), ("两", 2, "partly"), ("一", 1, "not_adopted")]),
    ("政协委员2名、专家十二名参加", [("2", 2, "members"), ("十二", 12, "experts")]),
    ("形成意见建议共5条", [("5", 5, "advice")]),
    ("召开协商会2次，会前走访 3 次", [("2", 2, "sessions"), ("3", 3, "visits")]),
    ("第3条意见建议", []), ("约30条群众意见", []), ("三个部门", []), ("11月20日", []), ("提问20多个", []), ("群众意见很多", [])])
def test_numbers_called_like_a_figure_are_found(text, found):
    assert said(text) == found


@pytest.mark.parametrize(("words", "value"), [
    ("7", 7), ("十", 10), ("十五", 15), ("二十", 20), ("三十六", 36), ("一百零三", 103), ("两", 2), ("二百一十", 210)])
def test_numbers_are_read_in_digits_and_in_words(words, value):
    assert sources.number(words) == value


def test_every_figure_is_counted_from_its_records(place, cast):
    one = make.recommendation(place, cast)
    session = one.consultation
    words = document.snapshot(make.briefing(place, cast, state=S.DRAFTED, recommendations=[one]))
    found = {row["key"]: row for row in words["sources"]}
    counted = {key: row["value"] for key, row in found.items()}
    assert counted == {
        "opinions": 1, "sessions": 1, "visits": 0, "questions": 1, "on_the_spot": 0, "taken_back": 1, "demands": 0, "adopted": 0,
        "partly": 0, "not_adopted": 0, "members": 2, "subdistrict": 1, "departments": 1, "experts": 1, "public": 2, "advice": 1}
    assert found["opinions"]["records"] == {"kind": "topic", "pk": session.topic_id}
    assert found["members"]["records"] == {"kind": "consultation", "pk": session.pk}
    assert set(found["opinions"]) == {"key", "label", "value", "unit", "records"}


def test_two_sessions_are_counted_apart_and_together(place, cast):
    one = make.recommendation(place, cast)
    second = make.minuted_consultation(place, cast, about=one.consultation.topic)
    two = make.recommendation(place, cast, consultation=second)
    made = make.briefing(place, cast, state=S.DRAFTED, recommendations=[one, two])
    rows = [row for row in document.snapshot(made)["sources"] if row["key"] == "members"]
    assert [(row["value"], row["records"]["kind"]) for row in rows] == [(4, "topic"), (2, "consultation"), (2, "consultation")]
    said = suggestion.suggestion(made.topic, [one, two])
    actions.edit(made, title=made.title, main_to=made.main_to, **said, by=cast.office, at=make.AT)
    assert document.snapshot(made)["doubts"] == []


def test_another_number_in_the_text_is_a_doubt_and_stays_with_the_paper(place, cast):
    made = make.briefing(place, cast, state=S.SIGNED, overview="梳理群众意见35条，政协委员2名参加。")
    (doubt,) = made.paper.snapshot["doubts"]
    assert doubt == {"part": "overview", "label": "群众意见", "said": 35, "value": 1, "unit": "条",
                     "text": "梳理群众意见35条，政协委员"}


def test_the_text_is_cut_at_the_numbers_that_are_true():
    behind = [{"key": "opinions", "value": 36, "records": {"kind": "topic", "pk": 1}},
              {"key": "questions", "value": 4, "records": {"kind": "consultation", "pk": 2}}]
    cut = sources.pieces("群众意见36条，提问5个，会上提问4个。", behind)
    assert [(text, one["key"] if one else None) for text, one in cut] == [
        ("群众意见", None), ("36", "opinions"), ("条，提问5个，会上提问", None), ("4", "questions"), ("个。", None)]
