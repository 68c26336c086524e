"""The desk of the supervision office: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from consult.journey import figures
from consult.people.roles import Role
from portal.kit import homes

#: Which figures stand on this desk, and the list behind each.
LINKS = {"tasks_owed": "supervision:tasks", "tasks_overdue": "supervision:tasks", "tasks_on_time": "supervision:tasks",
         "tasks_days": "supervision:tasks", "redone": "supervision:tasks"}


class Home(homes.Home):
    desk = "supervision"
    intro = _("Instructions to assign, replies to check, deadlines to watch.")

    def tiles(self) -> list[homes.Tile]:
        return homes.figured(figures.loop(self.scope.jurisdictions(Role.SUPERVISION), self.today), LINKS)
