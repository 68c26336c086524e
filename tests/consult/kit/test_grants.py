from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from consult.kit import audit, grants
from consult.opinions.models import Opinion, OpinionGrant
from consult.people.models import Jurisdiction, User

TODAY = date(2026, 11, 24)


@pytest.fixture
def opinion(district: Jurisdiction, nine: datetime) -> Opinion:
    if not ContentType.objects.filter(app_label="opinions").exists():
        call_command("migrate", verbosity=0)
    return Opinion.objects.create(number="O-1", jurisdiction=district, text="A lamp is out.", submitted_at=nine)


def granted(user: User, today: date = TODAY) -> list[int]:
    return list(Opinion.objects.filter(pk__in=grants.granted(user, "view", Opinion, today)).values_list("pk", flat=True))


def test_a_grant_holds_until_its_last_day(opinion: Opinion, ann: User, bob: User, nine: datetime) -> None:
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="expert", until=TODAY)
    assert granted(ann) == [opinion.pk]
    assert granted(ann, date(2026, 11, 25)) == []
    assert granted(bob) == []
    assert not ann.has_perm("opinions.view_opinion", opinion)  # the rule of the room answers, with its dates
    assert [grant.user for grant in grants.holders(opinion, TODAY)] == [ann]
    assert not grants.holders(opinion, date(2026, 11, 25))


def test_giving_again_renews(opinion: Opinion, ann: User, bob: User, nine: datetime) -> None:
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="expert", until=TODAY)
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="longer")
    grant = grants.holders(opinion, date(2030, 1, 1)).get()
    assert (grant.reason, grant.until, grant.given_by) == ("longer", None, bob)


def test_taking_back(opinion: Opinion, ann: User, bob: User, nine: datetime) -> None:
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="expert")
    for _unused in range(2):
        grants.take(ann, "view", opinion, by=bob, at=nine)
    assert granted(ann) == []
    assert [event.verb for event in audit.trail_of(opinion)] == ["kit.grant", "kit.take_back"]


def test_a_grant_is_for_one_verb_and_one_object(opinion: Opinion, ann: User, bob: User, nine: datetime,
                                                district: Jurisdiction) -> None:
    other = Opinion.objects.create(number="O-2", jurisdiction=district, text="A lamp.", submitted_at=nine)
    grants.give(ann, "change", opinion, by=bob, at=nine, reason="lent")
    assert granted(ann) == []
    grants.give(ann, "view", other, by=bob, at=nine, reason="lent")
    assert granted(ann) == [other.pk]


def test_the_inactive_and_the_strangers_hold_nothing(opinion: Opinion, ann: User, bob: User, nine: datetime) -> None:
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="expert")
    ann.is_active = False
    assert granted(ann) == []
    assert list(grants.granted(AnonymousUser(), "view", Opinion, TODAY)) == []


def test_grants_go_with_their_object(opinion: Opinion, ann: User, bob: User, nine: datetime) -> None:
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="expert")
    opinion.delete()
    assert OpinionGrant.objects.count() == 0


def test_few_are_told_and_many_are_asked_for(opinion: Opinion, ann: User, bob: User, nine: datetime, district: Jurisdiction,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "FEW", 1)
    other = Opinion.objects.create(number="O-2", jurisdiction=district, text="A lamp.", submitted_at=nine)
    for one in (opinion, other):
        grants.give(ann, "view", one, by=bob, at=nine, reason="expert")
        assert isinstance(grants.granted(ann, "view", Opinion, TODAY), list) is (one is opinion)
    assert sorted(granted(ann)) == [opinion.pk, other.pk]


def test_they_are_read_once_for_a_user_of_a_request(opinion: Opinion, ann: User, bob: User, nine: datetime,
                                                    django_assert_num_queries: Any) -> None:
    grants.give(ann, "view", opinion, by=bob, at=nine, reason="expert")
    again = User.objects.get(pk=ann.pk)
    with django_assert_num_queries(1):
        assert grants.granted(again, "view", Opinion, TODAY) == grants.granted(again, "view", Opinion, TODAY) == [opinion.pk]
    grants.take(again, "view", opinion, by=bob, at=nine)
    assert grants.granted(again, "view", Opinion, TODAY) == []
