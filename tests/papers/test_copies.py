"""A reader's copy: each page names the reader, nothing of the paper is lost, and it keeps the standards of the paper."""

import io
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from consult.kit import pdf
from consult.kit.paper import copies, sheet, signing
from tests.papers import vera

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
WORDS = {"kind": "motion", "title": "关于过渡费发放的建议", "organ": "政协湖山区委员会办公室", "organ_full": "政协湖山区委员会",
         "signer": "主席", "symbol": "湖山政协发〔2026〕1号", "date": "2026-11-24", "date_words": "2026年11月24日",
         "main_to": "区委、区政府", "contact": "张三，0531-8000000",
         "code": "7Q2M-K0ZD-94VX-1CWB", "verify_url": "https://consult.example/verify/x/",
         "overview": ["过渡费发放标准不明。" * 30] * 3, "problems": [], "recommendations": [], "dissent": []}


@cache
def plain() -> bytes:
    return pdf.render(sheet.template_of("motion"), sheet.context("motion", WORDS), assets=sheet.assets(WORDS),
                      sources={"issue.json": b"{}"})


@cache
def marked(name: str = "王㛃喆𬭚䶮", serial: int = 3, numbered: bool = True) -> bytes:
    return copies.mark(plain(), name=name, serial=serial, at=AT, numbered=numbered)


def pages(content: bytes) -> list[str]:
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(io.BytesIO(content))]


def test_every_page_names_the_reader_the_number_and_the_time() -> None:
    said = pages(marked())
    assert len(said) == len(pages(plain())) > 1
    assert all("王㛃喆𬭚䶮0000032026-11-2409:00" in page for page in said)


def test_the_paper_is_still_there_below_nothing() -> None:
    """The mark is drawn first: pages end with the very marks the paper had."""
    assert all(new.endswith(old) for old, new in zip(pages(plain()), pages(marked()), strict=True))


def test_two_copies_differ_and_one_is_always_the_same() -> None:
    assert marked() == copies.mark(plain(), name="王㛃喆𬭚䶮", serial=3, at=AT, numbered=True)
    assert marked() != copies.mark(plain(), name="王㛃喆𬭚䶮", serial=4, at=AT, numbered=True)
    assert all("赵" in page and "王" not in page for page in pages(marked("赵", 0, False)))


def test_the_number_stands_at_the_head_of_formal_documents_only() -> None:
    with_number, without = (pypdfium2.PdfDocument(io.BytesIO(one)) for one in (marked(), marked(numbered=False)))
    place = {"left": 75, "right": 140, "top": 740, "bottom": 708}  # pt: line 1 of the type area
    assert "".join(with_number[0].get_textpage().get_text_bounded(**place).split()).startswith("000003")
    assert "".join(without[0].get_textpage().get_text_bounded(**place).split())[:6] != "000003"
    assert pages(marked())[1].count("000003") == pages(marked())[0].count("000003") - 1


def test_a_character_without_a_font_is_shown_as_lost() -> None:
    assert copies.words("王\U0010fffd", 3, AT).startswith("王〓")


def test_what_is_no_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="PDF"):
        copies.mark(b"rubbish", name="王", serial=1, at=AT)


def test_tags_bookmarks_and_source_stay() -> None:
    with pikepdf.open(io.BytesIO(plain())) as before, pikepdf.open(io.BytesIO(marked())) as after:
        assert "issue.json" in after.attachments
        assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
        assert {"/StructTreeRoot", "/MarkInfo", "/Lang"} <= set(after.Root.keys())
        assert b"BDC" not in after.pages[0].Resources.XObject["/Reader0"].read_bytes()


def test_a_landscape_page_has_a_mark_of_its_own() -> None:
    with pikepdf.open(io.BytesIO(plain())) as paper:
        paper.pages[1].mediabox = [0, 0, 841.89, 595.28]
        out = io.BytesIO()
        paper.save(out)
    made = copies.mark(out.getvalue(), name="王", serial=3, at=AT)
    with pikepdf.open(io.BytesIO(made)) as paper:
        boxes = [float(form.BBox[2]) for form in paper.pages[0].Resources.XObject.values() if "/BBox" in form]
    assert 841 < max(boxes) < 843


def test_qpdf_finds_no_fault(tmp_path: Path) -> None:
    (tmp_path / "copy.pdf").write_bytes(signing.sign(marked(), at=AT, reason="x"))
    asked = subprocess.run(["qpdf", "--check", tmp_path / "copy.pdf"], capture_output=True)
    assert asked.returncode == 0, asked.stdout + asked.stderr


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_it_keeps_the_standards(flavour: str) -> None:
    assert vera.check(signing.sign(marked(), at=AT, reason="x", contact="y"), flavour) == []
