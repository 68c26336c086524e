"""What every verb of a task is made of: the locked row, the rule, the state, and words that are not blank."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Rule, Sentence, require
from consult.kit.states import WrongState, follow, lock, state_label
from consult.tasks.models import Assignment, Task
from consult.tasks.rules import my_part


@contextmanager
def held(task: Task, rule: Rule | None, by: Any, *states: str) -> Iterator[Task]:
    """The task's row under lock, once the rule allows and the state is one of ``states``; brings ``task`` up to date."""
    with transaction.atomic():
        fresh = lock(task)
        if rule is not None:
            require(rule, by, fresh)
        if states and fresh.state not in states:
            raise WrongState(_("This step is no longer open: the state is now “%(state)s”.") % {"state": state_label(fresh)})
        yield fresh
        follow(task, fresh)
    task.__dict__.pop("_prefetched_objects_cache", None)


def said(name: str, text: str, sentence: Sentence, most: int = 0) -> str:
    """The text without blanks around it; nothing said, or more than ``most`` characters, is an error of the field ``name``."""
    if not text.strip():
        raise ValidationError({name: sentence})
    return brief(name, text, most)


def brief(name: str, text: str, most: int) -> str:
    """The text without blanks around it, which may be empty; longer than ``most`` (0: any length) is an error."""
    if most and len(text.strip()) > most:
        raise ValidationError({name: _("Please keep it within %(n)s characters.") % {"n": most}})
    return text.strip()


def part_of(task: Task, by: Any, *kinds: str) -> Assignment:
    """The part of the department of ``by``; the rule has made sure there is one."""
    part = my_part(by, task, *kinds)
    assert part is not None  # the rule asked for it
    return part
