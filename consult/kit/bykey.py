"""What stands beside the rows of a page, asked by their keys in one query that is worded once and not for every page.

Django takes longer to word such a query than the database to answer it: a list with four of them spends a quarter of its time so.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import connections, router
from django.db.models import QuerySet
from django.utils.functional import cached_property

#: Stands for the keys while the query is worded; no row has this key.
_KEY = -20_120_904


class _Worded(NamedTuple):
    """``pieces``: the SQL between its parameters; ``converters``: by place in a row, what the fields make of a column."""

    pieces: list[str]
    params: Sequence[Any]
    converters: dict[int, Any]


class ByKey:
    """``ByKey(make)(keys)``: the rows of ``make(keys)``, a queryset of values_list, as tuples; none for no keys.

    ``make`` is called once for each database: whatever else it asks must always be the same, so no day and no person.
    """

    def __init__(self, make: Callable[[list[Any]], QuerySet[Any, Any]]) -> None:
        self.make = make
        self.worded: dict[str, _Worded] = {}

    @cached_property
    def model(self) -> Any:
        return self.make([]).model

    def __call__(self, keys: Sequence[Any]) -> list[Any]:
        if not keys:
            return []
        alias = router.db_for_read(self.model)
        worded = self.worded.get(alias) or self.worded.setdefault(alias, _word(self.make([_KEY]), alias))
        sql, params = [worded.pieces[0]], list[Any]()
        for param, piece in zip(worded.params, worded.pieces[1:], strict=True):
            some = keys if param == _KEY else (param,)
            sql += [", ".join(["%s"] * len(some)), piece]
            params += some
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute("".join(sql), params)
            rows = cursor.fetchall()
        return [_converted(row, worded.converters, connection) for row in rows] if worded.converters else rows


def _word(rows: QuerySet[Any, Any], alias: str) -> _Worded:
    compiler = rows.query.get_compiler(alias)
    sql, params = compiler.as_sql()
    return _Worded(sql.split("%s"), params, compiler.get_converters([one for one, _sql, _name in compiler.select]))


def _converted(row: Sequence[Any], converters: dict[int, Any], connection: Any) -> tuple[Any, ...]:
    made = list(row)
    for place, (functions, expression) in converters.items():
        for convert in functions:
            made[place] = convert(made[place], expression, connection)
    return tuple(made)
