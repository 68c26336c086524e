"""The home of a desk: what needs me now, a few counts, what was new lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import due, figures
from consult.kit import calendar
from consult.kit.recall import recall
from consult.kit.rules import Denied, Sentence
from consult.people.roles import scope_of
from portal.kit import access, addresses, menus

SHOWN = 12


@dataclass(frozen=True)
class Tile:
    """One count, a link to exactly that list; ``tone`` late / near / far colours it."""

    label: Sentence
    number: Any
    url: str = ""
    tone: str = ""
    note: Sentence = ""


@dataclass(frozen=True)
class Line:
    """One need as the home shows it: the thing, its light, and the one thing to do."""

    need: Any
    url: str
    here: str


class Home(View):
    """Declare ``desk`` (its name in menus.DESKS); add ``tiles`` and ``recent``."""

    desk = ""
    intro: Sentence = ""
    template_name = "parts/home.html"
    http_method_names = ["get", "head", "options"]

    def tiles(self) -> list[Tile]:
        """Three to five counts, worst first."""
        return []

    def recent(self) -> list[tuple[Sentence, Any]]:
        """(heading, objects) groups; a queryset is cut to a few."""
        return []

    def extra(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest) -> HttpResponse:
        self.scope = scope_of(request.user)
        self.today = calendar.today()
        desk = next(desk for desk in menus.DESKS if desk.name == self.desk)
        if desk.roles.isdisjoint(self.scope.roles):
            raise Denied(access.OTHER_DESK)
        return render(request, self.template_name, self.context(desk))

    def context(self, desk: menus.Desk) -> dict[str, Any]:
        lines = [line(need) for need in due.needs(self.request.user, self.today)]
        recent = [(heading, list(rows[:6])) for heading, rows in self.recent()]
        return {"title": desk.label, "intro": self.intro, "lines": lines[:SHOWN], "more": lines[SHOWN:],
                "total": len(lines), "tiles": self.tiles(), "recent": [group for group in recent if group[1]],
                "today": self.today, "posts": posts(self.request.user, self.today), **self.extra()}


def loop(jurisdictions: set[int], today: date) -> list[Any]:
    """The loop of these districts in figures, at most a minute old: they count all there is."""
    return recall(("loop", frozenset(jurisdictions), today), lambda: figures.loop(jurisdictions, today))


def figured(figures: Iterable[Any], links: dict[str, str]) -> list[Tile]:
    """Tiles of the figures named in ``links`` (figure key -> list url name, which may have a query)."""
    made = []
    for figure in figures:
        if figure.key in links:
            name, _mark, query = links[figure.key].partition("?")
            url = addresses.to(name) if name else ""
            made.append(Tile(figure.label, figure.number, f"{url}?{query}" if url and query else url,
                             "late" if figure.key in LATE and figure.number else "",
                             "" if figure.of is None else _("of %(n)s") % {"n": figure.of}))
    return made


#: Figures that are bad news unless zero.
LATE = frozenset({"tasks_overdue"})


def line(need: Any) -> Line:
    here = addresses.of(need.obj)
    act = (addresses.to(need.url_name, need.obj.pk) or addresses.to(need.url_name)) if need.url_name else ""
    return Line(need, act or here, here)


def posts(user: Any, today: Any) -> list[Any]:
    """The user's appointments in force, to say under which hat one sits here."""
    return list(user.appointments.in_force(today).select_related("jurisdiction", "department", "subdistrict"))
