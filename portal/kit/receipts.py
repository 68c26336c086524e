"""What a browser remembers of a receipt: which opinion it opened, for half an hour; never the code, never in a url."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from consult.kit import calendar
from consult.kit.paper import codes
from consult.opinions import receipts
from consult.opinions.models import Opinion
from consult.opinions.splitting import first_of
from portal.kit.addresses import to

OPENED, HANDED = "receipt_opened", "receipt_handed"
MINUTES = 30


def opened(opinion: Opinion) -> list[Any]:
    return [opinion.pk, calendar.now().timestamp(), _mark(opinion)]


def _mark(opinion: Opinion) -> str:
    """Changes with the code: what a lost code opened or showed is closed when a new one is given.

    What was split off is opened with the receipt of the first.
    """
    return hashlib.sha256(first_of(opinion).receipt_hash.encode()).hexdigest()[:16]


def open_with(request: HttpRequest, opinion: Opinion) -> None:
    """The right number and code were given: this browser may read how the opinion stands."""
    request.session.cycle_key()
    request.session[OPENED] = opened(opinion)


def opinion_of(request: HttpRequest) -> Opinion | None:
    """The opinion this browser opened with a receipt in the last half hour, or None."""
    number, since, mark = request.session.get(OPENED) or (0, 0, "")
    if calendar.now().timestamp() - since <= MINUTES * 60:
        found = Opinion.objects.select_related("project", "subdistrict", "merged_into", "split_from").filter(pk=number).first()
        if found and _mark(found) == mark:
            return found
    forget(request)
    return None


def forget(request: HttpRequest) -> None:
    for name in (OPENED, HANDED):
        request.session.pop(name, None)


def handed(opinion: Opinion, salt: str = "") -> list[Any]:
    return [opinion.pk, _mark(opinion), salt]


def hand_over(request: HttpRequest, opinion: Opinion, salt: str = "") -> None:
    """An opinion was just handed in here: its receipt may be shown until somebody says it is noted down.

    ``salt``: what a new code is derived from.
    """
    request.session[HANDED] = handed(opinion, salt)


def handed_over(request: HttpRequest) -> dict[str, Any] | None:
    """The opinion just handed in, its code worked out again from its key, and the picture that leads to its page.

    None when there is nothing to show.
    """
    number, mark, salt = request.session.get(HANDED) or (0, "", "")
    found = Opinion.objects.filter(pk=number).first()
    if found is None or not found.receipt_hash or _mark(found) != mark:
        return None
    return {"opinion": found, "code": receipts.spaced(receipts.code_for(found.key, salt)), "qr": qr(found)}


def qr(opinion: Opinion) -> SafeString:
    """The picture of the address where the opinion is looked up, its number filled in; the code is never part of it."""
    if not settings.SITE_URL:
        return SafeString()
    drawn = codes.qr_svg(f"{settings.SITE_URL}{to('receipt')}?number={opinion.number}").decode()
    return mark_safe(drawn)  # noqa: S308 - drawn here, of our own address and a number we gave


def private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, told to no other site. (With "no-referrer" browsers hide where a form comes from, and every
    form here would be refused as foreign; with "same-origin" other sites learn nothing either.)"""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
