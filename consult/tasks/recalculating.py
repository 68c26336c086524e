"""The official calendar changed: what is owed is worked out again, looked at before and told after. Nothing moves silently."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, parameters
from consult.kit.dayoff import LONGEST, Day
from consult.kit.models import CalendarDay
from consult.kit.rules import Sentence, require
from consult.kit.states import lock
from consult.people.rules import may_load_calendar
from consult.tasks import clock, notices
from consult.tasks.models import Assignment, Task
from consult.tasks.states import OWED


@dataclass(frozen=True)
class Moved:
    """One date of one task: what it was, what it becomes."""

    task: Task
    what: Sentence
    before: date
    after: date
    provisional: bool

    @property
    def same(self) -> bool:
        """Only what was provisional has become final."""
        return self.before == self.after


def change_calendar(days: list[Day], source: str, *, by: Any, at: datetime, dry: bool) -> list[Moved]:
    """Load official days ``(date, is_workday, name)`` and work out again what is owed; all of it or nothing.

    ``dry`` changes nothing: it gives what would move. Otherwise each task that moves gets its event and its notice.
    The original due date stays what it was when the task was assigned.
    """
    if by is not None:  # None: whoever runs the command on the machine itself
        require(may_load_calendar, by, None)
    with transaction.atomic():
        calendar.load(days, source)
        moved = again(min(day for day, _works, _name in days), by=by, at=at)
        if dry:
            transaction.set_rollback(True)
        else:
            audit.write("kit.load_calendar", CalendarDay.objects.get(date=days[-1][0]), by=by, at=at, data={
                "days": len(days), "source": source, "moved": len(moved)})
    if dry:
        calendar.forget()
    return moved


def again(since: date, *, by: Any, at: datetime) -> list[Moved]:
    """Work out again what is owed, from the facts of its task and the calendar as it is now; the days changed from ``since`` on.

    What ended before can't move: a date only depends on the days before it, and on the days of rest that follow.
    """
    found: list[Moved] = []
    near = since - timedelta(days=LONGEST)
    touched = Q(due_provisional=True) | Q(due_on__gte=near) | Q(assignments__ended_at=None, assignments__return_by__gte=near)
    owed = Task.objects.filter(touched, state__in=OWED)
    for pk in Task.objects.filter(pk__in=owed.values("pk")).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found += _task_again(lock(Task(pk=pk)), by, at)
    return found


def _task_again(task: Task, by: Any, at: datetime) -> list[Moved]:
    found = list(_parts_again(task, by, at))
    before, unsure = task.due_on, task.due_provisional
    assert before is not None  # what is owed was assigned
    clock.recompute(task, by=by, at=at)
    assert task.due_on is not None
    if (task.due_on, task.due_provisional) != (before, unsure):
        found.append(Moved(task, _("Due on"), before, task.due_on, task.due_provisional))
    if any(not one.same for one in found):
        notices.tell_departments("recomputed", task, at=at, due_on=task.due_on)
        notices.tell_supervision("recomputed", task, at=at, due_on=task.due_on)
    return found


def _parts_again(task: Task, by: Any, at: datetime) -> Iterable[Moved]:
    """The days to sign and to return, of parts in force."""
    for part in task.parts:
        names = [("sign_by", "task_sign_for", _("To be signed for by"))] if part.signed_at is None else []
        for name, key, what in [*names, ("return_by", "task_return_window", _("May be returned until"))]:
            before, due = getattr(part, name), parameters.due(key, part.assigned_at)
            if before != due.on:
                Assignment.objects.filter(pk=part.pk).update(**{name: due.on})
                audit.write("tasks.recompute", task, by=by, at=at, data={
                    "department": part.department.name, "what": name, "before": before, "after": due.on})
                yield Moved(task, what, before, due.on, due.provisional)
