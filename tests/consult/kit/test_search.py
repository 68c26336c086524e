from datetime import datetime

import pytest

from consult.kit import search
from consult.opinions.models import Opinion
from consult.people.models import Jurisdiction


@pytest.fixture
def texts(district: Jurisdiction, nine: datetime) -> None:
    for n, text in enumerate(["王官庄路灯不亮", "王官庄停车难", "玉函路 Parking 难", "100%_满意"]):
        Opinion.objects.create(number=f"O-{n}", jurisdiction=district, text=text, place="玉函", submitted_at=nine)


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(("asked", "found"), [
    ("", [0, 1, 2, 3]),
    ("  　", [0, 1, 2, 3]),
    ("王官庄", [0, 1]),
    ("王官庄　路灯", [0]),
    ("路灯，王官庄", [0]),
    ("玉函 停车", [1]),           # one word in the place, the other in the text
    ("parking", [2]),
    ("O-1", [1]),
    ("%", [3]),
    ("_", [3]),
    ("王官庄 没有", []),
    ("'; DROP TABLE x --", []),
    ("王\x00官庄", [0, 1]),
])
def test_each_word_must_occur_somewhere(asked: str, found: list[int]) -> None:
    rows = search.narrow(Opinion.objects.order_by("number"), asked, "text", "place", "number")
    assert [int(row.number[2:]) for row in rows] == found


@pytest.mark.usefixtures("texts")
def test_many_words_cost_no_more_than_a_few() -> None:
    assert len(search.words(" ".join(map(str, range(1000))))) == search.MOST_WORDS
    assert len(search.words("难 " * 1000)) == 1
