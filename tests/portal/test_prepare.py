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


def test_demo_data_is_never_served_for_real(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "demo-district-loaded").touch()
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("prepare")


def test_demo_is_loaded_once_and_wholly_or_not_at_all(db, settings, tmp_path, monkeypatch):
    from consult.people.models import Jurisdiction
    from portal.management.commands import prepare
    settings.VAR_DIR, settings.STATIC_ROOT, settings.DEMO = tmp_path, tmp_path, True
    asked = []

    def demo(name, *args, **options):
        asked.append(options.get("card", False))
        if not options.get("card"):
            Jurisdiction.objects.create(name="x", level="district", code="x")
            if len(asked) == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "call_command", lambda name, *args, **options: demo(name, **options)
                        if name == "demo" else None)
    with pytest.raises(KeyboardInterrupt):
        call_command("prepare")
    assert not Jurisdiction.objects.exists()
    assert not (tmp_path / "demo-district-loaded").exists()
    call_command("prepare")
    call_command("prepare")
    assert asked == [False, False, True]
    assert (tmp_path / "demo-district-loaded").exists()
