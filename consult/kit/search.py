"""Search by words: every word must occur. The index finds where to look, the text decides; seeing stays with the rooms.

A room says in ``rules`` which words of its objects are found (``finds``), and its verbs call ``put()`` where words were
written. What is kept is masked: telephone and identity numbers never reach the index, identities are no part of it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan

from consult.kit.bigrams import ANY, BEST, FTS_EMPTY, FTS_PUT_IN, FTS_TAKE_OUT, Term, grams, qgrams, render
from consult.kit.calendar import local_date
from consult.kit.models import SearchText
from consult.kit.sealing import mask

M = TypeVar("M", bound=models.Model)

#: More words than this narrow nothing further, and cost.
MOST_WORDS = 8
#: Up to so many hits the list is restricted to them; with more of them it is walked: the next one is never far.
FEW = 2000
BATCH = 1000


@dataclass(frozen=True)
class Found:
    """Which words of an object are found; ``area`` and ``day``: attributes by which ``nearest()`` restricts.

    ``among`` gives the objects that are found at all, where not all of them are.
    """

    fields: tuple[str, ...]
    area: str = ""
    day: str = ""
    among: Callable[[], models.QuerySet[Any]] | None = None


_found: dict[type[models.Model], Found] = {}


def finds(model: type[models.Model], *fields: str, area: str = "", day: str = "",
          among: Callable[[], models.QuerySet[Any]] | None = None) -> None:
    """A room says, once, by which fields its objects are found: only what everybody reads who sees the object."""
    _found[model] = Found(fields, area, day, among)


def _all(model: type[models.Model]) -> models.QuerySet[Any]:
    among = _found[model].among
    return among() if among else model._default_manager.all()


def kinds() -> list[type[models.Model]]:
    """Everything that can be searched."""
    return list(_found)


# --- asking -------------------------------------------------------------------------------------------------------


def narrow(queryset: models.QuerySet[M], text: str, *fields: str) -> models.QuerySet[M]:
    """The rows in which each word of ``text`` occurs in at least one of ``fields``; all rows for an empty text.

    ``fields`` are some of those the room named in ``finds``. Without any the words are looked for in all of them as
    kept for searching: masked, and letters and digits from the beginning of a word.
    """
    asked = words(text)
    ids = _hits(queryset.model, asked, latin=not fields)
    if ids is not None:
        queryset = queryset.filter(pk__in=ids)
    for word in asked:
        queryset = queryset.filter(
            reduce(or_, (holds(field, word) for field in fields)) if fields
            else Exists(_texts(queryset.model).filter(holds("text", word), object_id=OuterRef("pk"))))
    return queryset


def holds(field: str, word: str) -> Q:
    """The field holds the word, whatever the case. Not LIKE: PostgreSQL takes a long pattern for a rare one and then reads

    all rows, where walking the list soon finds enough of them.
    """
    return Q(GreaterThan(StrIndex(Upper(field), Upper(Value(word))), 0))


def words(text: str) -> list[str]:
    """The words of a query: split at spaces, also full-width ones, and Chinese punctuation marks between words."""
    parts = text.replace("\x00", " ").translate(str.maketrans("，、；。,;", "      ")).split()
    return list(dict.fromkeys(parts))[:MOST_WORDS]


def _texts(model: type[models.Model]) -> models.QuerySet[SearchText]:
    return SearchText.objects.filter(kind=model._meta.label_lower)


def _hits(model: type[models.Model], asked: Iterable[str], *, latin: bool) -> list[int] | None:
    """The keys the index names for these words; None when there are too many, or nothing it could be asked."""
    terms = [term for word in asked for term in qgrams(word, latin=latin)]
    if not terms or model not in _found:
        return None
    ids = _ask([*([term] for term in terms), [_mark("k", model._meta.model_name)]], FEW + 1)
    return ids if len(ids) <= FEW else None


def nearest(model: type[models.Model], rare: Iterable[str], *, area: Any, months: Iterable[int | None], limit: int) -> list[int]:
    """The keys of at most ``limit`` objects that share most of the pairs ``rare``, in one area and some months (yyyymm).

    None for the area, or among the months, means those of rooms that named no area or day.
    """
    some = [Term((gram,)) for gram in rare]
    if not some:
        return []
    return _ask([some, [_mark("k", model._meta.model_name)], [_mark("a", area)], [_mark("m", month) for month in months]],
                limit, best=some)


def _mark(sign: str, value: Any) -> Term:
    """An entry that stands for a kind, an area or a month; no text has one, for words have no underscore."""
    return Term((f"_{sign}{value}",))


def _ask(groups: Sequence[Sequence[Term]], limit: int, best: Sequence[Term] = ()) -> list[int]:
    """One query to the index: unordered, or those with most of ``best`` first."""
    vendor = connection.vendor
    asked: list[str | int] = [render(groups, vendor), *([render([best], vendor)] if best and vendor != "sqlite" else []), limit]
    with connection.cursor() as cursor:
        cursor.execute((BEST if best else ANY)[vendor], asked)
        return [row[0] for row in cursor.fetchall()]


# --- filling ------------------------------------------------------------------------------------------------------


def put(*objects: models.Model) -> None:
    """Let the objects be found by their present words. Called by the verb that wrote them, in its transaction."""
    with transaction.atomic():
        for model in {type(obj) for obj in objects}:
            _put(model, [obj for obj in objects if type(obj) is model])


def _put(model: type[models.Model], objects: list[Any]) -> None:
    rows = {obj.pk: _row(model, obj) for obj in objects}
    old = list(_texts(model).filter(object_id__in=rows).defer("grams"))
    same = {row.object_id for row in old if _said(row) == _said(rows[row.object_id])}
    gone = [row for row in old if row.object_id not in same]
    new = [row for pk, row in rows.items() if pk not in same]
    if gone:
        _fts(FTS_TAKE_OUT, gone)
        SearchText.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _add(new)


def _add(rows: list[SearchText]) -> None:
    for row in rows:
        row.grams = _entries(row)
    _fts(FTS_PUT_IN, SearchText.objects.bulk_create(rows))


def _fts(sql: str, rows: list[SearchText]) -> None:
    """The full-text table keeps no text: what is taken out must be said as it was put in."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(row.pk, _entries(row)) for row in rows])


def _row(model: type[models.Model], obj: Any) -> SearchText:
    found = _found[model]
    day = getattr(obj, found.day) if found.day else None
    on = local_date(day) if day else None
    return SearchText(kind=model._meta.label_lower, object_id=obj.pk, area=getattr(obj, found.area) if found.area else None,
                      month=on.year * 100 + on.month if on else None,
                      text="\n".join(mask(value) for name in found.fields if (value := str(getattr(obj, name) or ""))))


def _said(row: SearchText) -> tuple[Any, ...]:
    return row.text, row.area, row.month


def _entries(row: SearchText) -> str:
    marks = [f"_k{row.kind.rpartition('.')[2]}", f"_a{row.area}", f"_m{row.month}"]
    return " ".join([*grams(row.text), *marks])


def entries_of(model: type[models.Model], text: str, area: int, month: int) -> str:
    """What the index keeps of words that are masked already: for those who fill whole tables."""
    return " ".join([*grams(text), f"_k{model._meta.model_name}", f"_a{area}", f"_m{month}"])


def entry_of(model: type[models.Model], obj: Any) -> SearchText:
    """The prepared, unsaved entry of an object, or of whatever has its words; kept by ``add``."""
    row = _row(model, obj)
    row.grams = _entries(row)
    return row


def add(rows: list[SearchText]) -> None:
    """Keep prepared entries of objects that had none."""
    _fts(FTS_PUT_IN, SearchText.objects.bulk_create(rows))


def rebuild() -> int:
    """Empty the index and fill it again, in short transactions; gives the number of objects. Meanwhile less is found."""
    with transaction.atomic():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(FTS_EMPTY)
        SearchText.objects.all().delete()
    count = 0
    for model in _found:
        last = 0
        while batch := list(_all(model).filter(pk__gt=last).order_by("pk")[:BATCH]):
            put(*batch)
            count, last = count + len(batch), batch[-1].pk
    return count


def stale() -> list[str]:
    """Objects that are not found by their present words, and entries whose object is gone; empty when all is well."""
    wrong = []
    for model in _found:
        kept = {row.object_id: _said(row) for row in _texts(model).defer("grams")}
        for obj in _all(model).order_by("pk").iterator():
            if kept.pop(obj.pk, None) != _said(_row(model, obj)):
                wrong.append(f"{model._meta.label_lower}:{obj.pk}")
        wrong += [f"{model._meta.label_lower}:{pk}" for pk in kept]
    return wrong
