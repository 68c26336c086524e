"""Opinions a member brought, or of a cadre's subdistrict: words without telephone and identity numbers."""

from django.utils.translation import gettext_lazy as _

from consult.opinions import rules
from consult.opinions.models import Opinion
from portal.filters.opinions import Narrowed
from portal.kit.lists import Column, List


class Opinions(List):
    model = Opinion
    visible_to = rules.visible_to
    filterset = Narrowed
    title = _("Opinions")
    intro = _("Members see those they brought in, cadres those of their subdistrict.")
    empty = _("No opinion here yet. Enter what somebody told you: they get a receipt and an answer.")
    related = ("project",)
    reads = ("number", "text", "state", "submitted_at", "project__name")
    order = ("-submitted_at", "-id")
    start = ("opinion.enter", _("Enter an opinion"))
    columns = (Column("number", _("No."), link=True), Column("title", _("What was said")), Column("project", _("Project")),
               Column("state", _("State")), Column("submitted_at", _("Handed in"), order="submitted_at"))
