"""An outcome that did not hold when it was looked at: lowered, never raised; the approved paper stays as it was."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.states import WrongState
from consult.tasks import clock, notices
from consult.tasks.holding import held, said
from consult.tasks.models import Lowering, Reply, Task
from consult.tasks.states import Outcome, ReplyState, TaskState


def lower_outcome(reply: Reply, *, outcome: str, reason: str, promise_on: date | None = None, by: Any,
                  at: datetime) -> Lowering:
    """Follow-ups call this: their own rule has decided. The supervising side may change a code when it is looked at.

    From A to B to C to D, B with a day to come, which is also when the task is looked at again. A kept promise counts as A:
    taking it back may leave it a B. The departments, the supervision office and the leader are told.
    """
    reason = said("reason", reason, _("Say what was found that the answer does not hold."))
    with held(reply.task, None, by, TaskState.ANSWERED, TaskState.CLOSED) as task:
        fresh = task.replies.get(pk=reply.pk)
        if fresh.state != ReplyState.APPROVED or fresh.round != task.round:
            raise WrongState(_("Only an approved reply of this handling can be lowered."))
        _check(fresh, outcome, promise_on, calendar.local_date(at))
        made = Lowering.objects.create(
            reply=fresh, before=fresh.outcome, after=outcome, promise_before=fresh.promise_on, kept_before=fresh.fulfilled_on,
            evidence_before=fresh.evidence, reason=reason, by=by, at=at)
        fresh.outcome, fresh.promise_on = outcome, promise_on if outcome == Outcome.B else None
        fresh.fulfilled_on, fresh.evidence = None, ""
        fresh.save(update_fields=["outcome", "promise_on", "fulfilled_on", "evidence"])
        _look_again(task, at)
        audit.write("tasks.lower_outcome", task, by=by, at=at, before=made.before, after=outcome, data={
            "reply": fresh.pk, "department": fresh.department.name, "promise_on": fresh.promise_on, "reason": reason,
            "kept_before": made.kept_before})
        for tell in (notices.tell_departments, notices.tell_supervision, notices.tell_leader):
            tell("lowered", task, at=at, department=fresh.department.name, outcome=outcome)
    for name in ("outcome", "promise_on", "fulfilled_on", "evidence"):
        setattr(reply, name, getattr(fresh, name))
    return made


def _check(reply: Reply, outcome: str, promise_on: date | None, today: date) -> None:
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose how it turned out: A, B, C or D.")})
    if outcome <= reply.result:
        told = {"code": reply.result}
        raise ValidationError({"outcome": _("It counts as %(code)s today and can only be lowered here.") % told})
    if outcome == Outcome.B and (promise_on is None or promise_on <= today):
        raise ValidationError({"promise_on": _("Outcome B is a promise: give the day to come by which it will be kept.")})


def _look_again(task: Task, at: datetime) -> None:
    """A new promise is looked at on its day."""
    promised = task.replies.filter(round=task.round, outcome=Outcome.B, fulfilled_on=None)
    open_ = [one.promise_on for one in promised if one.promise_on]
    if open_:
        task.look_back_on = clock.look_back_on(at, open_)
        task.save(update_fields=["look_back_on"])
