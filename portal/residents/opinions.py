"""What a resident with an account handed in, and the surveys open to them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.opinions import rules
from consult.opinions.models import Opinion
from consult.surveys import rules as surveys
from consult.surveys.models import Survey
from consult.surveys.states import SurveyState
from portal.filters.surveys import Surveys as NarrowSurveys
from portal.kit.lists import Column, List


class Opinions(List):
    model = Opinion
    visible_to = rules.visible_to
    title = _("My opinions")
    intro = _("Those you handed in while signed in, and not anonymously. For the others, use the receipt.")
    empty = _("You have not handed in anything yet.")
    related = ("project",)
    reads = ("number", "text", "state", "submitted_at", "project__name")
    order = ("-submitted_at", "-id")
    start = ("opinion.submit", _("Say something"))
    columns = (Column("number", _("No."), link=True), Column("title", _("What was said")), Column("project", _("Project")),
               Column("state", _("State")), Column("submitted_at", _("Handed in")))

    def rows(self, user: Any) -> QuerySet[Any]:
        return rules.own(user)


class Surveys(List):
    model = Survey
    visible_to = surveys.visible_to
    filterset = NarrowSurveys
    title = _("Surveys")
    empty = _("There is no survey at the moment.")
    related = ("project",)
    reads = ("title", "state", "closes_on", "project__name")
    order = ("-created_at", "-id")
    columns = (Column("title", _("Title"), link=True), Column("project", _("Project")), Column("state", _("State")),
               Column("closes_on", _("Closes on")))

    def rows(self, user: Any) -> QuerySet[Any]:
        return super().rows(user).filter(project__public=True).exclude(state=SurveyState.DRAFTED)
