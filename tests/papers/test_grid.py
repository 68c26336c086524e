"""The grid, measured from the PDF with pdfplumber: 22 lines of 28 characters, flush, on their places, whatever stands in them."""

import io
import re
from functools import cache
from itertools import pairwise

import pdfplumber
import pytest

from tests.papers import pages
from tests.papers.pages import MM

LINE = 225 / 22
OPENING, CLOSING = set("（《〈「『【〔“‘"), set("，。、；：？！）》〉」』】〕”’·%％—…")
LONG = pages.text(20, 66)


@cache
def long_paper():
    return pages.make("".join(f"<p>{one}</p>" for one in LONG))


def full_lines():
    """The lines that their paragraph goes on from."""
    rest, paragraphs = "", iter(LONG)
    for line in pages.lines(long_paper().content):
        rest = (rest or re.sub(r"\s", "", next(paragraphs))).removeprefix(line.text)
        if rest:
            yield line


def off_grid(line):
    """How far the baseline is from its place, in mm: 0.88 of the size below the top of the em box, which stands amid its line."""
    place = (line.y - 37 - (LINE - 156 / 28) / 2 - 0.88 * 156 / 28) % LINE
    return min(place, LINE - place)


def test_a_page_of_28_by_22_characters_is_exactly_full():
    def full(count):
        return pages.make(f'<p style="text-indent:0">{"永" * count}</p>')

    assert full(28 * 22).pages == 1 and full(28 * 22 + 1).pages == 2
    lines = list(pages.lines(full(28 * 22).content))
    assert [len(line.chars) for line in lines] == [28] * 22
    for line in lines:
        steps = [after["x0"] - before["x0"] for before, after in pairwise(line.chars)]
        assert sum(steps) / len(steps) == pytest.approx(15.79, abs=0.05)
        assert line.left == pytest.approx(28, abs=0.3) and line.right == pytest.approx(184, abs=0.3)
    for before, after in pairwise(lines):
        assert (after.y - before.y) * MM == pytest.approx(28.99, abs=0.05)
    assert lines[0].chars[0]["top"] / MM > 37 - 0.5 and lines[-1].chars[0]["bottom"] / MM < 262 + 0.5


def test_a_long_text_is_flush_and_on_the_grid():
    lines = list(full_lines())
    assert long_paper().pages >= 20 and len(lines) > 300
    flush = sum(abs(line.right - 184) <= 0.3 for line in lines)
    assert flush / len(lines) >= 0.98
    assert max(map(off_grid, pages.lines(long_paper().content))) <= 0.1
    assert max(line.right for line in pages.lines(long_paper().content)) < 185


def test_spaces_between_chinese_words_keep_the_edge():
    paper = pages.make("<p>" + "居民 代表 说 停车 难，请 有关 部门 研究 解决。" * 12 + "</p>")
    lines = list(pages.lines(paper.content))[:-1]
    assert len(lines) > 5 and all(abs(line.right - 184) <= 0.5 for line in lines)


def test_no_line_begins_or_ends_with_a_mark_that_may_not():
    for line in pages.lines(long_paper().content):
        assert line.text[0] not in CLOSING and line.text[-1] not in OPENING


def test_every_page_of_text_has_22_lines():
    counts = [0] * long_paper().pages
    for line in pages.lines(long_paper().content):
        counts[line.page - 1] += 1
    assert set(counts[:-1]) == {22}


def test_a_long_text_is_read_back_as_it_was_written():
    read = ""
    with pdfplumber.open(io.BytesIO(long_paper().content)) as paper:
        for page in paper.pages:
            text = page.crop((0, 37 * MM, page.width, 263 * MM)).extract_text() or ""
            read += re.sub(r"\s", "", text)
    assert read == re.sub(r"\s", "", "".join(LONG))
    assert all(char in read for char in pages.RARE)


def test_rare_names_and_digits_do_not_move_their_line():
    content = pages.make("".join(f"<p>居民代表{char}2026年Wi-Fi（{char}）</p>" for char in pages.RARE)).content
    assert max(map(off_grid, pages.lines(content))) <= 0.1


def test_dashes_and_dots_stay_whole_and_keep_to_the_text_before_them():
    for size in range(20, 32):
        content = pages.make(f"<p>{'永' * size}——永{'永' * 40}……永永</p>").content
        for line in pages.lines(content):
            assert line.text.count("—") in (0, 2) and line.text.count("…") in (0, 2)
            assert line.text[0] not in "—…"


@pytest.mark.parametrize("mark", "·～")
def test_no_line_begins_with_the_dot_of_a_name_or_a_tilde(mark):
    content = pages.make("".join(f"<p>{'永' * size}甲{mark}乙{'永' * 30}</p>" for size in range(20, 32))).content
    lines = list(pages.lines(content))
    assert sum(line.text.count(mark) for line in lines) == 12
    assert not [line.text for line in lines if line.text[0] == mark]
    assert max(map(off_grid, lines)) <= 0.1


def test_page_numbers_stand_seven_millimetres_below_the_type_area_on_the_outer_side():
    with pdfplumber.open(io.BytesIO(long_paper().content)) as paper:
        for page in paper.pages:
            number = [char for char in page.chars if char["bottom"] > 265 * MM]
            assert "".join(char["text"] for char in number) == f"— {page.page_number} —"
            assert {round(char["size"], 1) for char in number} == {14.0}
            dash = float(page.height - number[0]["matrix"][5]) / MM - 0.38 * 14 / MM  # a dash lies 0.38 em above the baseline
            assert dash == pytest.approx(262 + 7, abs=0.5)
            side = 184 - number[-1]["x1"] / MM if page.page_number % 2 else number[0]["x0"] / MM - 28
            assert side == pytest.approx(14 / MM, abs=0.5)


def table(rows):
    body = "".join(f"<tr><td>{number}号楼</td><td>已办结</td></tr>" for number in range(rows))
    return (f'<div class="step"><table><thead><tr><th scope="col">楼号</th><th scope="col">状态</th></tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


@pytest.mark.parametrize("rows", [1, 2, 3, 50])
def test_text_after_a_table_returns_to_the_grid_and_the_head_is_repeated(rows):
    paper = pages.make(f"<p>表前</p>{table(rows)}<p>表后文字</p>")
    last = next(line for line in pages.lines(paper.content) if line.text == "表后文字")
    assert off_grid(last) <= 0.1
    with pdfplumber.open(io.BytesIO(paper.content)) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
    assert all("楼号" in text for text in texts) and sum(text.count("号楼") for text in texts) == rows


def test_three_rows_of_a_table_take_two_lines():
    small = [line.y for line in pages.lines(pages.make(table(30)).content, size=12)]
    rows = sorted(set(small))[:30]
    assert (rows[3] - rows[0]) == pytest.approx(2 * LINE, abs=0.1)


@pytest.mark.parametrize("before", [0, 1])
def test_the_number_of_a_sheet_laid_across_keeps_its_place(before):
    first = "".join(f'<p style="break-after:page">第{n}页</p>' for n in range(before))
    content = pages.make(f'{first}<section class="wide"><p>附表</p>{table(3)}</section>').content
    with pdfplumber.open(io.BytesIO(content)) as paper:
        page = paper.pages[before]
        assert (round(page.width / MM), round(page.height / MM)) == (297, 210)
        number = [char for char in page.chars if char["x1"] < 34 * MM]
        # Turned a quarter to the left the sheet stands upright: its foot is our left side, its left is our top.
        baseline, start, end = number[0]["matrix"][4] / MM, number[0]["top"] / MM, number[-1]["bottom"] / MM
        assert page.page_number == before + 1 and "".join(char["text"] for char in number) == f"— {before + 1} —"
        assert 35 - (baseline + 0.38 * 14 / MM) == pytest.approx(7, abs=0.5)
        if page.page_number % 2:
            assert 28 + 156 - end == pytest.approx(14 / MM, abs=0.5)
        else:
            assert start - 28 == pytest.approx(14 / MM, abs=0.5)


END = '<div class="end space" data-unread>{rows}</div><footer class="end">{rows}</footer>'


@pytest.mark.parametrize(("lines", "wanted", "numbers"), [
    (10, 2, [1, 2]),  # one page of text: the end matter turns to page 2
    (22, 2, [1, 2]),  # a full page: the same
    (30, 2, [1, 2]),  # it stands on page 2 anyway
    (44, 4, [1, 2]),  # two full pages: page 3 is blank, and neither it nor page 4 bears a number
    (50, 4, [1, 2, 3, 4]),
])
def test_the_end_matter_stands_on_an_even_page(lines, wanted, numbers):
    end = END.format(rows="".join('<div class="row"><span>办公室</span><span>印发</span></div>' for _row in range(2)))
    paper = pages.make("".join(f"<p>第{n}行</p>" for n in range(lines)) + end, attributes='data-parity="even"')
    assert paper.pages == wanted
    with pdfplumber.open(io.BytesIO(paper.content)) as pdf:
        texts = [re.sub(r"\s", "", page.extract_text() or "") for page in pdf.pages]
    assert "办公室" in texts[-1] and "办公室" not in "".join(texts[:-1])
    assert [number for number, text in enumerate(texts, 1) if f"—{number}—" in text] == numbers
