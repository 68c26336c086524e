"""How one is reached: e-mail and text messages by kind of news, and the calendar by a secret link."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from icalendar import Calendar, Event

from consult.journey import agenda
from consult.kit import calendar, notices, reach
from consult.people.roles import scope_of
from portal.kit import addresses, limits
from portal.kit.forms import ActForm
from portal.kit.moves import blame

#: What each room's news is about, as somebody chooses by it.
ROOMS = {
    "opinions": _("Opinions"), "topics": _("Topics"), "consultations": _("Consultations"),
    "recommendations": _("Recommendations"), "briefings": _("Briefings and instructions"), "tasks": _("Tasks"),
    "followups": _("Look-backs"), "evaluations": _("Ratings and appraisals"), "showcases": _("Cases"),
    "people": _("My account and posts"), "surveys": _("Surveys"), "kit": _("The system itself"),
}


def choices() -> list[tuple[str, Any]]:
    return [(room, ROOMS.get(room, room)) for room in notices.rooms()]


class Ways(ActForm):
    mailed = forms.MultipleChoiceField(label=_("By e-mail"), required=False, choices=choices, widget=forms.CheckboxSelectMultiple,
                                       help_text=_("One e-mail with everything, in office hours."))
    texted = forms.MultipleChoiceField(label=_("By text message"), required=False, choices=choices,
                                       widget=forms.CheckboxSelectMultiple,
                                       help_text=_("It says only that something waits, never what."))
    mobile = forms.CharField(label=_("Mobile number"), max_length=20, required=False,
                             help_text=_("Only for these text messages."))


class Reached(View):
    """One page: what is sent where, and the calendar link, shown once."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = reach.of(request.user)
        mailed = [room for room, _words in choices() if room not in kept.quiet]
        return self.show(Ways(initial={"mailed": mailed, "texted": kept.texted, "mobile": kept.mobile}))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "make" in request.POST:
            return self.show(link=reach.make_feed(request.user, at=calendar.now()))
        if "revoke" in request.POST:
            reach.revoke_feed(request.user, at=calendar.now())
            messages.success(request, _("The calendar link is dead. Calendars that have it get nothing more."))
            return redirect("reached")
        form = Ways(request.POST)
        # An empty form says "nothing, please" only when its own button sent it.
        if "save" in request.POST and form.is_valid():
            quiet = [room for room, _words in choices() if room not in form.cleaned_data["mailed"]]
            try:
                reach.choose(request.user, quiet=quiet, texted=form.cleaned_data["texted"], mobile=form.cleaned_data["mobile"],
                             at=calendar.now())
            except ValidationError as wrong:
                blame(form, wrong)
            else:
                messages.success(request, _("Saved."))
                return redirect("reached")
        return self.show(form, status=422)

    def show(self, form: Ways | None = None, status: int = 200, link: str = "") -> HttpResponse:
        kept = reach.of(self.request.user)
        url = self.request.build_absolute_uri(reverse("feed", args=[link])) if link else ""
        if form is None:
            mailed = [room for room, _words in choices() if room not in kept.quiet]
            form = Ways(initial={"mailed": mailed, "texted": kept.texted, "mobile": kept.mobile})
        return render(self.request, "front/reached.html", {
            "title": _("How I am reached"), "form": form, "kept": kept, "link": url}, status=status)


class Feed(View):
    """The calendar of whoever made the link, as they may see it now. No session: the link is the key."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        at = calendar.now()
        if until := limits.take(request, at, "feed"):
            return limits.told(HttpResponse(status=429), until, at)
        user = reach.owner_of(secret)
        if user is None or not scope_of(user).roles:
            raise Http404
        with translation.override("zh-hans"):
            content = written(agenda.of(user, calendar.local_date(at)), request, at)
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Content-Disposition"] = 'inline; filename="shangliang.ics"'
        return response


def written(entries: list[agenda.Entry], request: HttpRequest, at: datetime) -> bytes:
    book = Calendar()
    book.add("prodid", "-//Shangliang//calendar//ZH")
    book.add("version", "2.0")
    book.add("x-wr-calname", str(_("Consultation portal")))
    book.add("x-wr-timezone", "Asia/Shanghai")
    for one in entries:
        event = Event()
        event.add("uid", f"{one.uid}@{request.get_host()}")
        event.add("dtstamp", at)
        event.add("summary", str(one.title))
        whole_day = one.end is None
        event.add("dtstart", one.start if whole_day else one.start.astimezone(calendar.ZONE))
        event.add("dtend", one.start + timedelta(days=1) if whole_day else one.end.astimezone(calendar.ZONE))
        if one.place:
            event.add("location", one.place)
        if url := addresses.of(one.obj):
            event.add("url", request.build_absolute_uri(url))
        book.add_component(event)
    content: bytes = book.to_ical()
    return content
