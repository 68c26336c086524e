"""What every page knows: the menu, unread notices, the reader's scope, and how they like to read."""

import re
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from consult.kit import calendar, notices
from consult.people.models import Appointment, Jurisdiction
from consult.people.roles import Role, Scope, scope_of
from portal.kit import addresses, menus

#: Each is kept in a cookie of its name. Large and extra are the elder mode: 18 pt and 30 pt, simple pages.
LOOKS = {"size": ("standard", "large", "extra"), "contrast": ("usual", "high")}


class DeskContext:
    """Computed when a template asks, at most once a request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> Any:
        return getattr(self.request, "user", None)

    @cached_property
    def signed_in(self) -> bool:
        return bool(self.user is not None and self.user.is_authenticated)

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.user)

    @cached_property
    def roles(self) -> frozenset[str]:
        return self.scope.roles

    @cached_property
    def menu(self) -> list[dict[str, Any]]:
        return menus.menu(self.scope, self.request.path)

    @cached_property
    def public_menu(self) -> list[dict[str, Any]]:
        return menus.public_menu(self.request.path, simple=self.elder)

    @cached_property
    def works(self) -> bool:
        """Has a desk, and so a menu beside the page."""
        return bool(menus.desks_of(self.scope))

    @cached_property
    def stands(self) -> tuple[Any, ...]:
        """What the drawn menu depends on."""
        return (get_language(), self.signed_in, *menus.stands(self.scope, self.request.path, simple=self.elder))

    # What the words around every page depend on, beside the language: see the tag ``remember``.

    @cached_property
    def looks(self) -> tuple[str, bool]:
        return self.size, self.contrast

    @property
    def place_in_links(self) -> str:
        path = self.request.path
        return path if path in (addresses.to("search"), addresses.to("notices")) else ""

    @property
    def foot(self) -> tuple[bool, bool]:
        return self.simple, self.demo

    @cached_property
    def unread(self) -> int:
        return notices.waiting(self.user) if self.signed_in else 0

    def look(self, name: str) -> str:
        asked = self.request.COOKIES.get(name, "")
        return asked if asked in LOOKS[name] else LOOKS[name][0]

    @cached_property
    def size(self) -> str:
        return self.look("size")

    @property
    def elder(self) -> bool:
        return self.size != "standard"

    @cached_property
    def contrast(self) -> bool:
        return self.look("contrast") == "high"

    @property
    def simple(self) -> bool:
        """Elder mode before the public pages: what is needed, and nothing beside it. A desk keeps its tools."""
        return self.elder and not self.signed_in

    @property
    def html_class(self) -> str:
        chosen = {"elder": self.elder, "extra": self.size == "extra", "contrast": self.contrast}
        return " ".join(name for name, on in chosen.items() if on)

    @property
    def phone(self) -> str:
        """Where somebody answers who helps to hand in."""
        return str(settings.OFFICE_PHONE)

    @property
    def dial(self) -> str:
        """The same for a telephone to dial."""
        return re.sub(r"[^\d+]", "", self.phone)

    @property
    def demo(self) -> bool:
        return bool(getattr(settings, "DEMO", False))

    @property
    def demo_password(self) -> str:
        return getattr(settings, "DEMO_PASSWORD", "") if self.demo else ""

    @cached_property
    def demo_accounts(self) -> list[Appointment]:
        """In the demonstration: the first accounts of each role, in the order of the roles."""
        rows = Appointment.objects.in_force(calendar.today()).select_related(
            "user", "jurisdiction", "department", "subdistrict").order_by("id") if self.demo else []
        first: dict[str, list[Appointment]] = {str(role): [] for role in Role}
        for row in rows:
            if len(first[row.role]) < (2 if row.role == Role.CLERK else 1):
                first[row.role].append(row)
        return [row for some in first.values() for row in some]

    @cached_property
    def district(self) -> str:
        """The reader's district by name; for strangers the one (or the first) whose CPPCC this installation serves."""
        name, english = self.scope.place if self.scope.posts else Jurisdiction.objects.filter(
            level=Jurisdiction.Level.DISTRICT).values_list("name", "name_en").first() or ("", "")
        return english if get_language() == "en" and english else name


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``desk`` on every page."""
    return {"desk": DeskContext(request)}
