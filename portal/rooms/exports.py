"""What somebody took away from a list: begun, shown as it is written, fetched, and nobody else's."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import audit, calendar
from consult.kit.models import Export
from portal.kit import access, exports

TYPES = {Export.Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Export.Kind.CSV: "text/csv"}


class New(View):
    """The button under a list."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        made = exports.ask(request.POST.get("list", ""), request.POST.get("query", "")[:2000], request.POST.get("kind", ""),
                           user=request.user, at=calendar.now())
        return sent(request, made) if made.file else redirect("export", made.pk)


class Mine(View):
    """All of one's own."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(made, exports.title_of(made)) for made in Export.objects.filter(user=request.user)[:50]]
        return render(request, "rooms/exports/mine.html", {"title": _("My exports"), "rows": rows})


class Shown(View):
    """How far it is."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        made = own(request, pk)
        return render(request, "rooms/exports/export.html", {
            "title": exports.title_of(made), "export": made, "busy": not made.finished_at})


class Fetched(View):
    """The file, for whoever asked for it and may still open the list."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse | FileResponse:
        made = own(request, pk)
        if not made.file:
            raise Http404
        return sent(request, made)


def own(request: HttpRequest, pk: UUID) -> Export:
    found = Export.objects.filter(pk=pk, user=request.user).first()
    if found is None:
        raise Http404
    return found


def sent(request: HttpRequest, made: Export) -> FileResponse:
    exports.opened(made.list, made.query, request.user)
    file = made.file.open("rb")  # before it counts as fetched
    audit.write("kit.fetch_export", made, by=request.user, at=calendar.now(), data={"list": made.list})
    name = f"{exports.title_of(made)}-{calendar.local_date(made.asked_at)}.{made.kind}"
    response = FileResponse(file, content_type=TYPES[made.kind])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def door(view: Any) -> Any:
    return access.door(view)


urlpatterns = [
    path("exports/", door(Mine), name="exports"),
    path("exports/new/", door(New), name="export.new"),
    path("exports/<uuid:pk>/", door(Shown), name="export"),
    path("exports/<uuid:pk>/file/", door(Fetched), name="export.file"),
]
