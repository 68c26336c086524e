"""Every address of the product: accounts, the objects' pages by room, and the desks."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from portal.health import healthz
from portal.watch import metrics

ROOMS = ("people", "renewal", "opinions", "surveys", "topics", "consultations", "recommendations", "briefings", "tasks",
         "blocks", "followups", "samples", "circulars", "evaluations", "showcases", "exports", "saved")
DESKS = ("residents", "members", "departments", "office", "supervision", "leadership", "admins")

handler403 = "portal.kit.access.denied"
handler404 = "portal.kit.access.not_found"
handler500 = "portal.kit.kept.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    # The desks first: one look at the beginning of an address passes over each, while every room is searched through.
    *(path(f"{desk}/", include(f"portal.{desk}.urls")) for desk in DESKS),
    *(path("", include(f"portal.rooms.{room}")) for room in ROOMS),
    path("", include("portal.front.urls")),
]
