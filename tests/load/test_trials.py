"""The shortest of the trials: the database is restarted, cut off and away for a moment under writers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kills.workers import ROOT
from tests.load.people import BARE, GOOD, KEPT, LOST, Page, kind_of
from tests.load.scenes import broken
from tests.load.servers import binaries

BUSY = "<h1>系统暂时繁忙</h1><h2>Busy for a moment</h2><textarea name=text>{}</textarea>"


@pytest.mark.skipif(binaries() is None, reason="no PostgreSQL server is installed here")
def test_the_database_is_restarted_and_everybody_is_told(tmp_path: Path) -> None:
    words = ["--quick", "--scenes", "primary", "--length", "6", "--to", str(tmp_path / "said.json")]
    done = subprocess.run([sys.executable, "-m", "tests.load.trials", *words], cwd=ROOT, capture_output=True, text=True,
                          timeout=240, check=False)
    assert done.returncode == 0, "\n…\n".join((done.stdout[-3000:], done.stderr[:5000], done.stderr[-2000:]))
    said = json.loads((tmp_path / "said.json").read_text())["scenes"]["primary"]
    assert said["broken"] == [] and said["acknowledged"] > 0
    assert said["said_try_again"] > 0, "nobody noticed: then nothing was tried"


@pytest.mark.parametrize(("status", "page", "headers", "kind"), [
    (200, "", {}, GOOD), (302, "", {}, GOOD), (503, BUSY.format("我的话"), {"Retry-After": "30"}, KEPT),
    (503, BUSY.format(""), {"Retry-After": "30"}, LOST), (503, BUSY.format("我的话"), {}, BARE), (500, "我的话", {}, BARE),
    (502, "Bad gateway", {}, BARE), (404, "", {}, "refused_404")])
def test_what_an_answer_counts_as(status: int, page: str, headers: dict[str, str], kind: str) -> None:
    assert kind_of(status, page, "我的话", headers) == kind


def test_a_page_is_sent_again_as_its_form_says() -> None:
    page = Page('<form action="/say/?a=1"><input type="hidden" name="key" value="7">'
                '<textarea name="text">一\n&lt;二&gt;</textarea>')
    assert (page.action, page.fields) == ("/say/?a=1", {"key": "7", "text": "一\n<二>"})


def test_the_bars() -> None:
    assert broken({"bare_5xx": 0, "lost": 0, "others": {"oldest_seconds": 11}}) == []
    assert broken({"bare_5xx": 2, "violations": 1}) == ["bare_5xx 2", "violations 1"]
    assert broken({"others": {"oldest_seconds": 40}}) and broken({"guesses_let_through": {"away": 30}})
