"""Accounts are made by the system administrator, and nobody acts on their own."""

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit
from consult.kit.rules import Denied
from consult.people import actions, rules
from tests import make

GOOD = "forty-two green doors"


def account(by, at, **values):
    return actions.create_account(**{"username": "new", "name": "新人", "password": GOOD, **values}, by=by, at=at)


def test_system_administrator_makes_accounts_without_rights(cast, at):
    made = account(cast.sysadmin, at)
    assert made.must_change_password
    assert made.check_password(GOOD)
    assert not made.appointments.exists()
    event = audit.trail_of(made).get()
    assert (event.verb, event.actor) == ("people.create_account", cast.sysadmin)
    assert GOOD not in str(event.data)


def test_nobody_else_makes_accounts(cast, at):
    for name, person in cast.roles().items():
        if name != "sysadmin":
            with pytest.raises(Denied):
                account(person, at)


def test_installation_stops_making_accounts_once_there_is_an_administrator(place, at):
    assert account(None, at).must_change_password
    make.appointed("sysadmin", "系统员", "sys_admin", place.jurisdiction)
    with pytest.raises(Denied):
        account(None, at, username="late")


@pytest.mark.parametrize(("wrong", "field"), [
    ({"username": "clerk"}, "username"), ({"username": "a b"}, "username"), ({"username": ""}, "username"),
    ({"name": " "}, "name"), ({"password": "short"}, "password"), ({"password": "12345678901234"}, "password")])
def test_wrong_data_is_told_by_field_and_nothing_is_kept(cast, at, wrong, field):
    with pytest.raises(ValidationError) as told:
        account(cast.sysadmin, at, **wrong)
    assert field in told.value.message_dict
    assert not type(cast.clerk).objects.filter(name="新人").exists()


def test_disabled_account_loses_everything_and_comes_back(cast, at):
    actions.disable_account(cast.clerk, by=cast.sysadmin, at=at, reason="moved away")
    cast.clerk.refresh_from_db()
    assert not cast.clerk.is_active
    assert not rules.is_signed_in(cast.clerk)
    actions.enable_account(cast.clerk, by=cast.sysadmin, at=at)
    cast.clerk.refresh_from_db()
    assert cast.clerk.is_active
    assert [event.verb for event in audit.trail_of(cast.clerk)] == ["people.disable_account", "people.enable_account"]


def test_nobody_acts_on_the_own_account_or_on_another_district(cast, at):
    for target in (cast.sysadmin, cast.other_clerk):
        with pytest.raises(Denied):
            actions.disable_account(target, by=cast.sysadmin, at=at)
        with pytest.raises(Denied):
            actions.reset_password(target, password=GOOD, by=cast.sysadmin, at=at)
    with pytest.raises(Denied):
        actions.disable_account(cast.clerk, by=cast.secadmin, at=at)


def test_reset_password_is_for_one_use(cast, at):
    actions.reset_password(cast.clerk, password=GOOD, by=cast.sysadmin, at=at)
    cast.clerk.refresh_from_db()
    assert cast.clerk.must_change_password
    assert cast.clerk.check_password(GOOD)


def test_administrators_see_the_accounts_of_their_district_and_the_unappointed(cast):
    for admin in (cast.sysadmin, cast.secadmin):
        seen = set(rules.visible_to(admin))
        assert {cast.clerk, cast.stranger, admin} <= seen
        assert cast.other_clerk not in seen
    for name, person in cast.roles().items():
        if name not in {"sysadmin", "secadmin"}:
            assert set(rules.visible_to(person)) == {person}
