"""Trends (走势) on the office's desk: opinions by week, theme and place, and what rises of a sudden."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import themes
from consult.kit import calendar
from consult.kit.recall import recall
from consult.opinions.rules import visible_to
from consult.people.roles import Role, scope_of
from portal.filters.trends import WEEKS
from portal.filters.trends import Trends as NarrowTrends
from portal.kit import addresses


def office_rows(user: Any) -> Any:
    """The opinions of the office's own district."""
    return visible_to(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE))


class Trends(View):
    """Charts with their numbers; the rises with their reasons. For the office alone: it reads every opinion anyway."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = NarrowTrends(request.GET, queryset=office_rows(request.user), request=request)
        good, today = asked.is_valid(), calendar.today()
        rows = asked.qs if good else office_rows(request.user).none()
        weeks = int((good and asked.form.cleaned_data.get("weeks")) or WEEKS[0])
        # At most a minute old: each new opinion would have every chart drawn anew.
        found, charts = recall(
            ("trends", request.user.pk, scope_of(request.user), request.GET.urlencode(), today, get_language()),
            lambda: (found := themes.rises(rows, today), themes.charts(rows, today, weeks, found)))
        return render(request, "office/trends.html", {
            "title": _("Trends"), "filters": asked, "rises": found, "today": today, "clear": request.path,
            "charts": charts, "opinions": addresses.to("office:opinions"),
            "links": request.path}, status=200 if good else 422)
