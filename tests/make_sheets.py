"""Sheets of opinions as hotlines give them out, made in code: clean ones, messy ones, and one that explodes."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook

HEADINGS = ("工单编号", "诉求时间", "诉求人", "联系电话", "所属街道", "社区/村居", "诉求类别", "诉求内容", "来源")
SHEET_NAME, SHEET_PHONE = "𠮷田金丝雀", "13912340099"


def sheet_rows(count: int, **values: Any) -> list[list[Any]]:
    """Good rows in the order of HEADINGS; ``values`` by heading replace a cell of each."""
    made = []
    for n in range(1, count + 1):
        row = {"工单编号": f"LC{n:05d}", "诉求时间": f"2026-11-{n % 20 + 1:02d} 09:05", "诉求人": SHEET_NAME,
               "联系电话": SHEET_PHONE, "所属街道": "白石街道", "社区/村居": "石桥社区", "诉求类别": "过渡费",
               "诉求内容": f"第{n}件：过渡费没有到账。", "来源": "12345热线", **values}
        made.append([row[heading] for heading in HEADINGS])
    return made


def xlsx(rows: Sequence[Sequence[Any]], merged: Sequence[str] = (), epoch: datetime | None = None) -> io.BytesIO:
    """A workbook of these rows from the first line on."""
    book = Workbook()
    if epoch:
        book.epoch = epoch
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out


def sheet(count: int = 3, **values: Any) -> io.BytesIO:
    return xlsx([HEADINGS, *sheet_rows(count, **values)])


def messy() -> io.BytesIO:
    """Titles, headings in two rows and another order, merged cells, blank rows, dates of all kinds, and eight faults."""
    rows: list[list[Any]] = [
        ["2026年11月热线工单汇总表"], [],
        ["序号", "诉求内容 *", "诉求人信息", None, "工单 编号", "受理时间", "街道（镇）", "来源渠道", "类型"],
        [None, None, "姓名", "手机"],
        [1, "安置房漏水。", SHEET_NAME, 13912340099, "A1", "2026/11/3 9:05", "白石街道", "电话", "安置房"],
        [2, "孩子上学太远。", "不详", "/", "A2", datetime(2026, 11, 4, 8), None, "微信", "教育"],  # street: merged
        [],
        [3, "夜里施工。", SHEET_NAME, "0531-8888 0001", "A3", "2026年11月5日 下午3时05分", "湖山区白石", None, None],
        [4, "停水三天。", None, None, "A4", 46331, "白石", "来信", "其他"],
        [5, "路灯不亮。", None, None, "A5", "20261107", None, "现场", None],
        [6, "电话错了。", SHEET_NAME, "1391234", "A6", "2026.11.07", None, None, None],
        [7, None, SHEET_NAME, None, "A7", "2026-11-07", None, None, None],
        [8, "街道错了。", None, None, "A8", "2026-11-07", "蓝石街道", None, None],
        [9, "日期错了。", None, None, "A9", "11月7日", None, None, None],
        [10, "还没有到。", None, None, "A10", "2027-01-01", None, None, None],
        [11, "安置房漏水。", None, None, "A1", "2026/11/3", None, None, None],
        [12, "另一件事。", None, None, "A2", None, None, None, None],
        [13, "太" * 1501, None, None, "A13", None, None, None, None],
        [14, "编号没了。", None, None, 2026110700012345678, None, None, None, None],
        [15, "【机密】某件", None, None, "A15", None, None, None, None],
        ["合计：15 件"], ["制表人：张三"],
    ]
    return xlsx(rows, ["A1:I1", "C3:D3", "G5:G6", "B3:B4", "E3:E4"])


#: (row, heading, code) of the faults of messy().
FAULTS = [(11, "手机", "wrong_phone"), (12, "诉求内容 *", "missing_text"), (13, "街道（镇）", "unknown_subdistrict"),
          (14, "受理时间", "wrong_date"), (15, "受理时间", "future_date"), (18, "诉求内容 *", "text_too_long"),
          (19, "工单 编号", "rounded_number"), (20, "诉求内容 *", "secrecy_mark")]


def as_csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> io.BytesIO:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return io.BytesIO(out.getvalue().encode(encoding))


def bomb(part: str = "xl/worksheets/sheet1.xml", size: int = 400 * 1024 * 1024) -> io.BytesIO:
    """A workbook of a few hundred kilobytes with one part of ``size`` bytes."""
    good, out = zipfile.ZipFile(sheet()), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in good.namelist():
            if name != part:
                archive.writestr(name, good.read(name))
        with archive.open(part, "w", force_zip64=True) as file:
            for _n in range(size >> 20):
                file.write(b" " * (1 << 20))
    return out
