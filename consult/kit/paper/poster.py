"""The poster of a renewal project: one page on a wall that says how to speak up about it, for whoever walks by.

The code takes what height the words leave; the words grow smaller before the code does. The look is in
templates/documents/poster.css.
"""

from collections.abc import Mapping
from typing import Any

from consult.kit.paper import typography
from consult.kit.paper.board import row_count

Words = Mapping[str, Any]

WIDE, HIGH = 182.0, 271.0  # mm inside the margins of poster.css, less the red rule and what stands around the code
MARK = "有话请说"
FREE = "不用注册，不用留姓名"
ANSWERED = "每条意见都有答复，凭回执号和查询码随时可查。"
TITLES = (80, 72, 64, 58, 52, 46, 42, 38, 34, 30, 26, 22)  # pt, of the project's name
TEXTS = (28, 26, 24, 22, 20, 18)  # pt, of the three ways
ADDRESSES = (26, 24, 22, 20, 18, 16, 14)
MARK_SIZE, FREE_SIZE, SMALL = 40, 34, 18  # pt
LEADING = 1.3
NAME_HIGH, LONGEST_NAME = 56.0, 90  # mm and characters of the name
QR_SMALLEST, QR_LARGEST = 72.0, 112.0  # mm
AROUND = 16.0  # mm between the parts


def arrange(words: Words) -> dict[str, Any]:
    """``{title_lines, title_size, ways, text_size, address_size, qr in mm, …}``; what is not known is left out."""
    ways = _ways(words)
    name = words["title"] if len(words["title"]) <= LONGEST_NAME else words["title"][:LONGEST_NAME - 2] + "……"
    title_size = next((size for size in TITLES if len(_title(name, size)) * _high(size) <= NAME_HIGH), TITLES[-1])
    address_size = next((size for size in ADDRESSES if _lines(words.get("address", ""), size) == 1), ADDRESSES[-1])
    fixed = _high(MARK_SIZE) + len(_title(name, title_size)) * _high(title_size) + _high(FREE_SIZE) + _said(ANSWERED, SMALL)
    fixed += _said(words.get("address", ""), address_size) + _said(words.get("organ", ""), SMALL) + AROUND
    left = {size: HIGH - fixed - sum(_said(f"{label}　{way}", size) for label, way in ways) for size in TEXTS}
    text_size = next((size for size in TEXTS if left[size] >= QR_SMALLEST), TEXTS[-1])
    return {
        "mark": MARK, "free": FREE, "answered": ANSWERED, "title_lines": _title(name, title_size), "title_size": title_size,
        "ways": ways, "text_size": text_size, "address_size": address_size,
        "qr": f"{min(left[text_size], QR_LARGEST):.1f}", "sizes": {"mark": MARK_SIZE, "free": FREE_SIZE, "small": SMALL}
    }


def _ways(words: Words) -> list[tuple[str, str]]:
    """How to say something: scan, call, come. Without a number nobody is told to call."""
    places = [f"{words['subdistrict']}办事处"] if words.get("subdistrict") else []
    places += [words["organ"]] if words.get("organ") else []
    return [
        ("扫一扫", "手机对准方块图，打开就能写。"),
        *([("打电话", f"{words['phone']}，有人替您记。")] if words.get("phone") else []),
        *([("当面说", f"到{'，或到'.join(places)}。")] if places else []),
    ]


def _title(name: str, size: int) -> list[str]:
    return typography.title_lines(name, int(WIDE / _em(size)))


def _em(size: int) -> float:
    return size / 72 * 25.4


def _high(size: int) -> float:
    return _em(size) * LEADING


def _lines(text: str, size: int) -> int:
    return row_count(text, WIDE / _em(size)) if text else 0


def _said(text: str, size: int) -> float:
    """The height of a paragraph in mm."""
    return _lines(text, size) * _high(size)
