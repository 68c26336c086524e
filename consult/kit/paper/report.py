"""The self-check in words, for the office's page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: The checks of measure.py.
LABELS: dict[str, str | Promise] = {
    "lines_per_page": gettext_lazy("Lines on a full page"),
    "characters_per_line": gettext_lazy("Characters in a full line"),
    "pitch": gettext_lazy("Width of a character"),
    "line_pitch": gettext_lazy("Distance of lines"),
    "left_edge": gettext_lazy("Left edge of the text"),
    "right_edge": gettext_lazy("Right edge of the text"),
    "flush": gettext_lazy("Full lines that end at the right edge"),
    "grid": gettext_lazy("Distance of the lines from the grid"),
    "line_starts": gettext_lazy("Lines beginning with a closing mark"),
    "line_ends": gettext_lazy("Lines ending with an opening mark"),
    "masthead_top": gettext_lazy("Upper edge of the red name"),
    "red_rule": gettext_lazy("Red rule below the number"),
    "red_rule_width": gettext_lazy("Length of the red rule"),
    "end_rules": gettext_lazy("Last rule of the end matter"),
    "end_rules_width": gettext_lazy("Length of the rules of the end matter"),
    "end_rules_outer": gettext_lazy("First and last rule of the end matter"),
    "end_rules_inner": gettext_lazy("Rules within the end matter"),
    "page_number": gettext_lazy("Page number below the text"),
    "page_number_side": gettext_lazy("Page number from the outer edge"),
    "fonts": gettext_lazy("Fonts that are not the paper's own"),
    "missing_glyphs": gettext_lazy("Characters without a glyph"),
    "text": gettext_lazy("Text on paper that differs from its source"),
}

class Row(NamedTuple):
    """One check as it is shown; ``page`` is 0 when it concerns the whole paper."""

    label: str
    measured: str
    wanted: str
    ok: bool
    page: int


def rows(report: Mapping[str, Any]) -> list[Row]:
    """The checks of a report, those that failed first. An empty report has none."""
    found = [Row(str(LABELS.get(check["code"], check["code"])), *_said(check), check["ok"], check.get("page", 0))
             for check in report.get("checks", ())]
    return sorted(found, key=lambda row: row.ok)


def _said(check: Mapping[str, Any]) -> tuple[str, str]:
    """Measured and wanted in words."""
    measured, wanted = check["measured"], check["wanted"]
    if check["code"] == "text":
        return (_("equal"), _("equal")) if check["ok"] else (_("“%s…”") % measured, _("“%s…”") % wanted)
    unit = f" {check['unit']}" if check["unit"] else ""
    return (_("none") if measured == "" else f"{measured}{unit}"), (_("none") if wanted == "" else f"{wanted}{unit}")
