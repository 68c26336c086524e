"""Published cases are everybody's; writing and publishing them is the office's."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence, rule, sees
from consult.kit.search import finds
from consult.people.roles import Role, scope_of
from consult.people.rules import is_chair, is_office
from consult.showcases.models import Case
from consult.showcases.states import CaseState


def visible_to(user: Any) -> Any:
    """Published cases: everybody, signed in or not; drafts and withdrawn ones: the office and chair of the district."""
    scope = scope_of(user)
    return Case.objects.filter(Q(state=CaseState.PUBLISHED)
                               | Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR)))


def seen_by(case: Case) -> list[Sentence]:
    if case.state == CaseState.PUBLISHED:
        return [_("Everybody: it is published")]
    return [_("The CPPCC office and the CPPCC chair")]


may_write = rule("showcases.write", is_office)
may_edit = rule("showcases.edit", is_office)
may_publish = rule("showcases.publish", is_office | is_chair)
may_withdraw = rule("showcases.withdraw", is_office | is_chair)

sees(Case, visible_to)
finds(Case, "title", "asked", "talked", "outcome")
