"""The only door to a ``state`` column: lock the row, ask the rule, make the move, write the event."""

from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE as RETURN_VALUE
from django_fsm import FSMField, FSMModelMixin, TransitionNotAllowed, can_proceed
from django_fsm import transition as transition

from consult.kit import audit
from consult.kit.rules import Denied, Rule, Sentence, require

M = TypeVar("M", bound=models.Model)


class StateField(FSMField):
    """A state as a code. Written by ``move()`` alone: direct assignment raises AttributeError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("protected", True)
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("verbose_name", _("state"))
        super().__init__(*args, **kwargs)


class Stateful(FSMModelMixin, models.Model):
    """A model whose ``state`` is a StateField and whose transitions are methods."""

    class Meta:
        abstract = True


class WrongState(Denied):
    """The move is not open in the present state (someone may have been faster)."""


def can(obj: Any, name: str) -> bool:
    """Does the present state allow the move ``name``? Says nothing about who asks."""
    return can_proceed(getattr(obj, name))


def state_label(obj: Any) -> Sentence:
    """The state of ``obj`` in the reader's language."""
    return obj.get_state_display()


def lock(obj: M) -> M:
    """The row of ``obj``, read again under a lock; must be called in a transaction."""
    return type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)


def move(obj: M, name: str, *, by: Any, at: datetime, rule: Rule | None = None,
         data: dict[str, Any] | None = None, **values: Any) -> M:
    """Make the declared move ``name`` on ``obj`` and leave its audit event, all or nothing.

    ``by`` is a user, or None for a resident without an account or the clock. ``values`` go to the transition
    method; ``data`` goes into the event. ``obj`` itself is brought up to date, and returned.
    Raises Denied (with the reason) when the rule refuses, WrongState when the state does.
    """
    with transaction.atomic():
        fresh = lock(obj)
        if rule is not None:
            require(rule, by, fresh)
        before = fresh.state  # type: ignore[attr-defined]
        try:
            getattr(fresh, name)(**values)
        except TransitionNotAllowed as wrong:
            raise WrongState(_("This step is no longer open: the state is now “%(state)s”.")
                             % {"state": state_label(fresh)}) from wrong
        fresh.save()
        audit.write(f"{fresh._meta.app_label}.{name}", fresh, by=by, at=at,
                    before=before, after=fresh.state, data=data or {})  # type: ignore[attr-defined]
        follow(obj, fresh)
    return obj


def follow(obj: models.Model, fresh: models.Model) -> None:
    """Let the caller's copy show what the database now holds."""
    for field in fresh._meta.concrete_fields:
        obj.__dict__[field.attname] = fresh.__dict__[field.attname]
        if field.is_relation:
            try:
                field.delete_cached_value(obj)  # type: ignore[attr-defined]
            except (KeyError, ObjectDoesNotExist):
                pass
