"""Tables from outside: encodings, delimiters, dates, and files that are refused before they are opened."""

import io
import tracemalloc
import zipfile
from datetime import datetime
from unittest import mock

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from consult.kit import cells, sheets
from tests import make, make_sheets

MOMENTS = [
    ("2026-11-24", "2026-11-24 00:00"), ("2026/11/24 9:05", "2026-11-24 09:05"), ("2026.11.24", "2026-11-24 00:00"),
    ("2026年11月24日", "2026-11-24 00:00"), ("2026年11月24日 9时5分", "2026-11-24 09:05"),
    ("2026年11月24日下午3:20", "2026-11-24 15:20"), ("2026-11-24 星期二 09:05:30", "2026-11-24 09:05"),
    ("20261124", "2026-11-24 00:00"), (20261124, "2026-11-24 00:00"), (20261124.0, "2026-11-24 00:00"),
    ("202611240905", "2026-11-24 09:05"), (46350, "2026-11-24 00:00"), (46350.37847222, "2026-11-24 09:05"),
    ("46350.5", "2026-11-24 12:00"),
    ("２０２６－１１－２４", "2026-11-24 00:00"), ("2026-11-24T09:05:00+08:00", "2026-11-24 09:05"),
    (datetime(2026, 11, 24, 9, 5), "2026-11-24 09:05"), ("2026-11-24 12:30 AM", "2026-11-24 00:30"),
]


@pytest.mark.parametrize(("written", "meant"), MOMENTS)
def test_dates_in_any_usual_form(written: object, meant: str) -> None:
    moment = cells.moment(written)
    assert moment is not None
    assert moment.strftime("%Y-%m-%d %H:%M") == meant
    assert moment.utcoffset() is not None


@pytest.mark.parametrize("written", ["11月24日", "昨天", "2026-13-01", "3/4/2026", "20261399", "#VALUE!", 12, "2026-11-24 25:0"])
def test_what_is_no_date_is_not_guessed(written: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        cells.moment(written)


def test_days_counted_from_1904() -> None:
    rows = make_sheets.xlsx([["诉求内容"], [datetime(2026, 11, 24, 9, 5)], [44888]], epoch=CALENDAR_MAC_1904)
    with sheets.opened(rows) as (one,):
        found = [cells.moment(values[0], one.epoch) for row, values in one.rows() if row > 1]
    assert [moment.strftime("%F %H:%M") for moment in found if moment] == ["2026-11-24 09:05", "2026-11-24 00:00"]


def test_cells_as_text() -> None:
    assert [cells.text(value) for value in (None, 3.0, " 㐀𠮷\u3000", "a_x000D_\nb", "#N/A", "x\x00\x0by")] == [
        "", "3", "㐀𠮷", "a\nb", "", "xy"]
    assert cells.code('="0531"') == "0531"
    assert cells.code("１３８\n０") == "138 0"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_each_encoding_and_with_each_mark(encoding: str, delimiter: str) -> None:
    rows = [make_sheets.HEADINGS, *make_sheets.sheet_rows(3, 诉求内容="一，二\n三,四;五")]
    with sheets.opened(make_sheets.as_csv(rows, encoding, delimiter)) as (one,):
        assert [[*values] for _row, values in one.rows()] == [[*row] for row in rows]
        assert len(list(one.rows())) == 4, "a table can be read twice"


def many_parts() -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(sheets.MOST_ENTRIES + 1):
            archive.writestr(str(number), b"")
    return out


REFUSED = [
    (make_sheets.bomb, "bomb"), (lambda: make_sheets.bomb("xl/styles.xml", 8 << 20), "bomb"), (many_parts, "bomb"),
    (io.BytesIO, "empty"), (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0" + b"\0" * 600), "old"),
    (lambda: io.BytesIO(b"PK\x03\x04" + b"\0" * 600), "damaged"), (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0"), "type"),
    (lambda: io.BytesIO(b"\xff\xff" * 9), "encoding"),
]


@pytest.mark.parametrize(("made", "code"), REFUSED)
def test_refused_before_anything_is_unpacked(made: object, code: str) -> None:
    file = made()  # type: ignore[operator]
    tracemalloc.start()
    with mock.patch.object(sheets, "load_workbook", side_effect=AssertionError("opened")), \
            pytest.raises(sheets.Unreadable) as refused, sheets.opened(file):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.code == code
    assert peak < 10 << 20
    assert len(refused.value.messages[0]) > 10


def test_a_row_as_large_as_a_book_is_refused() -> None:
    """Within all bounds of the directory, and yet it would cost hundreds of megabytes to read."""
    good, out = zipfile.ZipFile(make_sheets.sheet()), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name).replace(b"</row>", b"<c/>" * (2 << 20) + b"</row>", 1)
                             if "sheet1" in name else good.read(name))
        archive.writestr("noise", make_noise(200_000), zipfile.ZIP_STORED)
    with pytest.raises(sheets.Unreadable) as refused, sheets.opened(out):
        pass
    assert refused.value.code == "bomb"


def make_noise(size: int) -> bytes:
    return bytes(range(256)) * (size // 256)


def test_what_is_given_out_holds_no_formula() -> None:
    book = sheets.written("行", ["a", "b"], [["=1+1", "@x"], [3, "-2"]])
    cells_of = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(book)).active.iter_rows()]
    assert cells_of == [["a", "b"], ["'=1+1", "'@x"], [3, "'-2"]]
    assert make.PHONE not in str(cells_of)
