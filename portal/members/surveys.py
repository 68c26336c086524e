"""The surveys members and cadres may see, with the way to their sheets of paper."""

from django.utils.translation import gettext_lazy as _

from consult.surveys import rules
from consult.surveys.models import Survey
from portal.filters.surveys import Surveys as NarrowSurveys
from portal.kit.lists import Column, List


class Surveys(List):
    model = Survey
    visible_to = rules.visible_to
    filterset = NarrowSurveys
    title = _("Surveys")
    intro = _("Open one to print its sheets or to enter those that were filled in.")
    empty = _("There is no survey at the moment.")
    related = ("project",)
    reads = ("title", "purpose", "state", "closes_on", "project__name")
    order = ("-created_at", "-id")
    columns = (Column("title", _("Title"), link=True), Column("project", _("Project")), Column("purpose", _("Purpose")),
               Column("state", _("State")), Column("closes_on", _("Closes on")))
