"""Whose time it was: the working days of a task, shared out among those it waited for."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Recipient
from consult.kit import calendar
from consult.kit.models import AuditEvent
from consult.tasks.models import ClockStop, Task
from consult.tasks.states import TaskState


class Party(models.TextChoices):
    """Who must act while a task stands where it stands."""

    LEADER = "leader", _("the leader")
    SUPERVISION = "supervision", _("the supervision office")
    ANSWERING = "answering", _("the answering departments")
    CO = "co", _("the co-handling departments")
    OFFICE = "office", _("the CPPCC office, members and residents")
    NOBODY = "nobody", _("the clock stood still")


#: The leader's time lies before: from the dispatch of the paper to the instruction.
WAITS = {TaskState.PROPOSED: Party.SUPERVISION, TaskState.ASSIGNED: Party.ANSWERING, TaskState.HANDLING: Party.ANSWERING,
         TaskState.COSIGNING: Party.CO, TaskState.IN_REVIEW: Party.SUPERVISION, TaskState.ANSWERED: Party.OFFICE}
#: While something is asked, the supervision office holds the matter.
ASKED, DECIDED = {"ask_return", "ask_extension"}, {"grant_return", "refuse_return", "grant_extension", "refuse_extension"}


def of(task: Task, now: datetime) -> Counter[Party]:
    """Working days by party, from the proposal to the close or to ``now``."""
    return of_all([task], now)[task.pk]


def of_all(tasks: Iterable[Task], now: datetime) -> dict[int, Counter[Party]]:
    """The same for many tasks (with their instructions read), in three queries."""
    found = {task.pk: task for task in tasks}
    keys = [str(pk) for pk in found]
    events: dict[int, list[AuditEvent]] = {pk: [] for pk in found}
    verbs = AuditEvent.objects.filter(app_label="tasks", model="task", object_id__in=keys).order_by("id")
    for event in verbs.only("object_id", "verb", "after", "at"):
        events[int(event.object_id)].append(event)
    stops: dict[int, list[ClockStop]] = {pk: [] for pk in found}
    for stop in ClockStop.objects.filter(task__in=found):
        stops[stop.task_id].append(stop)
    shared = {pk: _shared(task, events[pk], stops[pk], now) for pk, task in found.items()}
    sent = {(one.issue_id, one.user_id): one.sent_at for one in Recipient.objects.filter(
        issue__in={task.instruction.issue_id for task in found.values()})}
    for pk, task in found.items():
        order = task.instruction
        if (since := sent.get((order.issue_id, order.leader_id))) is not None:
            shared[pk][Party.LEADER] += max(calendar.workdays_between(calendar.local_date(since), order.given_on), 0)
    return shared


def _shared(task: Task, events: list[AuditEvent], stops: list[ClockStop], now: datetime) -> Counter[Party]:
    days: Counter[Party] = Counter()
    state, asked, since = TaskState.PROPOSED, 0, task.proposed_at
    for event in events:
        holder = Party.SUPERVISION if asked and WAITS.get(state) != Party.OFFICE else WAITS.get(state)
        _add(days, holder, since, event.at, stops)
        since, verb = event.at, event.verb.partition(".")[2]
        asked = max(asked + (verb in ASKED) - (verb in DECIDED), 0)
        if event.after in TaskState.values:
            state = TaskState(event.after)
            asked = 0 if WAITS.get(state) != Party.ANSWERING else asked
    _add(days, Party.SUPERVISION if asked else WAITS.get(state), since, now, stops)
    return days


def _add(days: Counter[Party], holder: Party | None, since: datetime, until: datetime, stops: list[ClockStop]) -> None:
    first, last = calendar.local_date(since), calendar.local_date(until)
    if holder is None or last <= first:
        return
    whole = max(calendar.workdays_between(first, last), 0)
    still = sum(_overlap(first, last, stop) for stop in stops) if holder != Party.OFFICE else 0
    days[holder] += whole - min(still, whole)
    if still:
        days[Party.NOBODY] += min(still, whole)


def _overlap(first: date, last: date, stop: ClockStop) -> int:
    begin, end = max(first, stop.since), min(last, stop.until or last)
    return max(calendar.workdays_between(begin, end), 0) if begin < end else 0


