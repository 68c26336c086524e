"""Many clicks at one moment are one rating."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from consult.evaluations import actions
from consult.evaluations.models import Rating
from consult.kit import audit
from consult.kit.states import WrongState
from tests import make
from tests.make_evaluations import rating_of

GOOD = {"work": "satisfied", "result": "basically"}


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_are_one_rating(place, cast, at):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one after the other")
    task = make.invited(place, cast)
    rating = rating_of(task, cast.member)

    def click(_n):
        try:
            actions.give(Rating.objects.get(pk=rating.pk), **GOOD, by=cast.member, at=at)
            return 1
        except WrongState:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(click, range(20))) == 1
    assert audit.trail_of(rating).count() == 1
