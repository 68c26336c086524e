"""The public front: how to take part; and what every desk shares: landing, notices, text size, files."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import figures
from consult.kit import attachments, calendar, notices
from consult.kit.models import Attachment
from consult.people.roles import scope_of
from portal.kit import files, menus
from portal.kit.context import SIZE_COOKIE, SIZES

#: The loop as a resident understands it: the step, and what happens in it.
LOOP = (
    (_("You speak"), _("Say what you see or need. No account is asked for.")),
    (_("A topic is made"), _("The CPPCC office reads every opinion and joins those about one matter.")),
    (_("We talk it over"), _("Residents, members, departments and experts sit at one table.")),
    (_("Advice goes up"), _("What was agreed goes to the district's leaders as a written briefing.")),
    (_("A unit acts"), _("A responsible unit is named, with a date.")),
    (_("We look back"), _("Members visit and check what was really done.")),
    (_("You judge"), _("You say whether it was worth it. A new problem begins the loop again.")),
)


class Home(View):
    """The landing page for residents."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "front/home.html", {"loop": LOOP, "figures": self.figures()})

    def figures(self) -> list[Any]:
        """Public totals; what has none yet is left out."""
        return [figure for figure in figures.public(calendar.today()) if figure.number]


class Desk(View):
    """Where one lands after signing in: the first desk of one's roles."""

    def get(self, request: HttpRequest) -> HttpResponse:
        url = menus.landing(scope_of(request.user))
        return redirect(url) if url else render(request, "parts/no_appointment.html")


class Notices(View):
    """The inbox: newest first; opening the thing itself marks its notices as read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(notices.inbox(request.user), 25).get_page(request.GET.get("page"))
        found = notices.objects(page.object_list, request.user)
        rows = [(notice, notices.text(notice), found.get(notice.pk)) for notice in page.object_list]
        return render(request, "parts/notices.html", {"rows": rows, "page": page})

    def post(self, request: HttpRequest) -> HttpResponse:
        notices.read(request.user, at=calendar.now())
        messages.success(request, _("All notices are marked as read."))
        return redirect("notices")


class Size(View):
    """Standard, large or extra large text, kept in a cookie."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        size = request.POST.get("size", "")
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
        response = redirect(back if safe else "/")
        if size in SIZES:
            response.set_cookie(SIZE_COOKIE, size, max_age=365 * 86400, samesite="Lax", httponly=True,
                                secure=settings.SESSION_COOKIE_SECURE)
        return response


class Attached(View):
    """A file, for whoever may see what it belongs to; always as a download, never as a page of ours."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse | FileResponse:
        attachment = get_object_or_404(Attachment, pk=pk)
        if not attachments.may_fetch(request.user, attachment):
            raise Http404
        return files.sent(attachment, inline="preview" in request.GET)
