"""PDF/A-3a and PDF/UA-1, judged by veraPDF; the structure of the file, judged by qpdf: every kind, signed and marked too."""

import io
import subprocess

import pikepdf
import pytest

from consult.kit.paper import copies, signing
from tests.make import AT
from tests.papers import made, samples, vera

KINDS = list(samples.SAMPLES)


def faults(content):
    return vera.check(content, "3a") + vera.check(content, "ua1")


def changed(content, change):
    """The paper after ``change(pdf)``."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as paper:
        change(paper)
        paper.save(out)
    return out.getvalue()


def qpdf(content, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_keeps_both_standards(kind, tmp_path):
    content = made.paper(kind).content
    assert faults(content) == []
    checked = qpdf(content, tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No syntax or stream encoding errors found" in checked.stdout


@pytest.mark.parametrize("kind", ["briefing", "motion", "letter"])
def test_a_signed_copy_of_a_reader_keeps_them_too(kind, tmp_path):
    marked = copies.mark(made.paper(kind).content, name="张喆", serial=3, at=AT)
    signed = signing.sign(marked, at=AT, reason="签发")
    for content in (marked, signed, signing.sign(made.paper(kind).content, at=AT, reason="签发")):
        assert faults(content) == []
        checked = qpdf(content, tmp_path)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_source_of_the_paper_lies_in_it():
    with pikepdf.open(io.BytesIO(made.paper("briefing").content)) as paper:
        file = paper.Root.AF[0]
        assert file.AFRelationship == "/Source" and str(file.UF) == "issue.json"
        assert file.EF.F.read_bytes() == made.SOURCE


def no_profile(paper):
    del paper.Root.OutputIntents


def no_tags(paper):
    del paper.Root.StructTreeRoot


def a_font_left_out(paper):
    font = next(iter(paper.pages[0].Resources.Font.values()))
    descriptor = font.DescendantFonts[0].FontDescriptor
    del descriptor["/FontFile2" if "/FontFile2" in descriptor else "/FontFile3"]


def no_title(paper):
    del paper.Root.ViewerPreferences


def no_language(paper):
    del paper.Root.Lang


@pytest.mark.parametrize(("change", "flavour"), [
    (no_profile, "3a"), (no_tags, "3a"), (a_font_left_out, "3a"), (no_tags, "ua1"), (no_title, "ua1"), (no_language, "ua1"),
])
def test_a_broken_paper_is_found_out(change, flavour):
    assert vera.check(changed(made.paper("text").content, change), flavour)


def test_a_damaged_file_is_found_out(tmp_path):
    content = made.paper("text").content
    assert qpdf(content[:len(content) // 2], tmp_path).returncode != 0


def test_without_java_the_check_fails_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(vera.shutil, "which", lambda name: None)
    with pytest.raises(AssertionError, match="bin/bootstrap --dev"):
        vera._java.__wrapped__()
