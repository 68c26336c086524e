"""What the ratings and ballots of a task say together. Unrated is never satisfied; few ballots show no score."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from consult.evaluations.models import Appraisal, Ballot, Rating
from consult.evaluations.states import FEWEST_BALLOTS, WEIGHTS, RatingState, Satisfaction, VoterGroup
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

    @property
    def waiting(self) -> int:
        return self.invited - self.given - self.unrated

    @property
    def dissatisfied(self) -> int:
        return self.result.get(Satisfaction.DISSATISFIED, 0)

    @property
    def response_rate(self) -> float:
        """Per cent of those invited who rated."""
        return 100 * self.given / self.invited if self.invited else 0.0


def of_task(task: Task) -> Totals:
    """The totals of the task's present round, in one query."""
    rows = list(Rating.objects.filter(task=task, round=task.round).values_list("state", "work", "result"))
    given = [row for row in rows if row[0] == RatingState.GIVEN]
    return Totals(len(rows), len(given), sum(row[0] == RatingState.UNRATED for row in rows),
                  dict(Counter(row[1] for row in given)), dict(Counter(row[2] for row in given)), task.round - 1)


@dataclass(frozen=True)
class Score:
    """The outcome of an appraisal: weighted mean 0..100 overall and by group; None where ballots are too few to show."""

    ballots: int
    overall: float | None
    groups: dict[str, float | None]


def of_appraisal(appraisal: Appraisal) -> Score:
    """Means over all ballots; a group below FEWEST_BALLOTS hides, and so does the only other group (no subtraction)."""
    ballots = list(Ballot.objects.filter(appraisal=appraisal))
    by_group = {group: [weighted(b.scores) for b in ballots if b.group == group] for group in VoterGroup.values}
    by_group = {group: marks for group, marks in by_group.items() if marks}
    small = {group for group, marks in by_group.items() if len(marks) < FEWEST_BALLOTS}
    if len(small) == 1 and len(by_group) > 1:
        small.add(min((g for g in by_group if g not in small), key=lambda g: len(by_group[g])))
    shown = {group: None if group in small else mean(marks) for group, marks in by_group.items()}
    marks = [weighted(ballot.scores) for ballot in ballots]
    return Score(len(ballots), mean(marks) if len(marks) >= FEWEST_BALLOTS else None, shown)


def weighted(scores: dict[str, Any]) -> float:
    """One ballot's mark: aspect scores 0..100 under WEIGHTS."""
    return sum(float(scores[aspect]) * weight for aspect, weight in WEIGHTS.items()) / 100


def mean(marks: list[float]) -> float:
    return round(sum(marks) / len(marks), 1)


def unfinished(task: Task) -> int:
    """How many invited raters have neither rated nor run out of time."""
    counted = Rating.objects.filter(task=task, round=task.round).aggregate(n=Count("pk", filter=Q(state=RatingState.INVITED)))
    return int(counted["n"])
