"""Consultations at which the department has a seat."""

from django.utils.translation import gettext_lazy as _

from consult.consultations import rules
from consult.consultations.models import Consultation
from portal.filters.topics import Consultations as Narrow
from portal.kit.lists import CAP_JOINED, Column, List


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

    def rows(self, user):
        return rules.answered_by(user)
