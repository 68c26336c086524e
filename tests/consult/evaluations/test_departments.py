"""The appraisal of a department over a period: the same secret ballots, never by the evaluated; the figures beside them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consult.evaluations import actions, rules, totals
from consult.evaluations.models import Appraisal, Ballot, Voter
from consult.evaluations.states import VoterGroup
from consult.kit import audit
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.people.roles import Role
from tests import make
from tests.make_evaluations import marks
from tests.make_periods import SINCE


def seen(cast):
    return {name for name, user in cast.roles().items() if rules.appraisals_visible_to(user).exists()}


def voters(appraisal):
    return [voter.user for voter in Voter.objects.filter(appraisal=appraisal).order_by("pk").select_related("user")]


def test_only_the_office_of_the_district_opens_one_and_the_voters_hear_of_it(place, cast):
    for name, user in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                make.department_appraisal(place, cast, by=user)
    with pytest.raises(Denied):
        make.department_appraisal(place, cast, department=place.other_department)
    made = make.department_appraisal(place, cast)
    assert made.subject == place.a and made.task is None
    assert {n.user for n in Notice.objects.filter(kind="evaluations.to_vote")} == set(voters(made))


def test_nobody_of_the_department_votes_whether_before_or_later(place, cast, at):
    with pytest.raises(ValidationError, match="nobody judges themselves"):
        make.department_appraisal(place, cast, voters=[(cast.member, VoterGroup.MEMBERS), (cast.clerk, VoterGroup.PUBLIC)])
    assert not Appraisal.objects.exists()
    made = make.department_appraisal(place, cast, voters=[(cast.clerk2, VoterGroup.PUBLIC), (cast.expert, VoterGroup.EXPERTS)])
    actions.cast(made, **marks(), by=cast.clerk2, at=at)
    cast.expert.appointments.all().delete()
    make.appoint(cast.expert, Role.CLERK, place.jurisdiction, department=place.a)
    with pytest.raises(Denied, match="cannot judge"):
        actions.cast(made, **marks(), by=cast.expert, at=at)


def test_who_sees_it_before_and_after_it_is_closed(place, cast, at):
    made = make.department_appraisal(place, cast)
    before = {"office", "chair", "supervision", "leader", "member", "lawyer", "expert", "resident"}
    assert seen(cast) == before
    with pytest.raises(Denied):
        actions.close_appraisal(made, by=cast.leader, at=at)
    actions.close_appraisal(made, by=cast.office, at=at)
    assert seen(cast) == {*before, "clerk"}
    assert {n.user for n in Notice.objects.filter(kind="evaluations.appraised")} == {cast.clerk}


def test_the_appraisal_of_a_task_stays_with_those_who_saw_it(place, cast, at):
    made = make.appraisal(place, cast)
    actions.close_appraisal(made, by=cast.office, at=at)
    assert made.figures is None and totals.figures_of(made, make.TODAY) is None
    assert seen(cast) == {"office", "chair", "supervision", "member", "lawyer", "expert", "resident"}
    assert not Notice.objects.filter(kind="evaluations.appraised").exists()


def test_ballots_keep_their_secret(place, cast, at):
    made = make.department_appraisal(place, cast, extra=3)
    people = voters(made)
    for mark, person in enumerate(people[:4]):
        actions.cast(made, **marks(mark), by=person, at=at)
    assert totals.of_appraisal(made).overall is None, "four are too few"
    for person in people[4:]:
        actions.cast(made, **marks(90), by=person, at=at)
    with pytest.raises(Denied, match="already"):
        actions.cast(made, **marks(), by=people[0], at=at)
    assert Ballot.objects.count() == 7 and totals.of_appraisal(made).overall is not None
    for event in audit.trail_of(made).filter(verb="evaluations.cast"):
        assert event.actor_id is None and not event.data


def test_the_figures_are_those_of_the_department_and_frozen_when_it_is_closed(place, cast, at):
    task = make.task(place, cast, state="handling")
    make.task(place, cast, state="answered", lead=place.b)
    made = make.department_appraisal(place, cast)
    counts = totals.figures_of(made, make.TODAY)["total"]
    assert {name: n for name, n in counts.items() if n} == {"assigned": 1, "owed": 1}
    actions.close_appraisal(made, by=cast.office, at=at)
    make.carry(task, cast, "answered")
    kept = totals.figures_of(Appraisal.objects.get(pk=made.pk), make.TODAY + timedelta(days=9))
    assert kept["total"]["owed"] == 1 and kept["as_of"] == make.TODAY.isoformat()


@pytest.mark.parametrize(("wrong", "field"), [
    ({"since": make.TODAY + timedelta(days=1)}, "until"), ({"until": make.TODAY + timedelta(days=1)}, "until"),
    ({"since": make.TODAY - timedelta(days=400)}, "until"), ({"title": " "}, "title"), ({"voters": []}, "voters")])
def test_an_appraisal_says_what_is_wrong(place, cast, wrong, field):
    with pytest.raises(ValidationError) as told:
        make.department_appraisal(place, cast, **wrong)
    assert set(told.value.message_dict) == {field}
    assert not Appraisal.objects.exists()


@pytest.mark.parametrize("wrong", [{"task": None}, {"department": True}, {"task": None, "department": True, "since": SINCE}])
def test_it_is_of_a_task_or_of_a_department_never_of_both_or_neither(place, cast, wrong):
    made = make.appraisal(place, cast)
    values = {name: place.a if value is True else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Appraisal.objects.filter(pk=made.pk).update(**values)
