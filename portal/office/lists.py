"""The office's lists of surveys and projects."""

from django.utils.translation import gettext_lazy as _

from consult.renewal import rules as renewal
from consult.renewal.models import RenewalProject
from consult.surveys import rules as surveys
from consult.surveys.models import Survey
from portal.filters.renewal import Projects as NarrowProjects
from portal.filters.surveys import Surveys as NarrowSurveys
from portal.kit.lists import Column, List


class Surveys(List):
    model = Survey
    visible_to = surveys.visible_to
    filterset = NarrowSurveys
    title = _("Surveys")
    empty = _("No survey has been drafted yet.")
    related = ("project",)
    reads = ("title", "purpose", "state", "closes_on", "project__name")
    order = ("-created_at", "-id")
    start = ("survey.draft", _("Draft a survey"))
    columns = (Column("title", _("Title"), link=True), Column("project", _("Project")), Column("purpose", _("Purpose")),
               Column("state", _("State")), Column("closes_on", _("Closes on")))


class Projects(List):
    model = RenewalProject
    visible_to = renewal.visible_to
    filterset = NarrowProjects
    title = _("Renewal projects")
    empty = _("No project is on record yet.")
    related = ("subdistrict",)
    reads = ("number", "name", "stage", "households", "public", "subdistrict__name")
    order = ("subdistrict__order", "id")
    start = ("renewalproject.found", _("Record a project"))
    columns = (Column("number", _("No.")), Column("name", _("Project name"), link=True), Column("subdistrict", _("Subdistrict")),
               Column("stage", _("Stage")), Column("households", _("Households")), Column("public", _("Public")))
