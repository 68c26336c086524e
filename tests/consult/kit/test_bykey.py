"""What is worded once says what the queryset would say."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from consult.kit.bykey import ByKey
from consult.opinions.models import Opinion
from consult.people.models import Department
from tests import make

pytestmark = pytest.mark.django_db


def opinions(keys: list[Any]) -> Any:
    return Opinion.objects.filter(pk__in=keys, channel="web").order_by("-pk").values_list(
        "pk", "number", "submitted_at", "tags", "jurisdiction__name")


@pytest.mark.parametrize("count", [1, 3])
def test_the_same_rows_in_one_query(cast: Any, count: int) -> None:
    keys, ask = [make.opinion().pk for _n in range(4)], ByKey(opinions)
    for some in (keys[:count], [*keys[:count], keys[0], 10 ** 9]):
        with CaptureQueriesContext(connection) as asked:
            found = ask(some)
        assert found == list(opinions(some))
        assert len(found) == count
        assert len(asked) == 1


def test_nothing_is_asked_about_nothing(cast: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert ByKey(opinions)([]) == []
    assert asked.captured_queries == []


def test_keys_may_stand_in_it_twice(place: Any) -> None:
    def both(keys: list[Any]) -> Any:
        rows = Department.objects.order_by().filter(pk__in=keys)
        return rows.values_list("pk", Value("here")).union(rows.values_list("jurisdiction", Value("there")), all=True)

    keys = [place.a.pk, place.b.pk]
    assert sorted(ByKey(both)(keys)) == sorted(both(keys))
    assert len(ByKey(both)(keys)) == 4
