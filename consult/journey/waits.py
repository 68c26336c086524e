"""Whose time it was: the working days of answered tasks, shared out among leader, departments and offices."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit.charts import ChartSpec, bars
from consult.tasks import shares
from consult.tasks.models import Task
from consult.tasks.states import TaskState

#: As many as are read for the averages: the newest of a year.
NEWEST, SPAN = 300, timedelta(days=366)


@dataclass(frozen=True)
class Row:
    """One department: how many tasks it answered, and their average working days by party."""

    name: str
    tasks: int
    days: list[tuple[shares.Party, float]]


@dataclass(frozen=True)
class Found:
    """The averages of all tasks, and by answering department."""

    tasks: int
    average: list[tuple[shares.Party, float]]
    departments: list[Row]

    @property
    def parties(self) -> list[shares.Party]:
        return list(shares.Party)

    def chart(self) -> ChartSpec:
        whole = sum(days for _party, days in self.average)
        longest = max(self.average, key=lambda one: one[1], default=None)
        summary: Any = _("The longest waits were for %(party)s: %(percent)s per cent of the time.") % {
            "party": longest[0].label, "percent": round(100 * longest[1] / whole)} if longest and whole else ""
        return bars(_("Average working days by whom a task waited for"), [(party.label, days) for party, days in self.average],
                    summary=summary, label=_("Waited for"), measure=_("working days"))


def of_districts(jurisdictions: set[int], now: datetime) -> Found:
    """The tasks of these districts that were answered within a year, the newest 300; four queries."""
    tasks = list(Task.objects.filter(jurisdiction__in=jurisdictions, state__in=[TaskState.ANSWERED, TaskState.CLOSED],
                                     answered_at__gte=now - SPAN).order_by("-answered_at", "-pk")
                 .select_related("instruction__issue").prefetch_related("assignments__department")[:NEWEST])
    days = shares.of_all(tasks, now)
    by: dict[str, list[Counter[shares.Party]]] = defaultdict(list)
    for task in tasks:
        for name in sorted({part.department.name for part in task.parts if part.answers}):
            by[name].append(days[task.pk])
    rows = [Row(name, len(theirs), _average(theirs)) for name, theirs in by.items()]
    own = shares.Party.ANSWERING
    return Found(len(tasks), _average(list(days.values())), sorted(rows, key=lambda row: -dict(row.days)[own]))


def _average(counted: list[Counter[shares.Party]]) -> list[tuple[shares.Party, float]]:
    return [(party, round(sum(one[party] for one in counted) / len(counted), 1) if counted else 0) for party in shares.Party]
