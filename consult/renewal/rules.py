"""Who may look at a renewal project, and who keeps its record."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence, rule, sees
from consult.kit.search import finds
from consult.people.roles import STAFF, scope_of
from consult.people.rules import is_office
from consult.renewal.models import RenewalProject


def visible_to(user: Any) -> Any:
    """Public projects to everybody, without an account too; the others to the staff of the jurisdiction."""
    return RenewalProject.objects.filter(Q(public=True) | Q(jurisdiction__in=scope_of(user).jurisdictions(*STAFF)))


def seen_by(project: RenewalProject) -> list[Sentence]:
    if project.public:
        return [_("Everybody: the project is shown to the public, in totals only.")]
    return [_("Staff of %(place)s: the project is not public yet.") % {"place": project.jurisdiction}]


may_found = rule("renewal.found", is_office)
may_enter_stage = rule("renewal.enter_stage", is_office)
may_record_progress = rule("renewal.record_progress", is_office)
may_set_outline = rule("renewal.set_outline", is_office)

sees(RenewalProject, visible_to)
finds(RenewalProject, "number", "name", "area")
