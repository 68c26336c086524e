"""The desk of the chair and of district leaders: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from consult.people.roles import Role
from portal.kit import homes

#: Which figures stand on this desk, and the list behind each.
LINKS = {"opinions_waiting": "", "topics_open": "leadership:topics", "tasks_overdue": "leadership:tasks",
         "tasks_on_time": "leadership:tasks", "satisfied": "leadership:figures"}


class Home(homes.Home):
    desk = "leadership"
    intro = _("What waits for your decision, and how the loop is doing.")

    def tiles(self) -> list[homes.Tile]:
        return homes.figured(homes.loop(self.scope.jurisdictions(Role.CHAIR, Role.LEADER), self.today), LINKS)
