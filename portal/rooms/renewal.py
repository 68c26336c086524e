"""The public list and page of renewal projects, and how the office keeps their record."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit.rules import Sentence, require
from consult.people.roles import STAFF, scope_of
from consult.renewal import actions, outline, progress, rules
from consult.renewal.models import RenewalProject
from consult.surveys.rules import visible_to as visible_surveys
from portal.filters.renewal import Projects
from portal.forms import renewal as forms
from portal.kit import access, addresses, papers
from portal.kit.lists import Column, List
from portal.kit.moves import Act, Start
from portal.kit.pages import Page


class ProjectList(List):
    """All projects one may know of; the public ones are for everybody."""

    model = RenewalProject
    visible_to = rules.visible_to
    filterset = Projects
    title = _("Renewal projects")
    intro = _("How far each project is, in totals, with the source of every figure.")
    empty = _("No project has been shown to the public yet.")
    related = ("subdistrict",)
    order = ("subdistrict__order", "id")
    public = True
    template_name = "rooms/renewal/projects.html"
    columns = (Column("name", _("Project name"), link=True), Column("subdistrict", _("Subdistrict")), Column("stage", _("Stage")),
               Column("mode", _("Renewal mode")), Column("households", _("Households")))

    def context(self) -> dict[str, Any]:
        """The map shows the projects of the page, those of one district: far apart they would be dots."""
        told = super().context()
        shown = [row[0]["object"] for row in told["rows"]]
        return {**told, "map": outline.drawn(one for one in shown if one.jurisdiction_id == shown[0].jurisdiction_id)}


class ProjectPage(Page):
    """One project: stage bar, rates with their thresholds, and what was asked about it."""

    model = RenewalProject
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("subdistrict", "community", "jurisdiction", "expropriation_department")
    template_name = "rooms/renewal/project.html"
    public = True
    acts = (
        Act("record_progress", _("Record progress"), rules.may_record_progress, actions.record_progress,
            form=forms.Progress, effect=_("A dated total is added; earlier ones stay."), quiet=True),
        Act("enter_stage", _("Enter a stage"), rules.may_enter_stage, actions.enter_stage, form=forms.EnterStage,
            effect=_("The stage bar moves; the day and the paper are kept."), quiet=True),
        Act("set_outline", _("Set the outline"), rules.may_set_outline, actions.set_outline, form=forms.Outline,
            initial=forms.outline_of, quiet=True, effect=_("The area stands on the map of projects, for everybody to choose.")),
    )

    def title(self, obj: Any) -> Sentence:
        return obj.name

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [
            (_("Area"), obj.area), (_("Subdistrict"), obj.subdistrict), (_("Community"), obj.community),
            (_("Land"), obj.get_land_kind_display()), (_("Renewal mode"), obj.get_mode_display()),
            (_("Households"), obj.households), (_("People"), obj.residents), (_("Land area (㎡)"), obj.land_area),
            (_("Floor area (㎡)"), obj.floor_area), (_("Implementing body"), obj.implementer),
            (_("Expropriation department"), obj.expropriation_department), (_("Approval"), obj.approval_no),
            (_("Approved on"), obj.approval_on), (_("Signing closes on"), obj.signing_until),
            (_("Temporary-housing fee (yuan/㎡/month)"), obj.transition_fee), (_("Facilities"), obj.facilities),
        ]

    def extra(self, obj: Any) -> dict[str, Any]:
        around = rules.visible_to(self.request.user).filter(jurisdiction=obj.jurisdiction_id).exclude(outline=None)
        return {"map": outline.drawn(around) if obj.outline else None,
                "rates": progress.rates(obj), "stages": progress.stage_bar(obj), "course": progress.course(obj),
                "surveys": visible_surveys(self.request.user).filter(project=obj),
                "poster": addresses.to("renewalproject.poster", obj.pk) if rules.may_print_poster(self.request.user, obj) else "",
                "phone": settings.OFFICE_PHONE}

    def history(self, obj: Any) -> Any:
        """Who of the office wrote what is for the staff."""
        staff = scope_of(self.request.user).jurisdictions(*STAFF)
        return super().history(obj) if obj.jurisdiction_id in staff else None


class PosterPaper(View):
    """The poster for the wall at the project: how to say something about it, with the code that leads there."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        project = access.visible_or_404(rules.visible_to(request.user).select_related("jurisdiction", "subdistrict"), pk=pk)
        require(rules.may_print_poster, request.user, project)
        site = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        return papers.pdf_response(request, lambda: poster_of(project, site), back=addresses.of(project))


def poster_of(project: RenewalProject, site: str) -> papers.Paper:
    """``site``: the address of this installation without a slash at its end."""
    say = addresses.to("opinion.submit")
    words = {"title": project.name, "organ": project.jurisdiction.cppcc_office, "subdistrict": project.subdistrict.name,
             "phone": settings.OFFICE_PHONE, "verify_url": f"{site}{say}?project={project.pk}",
             "address": f"{site.partition('://')[2]}{say}"}
    return papers.Paper("poster", words, f"{project.name}-我要说海报.pdf")


urlpatterns = [
    path("projects/", access.door(ProjectList, public=True), name="renewalprojects"),
    Start("found", _("Record a project"), rules.may_found, actions.found, form=forms.Found,
          effect=_("The project gets its number and its page.")).url("projects/new/", "renewalproject.found"),
    path("projects/<int:pk>/poster.pdf", access.door(PosterPaper), name="renewalproject.poster"),
    *ProjectPage.urls("projects"),
]
