"""The register of numbers (发文登记簿): every number given, none left out, the void ones with their reason."""

from collections.abc import Iterable
from typing import Any, NamedTuple

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
    rows = Issue.objects.filter(jurisdiction__in=jurisdictions).values_list(
        "jurisdiction__name", "jurisdiction__code", "kind", "year", "issue_no").order_by("issue_no")
    given: dict[tuple[str, str, str, int], set[int]] = {}
    for name, code, kind, year, number in rows:
        given.setdefault((name, code, kind, year), set()).add(number)
    kept = {(row.series, row.year): row for row in NumberSeries.objects.filter(
        series__in={series(kind, code) for _name, code, kind, _year in given}, year__gt=0)}
    return sorted((_run(*key, numbers, kept.get((series(key[2], key[1]), key[3]))) for key, numbers in given.items()),
                  key=lambda run: (-run.year, run.place, BriefingKind.values.index(run.kind)))


def _run(name: str, code: str, kind: str, year: int, numbers: set[int], row: NumberSeries | None) -> Run:
    last = max(row.last if row else 0, *numbers)
    void = [{"number": entry["number"], "by": entry["by"], "reason": entry["reason"]} for entry in (row.voided if row else [])]
    return Run(name, BriefingKind(kind), year, last, sorted(void, key=lambda entry: int(entry["number"])),
               [number for number in range(1, last + 1) if number not in numbers])
