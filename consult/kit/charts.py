"""One chart definition for page and paper: a Vega-Lite spec with its title, its finding and its numbers.

Drawn on the server as SVG without script, style or anything fetched. Whoever shows a chart also shows
``chart.table`` (under ``<details>`` on a page): a drawing alone tells nothing to a screen reader.
"""

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import vl_convert
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

Text = Any  # str or a lazy translation
Value = int | float | None  # None: not known; left out of the drawing, shown as a dash in the table
Row = tuple[Any, Value] | tuple[Any, Value, Text]  # label or date, value, series

Locale = Literal["zh-CN", "en-US"]

KEPT_SECONDS = 7 * 24 * 3600
LOCALES: dict[str, Locale] = {"zh": "zh-CN", "en": "en-US"}
ITEM, NUMBER, DATE, SERIES, TOGETHER = _("Item"), _("How many"), _("Date"), _("Series"), _("Together")
FONT = "Noto Sans CJK SC"
INK, QUIET, GRID = "#1f2328", "#57606a", "#d8dee4"
#: Told apart on paper in grey too: each series also has its own dash and point.
COLOURS = ["#1d4f91", "#a1420d", "#1a7f5a", "#6b3fa0"]
#: Two series side by side: pale and full, told apart in grey too.
TONES = ["#b9cdea", COLOURS[0]]
CONFIG = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelColor": INK, "titleColor": QUIET,
             "gridColor": GRID, "domainColor": QUIET, "tickColor": QUIET, "labelLimit": 260},
    "text": {"fontSize": 14, "color": INK},
    "legend": {"labelFontSize": 14, "titleFontSize": 14, "labelLimit": 260, "orient": "bottom", "title": None},
    "range": {"category": COLOURS},
}


class Table(NamedTuple):
    """The numbers of a chart: the head and the rows, in the order drawn."""

    columns: Sequence[Text]
    rows: Sequence[Sequence[Any]]


class ChartSpec(NamedTuple):
    """A chart: Vega-Lite spec, title, the finding in one sentence, and its numbers."""

    spec: dict[str, Any]
    title: Text
    summary: Text
    table: Table

    @property
    def is_empty(self) -> bool:
        return not self.table.rows


def bars(title: Text, rows: Sequence[tuple[Text, Value]], *, summary: Text = "", label: Text = ITEM,
         measure: Text = NUMBER, width: int = 480) -> ChartSpec:
    """Horizontal bars in the order given (long Chinese labels stay level), each with its number."""
    data = [{"label": name, "value": value} for name, value in rows]
    most = max((value or 0 for _name, value in rows), default=0)
    spec = _base(data, width) | {
        "height": {"step": 34},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None,
                  "axis": {"ticks": False, "labelPadding": 8}},
            "x": {"field": "value", "type": "quantitative", "title": measure,
                  "axis": {"tickCount": min(5, max(1, int(most))), "domain": False}},  # no half people
        },
        "layer": [
            {"mark": {"type": "bar", "height": 20, "color": COLOURS[0], "cornerRadiusEnd": 2}},
            {"mark": {"type": "text", "align": "left", "dx": 5},
             "encoding": {"text": {"field": "value", "type": "quantitative", "format": ",~r"}}},
        ],
    }
    return ChartSpec(spec, title, summary, Table((label, measure), [(name, value) for name, value in rows]))


def pairs(title: Text, rows: Sequence[tuple[Text, Value, Text]], *, summary: Text = "", label: Text = ITEM,
          measure: Text = NUMBER, width: int = 480) -> ChartSpec:
    """Horizontal bars side by side within each label, one for each of two series, each with its number."""
    data = [_point(row) for row in rows]
    series = list(dict.fromkeys(row[2] for row in rows))
    tones = {"field": "series", "type": "nominal", "sort": None, "scale": {"domain": series, "range": TONES}}
    spec = _base(data, width) | {
        "height": {"step": 24},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None, "scale": {"paddingInner": .35},
                  "axis": {"ticks": False, "labelPadding": 8}},
            "yOffset": {"field": "series", "type": "nominal", "sort": series},
            "x": {"field": "value", "type": "quantitative", "title": measure, "axis": {"tickCount": 5, "domain": False}},
        },
        "layer": [
            {"mark": {"type": "bar", "stroke": COLOURS[0]}, "encoding": {"color": tones}},
            {"mark": {"type": "text", "align": "left", "dx": 5},
             "encoding": {"text": {"field": "value", "type": "quantitative", "format": ",~r"}}},
        ],
    }
    return ChartSpec(spec, title, summary, Table((label, SERIES, measure), [(row[0], row[2], row[1]) for row in rows]))


def line(title: Text, rows: Sequence[Row], *, summary: Text = "", label: Text = DATE,
         measure: Text = NUMBER, width: int = 480) -> ChartSpec:
    """A line over dates (or over ordered labels); a third part of a row names its series."""
    dated = bool(rows) and all(isinstance(row[0], date) for row in rows)
    data = [_point(row) for row in rows]
    x: dict[str, Any] = {"field": "label", "title": None, "type": "temporal" if dated else "ordinal", "sort": None}
    # A date without a time is read as UTC: the scale must be UTC too, or it falls on the day before.
    x |= {"scale": {"type": "utc"}, "axis": {"tickCount": 6, "grid": False}} if dated else {"axis": {"labelAngle": 0}}
    encoding: dict[str, Any] = {
        "x": x,
        "y": {"field": "value", "type": "quantitative", "title": measure,
              "axis": {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -14,
                       "tickMinStep": 1, "tickCount": 5}},
    }
    if any(len(row) > 2 for row in rows):
        one = {"field": "series", "type": "nominal", "sort": None}
        stroke = {"legend": {"symbolType": "stroke", "symbolStrokeWidth": 2.5, "symbolSize": 600}}
        encoding |= {"color": one | stroke, "strokeDash": one | stroke, "shape": one | {"legend": None}}
    mark = {"type": "line", "color": COLOURS[0], "strokeWidth": 2.5, "point": {"size": 70, "filled": True}}
    spec = _base(data, width) | {"height": 240, "mark": mark, "encoding": encoding}
    columns = (label, measure) if "color" not in encoding else (label, measure, SERIES)
    return ChartSpec(spec, title, summary, Table(columns, [tuple(row) for row in rows]))


def grid(title: Text, columns: Sequence[Text], rows: Sequence[tuple[Text, Sequence[Value]]], *, summary: Text = "",
         label: Text = ITEM, marked: Collection[tuple[int, int]] = ()) -> ChartSpec:
    """Numbers in rows and columns, each in its square, the more the darker; ``marked`` (row, column) ones carry a triangle."""
    data = [{"label": name, "order": n, "column": column, "at": k, "value": value or 0,
             "shown": f"{value}{' ▲' if (n, k) in marked else ''}" if value else ""}
            for n, (name, values) in enumerate(rows) for k, (column, value) in enumerate(zip(columns, values, strict=True))]
    most = max((one["value"] for one in data), default=0)
    spec = _base(data, 0) | {
        "width": {"step": 52}, "height": {"step": 34},
        "encoding": {
            "x": {"field": "column", "type": "nominal", "sort": {"field": "at"}, "title": None,
                  "axis": {"orient": "top", "labelAngle": 0, "ticks": False, "domain": False}},
            "y": {"field": "label", "type": "nominal", "sort": {"field": "order"}, "title": None,
                  "axis": {"ticks": False, "domain": False, "labelPadding": 8}},
        },
        "layer": [
            {"mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 2},
             "encoding": {"color": {"field": "value", "type": "quantitative", "legend": None,
                                    "scale": {"domain": [0, most or 1], "range": ["#f3f5f8", COLOURS[0]]}}}},
            {"mark": {"type": "text"},
             "encoding": {"text": {"field": "shown", "type": "nominal"},
                          # Either way the number stands out from its square at 4.5 : 1.
                          "color": {"condition": {"test": f"datum.value > {most * 0.75}", "value": "#ffffff"},
                                    "value": "#000000"}}},
        ],
    }
    told = [(name, *(f"{value} ▲" if (n, k) in marked else value for k, value in enumerate(values)), sum(v or 0 for v in values))
            for n, (name, values) in enumerate(rows)]
    return ChartSpec(spec, title, summary, Table((label, *columns, TOGETHER), told))


def _base(data: list[dict[str, Any]], width: int) -> dict[str, Any]:
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "background": None, "width": width,
            "config": CONFIG, "data": {"values": data}}


def _point(row: Row) -> dict[str, Any]:
    return {"label": row[0], "value": row[1], **({"series": row[2]} if len(row) > 2 else {})}


def svg(chart: ChartSpec, language: str | None = None) -> str:
    """The drawing as an SVG element with a role and a title; cached by what is drawn. Inline it or give it to a paper.

    Nothing is fetched: a spec that names an address fails with ValueError.
    """
    with override(language or get_language() or "zh-hans"):
        spec = json.dumps(chart.spec, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
        title, summary = str(chart.title), str(chart.summary)
        locale = LOCALES.get((get_language() or "zh")[:2], "en-US")
    key = "chart:" + hashlib.sha256("\0".join((spec, title, summary, locale)).encode()).hexdigest()
    return cache.get_or_set(key, lambda: _named(_draw(spec, locale), title, summary), KEPT_SECONDS) or ""


def _draw(spec: str, locale: Locale) -> str:
    return vl_convert.vegalite_to_svg(
        spec, allowed_base_urls=[], format_locale=locale, time_format_locale=locale)


def _named(drawing: str, title: str, summary: str) -> str:
    """Name the root for screen readers; the parts below it are then one picture."""
    name = f"<title>{escape(title)}</title>" + (f"<desc>{escape(summary)}</desc>" if summary else "")
    return re.sub(r"<svg ([^>]*)>", lambda found: f"<svg role=\"img\" aria-label={quoteattr(title)} {found[1]}>{name}",
                  drawing, count=1)
