"""The ledger of instructions the supervision office carries on."""

from django.utils.translation import gettext_lazy as _

from consult.briefings import rules
from consult.briefings.models import Instruction
from portal.filters.briefings import Instructions as NarrowInstructions
from portal.kit.lists import Column, List


class Instructions(List):
    model = Instruction
    visible_to = rules.instructions_visible_to
    filterset = NarrowInstructions
    title = _("Instructions")
    intro = _("Registered the same day, assigned, reported and read back.")
    empty = _("No instruction has been registered yet.")
    related = ("issue__briefing", "leader")
    order = ("-registered_at", "-id")
    columns = (
        Column("number", _("No."), link=True), Column("leader", _("Leader")),
        Column("title", _("On the briefing"), value="issue__briefing__title"), Column("kind", _("Kind")),
        Column("text", _("Instruction")), Column("given_on", _("Given on")), Column("state", _("State")))
