"""Consultations at which the department has a seat."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.consultations import rules
from consult.consultations.models import Consultation
from consult.kit import calendar
from consult.kit.branches import Turn
from portal.filters.topics import Consultations as Narrow
from portal.kit.lists import CAP_JOINED, Column, List

#: Days that count as lately.
LATELY = 90


class Consultations(List):
    model = Consultation
    cap = CAP_JOINED
    visible_to = rules.readers_of
    filterset = Narrow
    title = _("Consultations")
    intro = _("Those at which your department sits, and the answers it promised there.")
    empty = _("Your department is not invited to a consultation yet.")
    reads = ("title", "starts_at", "venue", "state")
    order = ("-starts_at", "-pk")
    split = False
    columns = (Column("title", _("Title"), link=True), Column("starts_at", _("Time")), Column("venue", _("Place")),
               Column("state", _("State")))

    def rows(self, user: Any) -> Any:
        return rules.answered_by(user)

    def turns(self, rows: Any) -> list[Turn]:
        """What is to come and what was lately before all the rest: a page seldom needs to look further back."""
        since, order = calendar.now() - timedelta(days=LATELY), self.ordering()
        if order != (*self.order,):
            return super().turns(rows)
        return [(rows.filter(starts_at__gte=since), order), (rows.filter(starts_at__lt=since), order)]
