"""Operations for migrations beside which the release before goes on working: docs/migrations.md. On SQLite the usual ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.migrations import operations
from django.db.models import CheckConstraint, UniqueConstraint

#: So many rows are changed in one transaction.
BATCH = 1000

Change = Callable[[list[Any]], None]


@contextmanager
def _patient(schema_editor: Any) -> Iterator[None]:
    """Without a limit of time: an index of a big table takes minutes, and holds nobody up."""
    if schema_editor.connection.in_atomic_block:
        raise transaction.TransactionManagementError("Say `atomic = False` in this migration: it works beside others.")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("RESET statement_timeout")


def _is_postgres(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")


def _drop_broken(schema_editor: Any, name: str) -> None:
    """An index whose making was interrupted stays behind, invalid: it is made again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid",
                       [schema_editor.quote_name(name)])
        if cursor.fetchone():
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(name)}")


class _Gently(operations.base.Operation):
    """On PostgreSQL the way that holds nobody up; on SQLite, which has one writer, Django's own in a transaction."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if _is_postgres(schema_editor):
            with _patient(schema_editor):
                return self.there(app_label, schema_editor, from_state, to_state)
        with transaction.atomic(using=schema_editor.connection.alias):
            return super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if _is_postgres(schema_editor):
            with _patient(schema_editor):
                return self.back(app_label, schema_editor, from_state, to_state)
        with transaction.atomic(using=schema_editor.connection.alias):
            return super().database_backwards(app_label, schema_editor, from_state, to_state)

    def there(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        raise NotImplementedError

    def back(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        super().database_backwards(app_label, schema_editor, from_state, to_state)


class AddIndexGently(_Gently, operations.AddIndex):
    """An index, made while others write."""

    def there(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        _drop_broken(schema_editor, self.index.name)
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)

    def back(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.remove_index(from_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)


class RemoveIndexGently(_Gently, operations.RemoveIndex):
    """An index taken away while others read and write."""

    def there(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        index = from_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        schema_editor.remove_index(from_state.apps.get_model(app_label, self.model_name), index, concurrently=True)

    def back(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        index = to_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), index, concurrently=True)


class AddConstraintGently(_Gently, operations.AddConstraint):
    """A check that is looked at row by row while others write, or a unique constraint whose index is made so."""

    def there(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.constraint.name)
        sql = str(self.constraint.create_sql(model, schema_editor))
        if isinstance(self.constraint, CheckConstraint):
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}", params=None)
            schema_editor.execute(f"{sql} NOT VALID", params=None)
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)
        else:
            self._unique(schema_editor, model, sql, table, name)

    def _unique(self, schema_editor: Any, model: Any, sql: str, table: str, name: str) -> None:
        """Django keeps a plain one as a constraint, and one with a condition or expressions as an index."""
        _drop_broken(schema_editor, self.constraint.name)
        if sql.startswith("CREATE UNIQUE INDEX "):
            schema_editor.execute(sql.replace("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY ", 1), params=None)
            return
        constraint: Any = self.constraint
        columns = ", ".join(schema_editor.quote_name(model._meta.get_field(field).column) for field in constraint.fields)
        schema_editor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})", params=None)
        schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}", params=None)

    def __init__(self, model_name: str, constraint: Any) -> None:
        if not isinstance(constraint, CheckConstraint | UniqueConstraint):
            raise TypeError("Only checks and unique constraints are added gently.")
        if isinstance(constraint, UniqueConstraint) and (constraint.deferrable or constraint.nulls_distinct is not None):
            raise TypeError("A unique constraint that is deferrable, or says how nulls count, has no gentle way here.")
        super().__init__(model_name, constraint)


class Walk(operations.RunPython):
    """Change the rows of a table, BATCH at a time, each batch in a transaction of its own.

    ``forwards`` and ``backwards`` are given some rows, locked, as the migration knows their model; they save what they
    change. Ended in the middle it begins again from the first row: what was changed must bear being changed twice.
    ``Walk.nothing`` as ``backwards``: going back, nothing needs to be undone.
    """

    atomic = False

    def __init__(self, model_name: str, forwards: Change, backwards: Change) -> None:
        self.model_name, self.forwards, self.backwards = model_name, forwards, backwards
        super().__init__(self._there, self._back, atomic=False)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.model_name, self.forwards, self.backwards], {}

    @staticmethod
    def nothing(rows: list[Any]) -> None: ...

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._walk(from_state.apps.get_model(app_label, self.model_name), schema_editor.connection.alias, self.forwards)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self.backwards is not Walk.nothing:
            self._walk(from_state.apps.get_model(app_label, self.model_name), schema_editor.connection.alias, self.backwards)

    def _there(self, apps: Any, schema_editor: Any) -> None: ...

    def _back(self, apps: Any, schema_editor: Any) -> None: ...

    def _walk(self, model: Any, alias: str, change: Change) -> None:
        last = None
        while True:
            with transaction.atomic(using=alias):
                rows = model._base_manager.using(alias).order_by("pk").select_for_update()
                some = list(rows.filter(pk__gt=last)[:BATCH] if last is not None else rows[:BATCH])
                if not some:
                    return
                change(some)
            last = some[-1].pk


class ForgetField(operations.RemoveField):
    """First half of taking a column away: this release knows it no more, the one before still reads and writes it.

    The column stays, and may be empty from now on, for this release writes none. A later release drops it: DropForgotten.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._loosen(app_label, schema_editor, from_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Rows written meanwhile have none: the column stays as it is, and so does what may be empty in it."""

    def _loosen(self, app_label: str, schema_editor: Any, state: Any) -> None:
        field = state.apps.get_model(app_label, self.model_name)._meta.get_field(self.name)
        if field.null or field.many_to_many:
            return
        loose = field.clone()
        loose.null = True
        after = state.clone()
        after.alter_field(app_label, self.model_name_lower, self.name, loose, preserve_default=True)
        model = after.apps.get_model(app_label, self.model_name)
        schema_editor.alter_field(state.apps.get_model(app_label, self.model_name), field, model._meta.get_field(self.name))


class DropForgotten(operations.AddField):
    """Second half: drop the column that an earlier release forgot. ``field`` is what it was; going back makes it, empty."""

    def __init__(self, model_name: str, name: str, field: Any) -> None:
        super().__init__(model_name, name, field)
        self.field.null = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [], {"model_name": self.model_name, "name": self.name, "field": self.field}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models know nothing of it already."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._with_it(app_label, from_state)
        schema_editor.remove_field(model, model._meta.get_field(self.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._with_it(app_label, to_state)
        schema_editor.add_field(to_state.apps.get_model(app_label, self.model_name), model._meta.get_field(self.name))

    def _with_it(self, app_label: str, state: Any) -> Any:
        known = state.clone()
        known.add_field(app_label, self.model_name_lower, self.name, self.field, preserve_default=True)
        return known.apps.get_model(app_label, self.model_name)

    def describe(self) -> str:
        return f"Drop the forgotten column {self.name} of {self.model_name}"
