"""The ledger of instructions the supervision office carries on, and the recommendations behind them."""

from django.utils.translation import gettext_lazy as _

from consult.briefings import rules
from consult.briefings.models import Instruction
from consult.recommendations import rules as recommendations
from consult.recommendations.models import Recommendation
from portal.filters.briefings import Instructions as NarrowInstructions
from portal.filters.recommendations import Recommendations as NarrowRecommendations
from portal.kit.lists import Column, List


class Instructions(List):
    model = Instruction
    visible_to = rules.instructions_visible_to
    filterset = NarrowInstructions
    title = _("Instructions")
    intro = _("Registered the same day, assigned, reported and read back.")
    empty = _("No instruction has been registered yet.")
    related = ("issue__briefing", "leader")
    reads = ("number", "kind", "text", "given_on", "state", "issue__briefing__title", "leader__name", "leader__username")
    order = ("-registered_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("leader", _("Leader")),
        Column("title", _("On the briefing"), value="issue__briefing__title"), Column("kind", _("Kind")),
        Column("text", _("Instruction")), Column("given_on", _("Given on")), Column("state", _("State")))


class Recommendations(List):
    model = Recommendation
    visible_to = recommendations.visible_to
    filterset = NarrowRecommendations
    title = _("Recommendations")
    intro = _("Those on which a leader gave an instruction.")
    empty = _("No leader has given an instruction on a recommendation yet.")
    related = ("lead",)
    reads = ("number", "title", "state", "wanted_by", "lead__name")
    order = ("-drafted_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("title", _("Title")),
        Column("lead", _("Suggested lead department")), Column("state", _("State")), Column("wanted_by", _("Wanted by")))
