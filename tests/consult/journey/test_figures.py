"""Figures: each equals a count by hand, of one district, with what it is out of; unrated stays in the denominator."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.journey import figures
from consult.opinions import actions as opinions
from consult.opinions.models import Opinion
from consult.opinions.states import OpinionState
from consult.tasks import actions as tasks
from tests import make
from tests.make_tasks import carry
from tests.make_topics import voice


def by_key(found):
    return {figure.key: (figure.number, figure.of) for figure in found}


def loop(place, today=make.TODAY):
    return by_key(figures.loop({place.jurisdiction.pk}, today))


def test_opinions_waiting_and_told(place, cast):
    for state in OpinionState:
        if state not in ("merged", "rated"):
            make.opinion(state, by=cast.office, project=place.project)
    first, second = voice(place), voice(place, text="同上。过渡费。")
    opinions.merge(second, into=first, by=cast.office, at=make.AT)
    found = loop(place)
    states = list(Opinion.objects.heard().values_list("state", flat=True))
    assert Opinion.objects.count() == len(states) + 2, "those in quarantine and those set aside are not counted"
    waiting = [state for state in states if state in ("submitted", "accepted")]
    told = [state for state in states if state not in ("submitted", "accepted", "adopted", "merged")]
    assert found["opinions_waiting"] == (len(waiting), len(states)) == (3, 11)
    assert found["opinions_told"] == (len(told), len(states)) == (6, 11)


def test_topics_on_the_way(place, cast):
    for state in ("drafted", "published", "closed", "withdrawn"):
        make.topic(place, cast, state=state)
    assert loop(place)["topics_open"] == (2, 3)


def test_tasks_owed_overdue_and_on_time(place, cast):
    owed = make.task(place, cast, state="handling")
    make.task(place, cast, state="proposed")
    stopped = make.task(place, cast, state="handling")
    tasks.stop_clock(stopped, ground="higher", reason="等待上级批复", by=cast.supervision, at=make.AT)
    make.task(place, cast, state="answered")
    late = make.task(place, cast, state="handling")
    carry(late, cast, "answered", at=make.morning(late.original_due_on) + timedelta(days=1))
    found = loop(place, owed.due_on + timedelta(days=1))
    assert found["tasks_owed"] == (2, None)
    assert found["tasks_overdue"] == (1, 2)
    assert found["tasks_on_time"] == (1, 2)
    assert loop(place)["tasks_overdue"] == (0, 2)


def test_an_answer_on_the_evening_of_the_due_date_is_on_time(place, cast):
    task = make.task(place, cast, state="handling")
    carry(task, cast, "answered", at=make.morning(task.original_due_on).replace(hour=23, minute=30))
    assert loop(place)["tasks_on_time"] == (1, 1)


def test_whoever_did_not_rate_is_counted_but_never_as_satisfied(place, cast):
    task = make.invited(place, cast, opinions=[voice(place, text=f"过渡费没到账，第{n}户。") for n in range(4)])
    assert loop(place)["satisfied"] == (0, 0)
    said = [("satisfied", "satisfied"), ("satisfied", "basically"), ("satisfied", "dissatisfied")]
    for rating, (work, result) in zip(Rating.objects.filter(rater="resident"), said, strict=False):
        evaluations.give(rating, work=work, result=result, comment="还差一点", holder=rating.opinion, at=make.AT)
    over = Rating.objects.first().due_on + timedelta(days=1)
    evaluations.expire(today=over, at=make.morning(over))
    found = loop(place)
    assert found["satisfied"] == (2, 6)
    assert found["response"] == (3, 6)
    assert found["redone"] == (0, None)
    evaluations.rehandle(task, note="补发差额", by=cast.office, at=make.AT)
    assert loop(place)["redone"] == (1, None)


def test_another_district_and_nobody_count_nothing(place, cast):
    make.invited(place, cast)
    assert not any(number for number, _of in by_key(figures.loop({place.other.pk}, make.TODAY)).values())
    assert not any(number for number, _of in by_key(figures.loop(set(), make.TODAY)).values())


def test_public_figures(place, cast):
    make.case(place, cast)
    assert by_key(figures.public(make.TODAY)) == {
        "opinions": (1, None), "consultations": (1, None), "answered": (1, None), "cases": (1, None)}


def test_a_chart_counts_only_what_its_reader_sees(place, cast):
    make.opinion(project=place.project)
    make.opinion(project=place.project)
    for user, expected in ((cast.office, 2), (cast.clerk, 0)):
        spec = figures.by_state(Opinion, user, OpinionState, "opinions")
        assert sum(row[1] for row in spec.table.rows) == expected


def test_as_many_queries_with_much_as_with_nothing(place, cast):
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as seen:
            figures.loop({place.jurisdiction.pk}, make.TODAY)
        counts.append(len(seen))
        make.invited(place, cast)
    assert counts[0] == counts[1] <= 8
