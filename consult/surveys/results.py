"""What came out of a survey: counts and response rate; small counts are hidden so that nobody can be found in them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from consult.kit import charts
from consult.kit.sealing import mask
from consult.surveys.models import Answer, Question, Survey
from consult.surveys.states import QuestionKind

#: A count below this is not shown.
FEWEST = 5
ANSWER, COUNT, SHARE, HIDDEN = _("Answer"), _("How many"), _("Share (%)"), _("hidden")
#: Answers that were counted; sheets taken out again are not among them.
COUNTED = Q(response__voided_at=None)


@dataclass(frozen=True)
class Cell:
    """One choice with its count; None where showing it could point at a person."""

    label: Any
    count: int | None
    per_cent: int | None


@dataclass(frozen=True)
class Tally:
    """One question: its cells, or for free text how many wrote something."""

    question: Question
    cells: tuple[Cell, ...]
    written: int | None

    @property
    def hidden(self) -> bool:
        return any(cell.count is None for cell in self.cells)

    @property
    def chart(self) -> charts.ChartSpec:
        """The question drawn, its figures beside it; what is hidden is not drawn and said in the table."""
        drawn = charts.bars(self.question.text, [(cell.label, cell.count) for cell in self.cells], label=ANSWER, measure=COUNT,
                            summary=self.question.get_kind_display() if self.question.kind == QuestionKind.MANY else "")
        return drawn._replace(table=charts.Table((ANSWER, COUNT, SHARE), [
            (cell.label, said(cell.count), said(cell.per_cent)) for cell in self.cells]))


@dataclass(frozen=True)
class Results:
    """``answered`` of ``invited`` filled it in; ``source``: how many were asked is known from there.

    ``enough`` says whether anything may be shown at all.
    """

    answered: int
    invited: int
    source: str
    tallies: tuple[Tally, ...]

    @property
    def enough(self) -> bool:
        return self.answered >= FEWEST

    @property
    def rate(self) -> int | None:
        """Response rate in per cent, where the number of people asked is known and can be right."""
        return round(100 * self.answered / self.invited) if self.invited >= self.answered and self.invited else None


def results(survey: Survey) -> Results:
    """The counts of a survey, safe to show. Meant for closed surveys: differences between two days tell too much."""
    answered = survey.responses.counted().count()
    counts = dict(Answer.objects.filter(COUNTED, response__survey=survey, choice__isnull=False)
                  .values_list("choice").annotate(n=Count("pk")))
    spoke = dict(Answer.objects.filter(COUNTED, response__survey=survey).values_list("question")
                 .annotate(n=Count("response", distinct=True)))
    questions = survey.questions.prefetch_related("choices")
    tallies = tuple(_tally(question, counts, spoke.get(question.pk, 0), answered) for question in questions) \
        if answered >= FEWEST else ()
    return Results(answered, survey.invited, survey.invited_source, tallies)


def _tally(question: Question, counts: dict[Any, int], spoke: int, answered: int) -> Tally:
    if question.kind == QuestionKind.TEXT:
        return Tally(question, (), spoke if spoke >= FEWEST or not spoke else None)
    labels: list[Any] = [choice.text for choice in question.choices.all()]
    found = [counts.get(choice.pk, 0) for choice in question.choices.all()]
    if question.kind == QuestionKind.MANY:
        shown = [n if _alone_safe(n, answered) else None for n in found]
    else:
        # Whoever left it empty is a cell too, or their number could be worked out.
        labels, found = [*labels, _("no answer")], [*found, answered - spoke]
        shown = hide_small(found)
    cells = tuple(Cell(label, n, round(100 * n / answered) if n is not None else None)
                  for label, n in zip(labels, shown, strict=True))
    return Tally(question, cells, None)


def _alone_safe(n: int, of: int) -> bool:
    """Where several may be ticked, each choice stands alone: its yes and its no must both be many, or none."""
    return (n == 0 or n >= FEWEST) and (n == of or of - n >= FEWEST)


def hide_small(counts: list[int]) -> list[int | None]:
    """Counts of a known total: small ones hidden, and others with them until nothing can be worked out.

    A lone hidden count is the total less the rest; hidden ones that add up to less than five are too easily guessed.
    """
    if all(n == 0 or n >= FEWEST for n in counts):
        return list(counts)
    hidden = {at for at, n in enumerate(counts) if n < FEWEST}
    rest = sorted((at for at in range(len(counts)) if at not in hidden), key=lambda at: (counts[at], at))
    while rest and (len(hidden) < 2 or sum(counts[at] for at in hidden) < FEWEST):
        hidden.add(rest.pop(0))
    return [None if at in hidden else n for at, n in enumerate(counts)]


def said(number: int | None) -> Any:
    return HIDDEN if number is None else number


def texts(survey: Survey, question: Question) -> list[str]:
    """What was written, for the office: in the order of the alphabet, not of arrival, and without numbers of people."""
    found = Answer.objects.filter(COUNTED, response__survey=survey, question=question).exclude(text="")
    return sorted(mask(text) for text in found.values_list("text", flat=True))
