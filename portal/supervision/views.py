"""The desk of the supervision office: its home with the lights, and whose time it was."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import waits
from consult.kit import calendar
from consult.people.roles import Role, scope_of
from consult.tasks import clock, rules
from consult.tasks.states import Light
from portal.kit import addresses, homes

#: Which figures stand on this desk, and the list behind each.
LINKS = {"tasks_owed": "supervision:tasks", "tasks_on_time": "supervision:tasks",
         "tasks_days": "supervision:tasks", "redone": "supervision:tasks"}
#: The lights in the order in which they matter, with the tone of their tile.
LIGHTS = ((Light.RED, "late"), (Light.YELLOW, "near"), (Light.BLUE, "new"), (Light.GREEN, "far"), (Light.STOPPED, ""))


class Home(homes.Home):
    desk = "supervision"
    intro = _("Instructions to assign, replies to check, deadlines to watch.")

    def tiles(self) -> list[homes.Tile]:
        here = addresses.to("supervision:tasks")
        mine = rules.visible_to(self.request.user)
        lights = [homes.Tile(light.label, clock.lit(mine, light, self.today).count(), f"{here}?light={light}", tone)
                  for light, tone in LIGHTS]
        return [*lights, *homes.figured(homes.loop(self.scope.jurisdictions(Role.SUPERVISION), self.today), LINKS)]


class Time(View):
    """Whose time it was, on the average and by department: the newest tasks of a year."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        found = waits.of_districts(scope_of(request.user).jurisdictions(Role.SUPERVISION), calendar.now())
        context: dict[str, Any] = {"title": _("Whose time it was"), "found": found, "chart": found.chart(),
                                   "today": calendar.today()}
        return render(request, "supervision/time.html", context)
