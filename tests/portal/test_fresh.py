"""Before anybody was appointed, nobody gets in."""

import pytest
from django.conf import settings

from consult.people.models import Appointment, User


@pytest.mark.django_db
def test_a_fresh_installation_lets_nobody_in() -> None:
    """No account that could sign in, none that has a right, no demonstration."""
    assert [user for user in User.objects.filter(is_active=True) if user.has_usable_password()] == []
    assert not Appointment.objects.exists()
    assert not settings.DEMO
    assert not settings.DEMO_PASSWORD
