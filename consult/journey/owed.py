"""What departments owe of tasks and consultations: the open ends of their desk, as far as they reach supervision, too."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef

from consult.consultations.models import Statement
from consult.consultations.states import CONFIRMED_ON
from consult.followups.rules import unspoken_by
from consult.kit import calendar
from consult.people.roles import Role, Scope
from consult.tasks.models import Assignment, Countersign, Milestone, Reply, Task
from consult.tasks.states import OWED, Part, ReplyState, TaskState


def parts(scope: Scope, **where: Any) -> Any:
    return Assignment.objects.filter(department__in=scope.departments(), ended_at=None, **where).select_related("task")


def to_sign_for(scope: Scope, today: date) -> Any:
    return parts(scope, signed_at=None, task__state__in=OWED).order_by("sign_by", "pk")


def to_reply(scope: Scope, today: date) -> Any:
    answering = parts(scope, part__in=[Part.LEAD, Part.SOLE, Part.SEPARATE]).exclude(signed_at=None)
    return Task.objects.filter(state=TaskState.HANDLING, pk__in=answering.values("task_id"))


def to_speak(scope: Scope, today: date) -> Any:
    """Look-backs on what this department answered, on which it has not said its word."""
    answering = parts(scope, part__in=[Part.LEAD, Part.SOLE, Part.SEPARATE])
    return unspoken_by(scope.departments()).filter(task__in=answering.values("task_id")).select_related("task")


def to_countersign(scope: Scope, today: date) -> Any:
    signed = Countersign.objects.filter(
        assignment=OuterRef("pk"), reply__round=OuterRef("task__round"), submission=F("reply__submission"))
    return parts(scope, part=Part.CO, task__state=TaskState.COSIGNING).filter(~Exists(signed)).order_by("task__due_on", "pk")


def promised_answers(scope: Scope, today: date) -> Any:
    """Questions taken back and not answered since; open for the answer once the minutes are confirmed."""
    return Statement.objects.filter(answered_by__department__in=scope.departments(), on_the_spot=False, later_answer="",
                                    consultation__state__in=CONFIRMED_ON).select_related("consultation")


def promises(**where: Any) -> Any:
    """Approved answers that promised something (outcome B) which nobody has shown to be kept."""
    return Reply.objects.promised().filter(**where).order_by("promise_on", "pk").select_related("task")


def to_keep(scope: Scope, today: date) -> Any:
    return promises(department__in=scope.departments())


def to_publish(scope: Scope, today: date) -> Any:
    """Open replies that the public does not read yet."""
    return Reply.objects.filter(publish_by__isnull=False, published_at=None, state=ReplyState.APPROVED,
                                task__jurisdiction__in=scope.jurisdictions(Role.SUPERVISION)).order_by(
        "publish_by").select_related("task")


def milestones(scope: Scope, today: date) -> Any:
    """Milestones of the department that come within the next days, or have passed."""
    return Milestone.objects.filter(department__in=scope.departments(), reached_on=None, task__state__in=OWED,
                                    due_on__lte=calendar.add_workdays(today, 5)).select_related("task")


def broken(scope: Scope, today: date) -> Any:
    return promises(jurisdiction__in=scope.jurisdictions(Role.SUPERVISION), promise_on__lt=today)
