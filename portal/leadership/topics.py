"""Topics for the chair and the leaders: what waits for a decision, what is on its way."""

from django.utils.translation import gettext_lazy as _

from consult.people.roles import Role, scope_of
from consult.topics import rules
from consult.topics.models import Topic
from portal.filters.topics import Topics as Narrow
from portal.kit.lists import CAP_JOINED, Column, List


class Topics(List):
    model = Topic
    cap = CAP_JOINED
    visible_to = rules.visible_to
    filterset = Narrow
    title = _("Topics")
    related = ("project",)
    reads = ("title", "kind", "priority", "state", "planned_on", "project__name")
    order = ("priority", "planned_on", "pk")
    columns = (Column("title", _("Title"), link=True), Column("kind", _("Kind")), Column("priority", _("Priority")),
               Column("project", _("Project")), Column("state", _("State")), Column("planned_on", _("Planned")))

    def rows(self, user):
        return super().rows(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.CHAIR, Role.LEADER))
