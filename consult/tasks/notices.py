"""Who hears what of a task: the clerks of its departments, the supervision office, the CPPCC office, the leader."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, notices
from consult.people import absences
from consult.people.models import Appointment, Department
from consult.people.roles import Role
from consult.people.rules import people_in
from consult.tasks.models import Task

notices.kinds("tasks", {
    "proposed": _("Task %(number)s follows from an instruction and waits to be assigned."),
    "assigned": _("Task %(number)s is assigned to you. Please sign for it by %(sign_by)s."),
    "signed": _("%(department)s signed for task %(number)s."),
    "return_asked": _("%(department)s asks to return task %(number)s."),
    "return_granted": _("Task %(number)s was taken back from your department."),
    "return_refused": _("Task %(number)s stays with your department: the return was refused."),
    "extension_asked": _("More time is asked for task %(number)s, until %(until)s."),
    "extension_granted": _("Task %(number)s is now due on %(until)s."),
    "extension_refused": _("Task %(number)s gets no more time."),
    "clock_stopped": _("The clock of task %(number)s stands still."),
    "clock_resumed": _("The clock of task %(number)s runs again."),
    "opinion_given": _("%(department)s gave its co-handling opinion on task %(number)s."),
    "countersign": _("The reply to task %(number)s waits for your counter-signature."),
    "review": _("The reply to task %(number)s waits for review."),
    "sent_back": _("The reply to task %(number)s was sent back. Please write it again."),
    "answered": _("Task %(number)s is answered."),
    "lowered": _("After a look-back the answer of %(department)s to task %(number)s counts as %(outcome)s."),
    "rehandled": _("Task %(number)s is to be handled a second time, by %(due_on)s."),
    "closed": _("Task %(number)s is closed."),
    "fulfilled": _("A promise of task %(number)s is reported as kept."),
    "blue": _("Task %(number)s is due soon: on %(due_on)s."),
    "yellow": _("Task %(number)s is nearly due: on %(due_on)s."),
    "red": _("Task %(number)s is overdue since %(due_on)s."),
    "recomputed": _("The official calendar changed. Task %(number)s is now due on %(due_on)s; its page shows the sum."),
    "bulletin": _("Task %(number)s, due on %(due_on)s, is overdue for so long that it goes on the bulletin list."),
    "leader": _("Task %(number)s, due on %(due_on)s, is overdue for so long that the leader is told."),
    "handler": _("Your department has named you as the handler of task %(number)s."),
    "published": _("The reply to task %(number)s is published."),
    "withdrawn": _("The published reply to task %(number)s was taken back."),
    "key": _("Task %(number)s is under key supervision now: a face-to-face talk is needed before the reply."),
    "key_lead": _("You are in charge of the key supervision of task %(number)s."),
    "urged": _("You are urged to go on with task %(number)s: %(text)s"),
})


def clerks(departments: Iterable[Department], today: Any) -> list[Any]:
    posts = Appointment.objects.in_force(today).filter(role=Role.CLERK, department__in=departments)
    return [post.user for post in posts.select_related("user")]


def staff(task: Task, today: Any, *roles: str) -> list[Any]:
    return list(people_in(roles, task.jurisdiction_id, today))


def tell(kind: str, task: Task, users: Iterable[Any], *, at: datetime, **params: Any) -> None:
    """These people, and whoever stands in for one who is away."""
    told = absences.with_deputies(users, calendar.local_date(at))
    notices.queue(f"tasks.{kind}", told, task, at=at, number=task.number, **params)


#: What every clerk of a department hears, whoever handles the task.
LOUD = {"assigned", "red", "bulletin", "leader", "rehandled", "urged"}


def tell_departments(kind: str, task: Task, *, at: datetime, parts: Iterable[Any] | None = None, **params: Any) -> None:
    """Of each department that has a part (or of the given parts): its handler; all its clerks while there is none, or when
    the matter is grave."""
    chosen = task.parts if parts is None else list(parts)
    named = [part for part in chosen if part.handler_id and kind not in LOUD]
    today = calendar.local_date(at)
    still = set(clerks([part.department for part in named], today)) if named else set()
    handlers = {part.pk: part.handler for part in named if part.handler in still}
    others = clerks([part.department for part in chosen if part.pk not in handlers], today)
    tell(kind, task, [*handlers.values(), *others], at=at, **params)


def tell_supervision(kind: str, task: Task, *, at: datetime, **params: Any) -> None:
    tell(kind, task, staff(task, calendar.local_date(at), Role.SUPERVISION), at=at, **params)


def tell_office(kind: str, task: Task, *, at: datetime, **params: Any) -> None:
    tell(kind, task, staff(task, calendar.local_date(at), Role.OFFICE), at=at, **params)


def tell_leader(kind: str, task: Task, *, at: datetime, **params: Any) -> None:
    tell(kind, task, [task.instruction.leader], at=at, **params)
