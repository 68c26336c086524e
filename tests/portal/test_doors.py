"""Every door of the product, every role, and the written verdict (``doors.txt``): nobody finds a door by accident."""

import gc
from collections.abc import Iterator
from unittest import mock

import pytest
import time_machine
from django.http import HttpResponse

from portal.kit import access
from tests import make
from tests.portal.doors import doors, patterns, watched
from tests.portal.scene import ROLES, Scene, bare, raised

pytestmark = pytest.mark.django_db
DOORS = doors()
#: Written by reading: that it was read, and who has it in hand.
READING = ("kit_notice", "briefings_recipient", "kit_auditevent", "opinions_claim")


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Scene]:
    quick = mock.patch.object(access, "render", bare)
    with django_db_blocker.unblock(), time_machine.travel(make.AT), quick, raised() as made:
        made.build(*{door.key.rpartition("/")[2] for door in DOORS if ":" in door.key})
        for role in ROLES:
            made.client(role)
        gc.freeze()
        yield made
        gc.unfreeze()


def test_every_url_is_in_the_table_and_every_line_has_a_url():
    named = {name for name, _route in patterns()}
    written = {door.name for door in DOORS}
    assert named - written == set(), "urls without a line in doors.txt"
    assert written - named == set(), "lines of doors.txt without a url"


def test_no_url_is_without_a_name():
    assert [route for name, route in patterns() if name.endswith("?")] == []


def test_every_line_has_a_verdict_for_every_role():
    short = [door for door in DOORS if len(door.get) != len(ROLES) or (door.post != "-" and len(door.post) != len(ROLES))]
    assert short == []


@pytest.mark.parametrize("role", ROLES)
def test_opens(scene: Scene, role: str) -> None:
    """GET: the page, the sign-in, the reason, or nothing known of it; nothing is written but that it was read."""
    wrong = []
    for door in DOORS:
        with scene.visit():
            with watched() as writes:
                answer, seen = door.ask(scene, role, "get")
            wrong += [f"{door.name} {door.key}: reading wrote {sql}" for sql in writes.kept
                      if not any(f'"{table}"' in sql for table in READING)]
            if seen != verdict(door.get, role):
                wrong.append(f"{door.name} {door.key}: {seen} instead of {verdict(door.get, role)}")
            if seen == "-" and not has_reason(answer):
                wrong.append(f"{door.name} {door.key}: refused without a reason")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_takes(scene: Scene, role: str) -> None:
    """An empty POST: done, sent back with the errors, refused; whoever is refused has changed nothing."""
    wrong = []
    for door in DOORS:
        if door.post == "-":
            continue
        with scene.visit():
            with watched() as writes:
                _answer, seen = door.ask(scene, role, "post")
            if seen != verdict(door.post, role):
                wrong.append(f"{door.name} {door.key}: {seen} instead of {verdict(door.post, role)}")
            if seen != "d" and writes.kept:
                wrong.append(f"{door.name} {door.key}: {seen}, and yet {writes.kept}")
    assert wrong == []


def verdict(written: str, role: str) -> str:
    return written[ROLES.index(role)]


def has_reason(answer: HttpResponse) -> bool:
    return bool(answer.content)
