"""What the departments of a district did in a period, counted: for the district bulletin and for the appraisal of a department.

What happened is counted in the period; what is owed, overdue or promised stands as on the day of counting. The queries are
the same few whatever the number of tasks. The facts are plain JSON (codes, never words) and name departments and tasks only.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, charts
from consult.kit.models import AuditEvent
from consult.kit.rules import Sentence
from consult.people.models import Department
from consult.tasks import clock
from consult.tasks.models import Assignment, Reply, Task
from consult.tasks.states import ANSWERING, OWED, AskState, Outcome, TaskState

#: Days of the longest period that is told at once.
LONGEST = 366
#: An answer stands, and is not being given a second time.
DONE = (TaskState.ANSWERED, TaskState.CLOSED)
#: The counts of a department, in the order in which they are shown: its work, then what came of it.
WORK = ("assigned", "in_time", "late", "owed", "overdue", "sent_back", "extensions")
RESULTS = ("A", "B", "C", "D", "kept", "open", "broken")
LABELS: dict[str, Sentence] = {
    "assigned": _("Assigned"), "in_time": _("Answered in time"), "late": _("Answered late"), "owed": _("Owed now"),
    "overdue": _("Overdue now"), "sent_back": _("Replies sent back"), "extensions": _("Extensions granted"),
    "A": _("Outcome A"), "B": _("Outcome B"), "C": _("Outcome C"), "D": _("Outcome D"),
    "kept": _("Promises kept"), "open": _("Promises running"), "broken": _("Promises broken"),
}
RED: tuple[Sentence, ...] = (_("No."), _("Task"), _("Department"), _("Due on"), _("Working days overdue"))


def check_period(since: date, until: date, today: date) -> None:
    """Raise ValidationError on ``until`` unless the period has ended by today and is no longer than a year."""
    if until < since:
        raise ValidationError({"until": _("The period ends before it begins.")})
    if until > today:
        raise ValidationError({"until": _("The period ends after today: choose today or an earlier day.")})
    if (until - since).days >= LONGEST:
        raise ValidationError({"until": _("The period is longer than a year.")})


# --- counting -------------------------------------------------------------------------------------------------------

def gathered(jurisdiction_id: int, *, since: date, until: date, today: date, department_id: int | None = None
             ) -> dict[str, Any]:
    """The facts of a period, of all departments of a district or of one; only parts in force that answer are counted."""
    only = {"department": department_id} if department_id else {}
    span = _span(since, until)
    parts = list(_parts(jurisdiction_id, span, today, only))
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for part in parts:
        counts[part.department_id].update(assigned=int(part.assigned_at >= span[0]), owed=int(part.task.state in OWED),
                                          overdue=int(part.red))
    answers = _answers(jurisdiction_id, only)
    for reply in answers.filter(reviewed_at__gte=span[0], reviewed_at__lt=span[1]).select_related("task"):
        counts[reply.department_id].update(["in_time" if _in_time(reply) else "late", str(reply.result)])
    kept_before = Q(fulfilled_on__lt=since)
    for reply in answers.filter(~kept_before | Q(fulfilled_on=None), outcome=Outcome.B, reviewed_at__lt=span[1]):
        counts[reply.department_id].update([str(reply.promise(today))])
    for name, asked in (("extensions", _extended), ("sent_back", _sent_back)):
        for found in asked(jurisdiction_id, span, only):
            counts[found].update([name])
    named = Department.objects.filter(pk__in=list(counts)).order_by("order", "pk")
    rows = [{"id": one.pk, "name": one.name, "counts": _plain(counts[one.pk])} for one in named]
    return {"as_of": today.isoformat(), "since": since.isoformat(), "until": until.isoformat(), "departments": rows,
            "total": _plain(sum(counts.values(), Counter())), "red": _red(parts, today)}


def tasks_of(jurisdiction_id: int, span: tuple[datetime, datetime]) -> Any:
    """The tasks of a period: assigned before it was over, and not answered for good before it began."""
    waiting = ~Q(state__in=DONE) | Q(answered_at=None) | Q(answered_at__gte=span[0])
    return Task.objects.filter(waiting, jurisdiction=jurisdiction_id, assigned_at__lt=span[1])


def readers(jurisdiction_id: int, *, since: date, until: date) -> Any:
    """The departments that have a part, also a co-handling one, in a task of the period."""
    span = _span(since, until)
    parts = Assignment.objects.in_force().filter(task__in=tasks_of(jurisdiction_id, span), assigned_at__lt=span[1])
    return Department.objects.filter(pk__in=parts.values("department_id"))


def consultations(jurisdiction_id: int, *, since: date, until: date) -> Any:
    """The consultations behind the tasks of the period: whose residents must not be named."""
    span = _span(since, until)
    return tasks_of(jurisdiction_id, span).order_by().values("recommendation__consultation_id")


def _span(since: date, until: date) -> tuple[datetime, datetime]:
    """The moments of a period: from its first midnight to the one after its last day."""
    return calendar.midnight(since), calendar.midnight(until + timedelta(days=1))


def _parts(jurisdiction_id: int, span: tuple[datetime, datetime], today: date, only: dict[str, int]) -> Any:
    red = Task.objects.overdue(today).filter(pk=OuterRef("task_id"))
    return (Assignment.objects.in_force().filter(part__in=ANSWERING, task__in=tasks_of(jurisdiction_id, span),
                                                 assigned_at__lt=span[1], **only)
            .annotate(red=Exists(red)).select_related("task", "department"))


def _answers(jurisdiction_id: int, only: dict[str, int]) -> Any:
    """The replies that stand, of departments that still have their part."""
    part = Assignment.objects.in_force().filter(part__in=ANSWERING, task=OuterRef("task_id"),
                                                department=OuterRef("department_id"))
    return Reply.objects.results().filter(Exists(part), task__jurisdiction=jurisdiction_id, task__state__in=DONE, **only)


def _in_time(reply: Reply) -> bool:
    """By the original date: an extension does not make it on time (as in the figures of the loop)."""
    answered, due = reply.reviewed_at, reply.task.original_due_on
    return answered is not None and due is not None and calendar.local_date(answered) <= due


def _extended(jurisdiction_id: int, span: tuple[datetime, datetime], only: dict[str, int]) -> list[int]:
    """Departments by the extensions granted in the period: one entry for each."""
    return list(Assignment.objects.in_force().order_by().filter(
        part__in=ANSWERING, task__jurisdiction=jurisdiction_id, task__extensions__state=AskState.GRANTED,
        task__extensions__decided_at__gte=span[0], task__extensions__decided_at__lt=span[1], **only,
    ).values_list("department_id", flat=True))


def _sent_back(jurisdiction_id: int, span: tuple[datetime, datetime], only: dict[str, int]) -> list[int]:
    """Departments by the replies sent back in the period, as the log tells: one that was written again tells no more."""
    events = list(AuditEvent.objects.filter(verb="tasks.send_back", app_label="tasks", model="reply", at__gte=span[0],
                                            at__lt=span[1]).order_by().values_list("object_id", flat=True))
    whose = dict(Reply.objects.filter(pk__in={int(key) for key in events}, task__jurisdiction=jurisdiction_id, **only)
                 .values_list("pk", "department_id"))
    return [whose[int(key)] for key in events if int(key) in whose]


def _plain(counted: Counter[str]) -> dict[str, int]:
    return {name: counted[name] for name in (*WORK, *RESULTS)}


def _red(parts: list[Any], today: date) -> list[dict[str, Any]]:
    """The bulletin list: red for more working days than ``light_escalate``, the oldest first, with who answers for it."""
    before = clock.bulletin_before(today)
    late: dict[Task, list[str]] = {}
    for part in parts:
        if part.red and part.task.due_on < before:
            late.setdefault(part.task, []).append(part.department.name)
    return [{"number": task.number, "title": task.title, "departments": names, "due_on": task.due_on.isoformat(),
             "days": calendar.workdays_between(task.due_on, today)}
            for task, names in sorted(late.items(), key=lambda item: (item[0].due_on, item[0].number)) if task.due_on]


# --- said on the page and on the paper -----------------------------------------------------------------------------

def columns(names: tuple[str, ...]) -> tuple[Sentence, ...]:
    return (_("Department"), *(LABELS[name] for name in names))


def rows(facts: dict[str, Any], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """One row for each department under ``columns(names)``, and their sum."""
    told = [(one["name"], one["counts"]) for one in facts["departments"]]
    return [(name, *(counts[key] for key in names)) for name, counts in [*told, (charts.TOGETHER, facts["total"])] if told]


def figures(facts: dict[str, Any]) -> list[tuple[Sentence, int]]:
    """(what, how many): all counts together."""
    return [(LABELS[name], facts["total"][name]) for name in (*WORK, *RESULTS)]


def red(facts: dict[str, Any], say: Any) -> list[tuple[Any, ...]]:
    """The rows under ``RED``; ``say`` writes a day."""
    return [(one["number"], one["title"], "、".join(one["departments"]), say(date.fromisoformat(one["due_on"])), one["days"])
            for one in facts["red"]]


def chart(facts: dict[str, Any]) -> charts.ChartSpec:
    """Answered in time beside what was late or is overdue, for each department."""
    good, bad = _("answered in time"), _("answered late, or overdue now")
    points = [(one["name"], value, series) for one in facts["departments"]
              for series, value in ((good, one["counts"]["in_time"]), (bad, one["counts"]["late"] + one["counts"]["overdue"]))]
    total = facts["total"]
    return charts.pairs(_("In time, and late, by department"), points, label=_("Department"), summary=_(
        "%(good)s of %(all)s answers came in time; %(overdue)s are overdue now.") % {
            "good": total["in_time"], "all": total["in_time"] + total["late"], "overdue": total["overdue"]})
