"""The second reading is worth something: of the rules with one thing wrong it finds nearly all. Part of make equality."""

import os
import random
import time
from functools import cache

import pytest
from django.apps import apps
from django.db import connection

from tests import make
from tests.portal.equality import city, mutants
from tests.portal.equality.readings import FOLLOWED, READINGS, Facts, Who
from tests.portal.equality.test_equality import SEED, crowd

LONG = bool(os.environ.get("EQUALITY_CHECKS"))


@pytest.fixture
def sight(db):
    """What everybody should see of every kind, in a city where anything may be."""
    rng = random.Random(SEED)
    city.build(rng, opinions=300, tasks=90, users=130)
    city.shake(rng)
    people, facts = crowd(rng)[:90], Facts(make.TODAY)

    @cache
    def meant(label, question):
        model = apps.get_model(label)
        rows = list(model._base_manager.select_related(*FOLLOWED.get(model._meta.label, ())))
        return [(one, sorted(row.pk for row in rows if READINGS[question](Who(one, facts), row))) for one in people]

    return meant


def caught(mutant, sight, monkeypatch):
    """Does somebody see too much or too little, or is the wrong rule no rule at all?"""
    module = mutants.modules()[mutant.room]
    with monkeypatch.context() as patch:
        patch.setattr(module, mutant.name, mutant.function)
        for label, question in mutants.asked_of(mutant.room):
            asked = getattr(module, question.partition(".")[2])
            for one, meant in sight(label, question):
                try:
                    if sorted(asked(one).values_list("pk", flat=True)) != meant:
                        return True
                except (TypeError, UnboundLocalError, NameError, AttributeError):
                    return True
    return False


def asked_rightly():
    """The questions as they are, which must not be found wrong."""
    return [mutants.Mutant(room, question.partition(".")[2], "", getattr(module, question.partition(".")[2]))
            for room, module in mutants.modules().items() for _label, question in mutants.asked_of(room)]


def test_there_are_many_ways_to_be_wrong():
    found = list(mutants.mutants())
    assert len(found) > 150
    assert {one.room for one in found} == set(mutants.modules())


@pytest.mark.skipif(not LONG or (connection.vendor == "postgresql" and not os.environ.get("GENERATE")),
                    reason="takes minutes: make equality")
@pytest.mark.timeout(7200)
def test_wrong_rules_are_found(sight, monkeypatch):
    begun, found = time.monotonic(), list(mutants.mutants())
    assert [one for one in asked_rightly() if caught(one, sight, monkeypatch)] == [], "the rules as they are"
    alive = [one.what for one in found if not caught(one, sight, monkeypatch)]
    print(f"\nseed {SEED}: {len(found) - len(alive)} of {len(found)} wrong rules found; {time.monotonic() - begun:.0f} s\n"
          + "\n".join(alive))
    assert len(alive) <= len(found) * 0.05
