"""manage.py import_opinions: what it prints, how it ends, and what it leaves when it is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from consult.opinions.models import Opinion
from tests import make, make_sheets

pytestmark = pytest.mark.django_db


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "messy.xlsx"
    path.write_bytes(make_sheets.messy().getvalue())
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.csv"
    path.write_bytes(make_sheets.as_csv([make_sheets.HEADINGS, *make_sheets.sheet_rows(3)], "gb18030").getvalue())
    return path


def run(path: Path, *words: str, code: int = 0) -> str:
    out = StringIO()
    ended, said = 0, ""
    try:
        call_command("import_opinions", str(path), "--jurisdiction", "湖山政协", *words, stdout=out, stderr=out)
    except CommandError as wrong:
        ended, said = wrong.returncode, str(wrong)
    assert ended == code, said
    return out.getvalue() + said


def test_the_dry_run_is_json_and_writes_nothing(place: make.Place, messy: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    told = json.loads(run(messy, "--dry-run", "--report", str(report)))
    assert set(told) == {"rows", "importable", "duplicates", "errors"}
    assert (told["rows"], told["importable"], told["duplicates"]) == (15, 5, 2)
    assert [(one["row"], one["column"], one["code"]) for one in told["errors"]] == make_sheets.FAULTS
    assert not Opinion.objects.exists()
    assert load_workbook(report).active.max_row == 1 + 8 + 2


def test_all_or_none_or_the_good_ones(place: make.Place, messy: Path, clean: Path) -> None:
    assert make_sheets.SHEET_NAME not in run(messy, code=1)
    assert not Opinion.objects.exists()
    run(messy, "--partial", code=1)
    assert Opinion.objects.count() == 5
    assert run(clean) != run(clean)
    assert Opinion.objects.count() == 8


@pytest.mark.parametrize("words", [("--by", "nobody"), ("--by", "clerk"), ("--by", "other_office")])
def test_only_the_office(place: make.Place, cast: make.Cast, clean: Path, words: tuple[str, ...]) -> None:
    run(clean, *words, code=2)
    assert not Opinion.objects.exists()
    run(clean, "--by", "office")
    assert set(Opinion.objects.values_list("entered_by__username", flat=True)) == {"office"}


def test_what_cannot_be_read(place: make.Place, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    bomb.write_bytes(make_sheets.bomb().getvalue())
    assert str(bomb) in run(bomb, code=2)
    run(tmp_path / "none.xlsx", code=2)
    with pytest.raises(CommandError):
        call_command("import_opinions", str(bomb), "--jurisdiction", "无此区", stdout=StringIO())


def manage(folder: Path, *words: str, **more: Any) -> "subprocess.Popen[bytes]":
    """A process of its own, with a database of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DATABASE", "TEST_"))}
    return subprocess.Popen([sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env={**env, "VAR_DIR": str(folder), "DEMO": "1"}, **more)


COUNT = ("from consult.opinions.models import *; from consult.kit.models import *; print([m.objects.count() for m in "
         "(Opinion, SealedIdentity, ImportBatch)], AuditEvent.objects.filter(verb='opinions.submit').count())")
PLACE = "from tests import make; make.place()"
#: Said by the import after each lot of rows, so that it can be killed between two of them.
SLOW = ("import time; from consult.opinions import importing; from consult.people.models import Jurisdiction; from tests "
        "import make; importing.CHUNK = 5; importing.bring_in(open({!r}, 'rb'), name='x', by=None, at=make.AT, "
        "jurisdiction=Jurisdiction.objects.get(code='湖山政协'), "
        "progress=lambda done, of: (print(done, flush=True), time.sleep(.3)))")


def done(folder: Path, *words: str) -> str:
    out, err = manage(folder, *words).communicate(timeout=120)
    return out.decode() + err.decode()


def test_killed_half_way_nothing_is_half(tmp_path: Path) -> None:
    """kill -9 while rows are being written: nothing of them is there, and the next run brings in all."""
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(make_sheets.sheet(30).getvalue())
    for words in (("keys",), ("migrate", "-v0"), ("shell", "-v0", "-c", PLACE)):
        done(tmp_path, *words)
    running = manage(tmp_path, "shell", "-v0", "-c", SLOW.format(str(path)))
    assert running.stdout is not None
    seen = [running.stdout.readline() for _n in range(2)]
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert seen == [b"5\n", b"10\n"], "it was killed in the middle"
    time.sleep(0.1)
    assert "[0, 0, 0] 0" in done(tmp_path, "shell", "-v0", "-c", COUNT)
    told = done(tmp_path, "import_opinions", str(path), "--jurisdiction", "湖山政协")
    assert "[30, 30, 1] 30" in done(tmp_path, "shell", "-v0", "-c", COUNT), told
