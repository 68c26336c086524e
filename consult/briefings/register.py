"""The register of numbers (发文登记簿): every number given, none left out, the void ones with their reason."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Max

from consult.briefings.models import Issue
from consult.briefings.states import BriefingKind
from consult.kit.models import NumberSeries


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
    """Every run of these districts (model or keys), the latest year first. A number without a paper is missing."""
    rows = Issue.objects.filter(jurisdiction__in=jurisdictions).order_by().values_list("jurisdiction", "kind", "year")
    told = list(rows.annotate(count=Count("issue_no"), last=Max("issue_no")).values_list(
        "jurisdiction", "jurisdiction__name", "jurisdiction__code", "kind", "year", "count", "last"))
    kept = {(row.series, row.year): row for row in NumberSeries.objects.filter(
        series__in={series(kind, code) for _pk, _name, code, kind, _year, _count, _last in told}, year__gt=0)}
    found = []
    for pk, name, code, kind, year, count, highest in told:
        row = kept.get((series(kind, code), year))
        last = max(row.last if row else 0, highest)
        # A number is given once: as many papers as numbers leave no gap, and thousands need not be read to see it.
        given = rows.filter(jurisdiction=pk, kind=kind, year=year).values_list("issue_no", flat=True) if count < last else ()
        missing = sorted({*range(1, last + 1)}.difference(given)) if count < last else []
        void = [{"number": one["number"], "by": one["by"], "reason": one["reason"]} for one in (row.voided if row else [])]
        found.append(Run(name, BriefingKind(kind), year, last, sorted(void, key=lambda one: int(one["number"])), missing))
    return sorted(found, key=lambda run: (-run.year, run.place, BriefingKind.values.index(run.kind)))
