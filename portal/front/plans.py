"""The annual plans: those that were adopted, for everybody; drafts for whoever works on them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.topics import annual, rules
from consult.topics.models import AnnualPlan
from portal.kit.lists import Column, List


class Plans(List):
    model = AnnualPlan
    visible_to = rules.plans_visible_to
    title = _("Annual plans")
    intro = _("What is to be talked over in a year, when, and how far it is.")
    empty = _("No annual plan has been adopted yet.")
    related = ("jurisdiction",)
    order = ("-year", "pk")
    start = ("annualplan.draft", _("Begin an annual plan"))
    public = True
    columns = (Column("year", _("Year"), link=True), Column("jurisdiction", _("District")),
               Column("where", _("State"), value=lambda plan: annual.where(plan, plan.version_count)),
               Column("version_count", _("Version")), Column("adopted_on", _("Adopted on")))

    def dressed(self, rows: Any) -> Any:
        return annual.with_versions(super().dressed(rows))
