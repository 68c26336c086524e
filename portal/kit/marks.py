"""Words, shapes and tones for states and deadlines: never colour alone."""

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consult.kit.rules import Sentence

#: Tone -> (shape, the states that wear it). Whatever is not named is at work.
TONES: dict[str, tuple[str, frozenset[str]]] = {
    "new": ("○", frozenset({"submitted", "drafted", "preparing", "planned", "proposed", "opened", "found", "registered",
                            "invited", "asked"})),
    "work": ("◐", frozenset()),
    "wait": ("▲", frozenset({"under_review", "in_review", "minuted", "cosigning", "assigned", "returned", "deferred",
                             "reported", "escalated", "stopped", "quarantined"})),
    "good": ("✓", frozenset({"confirmed", "concluded", "closed", "rated", "responded", "answered", "published",
                             "consulted", "reviewed", "signed", "issued", "dispatched", "approved", "granted", "solved",
                             "evaluated", "looked_back", "given", "visited"})),
    "stop": ("✕", frozenset({"declined", "cancelled", "withdrawn", "refused", "dropped", "voided"})),
    "quiet": ("–", frozenset({"archived", "merged", "kept", "referred", "ended", "superseded", "unrated", "spam"})),
}
TONE_OF = {state: tone for tone, (_shape, states) in TONES.items() for state in states}


class Mark(NamedTuple):
    """A tone with its shape and words."""

    tone: str
    shape: str
    words: Sentence
    note: str = ""


def badge(obj: Any) -> Mark | None:
    """The state of an object as a mark; None for what has no state."""
    return badge_of(type(obj), getattr(obj, "state", None))


def badge_of(kind: type, state: Any) -> Mark | None:
    if not state:
        return None
    tone = TONE_OF.get(str(state), "work")
    return Mark(tone, TONES[tone][0], (_labels(kind, "state") or {}).get(state, "") or str(state))


def chosen(obj: Any, name: str) -> Sentence:
    """The label of what a field with choices holds; "" where there is no such field.

    Django's ``get_…_display`` makes the dictionary of the choices anew for each row of a list.
    """
    labels = _labels(type(obj), name)
    if labels is None:
        return ""
    value = getattr(obj, name)
    return labels.get(value, "" if value is None else str(value))


@cache
def _labels(kind: type, name: str) -> dict[Any, Sentence] | None:
    return dict(kind._meta.get_field(name).flatchoices) if hasattr(kind, f"get_{name}_display") else None  # type: ignore[attr-defined]


def light(due: Any, today: date) -> Mark | None:
    """A deadline as a light: late, near (three days), or far off. A room's own mark is shown as it is."""
    if not due:
        return None
    if isinstance(due, Mark):
        return due
    on = timezone.localtime(due).date() if isinstance(due, datetime) else due
    left = (on - today).days
    note = on.isoformat()
    if left < 0:
        return Mark("late", "●", ngettext("overdue by %(n)d day", "overdue by %(n)d days", -left) % {"n": -left}, note)
    if left == 0:
        return Mark("near", "▲", _("due today"), note)
    words = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return Mark("near", "▲", words, note) if left <= 3 else Mark("far", "■", words, note)
