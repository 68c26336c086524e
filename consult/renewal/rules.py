"""Who may look at a renewal project, and who keeps its record."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence, because, rule, sees
from consult.kit.search import finds
from consult.people.roles import STAFF, Role, scope_of
from consult.people.rules import in_role, is_office
from consult.renewal.models import RenewalProject


def visible_to(user: Any) -> Any:
    """Public projects to everybody, without an account too; the others to the staff of the jurisdiction."""
    return RenewalProject.objects.filter(Q(public=True) | Q(jurisdiction__in=scope_of(user).jurisdictions(*STAFF)))


def seen_by(project: RenewalProject) -> list[Sentence]:
    if project.public:
        return [_("Everybody: the project is shown to the public, in totals only.")]
    return [_("Staff of %(place)s: the project is not public yet.") % {"place": project.jurisdiction}]


@because(_("Only the office, committee members, and cadres of the project's subdistrict may print it."))
def works_on_site(user: Any, project: Any) -> bool:
    return bool(in_role(Role.OFFICE, Role.MEMBER)(user, project)) or project.subdistrict_id in scope_of(user).subdistricts()


@because(_("The project is not shown to the public yet: nobody could say anything about it by the poster."))
def is_public(user: Any, project: Any) -> bool:
    return bool(project.public)


may_print_poster = rule("renewal.print_poster", works_on_site & is_public)
may_found = rule("renewal.found", is_office)
may_enter_stage = rule("renewal.enter_stage", is_office)
may_record_progress = rule("renewal.record_progress", is_office)
may_set_outline = rule("renewal.set_outline", is_office)

sees(RenewalProject, visible_to)
finds(RenewalProject, "number", "name", "area")
