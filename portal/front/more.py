"""Adding what was forgotten from the fresh receipt: whoever just handed in need not look the opinion up for it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar
from consult.opinions import actions
from portal.forms.opinions import Fact
from portal.kit import receipts
from portal.kit.addresses import to
from portal.kit.moves import blame, refused


class More(View):
    """The form stands on the receipt, which is shown again with its code; only what was refused gets a page of its own."""

    http_method_names = ["get", "post", "head", "options"]
    opinion: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = receipts.handed_over(request)
        if found is None:
            return redirect("receipt")
        self.opinion = found["opinion"]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("opinion.receipt")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = Fact(request.POST)
        if form.is_valid():
            try:
                actions.add_fact(self.opinion, text=form.cleaned_data["text"], at=calendar.now())
                messages.success(request, _("It was added to your opinion."))
                return redirect("opinion.receipt")
            except ValidationError as wrong:
                blame(form, wrong)
        refused(form, None, self.opinion)
        context = {"form": form, "title": _("Add something"), "button": _("Add this"), "opinion": self.opinion,
                   "back": to("opinion.receipt")}
        return receipts.private(render(request, "front/judge.html", context, status=422))
