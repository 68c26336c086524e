"""What a look-back may change: an outcome that does not hold is lowered, a matter that is not settled is handled again."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.followups import hearing, notices, rules
from consult.followups.holding import in_state, names_nobody, of_this_answer
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.kit import audit
from consult.kit.states import can, follow, lock
from consult.recommendations.models import Recommendation
from consult.tasks import actions as tasks
from consult.tasks.holding import said
from consult.tasks.models import Lowering, Reply
from consult.topics import actions as topics
from consult.topics.models import Topic


def lower(look_back: LookBack, *, reply: Reply, outcome: str, reason: str, promise_on: date | None = None, by: Any,
          at: datetime) -> Lowering:
    """The CPPCC office lowers the outcome of an answer that was looked at (A to B to C to D, B with a day to come).

    The approved words stay; the code they carried is kept beside the new one. A promise reported as kept is taken back.
    """
    reason = said("reason", reason, _("Say what was found that the answer does not hold."))
    with transaction.atomic():
        fresh = in_state(look_back, rules.may_lower, by, LookBackState.VISITED, LookBackState.CONFIRMED)
        task = lock(fresh.task)
        if reply.task_id != task.pk:
            raise ValidationError({"reply": _("Choose an approved reply of this task.")})
        of_this_answer(fresh, task)
        names_nobody(task, reason=reason)
        made = tasks.lower_outcome(reply, outcome=outcome, reason=reason, promise_on=promise_on, by=by, at=at)
        audit.write("followups.lower", fresh, by=by, at=at, data={
            "reply": reply.pk, "before": made.before, "after": made.after})
    return made


def reopen(look_back: LookBack, *, note: str, by: Any, at: datetime) -> LookBack:
    """The matter is handled a second time, though it was answered or closed: with its own limit, the first dates stay.

    The supervision office's verb: it alone orders departments (``tasks.rules.may_assign``). A confirmed look-back in which
    something fell short is its ground; the CPPCC office has found it, confirmed it, and sent it to that office by confirming.
    A topic that was closed is followed up again.
    """
    note = said("note", note, _("Say what has to be done again."))
    with transaction.atomic():
        fresh = in_state(look_back, rules.may_reopen, by, LookBackState.CONFIRMED)
        task = lock(fresh.task)
        of_this_answer(fresh, task)
        if not hearing.falls_short(fresh):
            raise ValidationError(_("Everything that was found is carried out and every voice says kept: there is nothing to "
                                    "handle again."))
        names_nobody(task, note=note)
        tasks.reopen(task, note=note, by=by, at=at)
        topic = Topic.objects.get(pk__in=Recommendation.objects.filter(pk=task.recommendation_id).values("consultation__topic"))
        if can(topic, "reopen"):
            topics.reopen(topic, by=by, at=at)
        fresh.reopened_round = task.round
        fresh.save(update_fields=["reopened_round"])
        audit.write("followups.reopen", fresh, by=by, at=at, data={"task": task.number, "handling": task.round, "note": note})
        notices.reopened(fresh, at=at)
        follow(look_back, fresh)
    return look_back
