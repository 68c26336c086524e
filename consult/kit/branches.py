"""The keys of a page of a list, in order, each reason to see a row asked for by itself.

Who may see what is one condition with several reasons joined by "or": their district's, their own, those granted by name.
A database cannot walk one index for all of them, so it reads the whole table and sorts it. Asked for one by one, each in the
order of its own index and no further than the page, a million rows cost what a thousand do.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import and_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Exact, In
from django.db.models.sql.where import AND, OR, NothingNode, WhereNode

#: The name of a field ("-" before it: falling), or ``F(name).asc(nulls_last=True)``.
Order = str | OrderBy
Turn = tuple[QuerySet[Any], Sequence[Order]]
#: More reasons than these are asked for together.
MOST = 6


def in_turn(turns: Iterable[Turn], first: int, count: int, *, split: bool = True) -> list[Any]:
    """``keys`` of one set of rows after the other, each in its order; no row may stand in two of them."""
    found: list[Any] = []
    for rows, order in turns:
        some = keys(rows, order, first, count - len(found), split=split)
        first = 0 if some or not first else first - rows.order_by().count()
        found += some
        if len(found) >= count:
            break
    return found


def after(turns: Sequence[Turn], pk: Any) -> list[Turn] | None:
    """What comes after the row with this key, so that a page far down costs what the first one does; None: the row is gone."""
    for n, (rows, order) in enumerate(turns):
        at = rows.filter(pk=pk).order_by().values_list(*(_name(one) for one in order)).first()
        if at is not None:
            return [*((rows.filter(where), order) for where in _beyond(order, at, rows.db)), *turns[n + 1:]]
    return None


def _beyond(order: Sequence[Order], at: Sequence[Any], alias: str) -> Iterator[Q]:
    """Conditions for what comes next, next after that, and so on: each is one stretch of the index of ``order``."""
    names, least = [_name(one) for one in order], len(order) - 1
    same = [Q(**{name: value}) if value is not None else Q(**{f"{name}__isnull": True})
            for name, value in zip(names, at, strict=True)]
    if least and at[-2] is not None and at[-1] is not None:
        # The last two in one: whatever else is of the same moment is hardly ever more than a row.
        least -= 1
        before = Q(**{f"{names[-1]}__{'gte' if _falls(order[-1]) else 'lte'}": at[-1]})
        near = Q(**{f"{names[-2]}__{'lte' if _falls(order[-2]) else 'gte'}": at[-2]})
        yield _both(same[:least]) & near & ~(same[-2] & before)
        if _nulls_last(order[-2], alias):
            yield _both(same[:least]) & Q(**{f"{names[-2]}__isnull": True})
        least -= 1
    for n in range(least, -1, -1):
        last, start = _nulls_last(order[n], alias), _both(same[:n])
        if at[n] is not None:
            yield start & Q(**{f"{names[n]}__{'lt' if _falls(order[n]) else 'gt'}": at[n]})
        if (at[n] is None) != last:
            yield start & Q(**{f"{names[n]}__isnull": last})


def _both(conditions: Sequence[Q]) -> Q:
    return reduce(and_, conditions, Q())


def keys(rows: QuerySet[Any], order: Sequence[Order], first: int, count: int, *, split: bool = True) -> list[Any]:
    """Primary keys of ``rows`` from ``first`` on, at most ``count``. Few rows beside which the reasons hardly matter are better
    asked for together: not ``split``.
    """
    branches = list(_branches(rows)) if split else [rows]
    if len(branches) < 2:
        return [key for one in branches for key in one.order_by(*order).values_list("pk", flat=True)[first:first + count]]
    columns = list(dict.fromkeys(("pk", *(_name(one) for one in order))))
    parts = [part for part in (_compiled(branch, order, columns, first + count) for branch in branches) if part]
    if not parts:
        return []
    # Each part is Django's own SQL of a queryset, wrapped, for SQLite knows no limit inside a union.
    union = " UNION ".join(f"SELECT * FROM ({sql}) b{n}" for n, (sql, _params) in enumerate(parts))  # noqa: S608
    sql = f'SELECT "pk" FROM ({union}) u ORDER BY {", ".join(_words(order))} LIMIT %s OFFSET %s'  # noqa: S608
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, [*(one for _sql, params in parts for one in params), count, first])
        return [row[0] for row in cursor.fetchall()]


def _compiled(rows: QuerySet[Any], order: Sequence[Order], columns: list[str], count: int) -> tuple[str, Sequence[Any]] | None:
    """The first ``count`` rows with these columns, which bear their names; None when there can be none."""
    query = rows.query.clone()
    query.clear_ordering(force=True)
    query.add_ordering(*order)
    query.set_values(columns)
    query.set_limits(0, count)
    try:
        return query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return None


def _words(order: Sequence[Order]) -> Iterator[str]:
    for one in order:
        nulls = "" if isinstance(one, str) or not one.nulls_last else " NULLS LAST"
        yield f'"{_name(one)}" {"DESC" if _falls(one) else "ASC"}{nulls}'


def _name(one: Order) -> str:
    if isinstance(one, str):
        return one.lstrip("-")
    of: Any = one.expression
    return str(of.name)


def _falls(one: Order) -> bool:
    return one.startswith("-") if isinstance(one, str) else bool(one.descending)


def _nulls_last(one: Order, alias: str) -> bool:
    """PostgreSQL takes nothing for more than anything, SQLite for less."""
    explicit = not isinstance(one, str) and one.nulls_last
    return bool(explicit or (connections[alias].vendor == "postgresql") != _falls(one))


def _branches(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """The same rows by reason; none for a reason that nobody can have."""
    found = [where for where in _parts(rows.query.where) if _can_be(where)]
    for where in found if len(found) <= MOST else [rows.query.where]:
        branch = rows.all()
        branch.query.where = where
        yield branch


def _can_be(node: Any) -> bool:
    """Reasons like "in one of no districts" are dropped before the database hears of them."""
    if isinstance(node, WhereNode):
        return node.negated or node.connector != AND or all(_can_be(child) for child in node.children)
    if isinstance(node, In):
        return not (node.rhs.is_empty() if hasattr(node.rhs, "is_empty") else not node.rhs)
    return not isinstance(node, NothingNode)


def _parts(node: WhereNode) -> list[WhereNode]:
    """Conditions one of which holds whenever ``node`` does, and never otherwise."""
    if node.negated:
        return [node]
    if node.connector == OR:
        if not all(_leads(child) for child in node.children):
            return [node]
        return [part for child in node.children for part in (_parts(child) if isinstance(child, WhereNode) else [_all(child)])]
    for n, child in enumerate(node.children):
        if isinstance(child, WhereNode) and len(parts := _parts(child)) > 1:
            return [part for one in parts for part in _parts(_all(*node.children[:n], one, *node.children[n + 1:]))]
    return [node]


def _leads(node: Any) -> bool:
    """Does an index lead to these rows? A word somewhere in a text, or a span of days, is asked of rows found otherwise."""
    if isinstance(node, WhereNode):
        return not node.negated and (all if node.connector == OR else any)(_leads(child) for child in node.children)
    return isinstance(node, In | Exact)


def _all(*children: Any) -> WhereNode:
    return WhereNode(list(children), AND)
