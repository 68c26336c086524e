"""Before and after: two surveys question by question, in shares, for each asked a different number of people."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import charts
from consult.surveys.models import Question, Survey
from consult.surveys.results import ANSWER, SHARE, Cell, Results, Tally, results, said
from consult.surveys.states import Purpose

BEFORE, AFTER, CHANGE = _("Before (%)"), _("After (%)"), _("Change (points)")


@dataclass(frozen=True)
class Pair:
    """One answer before and after; None where it was not offered then. A hidden cell has no share."""

    label: Any
    before: Cell | None
    after: Cell | None

    @property
    def change(self) -> int | None:
        """In percentage points, where both shares are shown."""
        if not (self.before and self.after) or self.before.per_cent is None or self.after.per_cent is None:
            return None
        return self.after.per_cent - self.before.per_cent

    @property
    def row(self) -> tuple[Any, ...]:
        """Label, share before, share after, change: as words where there is no number."""
        shares = [said(cell.per_cent) if cell else None for cell in (self.before, self.after)]
        return self.label, *shares, f"{self.change:+d}" if self.change is not None else None


@dataclass(frozen=True)
class Compared:
    """One question of the survey after, and the one before that it repeats."""

    question: Question
    before: Question
    pairs: tuple[Pair, ...]

    @property
    def chart(self) -> charts.ChartSpec:
        told = _("Before, it read: “%(question)s”") % {"question": self.before.text}
        drawn = charts.pairs(_("%(question)s (before and after)") % {"question": self.question.text}, [
            (pair.label, cell.per_cent if cell else None, side.label) for pair in self.pairs
            for cell, side in ((pair.before, Purpose.BEFORE), (pair.after, Purpose.AFTER))], label=ANSWER, measure=SHARE,
            summary="" if self.question.text == self.before.text else told)
        return drawn._replace(table=charts.Table((ANSWER, BEFORE, AFTER, CHANGE), [pair.row for pair in self.pairs]))


@dataclass(frozen=True)
class Comparison:
    """Both surveys with their counts, and the questions both asked."""

    before: Results
    after: Results
    questions: tuple[Compared, ...]


def compare(before: Survey, after: Survey, counted: Results | None = None) -> Comparison | None:
    """What changed; None while one of them has too few answers to show anything. Meant for closed surveys.

    ``counted``: the results of the survey after, where they are at hand.
    """
    then, now = results(before), counted or results(after)
    if not (then.enough and now.enough):
        return None
    known = {tally.question.pk: tally for tally in then.tallies}
    return Comparison(then, now, tuple(
        Compared(tally.question, known[same].question, _pairs(known[same], tally))
        for tally in now.tallies if tally.cells and (same := tally.question.same_as_id) in known))


def _pairs(before: Tally, after: Tally) -> tuple[Pair, ...]:
    """The answers of both in the order of the later one; those no longer offered stand last."""
    then, now = ({str(cell.label): cell for cell in tally.cells} for tally in (before, after))
    labels = {label: cell.label for label, cell in (*now.items(), *then.items())}
    return tuple(Pair(label, then.get(name), now.get(name)) for name, label in labels.items())
