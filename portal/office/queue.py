"""Which opinions wait on the triage desk, in which order, and what stands beside one of them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from consult.opinions import rules
from consult.opinions.models import Opinion
from consult.opinions.states import OPEN
from portal.filters.opinions import OfficeOpinions

OLDEST, NEWEST = ("submitted_at", "id"), ("-submitted_at", "-id")


def of_office(user: Any) -> QuerySet[Any]:
    """The opinions a clerk of the office triages."""
    return rules.triaged_by(user)


def order_of(query: QueryDict) -> tuple[str, str]:
    """What waits: the oldest first; what is decided: the newest. Either way round when asked."""
    asked = query.get("sort", "")
    if asked.lstrip("-") == "submitted_at":
        return NEWEST if asked.startswith("-") else OLDEST
    waits = (not query.get("state") and not query.get("q")) or query.get("state") in OPEN
    return OLDEST if waits else NEWEST


def chosen(request: HttpRequest, query: QueryDict) -> QuerySet[Any]:
    """The queue as ``query`` narrows it, in its order."""
    found: QuerySet[Any] = OfficeOpinions(query, of_office(request.user), request=request).qs
    return found.order_by(*order_of(query))


def beside(rows: QuerySet[Any], opinion: Opinion, order: tuple[str, str], *, after: bool) -> Opinion | None:
    """The one after (before) ``opinion`` in the queue, whether or not it is still in it itself."""
    rising = (order == OLDEST) == after
    edge, same = ("gte", "lte") if rising else ("lte", "gte")
    near = rows.filter(**{f"submitted_at__{edge}": opinion.submitted_at}).exclude(
        submitted_at=opinion.submitted_at, **{f"id__{same}": opinion.pk})
    found: Opinion | None = near.order_by(*(OLDEST if rising else NEWEST)).first()
    return found
