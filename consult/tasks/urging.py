"""Several tasks urged with one text: each for itself, and what came of each is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, parameters
from consult.kit.rules import Denied, Sentence
from consult.kit.states import state_label
from consult.tasks import rules, timing
from consult.tasks.models import Task
from consult.tasks.states import OWED


@dataclass(frozen=True)
class Urged:
    """What became of one of several: nothing in ``reason`` when it was urged."""

    task: Task
    reason: Sentence = ""


def hindrance(task: Task, by: Any) -> Sentence:
    """Why this person can't urge this task now; "" when nothing is in the way. Asks nothing of the database per task."""
    verdict = rules.may_urge(by, task)
    if not verdict:
        return verdict.reason
    if task.state not in OWED:
        return _("No department owes anything now: the state is “%(state)s”.") % {"state": state_label(task)}
    return ""


def urge_many(tasks: Iterable[Task], *, text: str, by: Any, at: datetime) -> list[Urged]:
    """The same text for each, every one in a transaction of its own. More than the limit are refused as a whole."""
    chosen = list(tasks)
    most = parameters.value("task_bulk_max", calendar.local_date(at))
    if not chosen:
        raise ValidationError(_("Choose at least one task."))
    if len(chosen) > most:
        raise ValidationError(_("These are %(n)s tasks; at most %(most)s can be urged in one go. Narrow the list.") % {
            "n": len(chosen), "most": most})
    text = timing.urging_words(text)
    return [_one(task, text, by, at) for task in chosen]


def _one(task: Task, text: str, by: Any, at: datetime) -> Urged:
    if reason := hindrance(task, by):
        return Urged(task, reason)
    try:
        timing.urge(task, text=text, by=by, at=at)
    except Denied as refused:
        return Urged(task, refused.reason)
    except ValidationError as wrong:
        return Urged(task, " ".join(wrong.messages))
    return Urged(task)
