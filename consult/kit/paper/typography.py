"""Typography that the engine doesn't know: Chinese lines flush on both sides, steps back to the grid, dashes that hold on.

``patch()`` changes WeasyPrint 70 at four places; what they do is measured by tests, and the version is pinned.
"""

import math
import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any

LINE = 225 / 22 * 96 / 25.4  # one line of the grid, in CSS pixels

#: Where a line may grow between two characters: hanzi, kana, full-width signs and Chinese punctuation.
WIDE_RUN = re.compile(
    "[\u2e80-\u303f\u3041-\u33ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6‘’“”…\U00020000-\U0003ffff]+")
GLUE = "\u2060"
#: A dash keeps to what stands before it, a double dash also together; so do 间隔号 and 浪纹线 (GB/T 15834).
DASH = re.compile("(?<!\u2060)[—·～]")


def glue(text: str) -> str:
    """The text with a word joiner before every dash and dot."""
    return DASH.sub(rf"{GLUE}\g<0>", text)


def glue_tree(root: Any) -> None:
    """The same in every text of an element tree."""
    for element in root.iter():
        if element.tag in ("style", "script", "title"):
            continue
        element.text = element.text and glue(element.text)
        element.tail = element.tail and glue(element.tail)


def source(body: Any, drawings: dict[str, str] | None = None) -> str:
    """The text that the paper must show, in document order, without spaces and without elements marked ``data-unread``.

    ``drawings`` gives the text of SVG pictures by address.
    """
    return "".join("".join(_texts(body, drawings or {})).split())


def _texts(element: Any, drawings: dict[str, str]) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("style", "script") or element.get("data-unread") is not None:
        return
    if element.tag == "img":
        yield drawings.get(element.get("src", ""), "")
    yield element.text or ""
    for child in element:
        yield from _texts(child, drawings)
        yield child.tail or ""


def patch() -> None:
    """Teach WeasyPrint; once a process."""
    from weasyprint.layout import block, inline
    from weasyprint.text import line_break

    inline.justify_line = _justify_line
    line_break.Layout.reactivate = _reactivate
    plain = block.block_box_layout

    def stepped(context: Any, box: Any, *args: Any) -> Any:
        result = plain(context, box, *args)
        laid, resume_at = result[:2]
        if laid is not None and resume_at is None and _is_step(box):
            edges = laid.border_height() - laid.height
            laid.height = math.ceil((laid.height + edges) / LINE - 0.01) * LINE - edges
        return result

    block.block_box_layout = stepped
    _carry_spacing()
    _lend_fonts()


def _carry_spacing() -> None:
    """A space at the end of one string is put before the next: PDFium (Chrome) forgets it where the font changes."""
    from weasyprint.pdf.stream import Stream

    begin, show = Stream.begin_text, Stream.show_text

    def begin_text(self: Any) -> None:
        self.carried = ""
        begin(self)

    def show_text(self: Any, text: str) -> None:
        shown, end, self.carried = f"{self.carried}{text}".rpartition(">")
        if shown or end:
            show(self, shown + end)

    Stream.begin_text, Stream.show_text = begin_text, show_text


def _lend_fonts() -> None:
    """The writer copies each font it meets, megabytes a time, only to cut a subset; here it looks at the mapped file."""
    from weasyprint.pdf import fonts
    from weasyprint.text.ffi import ffi, harfbuzz

    copy, plain = fonts.get_hb_object_data, fonts.Font.__init__

    def view(face: Any) -> Any:
        blob = harfbuzz.hb_face_reference_blob(face)
        with ffi.new("unsigned int *") as length:
            content = ffi.buffer(harfbuzz.hb_blob_get_data(blob, length), int(length[0]))
        harfbuzz.hb_blob_destroy(blob)  # the face, which the font keeps, holds it too
        return content

    def lean(self: Any, *args: Any) -> None:
        fonts.get_hb_object_data = view
        try:
            plain(self, *args)
        finally:
            fonts.get_hb_object_data = copy

    fonts.Font.__init__ = lean


def _is_step(box: Any) -> bool:
    """A block of class ``step`` ends on a line of the grid, so that the text after it returns to the grid."""
    return box.element is not None and "step" in box.element.get("class", "").split()


# --- justification --------------------------------------------------------------------------------------------------


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Share the missing width among the gaps between Chinese characters, or else among the spaces."""
    from weasyprint.layout.inline import add_word_spacing, count_expandable_spaces

    gaps = sum(_gaps(box.text) for box in _text_boxes(line))
    if gaps:
        size = line.style["font_size"]
        # The writer cuts to thousandths of an em: a whole number of them, and a little more, survives that.
        thousandths = round(extra_width / gaps / size * 1000)
        _widen(line, (thousandths + 0.1) * size / 1000, 0.0)
    elif spaces := count_expandable_spaces(line):
        add_word_spacing(context, line, extra_width / spaces, 0)


def _text_boxes(box: Any) -> Iterator[Any]:
    """The texts of a line, without those of boxes that stand in it as a whole and have lines of their own."""
    from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox

    if isinstance(box, TextBox):
        yield box
    elif isinstance(box, LineBox | InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _text_boxes(child)


def _gaps(text: str) -> float:
    """How many gaps a text can widen: Pango gives half of one at each end of a run that has a neighbour."""
    runs = [match.span() for match in WIDE_RUN.finditer(text)]
    return sum(end - start - 1 + ((start > 0) + (end < len(text))) / 2 for start, end in runs)


def _widen(box: Any, gap: float, shift: float) -> float:
    """Move the boxes of a line apart; gives how far what follows has moved."""
    from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox

    before = shift
    if isinstance(box, TextBox):
        box.position_x += shift
        box.pango_layout.gap = gap
        shift += gap * _gaps(box.text)
        box.width += shift - before
    elif isinstance(box, LineBox | InlineBox):
        box.position_x += shift
        for child in box.children:
            if child.is_in_normal_flow():
                shift = _widen(child, gap, shift)
        box.width += shift - before
    else:
        box.translate(shift, 0)
    return shift


def _reactivate(layout: Any, style: Any) -> None:
    """At drawing time the letters get the spacing that their line was given."""
    layout.setup(style)
    layout.set_text(layout.text, justify=True)
    if gap := getattr(layout, "gap", 0):
        _space(layout, gap)


def _space(layout: Any, gap: float) -> None:
    from weasyprint.text.ffi import TO_UNITS, ffi, pango

    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    own = layout.style["letter_spacing"]
    units = int((gap + (0 if own == "normal" else own)) * TO_UNITS)
    done = place = 0
    for match in WIDE_RUN.finditer(layout.text):
        place += len(layout.text[done:match.start()].encode())
        end = place + len(match[0].encode())
        attribute = pango.pango_attr_letter_spacing_new(units)
        attribute.start_index, attribute.end_index = place, end
        pango.pango_attr_list_change(attributes, attribute)
        done, place = match.end(), end
    pango.pango_layout_set_attributes(layout.layout, attributes)


# --- titles and mastheads -------------------------------------------------------------------------------------------

#: No line of a title begins with these, and none ends with those.
NO_START = frozenset("，。、；：？！）》」』〉】〕”’…—的地得等之了")
NO_END = frozenset("（《「『〈【〔“‘和与及或并对将把被在从向关为以各老")
#: Words that a title doesn't break; the longer ones first.
WORDS = re.compile("[A-Za-z0-9.%〔〕—-]+|" + """
中国人民政治协商会议 人民政府 委员会 办公室 专委会 住宅小区 老旧小区 既有住宅 城市更新 基础设施 电动自行车
充电设施 加装电梯 供热管网 城中村改造 过渡费发放 过渡费 城中村 区政协 市政协 安置 补助 抢修
公共服务 物业管理 社情民意 协商建议 意见建议 工作情况 进展情况 关于 进一步 推进 加快 加强 完善 改善 提升
规范 优化 建立 健全 解决 落实 推动 促进 做好 开展 专题 协商 建议 意见 报告 通报 通知 纪要 专报 信息 答复 情况 问题
工作 机制 措施 方案 办法 社区 小区 街道 居民 群众 改造 加装 电梯 停车 秩序 管理 治理 服务 设施 物业 消防 通道 养老
托育 环境 绿化 道路 交通 安全 教育 医疗 文化 体育 公共 基础 建设 发展 实施 政协 区委 政府 委员 部门 单位 城市 更新
住宅 住房 楼道 管网 排水 供热 垃圾 分类 充电 以及 下一步
""".strip().replace("\n", "|").replace(" ", "|"))

MOST_WAYS = 20_000


def title_lines(title: str, per_line: int) -> list[str]:
    """A title in as few lines as fit, broken between words, as a trapezium or a rhombus (GB/T 9704-2012, 7.3.1).

    ``per_line`` is how many full-width characters a line holds. A title that can't be broken well is broken anywhere.
    """
    title = title.strip()
    count = math.ceil(len(title) / per_line)
    if count < 2:
        return [title] if title else []
    for breaks in (_good_breaks(title), list(range(1, len(title)))):  # rather a line more than a broken word
        for lines in (count, count + 1):
            if ways := list(islice(_ways(breaks, 0, len(title), lines, per_line), MOST_WAYS)):
                best = min(ways, key=lambda way: _ugliness(title, way))
                return [title[start:end] for start, end in pairwise((0, *best, len(title)))]
    return [title[start:start + per_line] for start in range(0, len(title), per_line)]


def _good_breaks(title: str) -> list[int]:
    inside = {place for word in WORDS.finditer(title) for place in range(word.start() + 1, word.end())}
    return [place for place in range(1, len(title))
            if place not in inside and title[place] not in NO_START and title[place - 1] not in NO_END]


def _ways(breaks: list[int], start: int, size: int, lines: int, per_line: int) -> Iterator[tuple[int, ...]]:
    """Each choice of breaks that leaves no line too long."""
    if lines == 1:
        yield ()
        return
    least = per_line // 2 if lines > 3 else 1  # of many lines none is short
    for place in breaks:
        if start + least <= place <= start + per_line and size - place <= (lines - 1) * per_line:
            yield from ((place, *rest) for rest in _ways(breaks, place, size, lines - 1, per_line))


def _ugliness(title: str, way: tuple[int, ...]) -> float:
    """Small for lines of a good shape that end where the meaning pauses."""
    sizes = [end - start for start, end in pairwise((0, *way, len(title)))]
    steps = [after - before for before, after in pairwise(sizes)]
    waist = any(before < 0 < after for before, after in pairwise(steps))  # long, short, long: an hourglass
    even = 0 in steps  # a rectangle
    spread = max(sizes) - min(sizes)
    pauses = sum(title[place - 1] in "的、，；：” 》）" or title.startswith("关于", place) for place in way)
    return 20 * waist + 4 * even + abs(spread - 3) + 10 * (min(sizes) < 4) - 4 * pauses


def masthead_size(text: str, cap_pt: float, width_mm: float, spacing: float = 0.0) -> float:
    """The size in pt at which the text fits one line of the width in 小标宋, at most ``cap_pt``; ``spacing`` in em."""
    from consult.kit.paper import fonts

    ems = fonts.advance(fonts.folder(), "title", text) + spacing * max(len(text) - 1, 0)
    return min(cap_pt, math.floor(width_mm / 25.4 * 72 / ems * 10) / 10) if ems else cap_pt
