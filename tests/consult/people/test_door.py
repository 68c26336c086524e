"""What is read of whoever asks for a page agrees with the rules that are asked elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.kit import grants, notices, saved
from consult.opinions.models import Opinion
from consult.people.door import user_of
from consult.people.models import Appointment, Resident, User
from consult.people.roles import scope_of
from tests import make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_everybody_holds_what_the_rules_say(cast: Any) -> None:
    people = User.objects.all()
    assert len(people) > 8
    for person in people:
        found = user_of(person.pk, make.TODAY)
        assert found == person and found._scope == scope_of(person, make.TODAY)
        assert {f.attname: getattr(found, f.attname) for f in User._meta.concrete_fields} == {
            f.attname: getattr(person, f.attname) for f in User._meta.concrete_fields}


def test_posts_begin_and_end_with_their_days(cast: Any) -> None:
    post = Appointment.objects.filter(user=cast.member).get()
    post.since, post.until = make.TODAY - DAY, make.TODAY + DAY
    post.save()
    for day in range(-3, 4):
        today = make.TODAY + day * DAY
        found = user_of(cast.member.pk, today)
        assert found is not None and found._scope == scope_of(cast.member, today)
        assert bool(found._scope.posts) is (-1 <= day <= 1)


def test_whoever_holds_nothing_still_reads_their_own(cast: Any) -> None:
    ann = User.objects.create(username="ann", name="Ann")
    home = Resident.objects.create(user=ann)
    found = user_of(ann.pk, make.TODAY)
    assert found is not None and found._scope.posts == () and found._scope.resident_id == home.pk
    assert scope_of(ann, make.TODAY) == found._scope
    assert user_of(0, make.TODAY) is None


def test_what_waits_is_counted_until_it_is_read(cast: Any, at: Any) -> None:
    notices.queue("tasks.urged", [cast.member], cast.member.membership, at=at)
    notices.queue("tasks.urged", [cast.office], cast.member.membership, at=at)
    saved.keep(cast.member, page="/members/topics/", query="state=planned", name="mine", at=at)
    found, other = (user_of(one.pk, make.TODAY) for one in (cast.member, cast.office))
    assert found is not None and other is not None
    assert (found.kept_filters, other.kept_filters) == (1, 0)
    assert found.unread_notices == notices.waiting(found) == notices.unread(cast.member).count() > 0
    notices.read(found, at=at)
    assert notices.waiting(found) == 0
    assert [one.name for one in saved.kept(found, "/members/topics/")] == ["mine"]
    assert saved.kept(other, "/members/topics/") == []


def test_whoever_holds_a_grant_is_asked_for_it(cast: Any, at: Any) -> None:
    one = make.opinion()
    grants.give(cast.member, "view", one, by=cast.office, at=at, reason="受邀查阅")
    member, office = (user_of(person.pk, make.TODAY) for person in (cast.member, cast.office))
    assert member is not None and office is not None
    assert (bool(member.holds_grants), bool(office.holds_grants)) == (True, False)
    assert grants.granted(member, "view", Opinion, make.TODAY) == [one.pk]
    with CaptureQueriesContext(connection) as seen:
        assert grants.granted(office, "view", Opinion, make.TODAY) == []
    assert len(seen) == 0
