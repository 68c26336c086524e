"""The copy of one reader: its name, number and time on every page, below the text, as an artifact outside the tags."""

import io
from datetime import datetime

import pikepdf
from pikepdf import Array, Dictionary, Name

from consult.kit import pdf
from consult.kit.calendar import ZONE

TEMPLATE = "documents/stamp.html"
#: Stands for a character of a name that no font has.
MISSING = "〓"
TAGGING = {"BMC", "BDC", "EMC", "MP", "DP"}


def mark(plain: bytes, *, name: str, serial: int, at: datetime, numbered: bool = False) -> bytes:
    """``plain`` (an unsigned paper) with a light grey mark on each page: whose copy, which number (0: none), since when.

    ``numbered``: the number stands as 份号 on the first page too (GB/T 9704-2012, 7.2.1), whose place must be empty. The mark
    lies below the text and hides nothing of it; tags, bookmarks, embedded files and metadata stay. The same input gives the
    same bytes. Raises PaperFailed when the stamp can't be set, ValueError when ``plain`` is no paper.
    """
    try:
        paper = pikepdf.open(io.BytesIO(plain))
    except pikepdf.PdfError as broken:
        raise ValueError("not a PDF") from broken
    with paper:
        text = words(name, serial, at)
        stamps: dict[tuple[bool, str], pikepdf.Object] = {}
        for place, page in enumerate(paper.pages):
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            look = right - left > top - bottom, f"{serial:06}" if numbered and serial and not place else ""
            if look not in stamps:
                stamps[look] = _stamp(paper, text, *look)
            label = Name(f"/Reader{list(stamps).index(look)}")  # pages share their resources: one name for each look
            page.add_resource(stamps[look], Name.XObject, label)
            page.contents_add(paper.make_stream(
                b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q %b Do Q EMC\n" % str(label).encode()), prepend=True)
        out = io.BytesIO()
        paper.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def words(name: str, serial: int, at: datetime) -> str:
    """王小明　000003　2026-11-24 09:00"""
    lost = pdf.unprintable(pdf.clean(name))
    shown = "".join(MISSING if char in lost else char for char in pdf.clean(name))
    return "　".join([shown, *([f"{serial:06}"] if serial else []), f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"])


def _stamp(paper: pikepdf.Pdf, text: str, wide: bool, number: str) -> pikepdf.Object:
    """The stamp as a form of ``paper``, without the tags that the engine gave it."""
    made = pdf.render(TEMPLATE, {"text": text, "wide": wide, "number": number, "cells": range(9 if wide else 10)})
    with pikepdf.open(io.BytesIO(made)) as drawn:
        page = drawn.pages[0]
        kept = [one for one in pikepdf.parse_content_stream(page) if str(one.operator) not in TAGGING]
        form = drawn.make_stream(pikepdf.unparse_content_stream(kept), Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=Array(list(page.mediabox)), Resources=page.obj.Resources))
        return paper.copy_foreign(form)
