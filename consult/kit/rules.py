"""What may be done, by whom, and the sentence that says why not.

A rule is a predicate ``(user, object) -> Verdict``. Rules join with ``&`` and ``|`` and read like a
sentence; the same call serves the door, the button and the tooltip, and is asked again in the action.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: Where a condition begins that says who sees what: nothing yet. (An empty ``Q()`` would be everything.)
NOTHING = Q(pk__in=())

Sentence = Any  # str or a lazy translation: reasons are translated when shown


class Verdict(NamedTuple):
    """The answer to "may this user do this?"; truthy when allowed, else ``reason`` says why not."""

    ok: bool
    reason: Sentence = ""

    def __bool__(self) -> bool:
        return self.ok


class Denied(PermissionDenied):
    """Raised when a rule refuses; carries the sentence for the person."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


class Rule:
    """A predicate with its reason. ``a & b`` gives the first refusal, ``a | b`` the last."""

    def __init__(self, ask: Callable[[Any, Any], Verdict]) -> None:
        self.ask = ask

    def __call__(self, user: Any, obj: Any = None) -> Verdict:
        return self.ask(user, obj)

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(lambda user, obj: other(user, obj) if (mine := self(user, obj)) else mine)

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(lambda user, obj: mine if (mine := self(user, obj)) else other(user, obj))

    def but(self, reason: Sentence) -> "Rule":
        """The same rule with another sentence."""
        return Rule(lambda user, obj: Verdict(bool(self(user, obj)), reason))


def because(reason: Sentence) -> Callable[[Callable[[Any, Any], bool]], Rule]:
    """Decorator: turn ``def test(user, obj) -> bool`` into a Rule that refuses with ``reason``."""

    def make(test: Callable[[Any, Any], bool]) -> Rule:
        return Rule(lambda user, obj: Verdict(bool(test(user, obj)), reason))

    return make


_rules: dict[str, Rule] = {}


def rule(perm: str, made_of: Rule) -> Rule:
    """Register a rule under ``"<room>.<verb>"`` so that ``user.has_perm(perm, obj)`` asks it."""
    _rules[perm] = made_of
    return made_of


def check(perm: str, user: Any, obj: Any = None) -> Verdict:
    """The verdict of the registered rule; an unknown permission is refused, never an error."""
    known = _rules.get(perm)
    return known(user, obj) if known else Verdict(False, _("This is not open to anyone."))


def require(asked: Rule, user: Any, obj: Any = None) -> None:
    """Raise Denied with the reason unless the rule allows it."""
    verdict = asked(user, obj)
    if not verdict:
        raise Denied(verdict.reason)


class RuleBackend(BaseBackend):
    """Django's door to the rules: ``user.has_perm("topics.approve", topic)``."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and perm in _rules and bool(_rules[perm](user_obj, obj))


_visibility: dict[str, Callable[[Any], Any]] = {}


def sees(model: Any, visible_to: Callable[[Any], Any]) -> None:
    """A room says, once, which objects of ``model`` a user may see."""
    _visibility[model._meta.label_lower] = visible_to


def visibility(model: Any, user: Any) -> Any:
    """The objects of ``model`` the user may see; none when the room has not said (deny by default)."""
    visible_to = _visibility.get(model._meta.label_lower)
    return visible_to(user) if visible_to else model._default_manager.none()
