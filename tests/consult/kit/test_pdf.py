"""The press: Chinese text comes back as it went in, and the same words give the same bytes. More in tests/papers."""

import io
import re

import pdfplumber
import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.template import engines
from django.utils.safestring import mark_safe
from PIL import Image

from consult.briefings import layout
from consult.kit import charts, pdf

RARE = "喆堃赟瑢昇淏玥曌镕㛃䶮𬭚"
HOSTILE = '</p><script>alert(1)</script><img src="file:///etc/passwd"><link rel=attachment href=file:///etc/passwd>'
PAPER = {
    "kind": "briefing", "mark": "商量专报", "issue_no": 3, "total_no": 27,
    "organ": "政协某区委员会办公室", "date": "2026-11-24", "date_words": "2026年11月24日",
    "title": "关于改善停车秩序的协商建议", "main_to": "中共某区委、某区人民政府",
    "cc": "报：区委书记、区长。\n区住房和城乡建设局", "overview": ["会议围绕“停车难”开展协商。", "共有36条意见。"],
    "problems": "车位不足。\n\n通道被占。", "dissent": ["部分居民有不同意见。"],
    "editor": "张喆", "reviewer": "李堃", "signer": "王曌",
    "recommendations": [{"title": "分类挖潜", "text": ["增加供给。"], "lead": "区住建局", "co_departments": ["甲局", "乙局"]},
                        {"title": "守住通道", "text": [f"居民代表{RARE}。"], "lead": "区消防救援大队"}],
}


def words(content):
    """The text of each page without spaces and line ends."""
    with pdfplumber.open(io.BytesIO(content)) as paper:
        return [re.sub(r"\s", "", page.extract_text() or "") for page in paper.pages]


def briefing(*, draft=False, **changes):
    paper = PAPER | changes
    return pdf.render(layout.template_of(paper), layout.context(paper, draft=draft))


@pytest.fixture
def set_html(monkeypatch):
    """Set a piece of markup as a paper, as if a template had let it through."""
    def set_it(html, assets=None):
        template = engines["django"].from_string("{{ html }}")
        monkeypatch.setattr(pdf, "render_to_string", lambda name, context=None: template.render(context))
        return pdf.render("documents/test.html", {"html": mark_safe(html)}, assets=assets)
    return set_it


def test_what_is_printed_can_be_read_back():
    text = "".join(words(briefing()))
    for part in (
        "（内部资料注意保存）", "商量专报", "第3期（总第27期）", PAPER["title"], "中共某区委、某区人民政府：",
        "一、协商概况", "会议围绕“停车难”开展协商。共有36条意见。", "二、存在问题车位不足。通道被占。",
        "三、意见建议（一）分类挖潜", "建议单位：区住建局（主办），甲局、乙局（会办）。",
        "（二）守住通道", f"居民代表{RARE}。", "四、分歧意见",
        "报：区委书记、区长。", "抄送：区住房和城乡建设局", "编辑：张喆", "核稿：李堃", "签发：王曌",
        "2026年11月24日印发", "—1—",
    ):
        assert part in text


def test_an_empty_section_is_left_out_and_the_numbering_closes_up():
    text = "".join(words(briefing(problems=[], dissent=[])))
    assert "二、意见建议" in text
    assert "存在问题" not in text and "分歧意见" not in text


def test_the_sheet_is_a4_and_text_stays_in_the_type_area():
    content = briefing(overview=["这是一段足够长的文字用来填满版心" * 40])
    with pdfplumber.open(io.BytesIO(content)) as paper:
        assert len(paper.pages) > 1
        for page in paper.pages:
            assert (round(page.width), round(page.height)) == (595, 842)
            assert min(char["x0"] for char in page.chars) >= 28 / 25.4 * 72 - 1
            assert max(char["x1"] for char in page.chars) <= 184 / 25.4 * 72 + 1


@pytest.mark.parametrize("lines", [1, 8, 15])
def test_the_end_matter_stands_at_the_foot_and_covers_no_text(lines):
    filling = ["填满版心的文字"] * 14
    content = briefing(overview=filling, cc="\n".join(f"送：单位{number}" for number in range(lines)))
    with pdfplumber.open(io.BytesIO(content)) as paper:
        last = paper.pages[-1]
        rules = [max(edge["bottom"] for edge in last.edges), min(edge["top"] for edge in last.edges)]
        organs = [word for word in last.extract_words() if word["text"] == PAPER["organ"]]
    assert rules[0] == pytest.approx(262.1 / 25.4 * 72, abs=2)
    # The organ stands on the page twice at most: signed above the end matter, and in its last row.
    assert all(word["bottom"] <= rules[1] for word in organs[:-1])
    assert rules[1] < organs[-1]["top"] < rules[0]
    assert "".join(words(content)).count("送：单位0") == 1


def test_the_metadata_names_fonts_date_and_organ():
    with pdfplumber.open(io.BytesIO(briefing())) as paper:
        assert paper.metadata["fonts"] == pdf.font_names()
        assert paper.metadata["Title"] == PAPER["title"]
        assert paper.metadata["CreationDate"].startswith("D:20261124")


def test_the_same_words_give_the_same_bytes():
    assert briefing() == briefing()
    assert briefing() != briefing(title="另一个题目")


def test_a_draft_says_so_on_every_page():
    pages = words(briefing(draft=True, overview=["这是一段足够长的文字用来填满版心" * 40]))
    assert len(pages) > 1 and all("清样尚未签发" in page for page in pages)


@pytest.mark.parametrize("kind", ["bulletin", "minutes", "letter"])
def test_the_other_papers_can_be_set(kind):
    paper = PAPER | {"kind": kind, "text": "第一段。\n第二段。", "present": "张喆、李堃"}
    text = "".join(words(pdf.render(layout.template_of(paper), layout.context(paper))))
    assert "第一段。第二段。" in text and PAPER["title"] in text


def test_the_paper_says_its_language_standard_dates_and_sources():
    paper = pdf.make("documents/briefing.html", layout.context(PAPER), sources={"issue.json": b'{"no": 3}'}, measured=True)
    with pikepdf.open(io.BytesIO(paper.content)) as made:
        claims = made.open_metadata()
        assert (claims["pdfaid:part"], claims["pdfaid:conformance"], claims["pdfuaid:part"]) == ("3", "A", "1")
        assert claims["dc:title"] == PAPER["title"]
        assert made.Root.Lang == "zh-Hans" and made.Root.MarkInfo.Marked and made.Root.ViewerPreferences.DisplayDocTitle
        marks = [item.title for item in made.open_outline().root]
        assert marks == ["一、协商概况", "二、存在问题", "三、意见建议", "四、分歧意见"]
        (source,) = made.Root.AF
        assert source.AFRelationship == "/Source" and source.EF.F.read_bytes() == b'{"no": 3}'
        dates = source.EF.F.Params
        assert dates.ModDate == dates.CreationDate and "20261124" in str(dates.ModDate)
        assert len(made.pages) == paper.pages
    assert paper.report["pages"] == paper.pages and {check["code"] for check in paper.report["checks"]} >= {"text", "grid"}


def test_hostile_text_is_printed_as_text():
    content = briefing(title="<b>题</b>", overview=[HOSTILE], cc="<script>x</script>")
    text = "".join(words(content))
    assert "<script>alert(1)</script>" in text and "<b>题</b>" in text
    assert b"EmbeddedFile" not in content and b"root:" not in content


def test_a_picture_and_a_chart_are_given_by_name(set_html):
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(photo, "PNG")
    chart = charts.svg(charts.bars("意见", [("绿化", 7)]))
    content = set_html('<p>图</p><img src="asset:photo"><img src="asset:chart">',
                       {"photo": photo.getvalue(), "chart": chart.encode()})
    with pdfplumber.open(io.BytesIO(content)) as paper:
        assert len(paper.pages[0].images) == 1
        assert "绿化" in paper.pages[0].extract_text()


@pytest.mark.parametrize(("changes", "code"), [
    ({"overview": ["长" * (pdf.MAX_PARAGRAPH + 1)]}, "long_paragraph"),
    ({"overview": ["长" * 1_990] * 51}, "long_paper"),
    ({"overview": ["笑😀"]}, "unprintable"),
])
def test_a_paper_that_cannot_be_set_is_refused_with_a_reason(changes, code):
    with pytest.raises(ValidationError) as refused:
        briefing(**changes)
    assert refused.value.code == code and refused.value.messages


def test_characters_no_font_has_are_listed_once():
    assert pdf.unprintable(f"正常文字 Abc 12％——“”〔2026〕①㎡\n{RARE}") == []
    assert pdf.unprintable("甲😀乙😀\ue000") == ["😀", "\ue000"]


def test_deceiving_characters_are_taken_out():
    assert pdf.clean("甲\u202e乙\x00\u200b丙\ud800") == "甲乙丙"
    assert pdf.clean("e" + "\u0301" * 50) == "e" + "\u0301" * pdf.MAX_MARKS


def test_without_prepared_fonts_the_machines_font_stands_in(settings, tmp_path):
    settings.PAPER_FONTS = tmp_path
    content = briefing()
    assert RARE in "".join(words(content))
    with pdfplumber.open(io.BytesIO(content)) as paper:
        assert paper.metadata["fonts"] == pdf.STAND_IN
