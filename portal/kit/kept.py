"""What was typed survives: an expired page, a session that ended, a locked or a dead database answer with the words, ready

to be sent again.

Only to whoever typed them here: a form that another site sent is never handed back with a fresh token, or one press would
do what that site wanted. Nothing here asks the database.
"""

import logging
import sys
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from consult.kit import jobs, store

log = logging.getLogger(__name__)
#: Never handed back: secrets are typed anew.
SECRET = ("password", "code", "otp", "token")
#: From this length on somebody wrote it; shorter values may be codes of choices, and go along unseen.
WRITTEN, LONG = 4, 40


class Typed(NamedTuple):
    """One field as it was sent; ``long``: words to be seen and changed."""

    name: str
    value: str
    long: bool


def typed(request: HttpRequest) -> list[Typed]:
    """The fields of a form of ours, without secrets; none for a form that may come from elsewhere, or has no words in it."""
    if request.method != "POST" or not from_here(request):
        return []
    try:
        sent = list(request.POST.lists())
    except Exception:  # a request that broke off: nothing of it can be read any more
        return []
    if any("password" in name for name, _values in sent):
        return []
    found = [Typed(name, value, _written(value)) for name, values in sent for value in values
             if not any(secret in name.casefold() for secret in SECRET)]
    return found if any(one.value.strip() for one in found if one.name != "key") else []


def from_here(request: HttpRequest) -> bool:
    """Did the browser say that the form was on a page of ours? (Every browser says where a POST comes from.)"""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    parts = urlsplit(origin)
    return site == "same-origin" and parts.scheme == request.scheme and parts.netloc == request.get_host()


def _written(value: str) -> bool:
    """Words, not the code of a choice: Chinese, or several of them, or very many."""
    words = not value.isascii() or " " in value.strip() or len(value) >= LONG
    return words and len(value) >= WRITTEN


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open for too long, or cookies were cleared: a fresh token, and the words."""
    return render(request, "403_csrf.html", {**again(request), "cookies": bool(request.COOKIES)}, status=403)


class SignedIn(LoginRequiredMiddleware):
    """Pages are for those who are signed in, unless they are declared public. Whoever was signed out while writing reads
    their words on the way to the sign-in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        told = again(request)
        if not told["typed"]:
            return super().handle_no_permission(request, view_func)
        return render(request, "403_signed_out.html", {**told, "sign_in": self.get_login_url(view_func)}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """handler500. When the database or the file store does not answer, that is said, with when to try again; the words are

    given back.
    """
    wrong = sys.exc_info()[1]
    away, busy = isinstance(wrong, store.Unreachable), isinstance(wrong, jobs.PASSING)
    context = {**again(request), "busy": busy, "away": away}
    try:
        page = render_to_string("500.html", context)
    except Exception:
        log.exception("The page for errors could not be shown.")
        page = "<!doctype html><title>系统出错 · Error</title><p>系统出错了，请稍后再试。 · Please try again later."
    response = HttpResponse(page, status=503 if busy else 500)
    response.headers["Cache-Control"] = "no-store"
    if busy:
        response.headers["Retry-After"] = "120" if away else "30"
    return response


def again(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to send the same form once more; with a ``key`` the same form is taken once, however often it is sent."""
    fields = typed(request)
    return {"typed": fields, "action": request.get_full_path() if fields else "", "files": bool(fields and request.FILES),
            "keyed": any(one.name == "key" for one in fields), "token": get_token(request) if fields else ""}
