"""Key supervision (重点督办): a leader in charge, and the five steps 望闻问切评 on record."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.states import WrongState
from consult.people.roles import Role
from consult.people.rules import people_in
from consult.tasks import notices, rules
from consult.tasks.holding import held, said
from consult.tasks.models import KeyStep, Task
from consult.tasks.states import OWED, TaskState

#: Until it is closed a key item is kept in sight.
OPEN = (TaskState.ASSIGNED, TaskState.HANDLING)
IN_SIGHT = (*OWED, TaskState.IN_REVIEW, TaskState.ANSWERED)


def lead_key(task: Task, *, leader: Any, by: Any, at: datetime) -> Task:
    """Make a task a key item, or give it to another leader: of the district, or of its CPPCC.

    A key item needs its talk before the reply, so it becomes one before the reply is submitted.
    """
    with held(task, rules.may_lead_key, by, *IN_SIGHT) as fresh:
        if not fresh.key and fresh.state not in OPEN:
            raise WrongState(_("The reply is submitted: a task becomes a key item before that."))
        if not leaders_for(fresh, calendar.local_date(at)).filter(pk=leader.pk).exists():
            raise ValidationError({"leader": _("Choose a leader of this district or of its CPPCC.")})
        fresh.key, fresh.key_lead = True, leader
        fresh.save(update_fields=["key", "key_lead"])
        audit.write("tasks.lead_key", fresh, by=by, at=at, data={"leader": leader.pk})
        notices.tell("key_lead", fresh, [leader], at=at)
        notices.tell_departments("key", fresh, at=at)
    return task


def leaders_for(task: Task, today: date) -> Any:
    """Who may be in charge: the leader whose instruction it is, and the chair, who see the task anyhow."""
    chairs = people_in([Role.CHAIR], task.jurisdiction_id, today)
    own = people_in([Role.LEADER], task.jurisdiction_id, today).filter(pk=task.instruction.leader_id)
    return (chairs | own).order_by("pk")


def take_key_step(task: Task, *, step: str, held_on: date, text: str, by: Any, at: datetime) -> KeyStep:
    """One step of the five, with its day and what it showed; a step may be taken again."""
    text = said("text", text, _("Say what it showed."), 4000)
    if step not in KeyStep.Step.values:
        raise ValidationError({"step": _("Choose which step it was.")})
    with held(task, rules.may_take_key_step, by, *IN_SIGHT) as fresh:
        if not fresh.key:
            raise WrongState(_("This task is not under key supervision."))
        if held_on > calendar.local_date(at):
            raise ValidationError({"held_on": _("This day has not come yet: choose today or an earlier day.")})
        made = KeyStep.objects.create(task=fresh, step=step, held_on=held_on, text=text, by=by, at=at)
        audit.write("tasks.take_key_step", fresh, by=by, at=at, data={"step": step, "held_on": held_on})
    return made


def steps_of(task: Task) -> list[tuple[str, list[KeyStep]]]:
    """The five steps in their order, each with what is on record."""
    taken = list(task.key_steps.select_related("by"))
    return [(str(step.label), [one for one in taken if one.step == step]) for step in KeyStep.Step]
