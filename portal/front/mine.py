"""What is kept about whoever holds a receipt, for themselves: photos, name and telephone number, seen, copied, corrected."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.opinions import actions, own, photos
from consult.opinions.states import IdentityMode, OpinionState
from portal.forms import opinions as forms
from portal.front.say import Opened
from portal.kit import files, receipts
from portal.kit.moves import blame

LABELS = {"name": _("Your name"), "phone": _("Telephone"), "address": _("Address")}


class Photo(Opened):
    """A photo of one's own opinion: looked at, or taken back."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse | FileResponse:
        return files.sent(self.photo(pk), inline=True)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        own.take_away(self.opinion, self.photo(pk), at=calendar.now())
        messages.success(request, _("The photo is erased."))
        return redirect("receipt.status")

    def photo(self, pk: Any) -> Any:
        found = photos.of(self.opinion).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class Contact(Opened):
    """Covered at first; in full, or as a file, only in the answer to a press of a button, which leaves an event."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        opinion = receipts.opinion_of(request)
        if opinion and (opinion.identity_mode == IdentityMode.ANONYMOUS or opinion.state == OpinionState.ARCHIVED):
            return redirect("receipt.status")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            if "show" in request.POST and self.kept:
                return self.show(self.form(), told=own.show(self.opinion, at=calendar.now()))
            if "copy" in request.POST and self.kept:
                return self.copy(own.show(self.opinion, at=calendar.now()))
        except ValidationError as wrong:
            return self.show(self.form(), 422, wrong=wrong.messages)
        return self.correct()

    def correct(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if form.is_valid():
            try:
                own.correct(self.opinion, **form.values(), at=calendar.now())
            except ValidationError as wrong:
                blame(form, wrong)
            else:
                messages.success(self.request, _("Corrected. From now on only this is kept."))
                return redirect("receipt.status")
        return self.show(form, 422)

    @property
    def kept(self) -> bool:
        return actions.identity_of(self.opinion) is not None

    def form(self, data: Any = None) -> forms.Contact:
        return forms.Contact(data, kept=self.kept)

    def show(self, form: forms.Contact, status: int = 200, told: dict[str, str] | None = None,
             wrong: list[str] | None = None) -> HttpResponse:
        kept = self.kept
        if kept and told is None and not wrong:
            try:
                covered = own.covered(self.opinion)
            except ValidationError as failed:
                covered, wrong = {}, failed.messages
        else:
            covered = {}
        context = {"title": _("My name and telephone number"), "opinion": self.opinion, "form": form, "kept": kept,
                   "rows": rows(told or covered), "full": told is not None, "shown": own.times_shown(self.opinion),
                   "revealed": actions.times_revealed(self.opinion), "wrong": wrong}
        return receipts.private(render(self.request, "front/receipt_contact.html", context, status=status))

    def copy(self, told: dict[str, str]) -> HttpResponse:
        """A plain text to keep."""
        lines = [self.opinion.number, *(f"{label}{gettext(': ')}{value}" for label, value in rows(told))]
        response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = content_disposition_header(True, f"{self.opinion.number}.txt") or "attachment"
        return receipts.private(response)


def rows(told: dict[str, str]) -> list[tuple[Any, str]]:
    return [(LABELS[name], told[name]) for name in LABELS if name in told]
