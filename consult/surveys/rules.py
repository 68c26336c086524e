"""Who sees a survey, who runs it, who may answer it, who copies sheets."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence, because, rule, sees
from consult.kit.search import finds
from consult.people.roles import Role, scope_of
from consult.people.rules import in_role, is_chair, is_office
from consult.renewal.rules import visible_to as visible_projects
from consult.surveys.models import Survey
from consult.surveys.states import SurveyState


def visible_to(user: Any) -> Any:
    """Open and closed ones to whoever sees the project; drafts to the office and the chair of the district."""
    shown = Q(project__in=visible_projects(user).values("pk")) & ~Q(state=SurveyState.DRAFTED)
    return Survey.objects.filter(shown | Q(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR)))


def seen_by(survey: Survey) -> list[Sentence]:
    office = _("The CPPCC office and the chair of %(place)s.") % {"place": survey.jurisdiction}
    if survey.state == SurveyState.DRAFTED:
        return [office]
    if survey.project.public:
        return [_("Everybody: it is about a public project. Answers are only shown counted, never one by one.")]
    return [office, _("Staff who may see the project.")]


@because(_("Only surveys about public projects can be answered here."))
def is_about_public_project(user: Any, survey: Any) -> bool:
    return bool(survey.project.public)


@because(_("You may only work on surveys about projects in your own subdistrict."))
def is_of_own_subdistrict(user: Any, survey: Any) -> bool:
    return survey.project.subdistrict_id in scope_of(user).subdistricts()


@because(_("Only the CPPCC office and whoever entered the sheet may take it out."))
def entered_it(user: Any, response: Any) -> bool:
    return response.entered_by_id == scope_of(user).user_id


may_draft = rule("surveys.draft", is_office)
may_open = rule("surveys.open", is_office)
may_close = rule("surveys.close", is_office)
may_tell_invited = rule("surveys.tell_invited", is_office)
may_respond = rule("surveys.respond", is_about_public_project)
may_read_texts = rule("surveys.read_texts", is_office | is_chair)
may_enter = rule("surveys.enter", in_role(Role.OFFICE, Role.MEMBER) | (in_role(Role.CADRE) & is_of_own_subdistrict))
may_void = rule("surveys.void", is_office | entered_it)

sees(Survey, visible_to)
finds(Survey, "title", "intro", "asked")
