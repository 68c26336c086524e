"""One place to look for words, over everything the reader may see; works without JavaScript."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import finding
from consult.kit.search import words

OF_EACH, PER_PAGE, LONGEST = 5, 25, 60


class Search(View):
    """All kinds with a few hits each, or one kind page by page."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:LONGEST]
        kind = request.GET.get("kind", "")
        kind = kind if kind in finding.KINDS else ""
        number = self.number() if kind else 1
        limit = PER_PAGE if kind else OF_EACH
        groups = finding.find(request.user, text, limit=limit, kind=kind, offset=(number - 1) * limit)
        more = bool(kind and groups and groups[0].more)
        return render(request, "front/search.html", {
            "title": _("Search"), "text": text, "words": words(text), "groups": groups, "kind": kind, "number": number,
            "all": self.link(q=text), "previous": self.link(q=text, kind=kind, page=number - 1) if number > 1 else "",
            "next": self.link(q=text, kind=kind, page=number + 1) if more else ""})

    def number(self) -> int:
        asked = self.request.GET.get("page", "")
        return max(int(asked), 1) if asked.isdecimal() and len(asked) < 4 else 1

    def link(self, **query: Any) -> str:
        return f"{self.request.path}?{urlencode(query)}"
