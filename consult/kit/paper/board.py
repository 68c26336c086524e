"""The notice-board sheet: how large its text may be so that it fills one page and never two.

Elderly readers stand 1.5 m away: the text is 40 pt and is set smaller in steps down to 22 pt; what is still too much is
shortened, with a line that says where the whole is. Sizes are in em of the text; the look is in templates/documents/board.css.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from consult.kit.paper import fonts, typography
from consult.kit.paper.blocks import lines

Words = Mapping[str, Any]
Sections = list[tuple[str, list[str]]]

SIZES = (40, 38, 36, 34, 32, 30, 28, 26, 24, 22)  # pt
WIDE, HIGH = 182.0, 273.0  # mm inside the margins of board.css
LEADING, MARK_SIZE, TITLE, FOOT = 1.25, .8, 1.15, .55  # line height; sizes of mark, title and foot against the text
GAP, WIDEST_GAP = .35, 1.2  # em between sections
SLACK = .3  # em of a line left unused in the reckoning
QR, BESIDE = 32.0, 36.0  # mm: its height, and the width it takes from the last section
RULE = 5.0  # mm: the red rule with its margin
LABELS = {"asked": "问了什么", "together": "谁来商量", "outcome": "商量结果", "next": "下一步", "more": "还想说"}
MARK = "协商结果公告"
POINTER = "以上为摘要，全文请到上述地点查看。"
POINTER_QR = "以上为摘要，全文请扫码查看。"
LONGEST_TITLE, LONGEST, MOST, SHORTEST = 36, 120, 6, 24  # characters of the title and of a paragraph, items of a section
#: What is not divided between two lines; quotation marks hold on to both sides (Unicode line breaking, rule 19).
ATOM = "[（《「]*(?:[!-~]+|[^“”‘’])[，。、；：？！）》」…]*"
UNIT = re.compile(f"[“”‘’]*{ATOM}(?:[“”‘’]+(?:{ATOM})?)*|[“”‘’]+")


def arrange(words: Words) -> dict[str, Any]:
    """``{mark, title_lines, sections [(label, lines)], last (label, lines) or None, size in pt, gap in em, shortened}``."""
    said = [(label, _items(lines(words.get(key)))) for key, label in LABELS.items() if lines(words.get(key))]
    for size in SIZES:
        if (left := _left(words, words["title"], said, size)) >= 0:
            return _sheet(words, words["title"], said, size, left)
    title, pointer = _cut(words["title"], LONGEST_TITLE), POINTER_QR if words.get("verify_url") else POINTER
    said = [(label, [_cut(text, LONGEST) for text in texts[:MOST]]) for label, texts in said]
    while (left := _left(words, title, _pointed(said, pointer), SIZES[-1])) < 0 and (shorter := _shorter(said)) != said:
        said = shorter
    return _sheet(words, title, _pointed(said, pointer), SIZES[-1], max(left, 0)) | {"shortened": True}


def _shorter(said: Sections) -> Sections:
    """The same with the longest paragraph cut by some characters, or, when all are short, the longest list by one."""
    longest = max((text for _label, texts in said for text in texts), key=len, default="")
    if len(longest) > SHORTEST:
        to = max(len(longest) - 6, SHORTEST)
        return [(label, [_cut(text, to) if text == longest else text for text in texts]) for label, texts in said]
    most = max(range(len(said)), key=lambda place: len(said[place][1]), default=-1)
    return [(label, texts[:-1] if place == most and len(texts) > 1 else texts) for place, (label, texts) in enumerate(said)]


def _sheet(words: Words, title: str, said: Sections, size: int, left: float) -> dict[str, Any]:
    sections = [one for one in said if one[0] != LABELS["more"]]
    last = next((one for one in said if one not in sections), ("", []))
    gap = GAP + min(left / (len(said) + 2), WIDEST_GAP)
    return {
        "mark": words.get("mark") or MARK, "title": title, "title_lines": _title(title, size), "sections": sections,
        "last": last if last[1] or words.get("verify_url") else None, "size": size, "gap": f"{gap:.3f}",
        "gap_by": f"{gap / FOOT:.3f}", "shortened": False
    }


def _items(texts: list[str]) -> list[str]:
    return texts if len(texts) == 1 else [f"{n}.{text}" for n, text in enumerate(texts, 1)]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length - 2].rstrip("，。、；：") + "……"


def _pointed(said: Sections, pointer: str) -> Sections:
    """The same with the pointer as the last line of the last section."""
    more = LABELS["more"]
    return [*(one for one in said if one[0] != more), (more, [*dict(said).get(more, []), pointer])]


def _left(words: Words, title: str, said: Sections, size: int) -> float:
    """The height that is left over, in em; negative when the page is too small."""
    em = size / 72 * 25.4
    wide = WIDE / em
    used = row_count(words.get("mark") or MARK, wide / MARK_SIZE) * MARK_SIZE * LEADING + RULE / em
    used += len(_title(title, size)) * TITLE * LEADING
    for label, texts in said:
        beside = words.get("verify_url") and label == LABELS["more"]
        rows = sum(row_count(text, wide - (BESIDE / em if beside else 0)) for text in _labelled(label, texts))
        used += GAP + max(rows * LEADING, QR / em if beside else 0)
    if words.get("verify_url") and LABELS["more"] not in dict(said):
        used += GAP + QR / em
    foot = f"{words.get('organ', '')}　{words.get('date_words', '')}"
    used += 2 * GAP + row_count(foot, wide / FOOT) * FOOT * LEADING
    return HIGH / em - used


def _labelled(label: str, texts: list[str]) -> Iterator[str]:
    for n, text in enumerate(texts):
        yield f"{label}　{text}" if n == 0 else text


def _title(title: str, size: int) -> list[str]:
    return typography.title_lines(title, int(WIDE / (size * TITLE / 72 * 25.4)))


@lru_cache(maxsize=2_000)
def row_count(text: str, wide: float) -> int:
    """How many lines the text takes in a width in em, filled unit by unit as the setter does."""
    rows, at = 1, 0.0
    for unit in UNIT.findall(text):
        latin = "".join(filter(str.isascii, unit))
        size = len(unit) - len(latin) + fonts.advance(fonts.folder(), "hei", latin)  # Chinese quotes are set an em wide
        if at + size > wide - SLACK and at:
            rows, at = rows + 1, 0.0
        at += size
        rows, at = rows + int(at // wide), at % wide  # a word longer than the line goes on
    return rows
