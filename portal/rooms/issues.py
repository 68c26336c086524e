"""The numbered papers: their files, two of them side by side, and the register of every number given."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.briefings import actions, compare, document, press, register, rules
from consult.briefings.models import Briefing, Issue
from consult.briefings.states import UNSIGNED, BriefingState
from consult.kit import calendar, pdf
from consult.kit.rules import require
from consult.people.roles import Role, scope_of
from portal.filters.briefings import Register as NarrowRegister
from portal.kit import addresses
from portal.kit.access import visible_or_404
from portal.kit.lists import Column, List
from portal.kit.papers import as_pdf
from portal.rooms.reading import named

#: How many issues one may choose from; older ones are reached from their own pages.
CHOICES = 200


class IssuePDF(View):
    """The frozen file, to whoever sees the briefing: a recipient's own marked copy. Each download is on record."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = visible_or_404(rules.issues_visible_to(request.user).exclude(sha256=""), briefing=pk)
        content = actions.download(issue, by=request.user, at=calendar.now())
        return as_pdf(content, file_name(issue.snapshot))


class Preview(View):
    """The draft as it would be printed, marked as a draft; for the office and the chair."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        briefing = visible_or_404(rules.visible_to(request.user), pk=pk)
        require(rules.may_preview, request.user, briefing)
        if briefing.state not in UNSIGNED:
            raise Http404
        words = document.snapshot(briefing)
        try:
            content = press.render(words, draft=True)
        except ValidationError as wrong:
            messages.error(request, " ".join(wrong.messages))
        except pdf.PaperFailed as failed:
            messages.error(request, failed.reason)
        else:
            return as_pdf(content, f"草稿-{words['mark']}-{words['title']}.pdf")
        return HttpResponseRedirect(addresses.of(briefing))


def file_name(words: dict[str, Any]) -> str:
    """商量专报-2026年第3期-关于….pdf"""
    return f"{words['mark']}-{words['year']}年第{words['issue_no']}期-{words['title']}.pdf"


class Compare(View):
    """Any two issues one may see, side by side; without two, a list to choose from."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = rules.issues_visible_to(request.user).select_related("briefing")
        rows = list(seen.defer("snapshot", "report").order_by("-signed_at", "-id")[:CHOICES])
        if not rows:
            raise Http404
        asked = [request.GET.get(name, "") for name in ("a", "b")]
        pair = [visible_or_404(seen, pk=int(key) if key.isdecimal() and len(key) < 10 else 0) for key in asked if key]
        choices = [(one.pk, f"{named(one)} · {one.briefing.title}") for one in rows]
        context = {"title": _("Compare two issues"), "choices": choices,
                   "chosen": [one.pk for one in pair] + [0] * (2 - len(pair))}
        if len(pair) == 2:
            sections = compare.compare(pair[0].snapshot, pair[1].snapshot)
            context |= {"a": pair[0], "b": pair[1], "names": [named(one) for one in pair], "sections": sections,
                        "changed": sum(row.kind != compare.SAME for section in sections for row in section.rows)}
        return render(request, "rooms/briefings/compare.html", context)


def titled(briefing: Briefing) -> Any:
    if briefing.state != BriefingState.VOIDED:
        return briefing.title
    return _("%(title)s (void: %(reason)s)") % {"title": briefing.title, "reason": briefing.review_note}


class Register(List):
    """Every number given, by year and kind, for the office and the chair."""

    model = Issue
    visible_to = rules.issues_visible_to
    filterset = NarrowRegister
    title = _("Number register")
    intro = _("Every number that was given, none left out. A void one stays, with its reason.")
    empty = _("No number has been given yet.")
    template_name = "rooms/briefings/register.html"
    related = ("briefing", "signed_by")
    reads = ("kind", "year", "issue_no", "symbol", "sha256", "snapshot_sha256", "signed_at", "briefing__state",
             "briefing__title", "briefing__review_note", "signed_by__name", "signed_by__username")
    order = ("-year", "kind", "-issue_no", "-pk")
    columns = (
        Column("number", _("No."), value=lambda briefing: named(briefing.paper), link=True, of="briefing"),
        Column("kind", _("Kind")), Column("title", _("Title"), value=titled, of="briefing"), Column("signed_by", _("Signed by")),
        Column("signed_at", _("Signed off"), value=lambda issue: calendar.local_date(issue.signed_at)),
        Column("state", _("State"), of="briefing"),
        Column("sha256", _("Hash"), value=lambda issue: (issue.sha256 or issue.snapshot_sha256)[:8]))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        require(rules.may_read_register, request.user)
        return super().get(request, **kwargs)

    def places(self) -> Any:
        return scope_of(self.request.user).jurisdictions(Role.OFFICE, Role.CHAIR)

    def rows(self, user: Any) -> QuerySet[Any]:
        return Issue.objects.filter(jurisdiction__in=self.places())

    def extra(self) -> dict[str, Any]:
        return {"runs": register.runs(self.places())}


urlpatterns = [
    path("briefings/<int:pk>/pdf/", IssuePDF.as_view(), name="briefing.pdf"),
    path("briefings/<int:pk>/preview/", Preview.as_view(), name="briefing.preview"),
    path("briefings/compare/", Compare.as_view(), name="briefing.compare"),
    path("briefings/register/", Register.as_view(), name="briefing.register"),
]
