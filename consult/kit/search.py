"""Search by words: every word must occur in one of the fields."""

from functools import reduce
from operator import or_
from typing import TypeVar

from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model)

#: More words than this narrow nothing further, and cost.
MOST_WORDS = 8


def narrow(queryset: models.QuerySet[M], text: str, *fields: str) -> models.QuerySet[M]:
    """The rows in which each word of ``text`` occurs in at least one of ``fields``; all rows for an empty text."""
    for word in words(text):
        queryset = queryset.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)))
    return queryset


def words(text: str) -> list[str]:
    """The words of a query: split at spaces, also full-width ones, and Chinese punctuation marks between words."""
    parts = text.replace("\x00", " ").translate(str.maketrans("，、；。,;", "      ")).split()
    return list(dict.fromkeys(parts))[:MOST_WORDS]
