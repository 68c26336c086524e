"""What lies beside the reply in the life of tasks: kept words, milestones, handlers, publication, key supervision."""

import random
from datetime import timedelta
from typing import Any

from consult.kit import calendar
from consult.kit.states import WrongState
from consult.people.roles import scope_of
from consult.tasks import actions
from consult.tasks.models import Draft, Milestone, Reply, Task
from tests.consult.tasks import stage
from tests.consult.tasks.verbs import BESIDE as ASIDE
from tests.consult.tasks.verbs import SILENT, SUPERVISION, TEXT, day, verb, words

#: Said now and then while a task is owed, by the departments; and after the answer, by the offices.
BESIDE = ("keep_draft", "discard_draft", "set_milestone", "reach_milestone", "name_handler", "take_out")
AFTER = ("publish", "withdraw", "close_to_public", "lead_key", "take_key_step")
SUPERVISION |= {"publish", "withdraw", "close_to_public", "lead_key", "take_key_step"}
SILENT |= {"keep_draft", "take_out"}


@verb
def keep_draft(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    kept = Draft.objects.filter(task=task, department__in=scope_of(by).departments()).order_by("-pk").first()
    version = kept.version if kept and (well or chance.random() < .3) else 0
    text = words(chance, well) if well or chance.random() < .8 else chance.choice([TEXT * 9000, "密级：机密"])
    actions.keep_draft(task, fields={"text": text.strip()}, version=version, by=by, at=m.now)


@verb
def discard_draft(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.discard_draft(task, by=by, at=m.now)


@verb
def take_out(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.take_out(task, files=[], by=by, at=m.now)


@verb
def set_milestone(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    due_on = day(m, chance, well, calendar.local_date(m.now) + timedelta(days=7))
    actions.set_milestone(task, title=words(chance, well)[:100], due_on=due_on, by=by, at=m.now)


@verb
def reach_milestone(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    found = Milestone.objects.filter(**({"task": task, "reached_on": None} if well else {})).order_by("pk").last()
    if found is None:
        raise WrongState("nothing was planned")
    actions.reach_milestone(task, milestone=found, evidence=words(chance, well), by=by, at=m.now)


@verb
def name_handler(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.name_handler(task, handler=by if well else chance.choice(stage.world.people), by=by, at=m.now)


def a_reply(task: Task, chance: random.Random, well: bool, **where: Any) -> Reply:
    found = Reply.objects.filter(task=task, **where).first() if well else Reply.objects.order_by("?").first()
    if found is None:
        raise WrongState("there is no reply")
    return found


@verb
def publish(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    text = words(chance, well) if well or chance.random() < .7 else "电话13912345678"
    actions.publish(task, reply=a_reply(task, chance, well, publish_by__isnull=False, published_at=None), text=text, by=by,
                    at=m.now)


@verb
def withdraw(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.withdraw(task, reply=a_reply(task, chance, well, published_at__isnull=False), reason=words(chance, well, 1)[:200],
                     by=by, at=m.now)


@verb
def close_to_public(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    publicity = chance.choice(["on_request", "closed"] if well else ["on_request", "open", "x"])
    actions.close_to_public(task, reply=a_reply(task, chance, well, publish_by__isnull=False, published_at=None),
                            publicity=publicity, reason=words(chance, well, 1)[:150], by=by, at=m.now)


@verb
def lead_key(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.lead_key(task, leader=stage.world.cast.chair if well else chance.choice(stage.world.people), by=by, at=m.now)


@verb
def take_key_step(m: Any, task: Task, by: Any, chance: random.Random, well: bool) -> None:
    actions.take_key_step(task, step="look" if well else chance.choice(["hear", "dream"]), text=words(chance, well),
                          held_on=day(m, chance, well, calendar.local_date(m.now)), by=by, at=m.now)


def beside(task: Task, parts: Any, chance: random.Random, office: Any, supervision: Any) -> tuple[str, Any] | None:
    """Now and then somebody does one of these, in the right place; whoever keeps words goes on writing."""
    kept = Draft.objects.filter(task=task).first() if parts and chance.random() < .2 else None
    if kept is not None:
        return chance.choice(["keep_draft"] * 4 + ["discard_draft"]), stage.world.clerks[kept.department_id]
    if parts and chance.random() < .1:
        return chance.choice(BESIDE), chance.choice(parts)[1]
    if chance.random() < .08:
        return chance.choice(AFTER), chance.choice([office, supervision])
    return None


ASIDE.append(beside)
