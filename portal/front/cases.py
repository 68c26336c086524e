"""Finished cases, for everybody: by date, or by administrative order."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.showcases import rules
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from portal.filters.showcases import CaseFilter, order_of
from portal.kit.lists import Column, List


class Cases(List):
    model = Case
    visible_to = rules.visible_to
    filterset = CaseFilter
    title = _("Cases")
    intro = _("What residents asked, how it was talked over, and what came of it.")
    empty = _("No case has been told yet. A case is told when everything about its topic is settled.")
    related = ("subdistrict", "topic__project")
    reads = ("title", "told_on", "subdistrict__name", "topic__kind", "topic__project__name")
    public = True
    columns = (Column("title", _("Title"), link=True), Column("told_on", _("Date")), Column("subdistrict", _("Place")),
               Column("project", _("Project"), value="topic.project"), Column("kind", _("Kind"), value="topic.kind"))

    def rows(self, user: Any) -> Any:
        return super().rows(user).filter(state=CaseState.PUBLISHED)

    def ordering(self) -> Any:
        return order_of(self.request.GET)
