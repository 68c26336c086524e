"""The office's lists of what goes to leaders: recommendations and briefings."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.briefings import document, rules
from consult.briefings.models import Briefing
from consult.recommendations import rules as recommendations
from consult.recommendations.models import Recommendation
from portal.filters.briefings import Briefings as NarrowBriefings
from portal.filters.recommendations import Recommendations as NarrowRecommendations
from portal.kit.lists import Column, List


class Recommendations(List):
    model = Recommendation
    visible_to = recommendations.visible_to
    filterset = NarrowRecommendations
    title = _("Recommendations")
    intro = _("Born in a consultation, confirmed by the office, then taken into a briefing.")
    empty = _("No recommendation has been drafted yet. Draft one from a consultation with confirmed minutes.")
    related = ("lead",)
    reads = ("number", "title", "state", "wanted_by", "lead__name")
    order = ("-drafted_at", "-id")
    start = ("recommendation.draft", _("Draft a recommendation"))
    columns = (
        Column("number", _("No."), link=True), Column("title", _("Title")),
        Column("lead", _("Suggested lead department")), Column("state", _("State")), Column("wanted_by", _("Wanted by")))


def number_of(briefing: Briefing) -> Any:
    """第3期, or that there is none yet."""
    issue = briefing.issue_or_none
    return document.number_of(issue) if issue else _("no number yet")


class Briefings(List):
    model = Briefing
    visible_to = rules.visible_to
    filterset = NarrowBriefings
    title = _("Briefings")
    intro = _("Compiled, reviewed by somebody else, signed off by the chair, set, dispatched.")
    empty = _("No briefing has been compiled yet.")
    related = ("paper", "compiled_by")
    reads = ("title", "kind", "state", "compiled_at", "paper__symbol", "paper__issue_no", "paper__total_no",
             "compiled_by__name", "compiled_by__username")
    order = ("-compiled_at", "-id")
    start = ("briefing.compile", _("Compile a briefing"))
    columns = (
        Column("title", _("Title"), link=True), Column("number", _("Issue"), value=number_of), Column("kind", _("Kind")),
        Column("state", _("State")), Column("compiled_by", _("Compiled by")),
        Column("compiled_at", _("Compiled"), order="compiled_at"))
