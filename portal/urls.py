"""Every address of the product: accounts, the objects' pages by room, and the desks."""

from importlib import import_module

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from portal.health import healthz

ROOMS = ("people", "renewal", "opinions", "surveys", "topics", "consultations", "recommendations", "briefings", "tasks",
         "followups", "evaluations", "showcases")
DESKS = ("residents", "members", "departments", "office", "supervision", "leadership", "admins")


def _there(module: str) -> bool:
    # While rooms are being built: leave out what can't be imported yet.
    try:
        import_module(module)
    except ImportError:
        return False
    return True


handler403 = "portal.kit.access.denied"
handler404 = "portal.kit.access.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    *(path("", include(f"portal.rooms.{room}")) for room in ROOMS if _there(f"portal.rooms.{room}")),
    *(path(f"{desk}/", include(f"portal.{desk}.urls")) for desk in DESKS if _there(f"portal.{desk}.urls")),
    *(path("", include(module)) for module in ("portal.front.urls",) if _there(module)),
]

handler403 = "portal.kit.access.denied"
handler404 = "portal.kit.access.not_found"
