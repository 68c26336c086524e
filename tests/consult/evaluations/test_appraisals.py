"""Appraisals: anonymous ballots, never by the evaluated, no score that gives a single ballot away."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from consult.evaluations import actions, rules, totals
from consult.evaluations.models import Appraisal, Ballot, Voter
from consult.evaluations.states import VoterGroup
from consult.kit import audit
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.roles import Role
from tests import make
from tests.make_evaluations import marks


def voters(appraisal, group=None):
    found = Voter.objects.filter(appraisal=appraisal, **({"group": group} if group else {})).order_by("pk")
    return [voter.user for voter in found.select_related("user")]


def cast_all(appraisal, people, mark=80):
    for person in people:
        actions.cast(appraisal, **marks(mark), by=person, at=make.AT)


def test_only_the_office_opens_one_and_the_voters_hear_of_it(place, cast, at):
    task = make.answered(place, cast)
    for name, user in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                make.appraisal(place, cast, task=task, by=user)
    appraisal = make.appraisal(place, cast, task=task)
    assert {n.user for n in Notice.objects.filter(kind="evaluations.to_vote")} == set(voters(appraisal))


def test_nobody_of_a_handling_department_votes(place, cast):
    with pytest.raises(ValidationError, match="nobody judges themselves"):
        make.appraisal(place, cast, task=make.answered(place, cast), voters=[(cast.clerk, VoterGroup.PUBLIC)])


def test_nor_when_they_join_the_department_after_it_was_opened(place, cast, at):
    appraisal = make.appraisal(place, cast)
    cast.expert.appointments.all().delete()
    make.appoint(cast.expert, Role.CLERK, place.jurisdiction, department=place.a)
    with pytest.raises(Denied, match="cannot judge"):
        actions.cast(appraisal, **marks(), by=cast.expert, at=at)


def test_without_voters_none_is_opened(place, cast):
    task = make.answered(place, cast)
    with pytest.raises(ValidationError, match="Name those"):
        make.appraisal(place, cast, task=task, voters=[])
    assert not Appraisal.objects.exists()


def test_one_ballot_each_and_only_by_the_invited(place, cast, at):
    appraisal = make.appraisal(place, cast)
    for name in ("office", "clerk", "supervision", "chair", "stranger", "sysadmin"):
        with pytest.raises(Denied):
            actions.cast(appraisal, **marks(), by=getattr(cast, name), at=at)
    actions.cast(appraisal, **marks(), by=cast.member, at=at)
    with pytest.raises(Denied, match="already"):
        actions.cast(appraisal, **marks(), by=cast.member, at=at)
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"effect": 101}, {"effect": -1}, {"more": 5}])
def test_each_aspect_has_a_mark_from_0_to_100(place, cast, at, wrong):
    appraisal = make.appraisal(place, cast)
    with pytest.raises(ValidationError):
        actions.cast(appraisal, **marks(**wrong), by=cast.member, at=at)
    with pytest.raises(ValidationError):
        actions.cast(appraisal, effect=80, by=cast.member, at=at)
    assert not Ballot.objects.exists()


def test_a_closed_appraisal_takes_no_ballot(place, cast, at):
    appraisal = make.appraisal(place, cast)
    with pytest.raises(Denied):
        actions.close_appraisal(appraisal, by=cast.member, at=at)
    actions.close_appraisal(appraisal, by=cast.office, at=at)
    assert appraisal.closed_at == at
    with pytest.raises((ValidationError, WrongState)):
        actions.cast(appraisal, **marks(), by=cast.member, at=at)


def test_no_key_time_or_order_links_a_ballot_to_its_voter(place, cast, at):
    assert {field.name for field in Ballot._meta.get_fields()} == {"id", "appraisal", "group", "scores"}
    appraisal = make.appraisal(place, cast, extra=4)
    keys: set = set()
    for mark, person in enumerate(voters(appraisal, VoterGroup.MEMBERS)):
        actions.cast(appraisal, **marks(mark), by=person, at=at)
        keys |= set(Ballot.objects.values_list("pk", flat=True))
    stored = [scores["effect"] for scores in Ballot.objects.values_list("scores", flat=True)]
    assert sorted(stored) == list(range(6))
    assert len(keys) == 6
    for event in audit.trail_of(appraisal).filter(verb="evaluations.cast"):
        assert event.actor_id is None
        assert not event.data


def test_weights_make_the_mark():
    assert totals.weighted(marks(0, effect=100)) == 40
    assert totals.weighted(marks(100)) == 100


def test_fewer_than_five_ballots_show_no_score(place, cast):
    appraisal = make.appraisal(place, cast)
    cast_all(appraisal, voters(appraisal))
    score = totals.of_appraisal(appraisal)
    assert (score.ballots, score.overall) == (4, None)
    assert set(score.groups.values()) == {None}


def test_a_group_shows_from_five_ballots_on(place, cast):
    appraisal = make.appraisal(place, cast, extra=3)
    cast_all(appraisal, voters(appraisal, VoterGroup.MEMBERS), 90)
    score = totals.of_appraisal(appraisal)
    assert (score.overall, score.groups) == (90.0, {"members": 90.0})


@pytest.mark.parametrize("small", [{"experts": 1}, {"experts": 1, "public": 1}, {"experts": 3, "public": 1}])
def test_hidden_groups_together_hide_at_least_five_ballots(place, cast, small):
    """Whoever knows the total and the shown groups must not work out what fewer than five people said."""
    appraisal = make.appraisal(place, cast)
    plan = {"members": 9, **small}
    Ballot.objects.bulk_create(
        Ballot(id=uuid4(), appraisal=appraisal, group=group, scores=marks(60 + n))
        for group, many in plan.items() for n in range(many))
    score = totals.of_appraisal(appraisal)
    hidden = sum(plan[group] for group, mark in score.groups.items() if mark is None)
    assert hidden == 0 or hidden >= 5
    assert all(score.groups[group] is None for group in small)


def test_when_enough_are_hidden_the_big_group_still_shows(place, cast):
    appraisal = make.appraisal(place, cast)
    plan = {"members": 9, "experts": 4, "public": 2}
    Ballot.objects.bulk_create(Ballot(id=uuid4(), appraisal=appraisal, group=group, scores=marks(80))
                               for group, many in plan.items() for n in range(many))
    assert totals.of_appraisal(appraisal).groups == {"members": 80.0, "experts": None, "public": None}


def test_who_sees_an_appraisal(place, cast):
    make.appraisal(place, cast)
    seen = {name for name, user in cast.roles().items() if rules.appraisals_visible_to(user).exists()}
    assert seen == {"office", "chair", "supervision", "member", "lawyer", "expert", "resident"}


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_are_one_ballot(place, cast, at):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one after the other")
    appraisal = make.appraisal(place, cast)

    def click(_n):
        try:
            actions.cast(Appraisal.objects.get(pk=appraisal.pk), **marks(), by=cast.member, at=at)
            return 1
        except Denied:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(click, range(20))) == 1
    assert Ballot.objects.count() == 1
