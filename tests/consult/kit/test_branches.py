"""The keys of a list asked for reason by reason are those of the one condition, in the same order."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from consult.kit import branches
from consult.kit.rules import NOTHING
from consult.opinions.models import Opinion

ORDERS: tuple[tuple[Any, ...], ...] = (("-submitted_at", "-id"), ("submitted_at", "id"), ("-project__name", "pk"),
                                       (F("accepted_at").asc(nulls_last=True), "-pk"))


SEVENS = [f"O-{n}" for n in range(7, 40, 10)]


@pytest.fixture
def rows(db: None, place: Any, at: Any) -> Any:
    """Forty opinions in two districts, some of the same minute, some never accepted."""
    rng = random.Random(7)
    for n in range(40):
        Opinion.objects.create(
            number=f"O-{n}", jurisdiction=rng.choice([place.jurisdiction, place.other]), text="灯坏了。",
            state=rng.choice(["submitted", "accepted"]),
            submitted_at=at - timedelta(minutes=rng.randrange(9)), accepted_at=rng.choice([None, at]),
            project=rng.choice([place.project, None]))
    return Opinion.objects.all()


def conditions() -> list[Q]:
    here, late, few = Q(jurisdiction__name="湖山区"), Q(state="accepted"), Q(number__in=SEVENS)
    plain = Q(pk__in=Opinion.objects.filter(number__endswith="1").values("pk"))
    return [few | late, NOTHING | few, NOTHING | here | NOTHING, few | (late & (plain | here)), ~(few | late), ~few | late,
            (few | plain) & (late | here), (few | plain) & ~(late & here), NOTHING,
            few | late | here | plain | few | late | here | plain]


@pytest.mark.parametrize("order", ORDERS)
def test_they_are_those_of_the_one_condition(rows: Any, order: Any) -> None:
    for who in conditions():
        for found in (rows.filter(who), rows.exclude(state="merged").filter(who).filter(number__contains="1"),
                      rows.filter(who) | rows.filter(number__in=["O-3", "O-13"])):
            plain = list(found.order_by(*order).values_list("pk", flat=True))
            for first, count in ((0, 100), (0, 3), (2, 5), (39, 9)):
                asked = [branches.keys(found, order, first, count, split=split) for split in (True, False)]
                assert asked == [plain[first:first + count]] * 2, (who, first, count)


def test_one_reason_alone_makes_no_union(rows: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        branches.keys(rows.filter(NOTHING | Q(state="accepted") | NOTHING), ("-submitted_at", "-id"), 0, 5)
        branches.keys(rows.filter(Q(number="O-1") | Q(state="accepted")), ("-submitted_at", "-id"), 0, 5)
        branches.keys(rows.filter(NOTHING), ("-submitted_at", "-id"), 0, 5)
    assert ["UNION" in one["sql"] for one in asked] == [False, True]


def test_what_no_index_leads_to_makes_no_union(rows: Any) -> None:
    """A word in one of several fields: each by itself would be looked for in all rows."""
    some = rows.filter(Q(number__contains="1") | Q(text__contains="灯"))
    with CaptureQueriesContext(connection) as asked:
        branches.keys(some, ("-submitted_at", "-id"), 0, 5)
        branches.keys(some.filter(NOTHING | Q(state="accepted") | Q(number="O-1")), ("-submitted_at", "-id"), 0, 5)
    assert [one["sql"].count("UNION") for one in asked] == [0, 1]


def test_turns_come_one_after_the_other(rows: Any) -> None:
    order = ("-submitted_at", "-id")
    found = [rows.filter(number__endswith="7"), rows.filter(state="accepted").exclude(number__endswith="7"), rows.none(),
             rows.exclude(state="accepted").exclude(number__endswith="7")]
    plain = [pk for part in found for pk in part.order_by(*order).values_list("pk", flat=True)]
    assert len(plain) == 40
    for first in range(42):
        for count in (1, 5, 50):
            assert branches.in_turn([(part, order) for part in found], first, count) == plain[first:first + count]


@pytest.mark.parametrize("order", [*ORDERS, ("state", "project__name", "-id"), ("-accepted_at", "pk"),
                                   ("project_id", "-state", "pk")])
def test_what_comes_after_a_row_is_the_rest(rows: Any, order: Any) -> None:
    found = [(part, order) for part in (rows.filter(number__endswith="7"), rows.exclude(number__endswith="7"))]
    plain = branches.in_turn(found, 0, 100)
    assert len(plain) == 40
    for n, pk in enumerate(plain):
        further = branches.after(found, pk)
        assert further is not None
        assert branches.in_turn(further, 0, 100) == plain[n + 1:]
        assert branches.in_turn(further, 0, 3) == plain[n + 1:n + 4]
    assert branches.after(found, 0) is None
