from datetime import date, datetime

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
    return list(grants.granted(user, "view", Opinion, today).values_list("content_object_id", flat=True))


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
