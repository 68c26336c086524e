"""Between a checkout and a served page: done once, and said clearly when it can't be."""

import socket

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from consult.people.models import User


def test_a_taken_port_is_said_before_anything_starts(db):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"PORT={port + 1} make run"):
            call_command("prepare", port=port)


def test_no_demo_account_outside_demo_mode(db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert not settings.DEMO
    call_command("prepare")
    assert not User.objects.exists()
