"""The register of numbers (发文登记簿): every number given, none left out, the void ones with their reason."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Max

from consult.briefings.models import Issue
from consult.briefings.states import BriefingKind
from consult.kit.models import NumberSeries
from consult.kit.recall import recall
from consult.people.models import Jurisdiction


class Run(NamedTuple):
    """The numbers of one kind in one year and district, from 1 to ``last``."""

    place: str
    kind: BriefingKind
    year: int
    last: int
    void: list[dict[str, Any]]  # number, by, reason
    missing: list[int]


def series(kind: str, code: str) -> str:
    """The name of the run of numbers of a kind in a district (its document code)."""
    return f"briefing.{kind}.{code}"


def runs(jurisdictions: Iterable[Any]) -> list[Run]:
    """Every run of these districts (model or keys), the latest year first. A number without a paper is missing.

    The papers are counted when a number was given since, and at least once a minute.
    """
    places = {one.pk: one for one in Jurisdiction.objects.filter(pk__in=[getattr(one, "pk", one) for one in jurisdictions])}
    names = [series(kind, one.code) for one in places.values() for kind in BriefingKind]
    kept = {(row.series, row.year): row for row in NumberSeries.objects.filter(series__in=names, year__gt=0)}
    given = frozenset((*key, row.last) for key, row in kept.items())
    found = []
    for place, kind, year, count, highest in recall(("register", frozenset(places), given), lambda: _papers(list(places))):
        row = kept.get((series(kind, places[place].code), year))
        last = max(row.last if row else 0, highest)
        void = [{"number": one["number"], "by": one["by"], "reason": one["reason"]} for one in (row.voided if row else [])]
        found.append(Run(places[place].name, BriefingKind(kind), year, last, sorted(void, key=lambda one: int(one["number"])),
                         _missing(place, kind, year, last) if count < last else []))
    return sorted(found, key=lambda run: (-run.year, run.place, BriefingKind.values.index(run.kind)))


def _papers(places: list[int]) -> list[tuple[int, str, int, int, int]]:
    """For each district, kind and year how many papers have a number, and the highest."""
    rows = Issue.objects.filter(jurisdiction__in=places).order_by().values_list("jurisdiction", "kind", "year")
    return list(rows.annotate(count=Count("issue_no"), last=Max("issue_no")))


def _missing(place: int, kind: str, year: int, last: int) -> list[int]:
    """Asked only where there are fewer papers than numbers: thousands need not be read to see that there is no gap."""
    given = Issue.objects.filter(jurisdiction=place, kind=kind, year=year).values_list("issue_no", flat=True)
    return sorted({*range(1, last + 1)}.difference(given))
