"""How far a project is: the latest rate of each measure, with what it is a share of, its date and its source."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import charts
from consult.renewal.models import ProgressSnapshot, RenewalProject
from consult.renewal.states import THRESHOLDS, Measure, Stage


@dataclass(frozen=True)
class Rate:
    """One measure as last told; ``threshold`` and ``met`` only where the law or the project sets one."""

    measure: Measure
    numerator: Decimal
    denominator: Decimal
    as_of: date
    source: str
    threshold: Decimal | None = None

    @property
    def label(self) -> Any:
        return self.measure.label

    @property
    def per_cent(self) -> Decimal:
        """The share in per cent, rounded down to a tenth: 89.99 is not 90."""
        return (self.numerator * 1000 // self.denominator) / Decimal(10)

    @property
    def met(self) -> bool | None:
        """Is the threshold reached? None where there is none. Compared exactly, never after rounding."""
        if self.threshold is None:
            return None
        return self.numerator * 100 >= self.threshold * self.denominator


def rates(project: RenewalProject, today: date | None = None) -> list[Rate]:
    """The latest rate per measure (as of ``today`` where given), in the order in which a project runs."""
    told = project.snapshots.all() if today is None else project.snapshots.filter(as_of__lte=today)
    latest: dict[str, ProgressSnapshot] = {}
    for snapshot in told.order_by("as_of", "id"):
        latest[snapshot.measure] = snapshot
    return [_rate(project, latest[measure]) for measure in Measure.values if measure in latest]


def _rate(project: RenewalProject, last: ProgressSnapshot) -> Rate:
    measure = Measure(last.measure)
    field = THRESHOLDS.get(measure)
    return Rate(measure, last.numerator, last.denominator, last.as_of, last.source,
                Decimal(getattr(project, field)) if field else None)


def course(project: RenewalProject) -> charts.ChartSpec | None:
    """How the shares went over time; None as long as nothing was told on two days."""
    told = list(project.snapshots.order_by("as_of", "id"))
    if len({snapshot.as_of for snapshot in told}) < 2:
        return None
    rows = [(snapshot.as_of, round(snapshot.rate, 1), Measure(snapshot.measure).label) for snapshot in told]
    return charts.line(_("How it went"), rows, measure=_("Share (%)"),
                       summary=_("Shares as told by the sources on each day, in per cent."))


@dataclass(frozen=True)
class Step:
    """One stage on the stage bar: ``where`` is "done", "now" or "ahead"; ``on`` is the day it was entered."""

    stage: Stage
    where: str
    on: date | None

    @property
    def label(self) -> Any:
        return self.stage.label


def stage_bar(project: RenewalProject) -> list[Step]:
    """All stages in order, with the days on which the project entered them."""
    entered = {entry.stage: entry.entered_on for entry in project.stages.all()}
    here = Stage.values.index(project.stage)
    return [Step(stage, "now" if n == here else "done" if n < here else "ahead", entered.get(stage.value))
            for n, stage in enumerate(Stage)]
