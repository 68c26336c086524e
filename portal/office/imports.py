"""A sheet of opinions on the office's desk: uploaded, looked at, confirmed, brought in; its report to take away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar
from consult.opinions import arrivals, importing, rules
from consult.opinions.arrivals import Arrival
from consult.people.models import Jurisdiction
from portal.forms.imports import Sheet
from portal.kit import addresses
from portal.kit.moves import Start

#: So many rows of the report stand on the page; the download holds more.
SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_sheet(request: HttpRequest, arrival: Any) -> HttpResponse:
    """On to what was found."""
    return redirect("office:import_sheet", arrival.token)


START = Start("import_sheet", _("Bring in a sheet"), rules.may_import, arrivals.receive, form=Sheet, then=to_sheet,
              effect=_("The sheet is looked at first; nothing comes in before you say so. Names, telephone numbers and "
                       "addresses are sealed. The uploaded file is kept encrypted, and deleted afterwards."),
              template_name="office/import.html")


def known(request: HttpRequest, token: UUID) -> Arrival:
    """The sheet of whoever asks; nobody else learns that it is there."""
    arrival = arrivals.of(request.user, token)
    if arrival is None:
        raise Http404
    return arrival


class SheetPage(View):
    """What was found in a sheet, what to do with it, how far it is, and what came of it."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest, token: UUID) -> HttpResponse:
        return self.show(known(request, token))

    def post(self, request: HttpRequest, token: UUID) -> HttpResponse:
        arrival = known(request, token)
        wanted = request.POST.get("do")
        if wanted == "drop" and arrival.stage != "confirmed":
            arrivals.drop(arrival)
            messages.success(request, _("The uploaded sheet was deleted."))
            return redirect("office:import")
        try:
            if wanted in ("all", "good"):
                arrivals.confirm(arrival, by=request.user, at=calendar.now(), partial=wanted == "good")
        except ValidationError as wrong:
            messages.error(request, " ".join(wrong.messages))
            return self.show(arrival, 422)
        return redirect("office:import_sheet", token)

    def show(self, arrival: Arrival, status: int = 200) -> HttpResponse:
        home, found = Jurisdiction.objects.get(pk=arrival.jurisdiction), arrival.found
        rows = importing.rows_of(found, home, SHOWN)
        total = arrival.errors + arrival.doubles
        return render(self.request, "office/import_sheet.html", {
            "title": arrival.name, "arrival": arrival, "found": found, "rows": rows, "more": max(0, total - len(rows)),
            "notes": importing.notes_of(found), "columns": importing.columns_of(found), "home": home,
            "busy": arrival.stage in ("waiting", "confirmed"), "back": addresses.to("office:import"),
            "opinions": addresses.to("office:opinions")}, status=status)


class ReportFile(View):
    """The report as a workbook."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: UUID) -> HttpResponse:
        arrival = known(request, token)
        home = Jurisdiction.objects.get(pk=arrival.jurisdiction)
        response = HttpResponse(importing.workbook(arrival.found, home), content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, "report.xlsx") or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        return response
