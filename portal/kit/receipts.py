"""What a browser remembers of a receipt: which opinion it opened, for half an hour; never the code, never in a url."""

from django.http import HttpRequest, HttpResponse

from consult.kit import calendar
from consult.opinions import receipts
from consult.opinions.models import Opinion

OPENED, HANDED = "receipt_opened", "receipt_handed"
MINUTES = 30


def open_with(request: HttpRequest, opinion: Opinion) -> None:
    """The right number and code were given: this browser may read how the opinion stands."""
    request.session.cycle_key()
    request.session[OPENED] = [opinion.pk, calendar.now().timestamp()]


def opinion_of(request: HttpRequest) -> Opinion | None:
    """The opinion this browser opened with a receipt in the last half hour, or None."""
    found = request.session.get(OPENED)
    if not found or calendar.now().timestamp() - found[1] > MINUTES * 60:
        forget(request)
        return None
    return Opinion.objects.select_related("project", "subdistrict", "merged_into").filter(pk=found[0]).first()


def forget(request: HttpRequest) -> None:
    for name in (OPENED, HANDED):
        request.session.pop(name, None)


def hand_over(request: HttpRequest, opinion: Opinion) -> None:
    """An opinion was just handed in here: its receipt may be shown until somebody says it is noted down."""
    request.session[HANDED] = opinion.pk


def handed_over(request: HttpRequest) -> tuple[Opinion, str] | None:
    """The opinion just handed in and its code, worked out again from its key; None when there is nothing to show."""
    opinion = Opinion.objects.filter(pk=request.session.get(HANDED, 0)).first()
    return (opinion, receipts.spaced(receipts.code_for(opinion.key))) if opinion and opinion.receipt_hash else None


def private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, told to no other site. (With "no-referrer" browsers hide where a form comes from, and every
    form here would be refused as foreign; with "same-origin" other sites learn nothing either.)"""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


