"""Rows by the million: COPY on PostgreSQL, bulk_create on SQLite; indexes and keys are made anew when all rows are there."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

from consult.kit import search
from consult.kit.models import SearchText
from consult.kit.paper.codes import new_code

PART = 4000
#: Values that the database cannot take twice: the maker gives them, by its own chance.
GIVEN = (uuid4, new_code)


def escaped(value: str) -> str:
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return value


def _json(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False)) if value else str(value)


#: How COPY reads a value of each type; of others their words.
WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "\\N", str: escaped, bool: lambda value: "t" if value else "f", int: str, date: date.isoformat,
    datetime: datetime.isoformat, dict: _json, list: _json, bytes: lambda value: "\\\\x" + value.hex()}


def written(row: list[Any]) -> str:
    """One row as COPY reads it."""
    return "\t".join([WRITERS.get(type(value), str)(value) for value in row]) + "\n"


class Table:
    """The rows of one model that wait, in the order of its columns; keys are given here."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        key = model._meta.pk
        self.model, self.key = model, key.attname if isinstance(key, models.AutoField) else ""
        self.columns = [field.column for field in fields]
        self.usual = [(field.attname, field.get_default()) for field in fields if field.default not in GIVEN]
        self.names = [field.attname for field in fields]
        self.rows: list[list[Any]] = []
        self.last = (model._base_manager.aggregate(last=Max("pk"))["last"] or 0) if self.key else 0
        self.blank = dict(self.usual)

    def add(self, values: dict[str, Any]) -> int:
        if self.key and self.key not in values:
            self.last += 1
            values[self.key] = self.last
        row = {**self.blank, **values}
        if len(row) != len(self.names):
            raise TypeError(f"{self.model._meta.label}: {sorted(set(self.names) ^ set(row))}")
        self.rows.append([row[name] for name in self.names])
        return values.get(self.key, 0)


class Load:
    """Where all rows go in; ``say`` is told how far it is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.tables: dict[type[models.Model], Table] = {}
        self.texts: list[SearchText] = []
        self.counts: Counter[str] = Counter()
        self.copies = connection.vendor == "postgresql"

    def add(self, model: type[models.Model], /, **values: Any) -> int:
        """Keep one row; gives its key."""
        table = self.tables.get(model) or self.tables.setdefault(model, Table(model))
        made = table.add(values)
        if len(table.rows) >= PART:
            self.flush(table)
        return made

    def find(self, kind: str, object_id: int, area: int | None, month: int | None, text: str, grams: str) -> None:
        """Let something be found by its words."""
        if self.copies:
            self.add(SearchText, kind=kind, object_id=object_id, area=area, month=month, text=text,
                     grams="'" + "' '".join(dict.fromkeys(grams.split(" "))) + "'")
            return
        self.texts.append(SearchText(kind=kind, object_id=object_id, area=area, month=month, text=text, grams=grams))
        if len(self.texts) >= PART:
            self.put_texts()

    def put_texts(self) -> None:
        search.add(self.texts)
        self.counts[SearchText._meta.label] += len(self.texts)
        self.texts = []

    def flush(self, table: Table) -> None:
        rows, table.rows = table.rows, []
        self.counts[table.model._meta.label] += len(rows)
        if not self.copies:
            table.model._base_manager.bulk_create([table.model(**dict(zip(table.names, row, strict=True))) for row in rows],
                                                  batch_size=PART)
            return
        quoted = ", ".join(map(connection.ops.quote_name, table.columns))
        name = connection.ops.quote_name(table.model._meta.db_table)
        with connection.cursor() as cursor, cursor.copy(f"COPY {name} ({quoted}) FROM STDIN") as copy:
            copy.write("".join(map(written, rows)))

    def end(self) -> None:
        """All rows are in, and the next key of each table is a free one."""
        for table in [*self.tables.values()]:
            self.flush(table)
        if self.texts:
            self.put_texts()
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), [*self.tables]):
                cursor.execute(sql)


# --- PostgreSQL: without indexes and keys while rows come in -------------------------------------------------------

KEYS = ("SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])")
INDEXES = ("SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY(%s::regclass[]) "
           "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f') AND NOT indisprimary")


@contextmanager
def loosened(tables: list[type[models.Model]], say: Callable[[str], None]) -> Iterator[None]:
    """Within a transaction: drop secondary indexes and foreign keys, and make them again, which checks every row at once."""
    if connection.vendor != "postgresql":
        yield
        return
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL maintenance_work_mem = '768MB'")
        cursor.execute(KEYS, [names])
        keys = cursor.fetchall()
        cursor.execute(INDEXES, [names])
        indexes = cursor.fetchall()
        for table, name, _made in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _made in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    say(f"making {len(indexes)} indexes and checking {len(keys)} keys")
    with connection.cursor() as cursor:
        for _name, made in indexes:
            cursor.execute(made)
        for table, name, made in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}")


def analyze(tables: list[type[models.Model]]) -> None:
    """Let the planner know the new tables (and, outside a transaction, which of their pages everybody may see)."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("ANALYZE")
            return
        how = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = 0")
        for model in tables:
            cursor.execute(f"{how} {connection.ops.quote_name(model._meta.db_table)}")
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [before])
