"""The desk of a handling unit: its home and its lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.people import absences
from consult.tasks import desk
from portal.kit import addresses, homes


class Home(homes.Home):
    desk = "departments"
    intro = _("Your unit's tasks, with their deadlines.")
    template_name = "departments/home.html"

    def tiles(self) -> list[homes.Tile]:
        """How many tasks lie in each group, and the list of exactly those; empty groups are left out."""
        here = addresses.to("departments:tasks")
        counts = desk.counted(self.scope.departments(), self.today)
        return [homes.Tile(label, counts[name], f"{here}?now={name}", "late" if name == "overdue" else "")
                for name, label in desk.GROUPS.items() if counts[name]]

    def extra(self) -> dict[str, Any]:
        user = self.request.user
        return {"loads": desk.loads(self.scope.departments(), self.today), "list": addresses.to("departments:tasks"),
                "standing": absences.standing_in(user, self.today)}
