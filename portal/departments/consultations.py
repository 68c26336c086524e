"""Consultations at which the department has a seat."""

from django.utils.translation import gettext_lazy as _

from consult.consultations import rules
from consult.consultations.models import Consultation, Panelist
from consult.people.roles import scope_of
from portal.filters.topics import Consultations as Narrow
from portal.kit.lists import Column, List


class Consultations(List):
    model = Consultation
    visible_to = rules.readers_of
    filterset = Narrow
    title = _("Consultations")
    intro = _("Those at which your department sits, and the answers it promised there.")
    empty = _("Your department is not invited to a consultation yet.")
    related = ("topic",)
    order = ("-starts_at", "-pk")
    columns = (Column("title", _("Title"), link=True), Column("starts_at", _("Time")), Column("venue", _("Place")),
               Column("state", _("State")))

    def rows(self, user):
        seats = Panelist.objects.filter(department__in=scope_of(user).departments()).values("consultation_id")
        return super().rows(user).filter(pk__in=seats)
