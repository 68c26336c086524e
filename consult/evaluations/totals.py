"""What the ratings and ballots of a task say together. Unrated is never satisfied; few ballots show no score."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from consult.evaluations.models import Appraisal, Ballot, Rating
from consult.evaluations.states import FEWEST_BALLOTS, WEIGHTS, RatingState, Satisfaction, VoterGroup
from consult.followups import digest
from consult.tasks.models import Task


@dataclass(frozen=True)
class Totals:
    """Counts of one round: invited (all), given, unrated, and the answers to "work" and "result"."""

    invited: int
    given: int
    unrated: int
    work: dict[str, int]
    result: dict[str, int]
    redone: int
    #: How many raters are not satisfied, with the work or with the result.
    dissatisfied: int

    @property
    def waiting(self) -> int:
        return self.invited - self.given - self.unrated

    @property
    def response_rate(self) -> float:
        """Per cent of those invited who rated."""
        return 100 * self.given / self.invited if self.invited else 0.0


def of_task(task: Task) -> Totals:
    """The totals of the task's present round, in one query."""
    rows = list(Rating.objects.filter(task=task, round=task.round).values_list("state", "work", "result"))
    given = [row for row in rows if row[0] == RatingState.GIVEN]
    return Totals(len(rows), len(given), sum(row[0] == RatingState.UNRATED for row in rows),
                  dict(Counter(row[1] for row in given)), dict(Counter(row[2] for row in given)), task.round - 1,
                  sum(Satisfaction.DISSATISFIED in row[1:] for row in given))


@dataclass(frozen=True)
class Score:
    """The outcome of an appraisal: weighted mean 0..100 overall and by group; None where ballots are too few to show."""

    ballots: int
    overall: float | None
    groups: dict[str, float | None]


def of_appraisal(appraisal: Appraisal) -> Score:
    """Means over all ballots. A group below FEWEST_BALLOTS hides, and larger ones with it until so many are hidden:

    otherwise the total less the groups shown would tell what the few said.
    """
    ballots = list(Ballot.objects.filter(appraisal=appraisal))
    marks = [weighted(ballot.scores) for ballot in ballots]
    by_group: dict[str, list[float]] = {}
    for ballot in ballots:
        by_group.setdefault(ballot.group, []).append(weighted(ballot.scores))
    hidden = _hidden({group: len(found) for group, found in by_group.items()})
    shown = {group: None if group in hidden else mean(by_group[group]) for group in VoterGroup.values if group in by_group}
    return Score(len(ballots), mean(marks) if len(marks) >= FEWEST_BALLOTS else None, shown)


def figures_of(appraisal: Appraisal, today: date) -> dict[str, Any] | None:
    """What the department did in the period, counted: as it was closed, or as of today; None for the appraisal of a task."""
    if appraisal.department_id is None or appraisal.since is None or appraisal.until is None:
        return None
    return appraisal.figures or digest.gathered(appraisal.jurisdiction_id, since=appraisal.since, until=appraisal.until,
                                                today=today, department_id=appraisal.department_id)


def _hidden(sizes: dict[str, int]) -> set[str]:
    """The groups whose score is not shown: all of the smallest ones, until nobody can be worked out."""
    hidden: set[str] = set()
    for group in sorted(sizes, key=lambda name: sizes[name]):
        if sizes[group] < FEWEST_BALLOTS or 0 < sum(sizes[one] for one in hidden) < FEWEST_BALLOTS:
            hidden.add(group)
    return hidden


def weighted(scores: dict[str, Any]) -> float:
    """One ballot's mark: aspect scores 0..100 under WEIGHTS."""
    return sum(float(scores[aspect]) * weight for aspect, weight in WEIGHTS.items()) / 100


def mean(marks: list[float]) -> float:
    return round(sum(marks) / len(marks), 1)

