from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from consult.kit import audit, notices, rules
from consult.kit.models import AuditEvent
from consult.people.models import Jurisdiction, User


def run(*words: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_seal_and_verify(key_dir: Path, tmp_path: Path, district: Jurisdiction, nine: datetime) -> None:
    witness = tmp_path / "witness"
    assert "nothing new" in run("audit", "seal", witness=witness)
    for _unused in range(2):
        audit.write("people.note", district, by=None, at=nine)
        assert run("audit", "seal", witness=witness).strip() in witness.read_text()
    assert len(witness.read_text().splitlines()) == 2
    assert "whole" in run("audit", "verify", witness=witness)
    assert "cannot be noticed" in run("audit", "verify")
    with witness.open("a") as file:
        file.write("[1,3] ff\n")
    with pytest.raises(CommandError, match="1 problems"):
        run("audit", "verify", witness=witness)
    assert AuditEvent.objects.count() == 2


def test_keys_are_made_once(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "new" / "keys"
    assert "blind.key" in run("keys")
    assert run("keys") == "all keys are there\n"


@pytest.mark.usefixtures("days")
def test_post(ann: User, district: Jurisdiction, nine: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules._visibility, "people.jurisdiction", lambda user: Jurisdiction.objects.all())
    monkeypatch.setitem(notices._kinds, "tests.came", "It came.")
    notices.queue("tests.came", [ann], district, at=nine)
    with time_machine.travel(nine, tick=False):
        assert run("post") == "1 e-mails sent\n"
        assert run("post") == "0 e-mails sent\n"
