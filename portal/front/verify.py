"""Is this paper genuine? For anybody who holds one: by its code, or by the file, which is compared and never kept."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.briefings import proof
from consult.briefings.proof import Proof, State
from consult.kit import calendar, keys
from consult.kit.paper import certificate, exhibit
from portal.forms.proof import Check
from portal.kit import limits
from portal.kit.receipts import private

#: The answer in one sentence, what it means, and how it looks. A code alone can be copied onto another paper: no good news.
ANSWERS: dict[str, tuple[Any, Any, str]] = {
    State.ON_RECORD: (
        _("This code belongs to an issued paper."),
        _("Compare number, date and organ with the paper in your hand. Only the file itself shows that not a letter was "
          "changed: choose it below."), "known"),
    State.GENUINE: (_("Genuine and unaltered."), _("The file is exactly the one that was issued."), "good"),
    State.COPY: (
        _("Genuine and unaltered: the copy of one reader."),
        _("The file is exactly one of the marked copies of this paper."), "good"),
    State.VOIDED: (
        _("This paper was voided."), _("It was issued here, but it no longer counts. Please ask the CPPCC office."), "bad"),
    State.CORRECTED: (
        _("This paper was corrected by a later issue."),
        _("It was issued here. What counts now is the later issue."), "bad"),
    State.ALTERED: (
        _("This is not the file that was issued."),
        _("It bears a code or a seal of this place, but its content was changed or saved anew after it was issued. "
          "Do not rely on it."), "bad"),
    State.UNRECORDED: (
        _("Sealed here, but not on record."),
        _("The seal is genuine and unbroken, but this file is not on record. Please ask the CPPCC office."), "bad"),
    State.UNKNOWN: (
        _("This file was not issued here."),
        _("It bears no code and no seal of this place. It may have been printed anew, scanned, or issued elsewhere."), "bad"),
}


class Verify(View):
    """The form, and the answer to a file."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, Check())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = Check(request.POST, request.FILES)
        if not form.is_valid():
            return show(request, form, status=422)
        if not form.cleaned_data["file"]:
            found = proof.find(form.cleaned_data["code"])
            return redirect("front.verify.code", found.code) if found else unknown(request, form)
        if until := limits.take(request, now := calendar.now(), "verify"):
            form.add_error("file", limits.wait(until))
            return limits.told(show(request, form, status=429), until, now)
        try:
            return show(request, Check(initial={"code": form.cleaned_data["code"]}), of_upload(form.cleaned_data["file"]))
        except exhibit.Busy:
            form.add_error("file", _("Many files are being checked. Please try again in a minute."))
            return show(request, form, status=503)


class Coded(View):
    """Where the QR code of a paper leads."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = proof.find(code)
        if found is None:
            return unknown(request, Check({"code": code}), status=404)
        return show(request, Check(initial={"code": found.code}), found)


class Certificate(View):
    """The certificate by which a PDF reader knows our seal, for whoever wants to trust it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        found = keys.paper_certificates()[0]
        response = HttpResponse(certificate.der(found), content_type="application/pkix-cert")
        response["Content-Disposition"] = 'attachment; filename="shangliang-paper.cer"'
        return response


def of_upload(upload: Any) -> Proof:
    """What an uploaded file is: known files by their hash alone, others are looked at."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    known = proof.of_hash(digest.hexdigest())
    if known is not None:
        return known
    upload.seek(0)
    return proof.of_file(upload.read())


def unknown(request: HttpRequest, form: Check, status: int = 422) -> HttpResponse:
    """One answer to every code that opens nothing, well formed or not."""
    if form.is_valid():
        form.add_error("code", _("There is no paper with this code. Please compare it letter by letter with the paper."))
    return show(request, form, status=status)


def show(request: HttpRequest, form: Check, found: Proof | None = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "title": _("Check a paper"), "proof": found, "answer": ANSWERS[found.state] if found else None,
               "fingerprint": certificate.fingerprint(keys.paper_certificates()[0])}
    response = private(render(request, "front/verify.html", context, status=status))
    response["X-Robots-Tag"] = "noindex"
    return response
