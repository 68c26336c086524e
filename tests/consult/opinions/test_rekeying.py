"""New keys: everything is sealed anew, whatever is killed in between, and can be opened at every moment."""

import json
import os
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from consult.kit import keyring, keys, sealing
from consult.kit.models import AuditEvent
from consult.opinions import actions, rekeying
from consult.opinions.models import Opinion, SealedIdentity
from tests import make

WHO = {"name": make.NAME, "phone": make.PHONE}


class Killed(BaseException):
    """What a kill leaves behind: nothing after it is done."""


@pytest.fixture
def key_dir(settings: Any, tmp_path: Path) -> Path:
    suite, settings.KEY_DIR = Path(settings.KEY_DIR), tmp_path / "keys"
    shutil.copytree(suite, settings.KEY_DIR)
    return Path(settings.KEY_DIR)


@pytest.fixture
def voices(key_dir: Path, place: Any, monkeypatch: pytest.MonkeyPatch) -> list[Opinion]:
    monkeypatch.setattr(rekeying, "BATCH", 2)
    return [make.named_opinion() for _one in range(5)]


def opened(voices: list[Opinion], cast: Any) -> None:
    """Each can be opened, and is found by its telephone number."""
    for voice in voices:
        assert actions.reveal(voice, by=cast.office, at=make.AT, reason="核实") == WHO
    found = SealedIdentity.objects.filter(blind_phone__in=sealing.blinds(make.PHONE))
    assert found.count() == len(voices)


def rotated(voices: list[Opinion], key_dir: Path) -> None:
    now = sealing.present_id()
    assert set(SealedIdentity.objects.values_list("key_id", flat=True)) == {now}
    assert set(SealedIdentity.objects.values_list("blind_phone", flat=True)) == {sealing.blind(make.PHONE)}
    assert keyring.retired() == []
    assert not (key_dir / "next").exists()


def test_all_are_sealed_anew(voices: list[Opinion], cast: Any, key_dir: Path) -> None:
    before = {path.name: path.read_text() for path in key_dir.iterdir() if path.is_file()}
    done = actions.rotate_keys(at=make.AT)
    assert (done.resealed, done.unopened, done.resumed) == (5, [], False)
    rotated(voices, key_dir)
    opened(voices, cast)
    after = {name: (key_dir / name).read_text() for name in before}
    assert {name for name in before if after[name] != before[name]} == {"seal.key", "seal.pub", "blind.key"}
    verbs = AuditEvent.objects.filter(model="sealedidentity").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["opinions.begin_keys", "opinions.end_keys"]
    assert actions.times_revealed(voices[0]) == 1, "sealing anew shows it to nobody"


STEPS = [(os, "link", n) for n in (1, 2)] + [(os, "replace", n) for n in (1, 2, 3)] + [
    (os, "rename", 1), (os, "rmdir", 1), (rekeying, "_anew", 1), (rekeying, "_anew", 4), (rekeying, "_finish", 1),
    (keyring, "retire", 1)]


@pytest.mark.parametrize(("where", "what", "n"), STEPS)
def test_killed_anywhere_and_resumed(voices: list[Opinion], cast: Any, key_dir: Path, monkeypatch: pytest.MonkeyPatch,
                                     where: Any, what: str, n: int) -> None:
    calls, real = [], getattr(where, what)

    def dies(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) == n:
            raise Killed
        return real(*args, **more)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(where, what, dies)
        if what == "rmdir":
            patched.setattr(Path, "rmdir", dies)
        actions.rotate_keys(at=make.AT)
    opened(voices, cast)
    voices.append(make.named_opinion())
    opened(voices, cast)
    actions.rotate_keys(at=make.AT)
    rotated(voices, key_dir)
    opened(voices, cast)


def test_a_blob_that_came_behind_the_change_is_sealed_anew(voices: list[Opinion], cast: Any, key_dir: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody hands in just when the keys change: what was sealed with the old one is not kept."""
    real, once = sealing.seal, []

    def slow(*args: Any, **more: Any) -> Any:
        made = real(*args, **more)
        if not once:
            once.append(made)
            keyring.begin()
            keyring.promote()
        return made

    monkeypatch.setattr(sealing, "seal", slow)
    late = make.named_opinion()
    assert late.identity.key_id == sealing.present_id() != once[0].key_id
    assert SealedIdentity.objects.get(opinion=late).blind_phone == sealing.blind(make.PHONE)


def test_a_missing_key_is_loud_and_nothing_is_lost(voices: list[Opinion], cast: Any, key_dir: Path, caplog: Any) -> None:
    SealedIdentity.objects.filter(opinion=voices[2]).update(key_id="0123456789abcdef")
    with pytest.raises(CommandError, match=voices[2].number):
        call_command("rotate_keys", stdout=StringIO())
    assert len(keyring.retired()) == 2
    with pytest.raises(ValidationError):
        actions.reveal(voices[2], by=cast.office, at=make.AT, reason="核实")
    assert "0123456789abcdef" in caplog.text
    assert actions.times_revealed(voices[2]) == 0
    was = next(path for path in keyring.retired() if path.name.startswith("seal-")).name[5:-4]
    SealedIdentity.objects.filter(opinion=voices[2]).update(key_id=was)
    call_command("rotate_keys", stdout=StringIO())
    rotated(voices, key_dir)
    opened(voices, cast)


def test_a_false_pair_is_refused_before_anything(voices: list[Opinion], key_dir: Path) -> None:
    (key_dir / "seal.pub").write_text("07" * 32)
    with pytest.raises(ImproperlyConfigured, match="not one pair"):
        actions.rotate_keys(at=make.AT)
    assert not keyring.running()


def test_one_change_at_a_time(voices: list[Opinion]) -> None:
    with keyring.alone(), pytest.raises(CommandError, match="another change"):
        call_command("rotate_keys", stdout=StringIO())


def test_no_name_and_no_number_in_a_dump(voices: list[Opinion], key_dir: Path) -> None:
    Opinion.objects.update(text="安置房漏水")
    told = []
    for _round in range(2):
        told.append(json.dumps([list(map(str, row)) for table in connection.introspection.table_names()
                                for row in _rows(table)], ensure_ascii=False))
        actions.rotate_keys(at=make.AT)
    assert [make.PHONE in dump or make.NAME in dump for dump in told] == [False, False]
    assert not any(key in dump for dump in told for key in (keys.unsealing_key().encode().hex(), keys.blinding_key().hex()))


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return [[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in cursor.fetchall()]
