"""What lies on a department's desk, in groups, and how it is shared among its clerks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.rules import Sentence
from consult.people.models import User
from consult.tasks import clock, rules
from consult.tasks.models import Assignment, ClockStop, Countersign, Extension, Reply, ReturnRequest, Task
from consult.tasks.states import ANSWERING, OWED, AskState, Outcome, Part, ReplyState, TaskState

#: What a department asks itself of its tasks, the most pressing first.
GROUPS: dict[str, Sentence] = {
    "overdue": _("overdue"), "sent_back": _("sent back: to be written again"), "sign": _("to sign for"),
    "soon": _("due soon"), "countersign": _("waiting for our counter-signature"), "others": _("waiting for other departments"),
    "asked": _("asked, not decided yet"), "promises": _("promises to keep"),
}


def groups(departments: set[int], today: date) -> dict[str, Any]:
    """For each group the condition on tasks in which the departments have a part."""
    mine = Assignment.objects.in_force().filter(task=OuterRef("pk"), department__in=departments)
    replies = Reply.objects.filter(task=OuterRef("pk"), round=OuterRef("round"))
    own = replies.filter(department__in=departments)
    ticking = Q(state__in=OWED) & ~Exists(ClockStop.objects.filter(task=OuterRef("pk"), until=None))
    near = calendar.add_workdays(today, clock.limits(today).blue)
    signed = Countersign.objects.filter(reply__task=OuterRef("pk"), reply__round=OuterRef("round"),
                                        submission=F("reply__submission"), assignment__department__in=departments)
    asked = Exists(Extension.objects.filter(task=OuterRef("pk"), state=AskState.ASKED)) | Exists(
        ReturnRequest.objects.filter(assignment__task=OuterRef("pk"), assignment__department__in=departments,
                                     state=AskState.ASKED))
    co, leads = Exists(mine.filter(part=Part.CO)), Exists(mine.filter(part__in=ANSWERING))
    done = Exists(own.filter(state=ReplyState.SUBMITTED))
    return {
        "overdue": ticking & Q(due_on__lt=today),
        "sent_back": Q(state=TaskState.HANDLING) & Exists(own.filter(state=ReplyState.RETURNED)),
        "sign": Q(state__in=OWED) & Exists(mine.filter(signed_at=None)),
        "soon": ticking & Q(due_on__gte=today, due_on__lte=near),
        "countersign": Q(state=TaskState.COSIGNING) & co & ~Exists(signed),
        "others": Q(state=TaskState.COSIGNING) & leads | Q(state=TaskState.HANDLING) & leads & done,
        "asked": Q(state__in=OWED) & asked,
        "promises": Exists(own.filter(outcome=Outcome.B, state=ReplyState.APPROVED, fulfilled_on=None)),
    }


def counted(departments: set[int], today: date) -> dict[str, int]:
    """How many tasks lie in each group. A task may lie in several. What is owed is few; what was promised is found by itself."""
    asked, parts = groups(departments, today), Assignment.objects.in_force().filter(department__in=departments)
    del asked["promises"]
    tasks = Task.objects.filter(pk__in=parts.values("task_id"), jurisdiction__in=rules.districts_of(departments))
    found = tasks.owed().aggregate(**{name: Count("pk", filter=where) for name, where in asked.items()})
    promised = Reply.objects.promised().filter(Exists(parts.filter(task=OuterRef("task"))), department__in=departments)
    return {**found, "promises": promised.order_by().values("task").distinct().count()}


@dataclass(frozen=True)
class Load:
    """What one clerk has in hand; ``handler`` None: nobody was named."""

    handler: Any
    owed: int
    soon: int
    overdue: int


def loads(departments: set[int], today: date) -> list[Load]:
    """The owed tasks of the departments by who handles them, the heaviest load first; those without a handler on top."""
    near = calendar.add_workdays(today, clock.limits(today).blue)
    ticking = ~Exists(ClockStop.objects.filter(task=OuterRef("task"), until=None))
    rows = (Assignment.objects.in_force().filter(department__in=departments, task__state__in=OWED)
            .values("handler").annotate(
                owed=Count("task", distinct=True),
                soon=Count("task", distinct=True, filter=ticking & Q(task__due_on__gte=today, task__due_on__lte=near)),
                overdue=Count("task", distinct=True, filter=ticking & Q(task__due_on__lt=today)))
            .order_by("-owed", "handler"))
    names = dict(User.objects.filter(pk__in=[row["handler"] for row in rows if row["handler"]]).values_list("pk", "name"))
    found = [Load((row["handler"], names[row["handler"]]) if row["handler"] else None, row["owed"], row["soon"], row["overdue"])
             for row in rows]
    return sorted(found, key=lambda load: load.handler is not None)
