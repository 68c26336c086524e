"""The keys of a page of a list, in order, each reason to see a row asked for by itself.

Who may see what is one condition with several reasons joined by "or": their district's, their own, those granted by name.
A database cannot walk one index for all of them, so it reads the whole table and sorts it. Asked for one by one, each in the
order of its own index and no further than the page, a million rows cost what a thousand do.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.sql.where import AND, OR, WhereNode

#: The name of a field ("-" before it: falling), or ``F(name).asc(nulls_last=True)``.
Order = str | OrderBy
#: More reasons than these are asked for together.
MOST = 6


def in_turn(turns: Iterable[QuerySet[Any]], order: Sequence[Order], first: int, count: int) -> list[Any]:
    """``keys`` of one set of rows after the other; no row may stand in two of them."""
    found: list[Any] = []
    for rows in turns:
        some = keys(rows, order, first, count - len(found))
        first = 0 if some or not first else first - rows.order_by().count()
        found += some
        if len(found) >= count:
            break
    return found


def keys(rows: QuerySet[Any], order: Sequence[Order], first: int, count: int) -> list[Any]:
    """Primary keys of ``rows`` from ``first`` on, at most ``count``."""
    parts = [part for part in (_compiled(branch, order, first + count) for branch in _branches(rows)) if part]
    if len(parts) < 2:
        return list(rows.order_by(*order).values_list("pk", flat=True)[first:first + count]) if parts else []
    # Each part is Django's own SQL of a queryset, wrapped, for SQLite knows no limit inside a union.
    union = " UNION ".join(f"SELECT * FROM ({sql}) b{n}" for n, (sql, _params) in enumerate(parts))  # noqa: S608
    sql = f"SELECT the_key FROM ({union}) u ORDER BY {', '.join(_words(order))} LIMIT %s OFFSET %s"  # noqa: S608
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, [*(one for _sql, params in parts for one in params), count, first])
        return [row[0] for row in cursor.fetchall()]


def _compiled(rows: QuerySet[Any], order: Sequence[Order], count: int) -> tuple[str, Sequence[Any]] | None:
    """Key and order of the first ``count`` rows; None when there can be none."""
    told = {f"order_{n}": F(one.lstrip("-")) if isinstance(one, str) else one.expression for n, one in enumerate(order)}
    some = rows.order_by(*order).annotate(the_key=F("pk"), **told).values_list("the_key", *told)[:count]
    try:
        return some.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return None


def _words(order: Sequence[Order]) -> Iterator[str]:
    for n, one in enumerate(order):
        falling = one.startswith("-") if isinstance(one, str) else one.descending
        nulls = "" if isinstance(one, str) or not one.nulls_last else " NULLS LAST"
        yield f"order_{n} {'DESC' if falling else 'ASC'}{nulls}"


def _branches(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    found = _parts(rows.query.where)
    for where in found if len(found) <= MOST else [rows.query.where]:
        branch = rows.all()
        branch.query.where = where
        yield branch


def _parts(node: WhereNode) -> list[WhereNode]:
    """Conditions one of which holds whenever ``node`` does, and never otherwise."""
    if node.negated:
        return [node]
    if node.connector == OR:
        return [part for child in node.children for part in (_parts(child) if isinstance(child, WhereNode) else [_all(child)])]
    for n, child in enumerate(node.children):
        if isinstance(child, WhereNode) and len(parts := _parts(child)) > 1:
            return [_all(*node.children[:n], part, *node.children[n + 1:]) for part in parts]
    return [node]


def _all(*children: Any) -> WhereNode:
    return WhereNode(list(children), AND)
