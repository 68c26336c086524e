"""The results as a table to take away: exactly what the page shows to this reader, hidden counts as words."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from consult.surveys.comparing import BEFORE, CHANGE, Comparison, Pair
from consult.surveys.results import ANSWER, COUNT, SHARE, Results, Tally, said

Row = tuple[Any, ...]
WIDTHS = (40, 40, 12, 12, 14, 14)


def headings(compared: Comparison | None) -> Row:
    return (_("Question"), ANSWER, COUNT, SHARE, *((BEFORE, CHANGE) if compared else ()))


def rows(counted: Results, compared: Comparison | None = None, texts: Sequence[tuple[Any, Sequence[str]]] = ()) -> list[Row]:
    """The response rate first, then each answer; with the share before and the change where a question is compared."""
    asked = (_("People asked"), counted.source, counted.invited or _("not known"), "")
    made: list[Row] = [asked, (_("People who answered"), "", counted.answered if counted.enough else _("fewer than five"),
                               "" if counted.rate is None or not counted.enough else counted.rate)]
    pairs = {one.question.pk: one.pairs for one in compared.questions} if compared else {}
    for tally in counted.tallies:
        made += _question(tally, pairs.get(tally.question.pk))
    return made + [(question.text, words, "", "") for question, found in texts for words in found]


def _question(tally: Tally, pairs: tuple[Pair, ...] | None) -> list[Row]:
    name = tally.question.text
    if not tally.cells:
        return [(name, _("wrote something"), _("fewer than five") if tally.written is None else tally.written, "")]
    if pairs is None:
        return [(name, cell.label, said(cell.count), said(cell.per_cent)) for cell in tally.cells]
    return [(name, pair.label, said(pair.after.count) if pair.after else "", said(pair.after.per_cent) if pair.after else "",
             said(pair.before.per_cent) if pair.before else "", "" if pair.change is None else pair.change) for pair in pairs]
