"""What a drop-down of a filter offers, remembered for a minute: places, projects and departments hardly change, and each list

asks for several of them. Whether what somebody chose is among what they may choose is asked of the database, as ever.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language

#: Seconds for which they are remembered, and how many lists of them.
SECONDS, MOST = 60, 500

_known: OrderedDict[Hashable, tuple[float, list[tuple[Any, str]]]] = OrderedDict()


def remember(form: forms.Form, key: Hashable) -> None:
    """Let the drop-downs of ``form`` offer what they offered for ``key`` (the filters, and whose they are) a moment ago."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            field.widget.choices = _Remembered(field.choices, (key, name, get_language()))


class _Remembered:
    """Choices that are read when they are first drawn."""

    def __init__(self, choices: Any, key: Hashable) -> None:
        self.choices, self.key = choices, key

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        now = time.monotonic()
        until, found = _known.get(self.key, (0.0, []))
        if until <= now:
            found = [(getattr(value, "value", value), str(label)) for value, label in self.choices]
            _known[self.key] = (now + SECONDS, found)
            while len(_known) > MOST:
                _known.popitem(last=False)
        return iter(found)
