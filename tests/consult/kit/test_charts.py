"""One chart definition: drawn without script or style, named, in the reader's language, never fetching."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.utils.translation import gettext_lazy as _

from consult.kit import charts

ROWS = [("道路与<停车>", 12), ("绿化", 7), ("物业", 0), ("未知", None)]


def test_a_chart_carries_its_title_its_finding_and_its_numbers():
    chart = charts.bars("意见分类", ROWS, summary="道路与停车最多")
    assert chart.title == "意见分类"
    assert chart.summary == "道路与停车最多"
    assert len(chart.table.columns) == 2
    assert chart.table.rows == ROWS


def test_a_drawing_is_named_and_holds_no_code():
    drawing = charts.svg(charts.bars("意见<分类>", ROWS, summary="最多的是道路"), "zh-hans")
    root = ElementTree.fromstring(drawing)
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title") and root[0].text == "意见<分类>"
    assert "道路与&lt;停车&gt;" in drawing
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|<停车>", drawing)


def test_a_line_over_dates_speaks_the_readers_language():
    rows = [(date(2026, month, 1), month) for month in range(6, 12)] + [(date(2026, 12, 1), None)]
    chart = charts.line(_("Opinions"), rows, measure="件")
    assert "十月" in charts.svg(chart, "zh-hans")
    assert "October" in charts.svg(chart, "en")
    assert chart.table.rows == rows


def test_series_are_told_apart_without_colour():
    rows = [("一季度", 3, "收到"), ("二季度", 8, "收到"), ("一季度", 2, "办结"), ("二季度", 5, "办结")]
    chart = charts.line("收到与办结", rows)
    assert "strokeDash" in chart.spec["encoding"] and "stroke-dasharray" in charts.svg(chart)
    assert len(chart.table.columns) == 3


def test_the_same_chart_is_drawn_once(monkeypatch):
    drawn = []
    real = charts._draw
    monkeypatch.setattr(charts, "_draw", lambda *args: drawn.append(args) or real(*args))
    chart = charts.bars("只画一次", [("甲", 1)])
    assert charts.svg(chart) == charts.svg(chart)
    assert len(drawn) == 1


def test_a_spec_cannot_make_the_server_fetch():
    chart = charts.bars("x", [])
    hostile = chart._replace(spec=chart.spec | {"data": {"url": "http://127.0.0.1:9/data.json"}})
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        charts.svg(hostile)


def test_no_rows_is_no_error():
    chart = charts.bars("无数据", [])
    assert chart.is_empty and charts.svg(chart).startswith("<svg")


def test_two_series_stand_side_by_side_pale_and_full():
    rows = [("满意", 20, "前"), ("满意", 38, "后"), ("不满意", None, "前"), ("不满意", 10, "后")]
    chart = charts.pairs("前后对比", rows, measure="%")
    drawing = charts.svg(chart, "zh-hans")
    assert all(drawing.count(f'fill="{tone}"') >= number for tone, number in zip(charts.TONES, (2, 3), strict=True))
    assert ">前<" in drawing and ">38<" in drawing  # named in the legend, with its number
    assert chart.table.rows == [("满意", "前", 20), ("满意", "后", 38), ("不满意", "前", None), ("不满意", "后", 10)]
def test_squares_carry_their_numbers_and_marks_and_the_table_adds_up():
    chart = charts.grid("类别", ["11-04", "11-11"], [("过渡费", [1, 12]), ("学校", [0, 3])], marked={(0, 1)})
    assert chart.table.rows == [("过渡费", 1, "12 ▲", 13), ("学校", 0, 3, 3)]
    assert len(chart.table.columns) == 4
    drawing = charts.svg(chart, "zh-hans")
    assert "12 ▲" in drawing and "过渡费" in drawing and "11-11" in drawing
    assert charts.grid("空", ["11-04"], []).is_empty
