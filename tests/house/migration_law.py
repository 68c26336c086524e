"""What a migration may do while the release before still runs on the same database; each refusal with its code and the way out.

Reads operations, not SQL: the same verdict on every machine, for the database that is not there as well.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import migrations, models
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED, Value
from django.db.models.functions import Now

from consult.kit.migrating import (
    AddConstraintGently,
    AddIndexGently,
    DropForgotten,
    ForgetField,
    RemoveIndexGently,
    Walk,
)
from tests.house.law import ROOMS, ROOT

LABELS = ("kit", *ROOMS)
BASELINE = ROOT / "tests" / "house" / "migrations_before_the_first_release.txt"

#: code: what is wrong, and what to do instead.
RULES = {
    "dropped": "takes away what the release before still reads. Forget it first (ForgetField; for a model state operations), and "
               "drop it in a later release (DropForgotten), which names the release that forgot it: settled_since = \"1.2.0\".",
    "renamed": "the release before knows only the old name. Add the new one, fill it, and forget the old one.",
    "not_null": "the release before writes no value. Give the column a db_default, or let it be null.",
    "tightened": "the release before may still write what this forbids. Keep to it in the code of one release, and let a later "
                 "one demand it: settled_since = \"1.2.0\". Or say why it can't happen: harmless = \"the column is new\".",
    "index": "makes everybody who writes wait. Use AddIndexGently or RemoveIndexGently, alone in a migration with "
             "atomic = False; a new key on an old table gets db_index=False and its index by itself.",
    "constraint": "reads the whole table under a lock. Use AddConstraintGently, alone in a migration with atomic = False.",
    "rewritten": "PostgreSQL writes the whole table anew under a lock. Add a column, fill it with a Walk, forget the old one.",
    "batches": "changes rows in one long transaction. Use a Walk, alone in a migration with atomic = False; for a table that "
               "stays small say why: small = \"one row a year\".",
    "one_way": "cannot be undone. Give the way back (Walk.nothing or noop, when nothing needs to be undone), or say why there is "
               "none: one_way = \"...\".",
    "alone": "without a transaction a migration must do one thing only: it may be ended in the middle.",
    "atomic": "works beside others, so it needs atomic = False.",
    "unknown": "names no release that CHANGELOG.md knows in settled_since.",
    "raw": "SQL that this check doesn't know. Say why it may run beside the release before: harmless = \"...\".",
}
HARMLESS_SQL = re.compile(r"\s*(COMMENT ON|CREATE EXTENSION IF NOT EXISTS|ANALYZE)\b", re.IGNORECASE)
GENTLE = (AddIndexGently, RemoveIndexGently, AddConstraintGently, Walk)
#: What Django itself changes in no table.
FREE = (migrations.CreateModel, migrations.AlterModelOptions, migrations.AlterModelManagers, migrations.AlterModelTableComment,
        migrations.RenameIndex)


@cache
def loader() -> MigrationLoader:
    """All migrations, without a database."""
    return MigrationLoader(None)


def baseline() -> set[tuple[str, str]]:
    lines = BASELINE.read_text("utf-8").splitlines()
    return {(words[0], words[1]) for line in lines if (words := line.split("#")[0].split())}


def judged() -> list[tuple[str, str]]:
    """Our migrations that are not from before the first release."""
    return sorted(key for key in loader().disk_migrations if key[0] in LABELS and key not in baseline())


def releases() -> set[str]:
    """Those that are out, by the headings of the list of changes."""
    return set(re.findall(r"^## \[?v?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE))


def verdicts(migration: migrations.Migration, before: Any, known: set[str]) -> list[str]:
    """``<code>: <operation>: <what is wrong and what to do>`` for each refusal. ``before``: the models until then."""
    settled = getattr(migration, "settled_since", "")
    found: list[str] = []
    if settled and settled not in known:
        found.append(told("unknown", settled))
    if not migration.atomic and len(migration.operations) > 1:
        found.append(told("alone", str(migration)))
    state = before.clone()
    for operation in migration.operations:
        found += [told(code, operation.describe()) for code in Judge(migration, state, bool(settled)).refuse(operation)]
        operation.state_forwards(migration.app_label, state)
    return found


def told(code: str, what: str) -> str:
    return f"{code}: {what}: {RULES[code]}"


class Judge:
    """One operation against the models as they were before it."""

    def __init__(self, migration: migrations.Migration, state: Any, settled: bool) -> None:
        self.migration, self.state, self.settled = migration, state, settled
        self.label = migration.app_label
        self.made = {op.name_lower for op in migration.operations if isinstance(op, migrations.CreateModel)}

    def refuse(self, op: Any) -> Iterator[str]:
        if isinstance(op, GENTLE) and self.migration.atomic:
            yield "atomic"
        if isinstance(op, FREE) or getattr(op, "model_name_lower", None) in self.made:
            return
        if isinstance(op, migrations.SeparateDatabaseAndState):
            for inner in op.database_operations:
                yield from self.refuse(inner)
        elif isinstance(op, migrations.RunPython | migrations.RunSQL):
            yield from self.rows(op)
        elif isinstance(op, AddConstraintGently | migrations.AddConstraint):
            yield from self.constraint(op)
        elif isinstance(op, migrations.AddIndex | migrations.RemoveIndex):
            if not isinstance(op, AddIndexGently | RemoveIndexGently):
                yield "index"
        elif isinstance(op, DropForgotten | migrations.RemoveField | migrations.DeleteModel | migrations.RemoveConstraint):
            if not isinstance(op, ForgetField | migrations.RemoveConstraint) and not self.settled:
                yield "dropped"
        elif isinstance(op, migrations.RenameField | migrations.RenameModel | migrations.AlterModelTable):
            yield "renamed"
        elif isinstance(op, migrations.AddField):
            yield from self.new(op.field)
        elif isinstance(op, migrations.AlterField):
            yield from self.altered(op)
        else:
            yield from ("index", "tightened") if "Together" in type(op).__name__ else ("raw",)

    def rows(self, op: Any) -> Iterator[str]:
        if not op.reversible and not getattr(self.migration, "one_way", ""):
            yield "one_way"
        if isinstance(op, migrations.RunPython):
            if not isinstance(op, Walk) and not getattr(self.migration, "small", ""):
                yield "batches"
            return
        parts = op.sql if isinstance(op.sql, list | tuple) else [op.sql]
        said = [part[0] if isinstance(part, list | tuple) else part for part in parts]
        if not getattr(self.migration, "harmless", "") and not all(HARMLESS_SQL.match(one) for one in said):
            yield "raw"

    def constraint(self, op: Any) -> Iterator[str]:
        if not isinstance(op, AddConstraintGently):
            yield "constraint"
        yield from self.tighter()

    def tighter(self) -> Iterator[str]:
        if not self.settled and not getattr(self.migration, "harmless", ""):
            yield "tightened"

    def new(self, field: Any) -> Iterator[str]:
        if field.many_to_many:
            return
        if not field.null and field.db_default is NOT_PROVIDED and not getattr(field, "generated", False):
            yield "not_null"
        if field.unique or field.db_index:
            yield "index"
        computed = hasattr(field.db_default, "resolve_expression") and not isinstance(field.db_default, Value | Now)
        if getattr(field, "generated", False) or computed:
            yield "rewritten"

    def altered(self, op: Any) -> Iterator[str]:
        old = self.state.models[self.label, op.model_name_lower].get_field(op.name)
        new = op.field
        if old.null and not new.null:
            yield from self.tighter()
        if (new.db_index and not old.db_index) or (new.unique and not old.unique):
            yield "index"
        if not widened(old, new):
            yield "rewritten"


def widened(old: Any, new: Any) -> bool:
    """The same type for PostgreSQL, or one that holds the old one without writing it anew."""
    if isinstance(old, models.ForeignKey) or isinstance(new, models.ForeignKey):
        return type(old) is type(new) and str(old.remote_field.model).lower() == str(new.remote_field.model).lower()
    was, now = (field.db_type(postgres()) for field in (old, new))
    texts = isinstance(old, models.CharField | models.TextField) and isinstance(new, models.CharField | models.TextField)
    longer = texts and (isinstance(new, models.TextField) or (not isinstance(old, models.TextField)
                                                              and (new.max_length or 10**9) >= (old.max_length or 10**9)))
    return (was == now or longer) and getattr(old, "db_collation", None) == getattr(new, "db_collation", None)


@cache
def postgres() -> Any:
    """Never asked anything: only its names of types are wanted."""
    return DatabaseWrapper({"ENGINE": "django.db.backends.postgresql", "NAME": "nobody", "OPTIONS": {}, "TIME_ZONE": None,
                            "CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0, "AUTOCOMMIT": True, "USER": "", "PASSWORD": "",
                            "HOST": "", "PORT": ""})
