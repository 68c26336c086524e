"""Papers of plain markup, as if a template had let it through, and their letters as pdfplumber finds them."""

import io
import random
from collections.abc import Iterator
from typing import NamedTuple
from unittest import mock

import pdfplumber

from consult.kit import pdf

MM = 72 / 25.4
RARE = "喆堃赟瑢昇淏玥曌镕㛃䶮𬭚"
HANZI = ("会议围绕停车难开展协商居民代表提出改造老旧小区加装电梯充电设施消防通道物业管理公共服务养老托育环境绿化道路交通"
         "安全教育医疗文化体育建设发展实施政协区委府员部门单位城市更新住宅" + RARE)


def make(body: str, *, head: str = "", attributes: str = "", **more) -> pdf.Paper:
    """The paper of a body on the grid; ``more`` is for pdf.make."""
    html = ('<!doctype html><html lang="zh-Hans" data-kind="text"><head><meta charset="utf-8"><title>题目</title>'
            '<link rel="stylesheet" href="paper:documents/paper.css"><link rel="stylesheet" href="paper:documents/heads.css">'
            f"{head}</head><body {attributes}>{body}</body></html>")
    with mock.patch.object(pdf, "render_to_string", return_value=html):
        return pdf.make("documents/test.html", {}, **more)


def paragraph(chance: random.Random, size: int) -> str:
    """Seeded text with everything that makes a line hard to fill: digits, quotes, brackets, dashes, Latin words, rare names."""
    text = ""
    while len(text) < size:
        text += "".join(chance.choices(HANZI, k=chance.randint(4, 16)))
        text += chance.choice(["，", "，", "、", "；", "。", "：", "——", "……", "！", "？"])
        if chance.random() < 0.3:
            text += chance.choice([f"{chance.randint(1, 2026)}年", "“一事一议”", "《消防法》", "（试行）", "91.7%", "Wi-Fi",
                                   "〔2026〕3号"])
    return text.rstrip("，、；：—…") + "。"


def text(seed: int, paragraphs: int) -> list[str]:
    chance = random.Random(seed)
    return [paragraph(chance, chance.randint(60, 260)) for _number in range(paragraphs)]


class Line(NamedTuple):
    """The letters of one baseline from left to right; ``y`` is the baseline in mm from the top of the page."""

    page: int
    y: float
    chars: list[dict]

    @property
    def text(self) -> str:
        return "".join(char["text"] for char in self.chars)

    @property
    def right(self) -> float:
        return self.chars[-1]["x1"] / MM

    @property
    def left(self) -> float:
        return self.chars[0]["x0"] / MM


def lines(content: bytes, *, size: float = 15.79) -> Iterator[Line]:
    """The lines in the size of the text, page by page."""
    with pdfplumber.open(io.BytesIO(content)) as paper:
        for page in paper.pages:
            found: dict[float, list[dict]] = {}
            for char in page.chars:
                if abs(char["size"] - size) < 0.06 and char["text"].strip():
                    found.setdefault(round(float(page.height - char["matrix"][5]) / MM, 1), []).append(char)
            for chars in found.values():
                chars.sort(key=lambda char: char["x0"])
            for _place, chars in sorted(found.items()):
                yield Line(page.page_number, float(page.height - chars[0]["matrix"][5]) / MM, chars)
