"""Rights follow dated appointments; who evaluates is never who is evaluated."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, notices
from consult.kit.rules import Denied
from consult.people import actions
from consult.people.models import Appointment
from consult.people.roles import EXCLUSIVE, STAFF, Role, scope_of
from tests import make

YESTERDAY, TOMORROW = make.TODAY - timedelta(days=1), make.TODAY + timedelta(days=1)


def appoint(cast, place, at, role=Role.OFFICE, **values):
    return actions.appoint(**{"user": cast.stranger, "jurisdiction": place.jurisdiction, "since": make.TODAY,
                              "by": cast.secadmin, **values}, role=role, at=at)


def test_appointment_gives_the_right_from_its_day_on(cast, place, at):
    made = appoint(cast, place, at, since=TOMORROW)
    assert not scope_of(cast.stranger, make.TODAY).holds(Role.OFFICE)
    assert scope_of(cast.stranger, TOMORROW).holds(Role.OFFICE)
    assert audit.trail_of(made).get().verb == "people.appoint"
    assert notices.inbox(cast.stranger).get().kind == "people.appointed"


def test_only_the_security_administrator_of_the_district_appoints(cast, place, at):
    for name, person in cast.roles().items():
        if name != "secadmin":
            with pytest.raises(Denied):
                appoint(cast, place, at, by=person)
    with pytest.raises(Denied):
        appoint(cast, place, at, jurisdiction=place.other)
    with pytest.raises(Denied):
        appoint(cast, place, at, by=None)


def test_nobody_appoints_oneself_or_ends_the_own_appointment(cast, place, at):
    with pytest.raises(Denied):
        appoint(cast, place, at, user=cast.secadmin)
    with pytest.raises(Denied):
        actions.end_appointment(cast.secadmin.appointments.get(), by=cast.secadmin, at=at)


def body(place, role):
    return {Role.CLERK: {"department": place.a}, Role.CADRE: {"subdistrict": place.subdistrict}}.get(role, {})


@pytest.mark.parametrize("first", sorted(EXCLUSIVE))
@pytest.mark.parametrize("second", sorted(STAFF))
def test_exclusive_roles_never_meet_in_one_person(cast, place, at, first, second):
    if first == second:
        return
    for one, other in ((first, second), (second, first)):
        person = make.user()
        appoint(cast, place, at, one, user=person, **body(place, one))
        with pytest.raises(ValidationError) as told:
            appoint(cast, place, at, other, user=person, since=TOMORROW, **body(place, other))
        assert "role" in told.value.message_dict


def test_one_after_the_other_is_fine(cast, place, at):
    appoint(cast, place, at, Role.CLERK, until=make.TODAY, department=place.a)
    assert appoint(cast, place, at, Role.SUPERVISION, since=TOMORROW).pk


def test_a_member_may_also_be_the_chair_and_a_resident_anything(cast, place, at):
    appoint(cast, place, at, Role.MEMBER)
    appoint(cast, place, at, Role.CHAIR)
    appoint(cast, place, at, Role.CLERK, user=cast.resident, department=place.a)
    assert scope_of(cast.stranger, make.TODAY).holds(Role.CHAIR)


def test_body_is_named_fits_the_role_and_belongs_to_the_district(cast, place, at):
    for role, values, field in (
            (Role.CLERK, {}, "department"), (Role.CADRE, {}, "subdistrict"),
            (Role.OFFICE, {"department": place.a}, "department"),
            (Role.CLERK, {"department": place.other_department}, "department"),
            (Role.CADRE, {"subdistrict": place.other_subdistrict}, "subdistrict"),
            ("emperor", {}, "role"), (Role.OFFICE, {"until": YESTERDAY}, "__all__")):
        with pytest.raises(ValidationError) as told:
            appoint(cast, place, at, role, **values)
        assert field in told.value.message_dict
    assert not Appointment.objects.filter(user=cast.stranger).exists()


def test_end_takes_the_right_at_once(cast, at):
    post = cast.office.appointments.get()
    actions.end_appointment(post, by=cast.secadmin, at=at)
    assert post.until == YESTERDAY
    assert not scope_of(cast.office, make.TODAY).holds(Role.OFFICE)
    assert notices.inbox(cast.office).filter(kind="people.appointment_ended").exists()
    with pytest.raises(ValidationError):
        actions.end_appointment(post, by=cast.secadmin, at=at, until=TOMORROW)


def test_end_does_not_rewrite_the_past(cast, place, at):
    with pytest.raises(ValidationError):
        actions.end_appointment(cast.office.appointments.get(), by=cast.secadmin, at=at, until=YESTERDAY - timedelta(days=1))
    begun_today = appoint(cast, place, at)
    actions.end_appointment(begun_today, by=cast.secadmin, at=at)
    assert begun_today.until == make.TODAY
