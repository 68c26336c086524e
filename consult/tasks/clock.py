"""When a task is due, worked out from facts alone, and the light it shows; the only writer of due dates."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consult.kit import audit, calendar, parameters, steps
from consult.kit.bykey import ByKey
from consult.kit.calendar import Due
from consult.kit.rules import Sentence
from consult.tasks.models import Assignment, ClockStop, Extension, Reply, Task
from consult.tasks.states import OWED, AskState, Light, Part, ReplyState, Rung, TaskState


class Line(NamedTuple):
    """One step of a sum; ``why`` opens it: which days were left out or counted against the week."""

    said: Sentence
    why: list[Sentence]


@dataclass(frozen=True)
class Worked:
    """A due date with the sums it was worked out by, in order."""

    on: date
    provisional: bool
    lines: tuple[Line, ...]


# --- the sum ----------------------------------------------------------------------------------------------------

def key_of(task: Task) -> str:
    """Which limit holds: a second handling has its own, an urgent task another."""
    if task.round > 1:
        return "second_handling"
    return "task_reply_urgent_hard" if task.urgent else "task_reply"


def due(task: Task) -> Worked:
    """When this handling of the task is due. Assigned (or handled again), stopped, extended: nothing else counts."""
    if task.began_on is None:
        raise ValueError("a task that is not assigned has no due date")
    first = parameters.due(key_of(task), task.began_on)
    on, provisional, lines = first.on, first.provisional, [Line(first.sum, steps.in_words(first))]
    for fact in _facts(task):
        on, unsure, line = _after_stop(task, on, fact) if isinstance(fact, ClockStop) else _after_extension(fact)
        provisional, lines = provisional or unsure, [*lines, line]
    return Worked(on, provisional, tuple(lines))


def _facts(task: Task) -> list[Any]:
    """What moved the date in this handling, in the order it happened."""
    stops = [(stop.until, stop.pk, stop) for stop in task.stops.all()
             if stop.until and stop.since >= (task.began_on or stop.since)]
    granted = [(calendar.local_date(one.decided_at), one.pk, one) for one in task.extensions.all()
               if one.state == AskState.GRANTED and one.decided_at and one.round == task.round]
    found: list[tuple[Any, int, Any]] = [*stops, *granted]
    return [fact for _on, _pk, fact in sorted(found, key=lambda item: item[:2])]


def _after_stop(task: Task, on: date, stop: ClockStop) -> tuple[date, bool, Line]:
    """The days the clock stood still are added: working days to a limit of working days, else calendar days."""
    until = stop.until or stop.since
    if parameters.defaults[key_of(task)].unit == "workdays":
        moved = calendar.due_on(on, workdays=max(calendar.workdays_between(stop.since, until), 0))
    else:
        moved = calendar.due_on(on, days=(until - stop.since).days)
    line = _("clock stopped %(since)s to %(until)s: %(sum)s") % {"since": stop.since, "until": until, "sum": moved.sum}
    return moved.on, moved.provisional, Line(line, steps.in_words(moved))


def _after_extension(extension: Extension) -> tuple[date, bool, Line]:
    granted = extension.granted_until
    assert granted is not None  # the move that grants writes it
    return granted, not calendar.is_known(granted.year), Line(_("extended to %(on)s") % {"on": granted}, [])


# --- limits -----------------------------------------------------------------------------------------------------

def sign_by(at: datetime) -> Due:
    return parameters.due("task_sign_for", at)


def return_by(at: datetime) -> Due:
    return parameters.due("task_return_window", at)


def talk_by(task: Task) -> Due | None:
    """When the face-to-face talk should have been held, for key items."""
    return parameters.due("face_to_face", task.began_on) if task.key and task.began_on else None


def opinion_by(part: Assignment) -> Due:
    """When a co-handling department should have given its opinion."""
    return parameters.due("co_opinion", part.assigned_at)


def limits_of(task: Task) -> list[tuple[Sentence, Sentence, Due]]:
    """The other dates of a task that is being handled: (what, whose, when), each with its sum."""
    found: list[tuple[Sentence, Sentence, Due]] = []
    for part in task.parts:
        whose = str(part.department)
        if part.signed_at is None:
            found.append((_("To be signed for by"), whose, sign_by(part.assigned_at)))
        found.append((_("May be returned until"), whose, return_by(part.assigned_at)))
        if part.part == Part.CO:
            found.append((_("Co-handling opinion by"), whose, opinion_by(part)))
    return [*found, *([(_("Face-to-face talk by"), "", talk)] if (talk := talk_by(task)) else [])]


def longest(task: Task) -> date:
    """The latest date an extension may name: one month more, and never past the absolute limit."""
    assert task.due_on is not None and task.assigned_at is not None  # both are facts of an assigned task
    begun = calendar.local_date(task.assigned_at)
    more = parameters.value("task_extension_max", begun)
    return min(calendar.due_on(task.due_on, months=more).on, parameters.due("task_absolute_max", begun).on)


def look_back_on(at: datetime, promises: list[date]) -> date:
    """When to look back: at the first promise, else some months after the answer."""
    return min(promises) if promises else parameters.due("look_back_first", at).on


def publish_by(at: datetime) -> date:
    """When an approved reply that is open must have been published."""
    return parameters.due("publish_reply", at).on


# --- the light --------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Limits:
    """The thresholds of one day, read once for a whole list."""

    blue: int
    yellow: int
    bulletin: int = 0
    leader: int = 0


#: Stands for a stopped clock where the handlings (1, 2 …) of replies sent back stand.
_STILL = 0


def _noted(keys: list[Any]) -> Any:
    still = ClockStop.objects.filter(task__in=keys, until=None).order_by().values_list("task_id", Value(_STILL))
    returned = Reply.objects.filter(task__in=keys, state=ReplyState.RETURNED).order_by().values_list("task_id", "round")
    return still.union(returned, all=True)


#: Of each task that stands still (``_STILL``), and each handling whose reply was sent back.
_NOTED = ByKey(_noted)


def tell(tasks: Collection[Any], today: date) -> None:
    """Give the tasks of a list what their light asks for: ``stands_still``, ``is_sent_back`` and ``limits``. One query.

    By key and not as annotations: for 25 rows Django takes longer to word the subqueries than the database to answer them.
    """
    given, found = limits(today, parameters.shown), set(_NOTED([task.pk for task in tasks]))
    for task in tasks:
        task.stands_still, task.is_sent_back = (task.pk, _STILL) in found, (task.pk, task.round) in found
        task.limits = given


def _returned() -> Exists:
    """A reply of the present handling was sent back: what ``sent_back`` asks, of the database."""
    return Exists(Reply.objects.filter(task=OuterRef("pk"), state=ReplyState.RETURNED, round=F("task__round")))


_LIGHTS = ("light_blue", "light_yellow", "light_escalate", "light_leader")


def limits(today: date, read: Any = parameters.dated) -> Limits:
    numbers = read(*_LIGHTS)
    return Limits(*(numbers(key, today) for key in _LIGHTS))


def light(task: Task, today: date, given: Limits | None = None) -> Light:
    """The light of a task: overdue is red, two working days or a redo yellow, five blue (三色督办)."""
    if task.state not in OWED or task.due_on is None:
        return Light.DONE
    if known(task, "stands_still", lambda: task.stopped is not None):
        return Light.STOPPED
    if today > task.due_on:
        return Light.RED
    given = given or getattr(task, "limits", None) or limits(today)
    left = calendar.workdays_between(today, task.due_on)
    if left <= given.yellow or (task.state == TaskState.HANDLING and known(task, "is_sent_back", lambda: sent_back(task))):
        return Light.YELLOW
    return Light.BLUE if left <= given.blue else Light.GREEN


def known(task: Task, name: str, find: Callable[[], bool]) -> bool:
    """What ``tell`` read already."""
    return bool(getattr(task, name) if hasattr(task, name) else find())


def rung(task: Task, today: date, given: Limits | None = None) -> Rung | None:
    """How far up the ladder a task is: its light, and when it is overdue for long, the bulletin and the leader."""
    given = given or limits(today)
    shown = light(task, today, given)
    if shown != Light.RED or task.due_on is None:
        return Rung(shown.value) if shown in (Light.BLUE, Light.YELLOW) else None
    late = calendar.workdays_between(task.due_on, today)
    return Rung.LEADER if late >= given.leader else Rung.BULLETIN if late >= given.bulletin else Rung.RED


def ladder(task: Task, today: date) -> list[tuple[Rung, date, Any]]:
    """Each rung of this handling: the day on which it is reached unless something happens, and when it was."""
    if task.due_on is None:
        return []
    given, reached = limits(today), {one.rung: one.at for one in task.reminders.all() if one.rung and one.round == task.round}
    days = ((Rung.BLUE, -given.blue), (Rung.YELLOW, -given.yellow), (Rung.RED, 1), (Rung.BULLETIN, given.bulletin),
            (Rung.LEADER, given.leader))
    return [(step, calendar.add_workdays(task.due_on, n), reached.get(step)) for step, n in days]


def sent_back(task: Task) -> bool:
    """Is a reply of this handling waiting to be written again?"""
    return task.state == TaskState.HANDLING and any(reply.state == ReplyState.RETURNED for reply in task.replies_now)


def lit(tasks: Any, wanted: str, today: date) -> Any:
    """The tasks of a queryset that show one light: the same thresholds as ``light``, asked of the database."""
    given = limits(today)
    near, soon = calendar.add_workdays(today, given.yellow), calendar.add_workdays(today, given.blue)
    redo = Q(state=TaskState.HANDLING) & _returned()
    if wanted == Light.STOPPED:
        return tasks.owed().filter(pk__in=ClockStop.objects.filter(until=None).values("task_id"))
    if wanted == Light.DONE:
        return tasks.exclude(state__in=OWED)
    span = {Light.RED: Q(due_on__lt=today), Light.YELLOW: Q(due_on__gte=today) & (Q(due_on__lte=near) | redo),
            Light.BLUE: Q(due_on__gt=near, due_on__lte=soon) & ~redo, Light.GREEN: Q(due_on__gt=soon) & ~redo}
    return tasks.ticking().filter(span[Light(wanted)])


def left(task: Task, today: date) -> Sentence:
    """The time left, or overdue, in words and working days."""
    if task.due_on is None or task.state not in OWED:
        return ""
    days = calendar.workdays_between(today, task.due_on)
    if days == 0 and today <= task.due_on:
        return _("due today")
    if today > task.due_on:
        late = max(-days, 1)
        return ngettext("overdue by %(n)d working day", "overdue by %(n)d working days", late) % {"n": late}
    return ngettext("%(n)d working day left", "%(n)d working days left", days) % {"n": days}


def bulletin_before(today: date) -> date:
    """Tasks due before this day go on the bulletin list: red for so many working days."""
    return calendar.add_workdays(today, -parameters.value("light_escalate", today))


# --- writing ----------------------------------------------------------------------------------------------------

def start(task: Task, *, at: datetime) -> Task:
    """Write the dates of a task that is being assigned; ``original_due_on`` is written here, once, and never again."""
    if task.original_due_on is not None:
        raise ValidationError(_("The original due date is written once and never moves."))
    task.assigned_at, task.began_on = at, calendar.local_date(at)
    worked = due(task)
    task.original_due_on = task.due_on = worked.on
    task.due_provisional = worked.provisional
    task.save(update_fields=["assigned_at", "began_on", "original_due_on", "due_on", "due_provisional"])
    return task


def recompute(task: Task, *, by: Any, at: datetime) -> Task:
    """Work the due date out again after a fact changed; an event tells what it was and became."""
    worked = due(task)
    before = task.due_on
    if (worked.on, worked.provisional) == (before, task.due_provisional):
        return task
    task.due_on, task.due_provisional = worked.on, worked.provisional
    task.save(update_fields=["due_on", "due_provisional"])
    audit.write("tasks.recompute", task, by=by, at=at, data={"before": before, "due_on": worked.on,
                                                             "original": task.original_due_on})
    return task


def begin_again(task: Task, *, by: Any, at: datetime) -> Task:
    """The second handling runs from today; the original date of the first stays in its field and in the log."""
    task.began_on = calendar.local_date(at)
    task.save(update_fields=["began_on"])
    return recompute(task, by=by, at=at)
