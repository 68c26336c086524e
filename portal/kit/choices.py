"""What a drop-down of a filter offers: places, projects and departments hardly change, and each list asks for several of them.

Whether what somebody chose is among what they may choose is asked of the database, as ever.
"""

from collections.abc import Hashable, Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language

from consult.kit.recall import recall


def remember(form: forms.Form, key: Hashable) -> None:
    """Let the drop-downs of ``form`` offer what they offered for ``key`` (the filters, and whose they are) a moment ago."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            field.widget.choices = _Remembered(field.choices, ("choices", key, name, get_language()))


class _Remembered:
    """Choices that are read when they are first drawn."""

    def __init__(self, choices: Any, key: Hashable) -> None:
        self.choices, self.key = choices, key

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        return iter(recall(self.key, self.read))

    def read(self) -> list[tuple[Any, str]]:
        return [(getattr(value, "value", value), str(label)) for value, label in self.choices]
