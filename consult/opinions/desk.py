"""The triage desk: what waits and how long, how many stand where, and one decision for many, each for itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, parameters
from consult.kit.recall import recall
from consult.kit.rules import Denied, Sentence, require
from consult.opinions import actions, rules
from consult.opinions.models import Opinion
from consult.opinions.states import ASIDE, OPEN, OpinionState

#: Further than this nobody counts: "1,000+"; what is decided not so far.
CAP, CAP_DECIDED = 1000, 200

#: What can be decided for many at once, and how.
VERBS: dict[str, Callable[..., Any]] = {
    "accept": actions.accept, "keep": actions.keep, "decline": actions.decline, "refer": actions.refer,
    "answer": actions.answer, "merge": actions.merge}


_COUNTED = [state.value for state in OpinionState if state not in ASIDE]
#: Stands for each state in turn; no word that anybody sends is this.
_STATE = "\0"


def cap_of(state: str) -> int:
    return CAP if state in OPEN else CAP_DECIDED


def counts(rows: QuerySet[Any]) -> dict[str, int]:
    """How many of ``rows`` stand in each state, one beyond ``cap_of`` it at most: no more are read, however many there are.

    What is decided is counted anew when something else waits than before, and at least once a minute.
    """
    open_, decided = [one for one in _COUNTED if one in OPEN], [one for one in _COUNTED if one not in OPEN]
    some = rows.order_by().filter(state=_STATE).values("pk")[:CAP + 1]
    try:
        sql, params = some.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return dict.fromkeys(OpinionState.values, 0)
    waiting_now = _counted(open_, sql, params, rows.db)
    over = recall(("decided", sql, tuple(params), tuple(waiting_now)), lambda: _counted(decided, sql, params, rows.db))
    return {**dict.fromkeys(OpinionState.values, 0), **dict(zip([*open_, *decided], [*waiting_now, *over], strict=True))}


def _counted(states: Sequence[str], sql: str, params: Sequence[Any], alias: str) -> Sequence[int]:
    """How many rows of ``sql`` in each of ``states``, which take the place of ``_STATE`` in turn."""
    # Django's own SQL once, for each state anew: put together thirteen times it would take longer than the counting.
    each = ", ".join(f"(SELECT COUNT(*) FROM (SELECT 1 FROM ({sql}) found LIMIT {cap_of(name) + 1}) counted)"  # noqa: S608
                     for name in states)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {each}", [name if param == _STATE else param for name in states for param in params])
        return tuple(cursor.fetchone())


@dataclass(frozen=True)
class Waiting:
    """How old an opinion is, in working days, and until when the office must have acted (None: it need not)."""

    age: int
    due: date | None


LIMITS = {OpinionState.SUBMITTED: "opinion_ack_days", OpinionState.ACCEPTED: "opinion_triage_days"}


def waiting(opinions: Iterable[Opinion], today: date, limit_on: Callable[[str, date], int] | None = None) -> dict[int, Waiting]:
    """By id; the limits are read once, whatever the rows, unless they are given (``parameters.shown``)."""
    limit_on = limit_on or parameters.shown(*LIMITS.values())
    found = {}
    for one in opinions:
        day = calendar.local_date(one.submitted_at)
        limit = limit_on(LIMITS[OpinionState(one.state)], day) if one.state in OPEN else None
        due = calendar.add_workdays(day, limit) if limit is not None else None
        found[one.pk] = Waiting(max(0, calendar.workdays_between(day, today)), due)
    return found


# --- many at once ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """What became of one of many: nothing in ``reason`` when it was done."""

    opinion: Opinion
    reason: Sentence = ""


def decide_many(opinions: Iterable[Opinion], act: Callable[..., Any], *, by: Any, at: datetime, **values: Any) -> list[Done]:
    """The same decision for each, every one in a transaction of its own: what is refused is told, and nothing is half done.

    ``act(opinion, by=, at=, **values)`` is the verb as for a single one. More than the limit are refused as a whole.
    """
    chosen = list(opinions)
    most = parameters.value("opinion_bulk_max", on=calendar.local_date(at))
    if not chosen:
        raise ValidationError(_("Choose at least one opinion."))
    if len(chosen) > most:
        raise ValidationError(_("These are %(n)s opinions; at most %(most)s can be decided in one go. Narrow the list.") % {
            "n": len(chosen), "most": most})
    for opinion in chosen:
        require(rules.may_decide_many, by, opinion)
    return [_one(opinion, act, by, at, values) for opinion in chosen]


def _one(opinion: Opinion, act: Callable[..., Any], by: Any, at: datetime, values: dict[str, Any]) -> Done:
    try:
        with transaction.atomic():
            act(opinion, by=by, at=at, **values)
    except Denied as refused:
        return Done(opinion, refused.reason)
    except ValidationError as wrong:
        return Done(opinion, " ".join(wrong.messages))
    return Done(opinion)
