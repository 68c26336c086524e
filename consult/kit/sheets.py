"""Tables from outside, .xlsx and .csv, read row by row; and tables given out that no spreadsheet takes for a formula.

A workbook is looked at before it is opened: a few hundred kilobytes of it can unpack to gigabytes in memory. What the
directory of the zip says is a bound one can trust, since no part is read beyond the size told there.
"""

import codecs
import csv
import io
import re
import struct
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

MIB = 1024 * 1024
MOST_BYTES = 20 * MIB
#: All parts of a workbook together; how much larger than packed; how many; how large the list of them.
MOST_UNZIPPED, MOST_RATIO, MOST_ENTRIES, MOST_DIRECTORY = 150 * MIB, 100, 2000, MIB
#: One row, one text, or a part that is read in one piece (styles, the list of sheets).
MOST_PIECE = 4 * MIB
MOST_COLUMNS, MOST_SHEETS = 100, 20
ENCODINGS = ("utf-8", "gb18030")
#: What opens a formula in one spreadsheet or another.
RISKY = ("=", "+", "-", "@", "\t", "\r")

_STREAMED = {"xl/worksheets/": (b"<row", b":row"), "xl/sharedStrings": (b"<si", b":si")}
_MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
# openpyxl speaks of styles and extensions it leaves out: nobody asked for them.
warnings.filterwarnings("ignore", module="openpyxl")


class Unreadable(ValidationError):
    """No row of the file was read; the sentence says why and what to do, ``code`` says it to a program."""


Row = tuple[int, Sequence[Any]]


@dataclass(frozen=True)
class Sheet:
    """One table. Row numbers count from 1 as a spreadsheet shows them; merged: (first row, column, last row, column)

    with columns from 0; a merged cell's value stands in its first cell alone.
    """

    source: Any
    epoch: datetime = CALENDAR_WINDOWS_1900
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """From the beginning, each time it is asked. Raises Unreadable where the file is damaged."""
        try:
            yield from enumerate(self.source(), 1)
        except Unreadable:
            raise
        except Exception as broken:  # the parsers raise many kinds on damaged files; each means the same
            raise damaged() from broken


@contextmanager
def opened(file: IO[bytes]) -> Iterator[list[Sheet]]:
    """The visible tables of a workbook, or the one of a .csv file; the content decides which it is, not the name."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(8)
    if size > MOST_BYTES:
        raise Unreadable(_("The file is larger than %(most)s MB. Please divide it."), "size",
                         {"most": MOST_BYTES // MIB})
    if not head:
        raise Unreadable(_("The file is empty."), "empty")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old .xls file, or one with a password. Please save it as .xlsx without a "
                           "password, or as .csv."), "old")
    if head.startswith(b"PK"):
        check_zip(file)
        with _workbook(file) as sheets:
            yield sheets
    else:
        yield [_csv(file)]


def damaged() -> Unreadable:
    """What is raised where a file is not what it seems."""
    return Unreadable(_("The file is damaged and cannot be read. Please open it in a spreadsheet program and save it "
                        "again as .xlsx."), "damaged")


# --- workbooks ----------------------------------------------------------------------------------------------------


def check_zip(file: IO[bytes]) -> None:
    """Refuse a bomb by its directory alone: nothing is unpacked."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65557))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) < at + 22:
        raise damaged()
    count, directory = struct.unpack("<HL", end[at + 10:at + 16])
    if count > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise _bomb()
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except Exception as broken:  # zipfile raises many kinds on hostile files
        raise damaged() from broken
    unzipped = sum(entry.file_size for entry in entries)
    packed = max(1, min(size, sum(entry.compress_size for entry in entries)))
    whole = [entry for entry in entries if entry.filename.endswith((".xml", ".rels")) and not _marker(entry.filename)]
    if unzipped > MOST_UNZIPPED or unzipped > max(packed * MOST_RATIO, MIB) or len(entries) > MOST_ENTRIES:
        raise _bomb()
    if any(entry.file_size > MOST_PIECE for entry in whole):
        raise _bomb()
    if "xl/workbook.xml" not in {entry.filename for entry in entries} or any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(_("This is no workbook. Please choose an .xlsx or .csv file."), "type")


def _bomb() -> Unreadable:
    return Unreadable(_("The file unpacks to far more than a sheet of this size holds, and was not opened. Please copy "
                        "the rows into a new workbook, or save them as .csv."), "bomb")


def _marker(name: str) -> tuple[bytes, ...]:
    return next((marks for folder, marks in _STREAMED.items() if name.startswith(folder)), ())


@contextmanager
def _workbook(file: IO[bytes]) -> Iterator[list[Sheet]]:
    try:
        with zipfile.ZipFile(file) as archive:
            ends = {name: _end(archive, name) for name in archive.namelist() if _marker(name) and name.endswith(".xml")}
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Unreadable:
        raise
    except Exception as broken:  # openpyxl raises many kinds on hostile files
        raise damaged() from broken
    try:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
        yield [Sheet(_cells(sheet), book.epoch, _merged(ends.get(sheet._worksheet_path.lstrip("/"), b"")))
               for sheet in shown]
    finally:
        book.close()


def _cells(sheet: Any) -> Any:
    sheet.reset_dimensions()  # what a file says of its own size is not believed
    return lambda: sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)


def _end(archive: zipfile.ZipFile, name: str) -> bytes:
    """What stands behind the last row or text; refused when one of them is far too large to be one."""
    rest = b""
    with archive.open(name) as part:
        while chunk := part.read(MIB):
            rest += chunk
            rest = rest[max(0, *(rest.rfind(mark) for mark in _marker(name))):]
            if len(rest) > MOST_PIECE:
                raise _bomb()
    return rest


def _merged(end: bytes) -> list[tuple[int, int, int, int]]:
    return [(int(top), column_index_from_string(left.decode()) - 1,
             int(bottom), column_index_from_string(right.decode()) - 1)
            for left, top, right, bottom in _MERGED.findall(end)]


# --- csv ----------------------------------------------------------------------------------------------------------


def _csv(file: IO[bytes]) -> Sheet:
    encoding = _encoding(file)
    file.seek(0)
    sample = list(islice(io.TextIOWrapper(_kept_open(file), encoding, newline=""), 40))
    delimiter = max(",\t;，", key=lambda mark: _regular(sample, mark))

    def rows() -> Iterator[list[str]]:
        file.seek(0)
        yield from csv.reader(io.TextIOWrapper(_kept_open(file), encoding, newline=""), delimiter=delimiter)

    return Sheet(rows)


def _kept_open(file: IO[bytes]) -> Any:
    """The text reader closes what it reads from when it goes; the file itself is read again."""
    class Open(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            chunk = file.read(len(buffer))
            buffer[:len(chunk)] = chunk
            return len(chunk)

    return io.BufferedReader(Open(), 1 << 16)


def _encoding(file: IO[bytes]) -> str:
    file.seek(0)
    head = file.read(8192)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head:
        raise Unreadable(_("This is no table. Please choose an .xlsx or .csv file."), "type")
    for name in ENCODINGS:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(name)()
        try:
            while chunk := file.read(MIB):
                decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return "utf-8-sig" if name == "utf-8" else name
    raise Unreadable(_("The characters of the file cannot be told. Please save it as .xlsx, or as .csv in UTF-8."),
                     "encoding")


def _regular(lines: Iterable[str], delimiter: str) -> int:
    """How much like a table the lines look when divided at ``delimiter``: the commonest width, times how common it is."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
    except csv.Error:
        return 0
    return max((width * times for width, times in widths.items()), default=0)


# --- given out ----------------------------------------------------------------------------------------------------


def safe(value: Any) -> Any:
    """The cell so that no spreadsheet computes it: what opens a formula is given an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def stream_xlsx(file: IO[bytes], title: str, rows: Iterable[Sequence[Any]]) -> None:
    """A workbook with one table, row by row: memory does not grow with it. The first row is the headings."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([safe(value) for value in row])
    book.save(file)


def stream_csv(file: IO[bytes], title: str, rows: Iterable[Sequence[Any]]) -> None:
    """The same as text: UTF-8 with the mark by which spreadsheets know it."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    csv.writer(text).writerows([safe(value) for value in row] for row in rows)
    text.detach()


def written(title: str, headings: Sequence[Any], rows: Iterable[Sequence[Any]], widths: Sequence[int] = ()) -> bytes:
    """A workbook with one table as bytes; ``widths`` of the columns in characters. Every cell is safe()."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]].width = width
    sheet.freeze_panes = "A2"
    for row in (headings, *rows):
        sheet.append([safe(value if isinstance(value, int | float | datetime) else str(value)) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
