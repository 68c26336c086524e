"""Samples for look-back: drawn, each task with why it was, and whether somebody goes."""

import secrets
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consult.evaluations import actions
from consult.followups import rules, sampling
from consult.followups.models import Sample
from consult.kit import calendar
from consult.kit.rules import Sentence
from portal.forms import followups as forms
from portal.kit.lists import Column, List, compact
from portal.kit.moves import Start
from portal.kit.pages import Page


def period(sample: Any) -> str:
    return f"{compact(sample.since)} – {compact(sample.until)}"


class SamplePage(Page):
    model = Sample
    visible_to = rules.samples_visible_to
    seen_by = rules.sample_seen_by
    related = ("jurisdiction", "by")
    template_name = "rooms/followups/sample.html"

    def title(self, obj: Any) -> Sentence:
        return _("Sample for look-back, %(period)s") % {"period": period(obj)}

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Answered or closed"), period(obj)), (_("Share of the rest"), f"{obj.share} %"),
                (_("Seed of the lot"), obj.seed), (_("Tasks the lot was drawn from"), str(len(obj.rest))),
                (_("Drawn by"), str(obj.by)), (_("Drawn at"), obj.at)]

    def extra(self, obj: Any) -> dict[str, Any]:
        rows = sampling.items_of(obj)
        return {"rows": rows, "same": sampling.holds(obj, [item for item, _look_back in rows]),
                "may_plan": bool(rules.may_plan(self.request.user, obj))}


class SampleList(List):
    model = Sample
    visible_to = rules.samples_visible_to
    title = _("Samples for look-back")
    intro = _("Drawn from what was answered or closed: all with which somebody was not satisfied, all that came late, and by lot "
              "a share of the rest.")
    empty = _("No sample was drawn yet.")
    related = ("by",)
    order = ("-at", "-pk")
    start = ("sample.draw", _("Draw a sample"))
    columns = (Column("number", _("No."), link=True), Column("period", _("Answered or closed"), value=period),
               Column("share", _("Share of the rest"), value=lambda row: f"{row.share} %"),
               Column("drawn", _("Tasks drawn")), Column("planned", _("Look-back planned")), Column("done", _("Confirmed")),
               Column("at", _("Drawn at"), order="at"), Column("by", _("Drawn by")))

    def dressed(self, rows: Any) -> Any:
        return sampling.counted(super().dressed(rows))


def begin(request: HttpRequest) -> dict[str, Any]:
    """The last three months, a tenth, and a seed nobody chose."""
    today = calendar.today()
    return {"since": today - timedelta(days=90), "until": today, "share": 10, "seed": secrets.token_hex(4)}


urlpatterns = [
    Start("draw", _("Draw a sample"), rules.may_draw, actions.draw_sample, form=forms.Draw, initial=begin,
          effect=_("The draw is on record with its seed and cannot be changed; then plan a look-back on each task."))
    .url("samples/draw/", "sample.draw"),
    *SamplePage.urls("samples"),
]
