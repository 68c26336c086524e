"""The self-check: every good paper passes; each fault, put in on purpose, is found by its own check."""

import io
from functools import cache

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

from consult.kit.paper import measure, process, readback, report, sheet
from tests.papers import made, samples

LONG = ["协商会议认为，老旧小区加装电梯是群众反映集中的民生实事，应当坚持一次公开、分步到位，让居民看得见全过程。" * 5] * 4
FOREIGN = "@page { @bottom-right { content: none } @bottom-left { content: none } }"


@cache
def page(kind):
    """The HTML of a long paper; one or two of its pages hold nothing but text."""
    words = samples.SAMPLES[kind] | {"overview": LONG, "text": LONG, "annexes": []}
    return words, render_to_string(sheet.template_of(kind), sheet.context(kind, words))


def set_paper(kind="motion", css="", change=None):
    """The paper and its report after a change of style or of the HTML."""
    words, html = page(kind)
    if change:
        assert change[0] in html
        html = html.replace(*change, 1)
    html = html.replace("</head>", f"<style>{css}</style></head>")
    files = sheet.assets(words)
    answer, (content,) = process.run({"assets": list(files), "sources": [], "measured": True}, html.encode(), *files.values())
    return content, answer["report"]


def found(checked):
    return {check["code"] for check in checked["checks"] if not check["ok"]}


def codes(checked):
    return {check["code"] for check in checked["checks"]}


@pytest.mark.parametrize("kind", list(samples.SAMPLES))
def test_the_samples_are_as_they_should_be(kind):
    checked = made.paper(kind).report
    assert [check for check in checked["checks"] if not check["ok"]] == []
    assert checked["ok"] and checked["pages"] == made.paper(kind).pages
    assert all(name.startswith("Paper-") for name in checked["fonts"])


def test_a_long_paper_passes_every_check():
    _content, checked = set_paper()
    assert found(checked) == set() and codes(checked) == set(report.LABELS)


@pytest.mark.parametrize(("code", "css"), [
    ("lines_per_page", "html { line-height: 9.6mm }"),
    ("lines_per_page", "@page { margin-top: 47.23mm }"),
    ("characters_per_line", "p { padding-right: calc(156mm / 28) }"),
    ("pitch", "html { letter-spacing: .2pt } .mast, .end { letter-spacing: 0 }"),
    ("line_pitch", "p { line-height: 28.8pt }"),
    ("left_edge", "main { margin-left: -2mm }"),
    ("right_edge", "main { margin-right: -6mm }"),
    ("flush", "html, p { text-align: left }"),
    ("grid", "h2 { padding-top: 2mm }"),
    ("masthead_top", ".mast .top { height: 33mm }"),
    ("red_rule", ".mast .line { padding-bottom: 4mm }"),
    ("red_rule", ".mast .line { border: 0 }"),
    ("red_rule_width", ".mast .line { margin-right: 5mm }"),
    ("end_rules", "footer.end { bottom: 2mm }"),
    ("end_rules", "footer.end, footer.end * { border: 0 !important }"),
    ("end_rules_width", "footer.end { right: 4mm }"),
    ("end_rules_outer", "footer.end { border-top-width: .6mm }"),
    ("end_rules_inner", "footer.end .row { border-top: .5mm solid #000 } footer.end p { border: 0 }"),
    ("page_number", "@page :left { @bottom-left { padding-top: 6mm } }"),
    ("page_number", FOREIGN.replace("@page", "@page :right")),
    ("page_number_side", "@page :right { @bottom-right { padding-right: 0 } }"),
    ("page_number_side", '@page :right { @bottom-right { content: none } @bottom-left { content: "— " counter(page) " —";'
                         'font: 14pt/14pt "Paper Song"; vertical-align: top; padding: 4.1mm 0 0 14pt; white-space: nowrap } }'),
    ("fonts", 'p { font-family: "Paper Kai" }'),
    ("text", "p.note { visibility: hidden }"),
])
def test_a_fault_of_the_layout_is_found(code, css):
    assert code in found(set_paper(css=css)[1])


@pytest.mark.parametrize(("code", "after"), [
    ("line_starts", "协商会议认为<br>，"),
    ("line_ends", "协商会议认为（<br>"),
    ("missing_glyphs", "协商会议认为\ue000"),
    ("missing_glyphs", "协商会议认为\U000f1234"),
])
def test_a_fault_of_the_text_is_found(code, after):
    assert code in found(set_paper(change=("协商会议认为", after))[1])


def test_two_signs_of_one_shape_do_not_stop_a_paper():
    checked = set_paper(change=("协商会议认为", "一⼀⼈人，甲•乙·丙・丁……⋯⋯，会议认为"))[1]
    assert "text" not in found(checked)


def test_a_letter_has_places_of_its_own():
    assert "masthead_top" in found(set_paper("letter", "@page :first { margin-top: 33mm }")[1])
    assert {"red_rule", "red_rule_width"} <= found(set_paper("letter", ".letter .rule { margin: 6mm 0 0 0; width: 156mm }")[1])


def test_the_sheet_for_the_board_is_not_held_to_the_grid():
    checked = made.paper("board").report
    assert codes(checked) == {"line_starts", "line_ends", "fonts", "missing_glyphs", "text"}


def changed(content, change):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as paper:
        for font in {font.objgen: font for one in paper.pages for font in one.Resources.Font.values()}.values():
            change(str(font.BaseFont), font.DescendantFonts[0].FontDescriptor)
        paper.save(out)
    return out.getvalue()


def test_a_font_that_is_not_embedded_is_found():
    def leave_out(name, descriptor):
        if "Fang" in name:
            del descriptor["/FontFile3"]

    content = changed(made.paper("text").content, leave_out)
    assert "fonts" in found(measure.measure(content, source="", kind="text"))


def test_a_character_without_an_outline_is_found():
    def empty(name, descriptor):
        if "Digits" not in name:
            return
        font, out = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes())), io.BytesIO()
        for glyph in font.getGlyphOrder()[1:]:
            font["glyf"][glyph] = Glyph()
        font.save(out)
        descriptor.FontFile2.write(out.getvalue())

    checked = measure.measure(changed(made.paper("text").content, empty), source="", kind="text")
    assert next(check for check in checked["checks"] if check["code"] == "missing_glyphs")["measured"][0] in "0123456789"


def test_where_paper_and_source_differ_is_told():
    content = made.paper("text").content
    checked = measure.measure(content, source="关于召开协商会议的通告各有关单位：", kind="text")
    text = next(check for check in checked["checks"] if check["code"] == "text")
    assert (text["measured"], text["wanted"], text["page"]) == ("知各有关单位：定于2026年12月1日召", "告各有关单位：", 1)


@pytest.mark.parametrize(("pages", "source", "drawn", "proof"), [
    (["甲乙 丙", "丁"], "甲\u2060乙丙\n丁", "", ""),
    (["前图1后"], "前012甲乙图1后", "0甲乙12", ""),
    (["前后"], "前后012", "210", ""),
    (["前"], "前验证码7Q2M", "", "验证码7Q2M"),
    (["前"], "前", "", "验证码7Q2M"),
])
def test_the_same_words_are_the_same(pages, source, drawn, proof):
    assert readback.compare(pages, source, drawn, proof) == ("", "", 0)


def test_a_table_may_repeat_its_head_and_the_text_may_not_repeat_itself():
    pages, source = ["前表头一二三四", "表头五六后"], "前表头一二三四五六后"
    assert not readback.compare(pages, source, heads=["", "表头五六"]).page
    assert readback.compare(pages, source, heads=["", ""]).page == 2


@pytest.mark.parametrize(("pages", "source", "drawn", "proof", "at"), [
    (["甲乙", "丁"], "甲乙丙丁", "", "", ("丁", "丙丁")),
    (["甲乙丙"], "甲乙", "", "", ("丙", "")),
    (["甲"], "甲乙", "", "", ("", "乙")),
    (["甲丙"], "甲012丙", "01", "", ("丙", "012丙")),
    (["甲"], "甲验证码", "", "验证马", ("", "验证码")),
    (["重一", "重二"], "重一二", "", "", ("重二", "二")),
])
def test_other_words_are_not(pages, source, drawn, proof, at):
    difference = readback.compare(pages, source, drawn, proof)
    assert difference.page and difference[:2] == at


def test_what_is_no_pdf_is_refused():
    with pytest.raises(ValueError, match="PDF"):
        measure.measure(b"%PDF-1.7 no", source="", kind="text")


def test_twenty_pages_are_measured():
    _content, checked = set_paper_of(samples.MOTION | {"overview": LONG * 10, "annexes": []})
    assert checked["pages"] >= 20 and checked["ok"]


def set_paper_of(words):
    html, files = render_to_string(sheet.template_of("motion"), sheet.context("motion", words)), sheet.assets(words)
    answer, (content,) = process.run({"assets": list(files), "sources": [], "measured": True}, html.encode(), *files.values())
    return content, answer["report"]


def test_the_report_is_shown_in_words():
    checked = set_paper(css="footer.end { bottom: 2mm }")[1]
    with translation.override("en"):
        rows = report.rows(checked)
    assert found(checked) == {"end_rules"}
    assert rows[0] == report.Row("Last rule of the end matter", "260.1 mm", "262.0 mm", False, checked["pages"])
    assert len(rows) == len(checked["checks"]) and ("none", "none") in {(row.measured, row.wanted) for row in rows}
    assert report.rows({}) == []
