"""Words are found wherever they stand, by index as by reading, on both databases."""

import random
from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.kit import search
from consult.kit.bigrams import grams, qgrams
from consult.kit.models import SearchText
from consult.opinions.models import Opinion
from consult.people.models import Jurisdiction

#: Few different characters, so that words repeat; some of them rare, wide, or not Chinese at all.
ALPHABET = "停车位路灯难不亮的王官庄𠀀々〇车A1 ，。\n-_%ﬁＡ㍿é"


def said(district: Jurisdiction, at: datetime, *texts: str, place: str = "") -> list[Opinion]:
    first = Opinion.objects.count()
    made = [Opinion.objects.create(number=f"O-{n}", jurisdiction=district, text=text, place=place, submitted_at=at)
            for n, text in enumerate(texts, first)]
    search.put(*made)
    return made


@pytest.fixture
def texts(district: Jurisdiction, nine: datetime) -> None:
    said(district, nine, "王官庄路灯不亮", "王官庄停车难", "玉函路 Parking 难", "100%_满意", place="玉函")


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(("asked", "found"), [
    ("", [0, 1, 2, 3]),
    ("  　", [0, 1, 2, 3]),
    ("王官庄", [0, 1]),
    ("王官庄　路灯", [0]),
    ("路灯，王官庄", [0]),
    ("玉函 停车", [1]),           # one word in the place, the other in the text
    ("parking", [2]),
    ("难", [1, 2]),
    ("路Parking", []),
    ("O-1", [1]),
    ("%", [3]),
    ("_", [3]),
    ("王官庄 没有", []),
    ("'; DROP TABLE x --", []),
    ("王\x00官庄", [0, 1]),
    ('"官庄"* OR \'x\' & !', []),
])
def test_each_word_must_occur_somewhere(asked: str, found: list[int]) -> None:
    rows = search.narrow(Opinion.objects.order_by("number"), asked, "text", "place", "number")
    assert [int(row.number[2:]) for row in rows] == found


@pytest.mark.usefixtures("texts")
def test_many_words_cost_no_more_than_a_few() -> None:
    assert len(search.words(" ".join(map(str, range(1000))))) == search.MOST_WORDS
    assert len(search.words("难 " * 1000)) == 1


@pytest.mark.parametrize("few", [search.FEW, 3, 0])
def test_the_index_finds_what_reading_finds(district: Jurisdiction, nine: datetime, monkeypatch: pytest.MonkeyPatch,
                                            few: int) -> None:
    """Words of one to five characters, cut from the texts or thrown together; few hits, many hits."""
    monkeypatch.setattr(search, "FEW", few)
    dice = random.Random(20261124)
    texts = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 40))) for _ in range(150)]
    said(district, nine, *texts)
    asked = {"".join(dice.choices(ALPHABET, k=dice.randint(1, 4))) for _ in range(150)}
    for text in texts:
        start = dice.randrange(len(text))
        asked.add(text[start:start + dice.randint(1, 5)])
    for word in sorted(asked):
        rows = Opinion.objects.all()
        for part in search.words(word):
            rows = rows.filter(text__icontains=part)
        expected = set(rows.values_list("pk", flat=True))
        assert set(search.narrow(Opinion.objects.all(), word, "text").values_list("pk", flat=True)) == expected, word
        if all("\u3400" <= sign <= "\u9fff" for sign in word):
            assert set(search.narrow(Opinion.objects.all(), word).values_list("pk", flat=True)) == expected, word


def test_words_are_looked_up_and_not_read(district: Jurisdiction, nine: datetime) -> None:
    said(district, nine, "停车位不够", "电梯停了", "车位")
    for word, found in (("停", 2), ("车位", 2), ("停车位", 1), ("停车位不", 1), ("没有", 0)):
        with CaptureQueriesContext(connection) as queries:
            assert len(search.narrow(Opinion.objects.all(), word, "text")) == found
        assert len(queries) == (2 if found else 1)
        assert "LIKE" not in queries[0]["sql"]


def test_a_changed_word_is_found_and_the_old_one_is_not(district: Jurisdiction, nine: datetime) -> None:
    opinion, = said(district, nine, "路灯不亮")
    search.put(opinion)
    assert SearchText.objects.count() == 1
    opinion.text = "电梯停了"
    opinion.save()
    assert search.stale() == [f"opinions.opinion:{opinion.pk}"]
    search.put(opinion)
    found = {word: search.narrow(Opinion.objects.all(), word).count() for word in ("路灯", "灯", "电梯", "停")}
    assert found == {"路灯": 0, "灯": 0, "电梯": 1, "停": 1}
    assert SearchText.objects.count() == 1 and search.stale() == []


def test_personal_numbers_are_not_in_the_index(district: Jurisdiction, nine: datetime) -> None:
    said(district, nine, "请打13900001234，身份证370102195001011234，路灯不亮")
    kept = SearchText.objects.get()
    assert "13900001234" not in kept.text and "370102195001011234" not in kept.text
    for number in ("13900001234", "370102195001011234", "0001234"):
        assert not search.narrow(Opinion.objects.all(), number).exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("CREATE VIRTUAL TABLE temp.entries USING fts5vocab(main, kit_searchtext_fts, row)")
            cursor.execute("SELECT count(*) FROM temp.entries WHERE term LIKE '%%0001234%%'")
            assert cursor.fetchone() == (0,)
    else:
        assert not SearchText.objects.extra(where=["grams::text LIKE '%%0001234%%'"]).exists()


def test_all_is_indexed_again(district: Jurisdiction, nine: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    said(district, nine, "路灯不亮", "停车难")
    SearchText.objects.all().delete()
    assert len(search.stale()) == 2
    with pytest.raises(SystemExit):
        call_command("reindex", check=True)
    call_command("reindex")
    call_command("reindex", check=True)
    assert "2 objects indexed" in capsys.readouterr().out
    assert search.narrow(Opinion.objects.all(), "路灯").count() == 1


def test_what_texts_and_words_become() -> None:
    assert grams("停车位3号，ＰＡＲＫ") == ["停车", "车位", "位", "3", "号", "park"]
    assert [term.grams for term in qgrams("停车位3号")] == [("停车", "车位"), ("号",)]
    assert qgrams("park") == [] and qgrams("Park", latin=True)[0].grams == ("park",)
    assert len(grams("a" * 5000)[0]) < 100
