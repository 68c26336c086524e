"""The office's lists of voices: opinions with their queue, surveys, projects."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from consult.opinions import rules
from consult.opinions.models import Opinion
from consult.opinions.states import OPEN, OpinionState
from consult.people.roles import Role, scope_of
from consult.renewal import rules as renewal
from consult.renewal.models import RenewalProject
from consult.surveys import rules as surveys
from consult.surveys.models import Survey
from portal.filters.opinions import OfficeOpinions
from portal.filters.renewal import Projects as NarrowProjects
from portal.filters.surveys import Surveys as NarrowSurveys
from portal.kit import addresses
from portal.kit.lists import Column, List

#: Those a topic can be opened with.
ADOPTABLE = frozenset({*OPEN, OpinionState.KEPT})


def tick(opinion: Opinion) -> SafeString | str:
    """A box to take several opinions into one topic; it belongs to the form below the list."""
    if opinion.state not in ADOPTABLE:
        return ""
    label = _("Choose %(number)s") % {"number": opinion.number}
    return format_html('<label class="pick"><input class="form-check-input" type="checkbox" form="pick" name="opinion" '
                       'value="{}" aria-label="{}"></label>', opinion.pk, label)


class Opinions(List):
    """The queue: counts by state, filters, and several at once into a topic."""

    model = Opinion
    visible_to = rules.visible_to
    filterset = OfficeOpinions
    title = _("Opinions")
    intro = _("Every opinion gets an answer. The oldest that wait should go first.")
    empty = _("No opinion has come in yet.")
    template_name = "office/opinions.html"
    related = ("project", "subdistrict")
    order = ("-submitted_at", "-id")
    start = ("opinion.enter", _("Enter an opinion"))
    columns = (
        Column("pick", _("Choose"), value=tick), Column("number", _("No."), link=True), Column("title", _("What was said")),
        Column("project", _("Project")), Column("state", _("State")), Column("channel", _("Channel")),
        Column("submitted_at", _("Handed in"), order="submitted_at"))

    def rows(self, user: Any) -> QuerySet[Any]:
        return super().rows(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE))

    def extra(self) -> dict[str, Any]:
        counts = dict(self.rows(self.request.user).order_by().values_list("state").annotate(n=Count("pk")))
        return {"tabs": [(state, state.label, counts[state], self.link(state=state, page=None))
                         for state in OpinionState if counts.get(state)],
                "state": self.request.GET.get("state", ""), "topic_url": addresses.to("topic.open")}


class Surveys(List):
    model = Survey
    visible_to = surveys.visible_to
    filterset = NarrowSurveys
    title = _("Surveys")
    empty = _("No survey has been drafted yet.")
    related = ("project",)
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
    order = ("subdistrict__order", "id")
    start = ("renewalproject.found", _("Record a project"))
    columns = (Column("number", _("No.")), Column("name", _("Project name"), link=True), Column("subdistrict", _("Subdistrict")),
               Column("stage", _("Stage")), Column("households", _("Households")), Column("public", _("Public")))
