"""Gentle migrations: indexes and constraints beside writers, rows in batches, columns in two halves; on both databases."""

import pytest
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from consult.kit import migrating
from consult.kit.migrating import (
    AddConstraintGently,
    AddIndexGently,
    DropForgotten,
    ForgetField,
    RemoveIndexGently,
    Walk,
)

ON_POSTGRES = connection.vendor == "postgresql"
TABLE = "kit_sheet"
ONCE = models.UniqueConstraint(fields=["name"], name="sheet_once")
ONCE_OPEN = models.UniqueConstraint(fields=["name"], condition=models.Q(number__gt=0), name="sheet_once_open")
POSITIVE = models.CheckConstraint(condition=models.Q(number__gte=0), name="sheet_positive")
BY_NUMBER = models.Index(fields=["number"], name="sheet_by_number")

pytestmark = pytest.mark.django_db(transaction=True)


def go(state, *operations, atomic=False, back_from=None):
    """Apply one migration, or take it back to ``state``; gives the state after it."""
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), "atomic": atomic})("0002_it", "kit")
    with connection.schema_editor(atomic=atomic) as editor:
        return made.unapply(state, editor) if back_from else made.apply(state.clone(), editor)


@pytest.fixture
def state():
    """A table of two releases."""
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
              ("number", models.IntegerField(default=0)), ("old", models.CharField(max_length=9))]
    yield go(ProjectState(), migrations.CreateModel("Sheet", fields), atomic=True)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def sheet(state):
    return state.apps.get_model("kit", "Sheet")


def fill(state, many, **values):
    model = sheet(state)
    model.objects.bulk_create(model(**{"name": f"n{n}", "number": n, "old": "x", **values}) for n in range(many))


def kept():
    """The names of indexes and constraints of the table that are good."""
    with connection.cursor() as cursor:
        found = set(connection.introspection.get_constraints(cursor, TABLE))
        if ON_POSTGRES:
            cursor.execute("SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE NOT indisvalid")
            found -= {row[0] for row in cursor.fetchall()}
    return found


def columns():
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, TABLE)}


def test_an_index_comes_and_goes_while_others_write(state):
    with CaptureQueriesContext(connection) as asked:
        after = go(state, AddIndexGently("sheet", BY_NUMBER))
        assert BY_NUMBER.name in kept()
        gone = go(after, RemoveIndexGently("sheet", BY_NUMBER.name))
        assert BY_NUMBER.name not in kept()
        go(after, RemoveIndexGently("sheet", BY_NUMBER.name), back_from=gone)
        assert BY_NUMBER.name in kept()
        go(state, AddIndexGently("sheet", BY_NUMBER), back_from=after)
        assert BY_NUMBER.name not in kept()
    made = [query["sql"] for query in asked if "INDEX" in query["sql"] and BY_NUMBER.name in query["sql"]
            and query["sql"].startswith(("CREATE", "DROP"))]
    assert len(made) == 4
    assert all(("CONCURRENTLY" in sql) == ON_POSTGRES for sql in made)


@pytest.mark.parametrize("constraint", [ONCE, ONCE_OPEN, POSITIVE], ids=lambda one: one.name)
def test_a_constraint_that_failed_is_made_at_the_second_try(state, constraint):
    fill(state, 3, name="same", number=-1 if constraint is POSITIVE else 5)
    with pytest.raises(IntegrityError):
        go(state, AddConstraintGently("sheet", constraint))
    sheet(state).objects.all().delete()
    fill(state, 3)
    after = go(state, AddConstraintGently("sheet", constraint))
    assert constraint.name in kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        fill(state, 2, name="same", number=-1 if constraint is POSITIVE else 5)
    go(state, AddConstraintGently("sheet", constraint), back_from=after)
    assert constraint.name not in kept()


@pytest.mark.skipif(not ON_POSTGRES, reason="only PostgreSQL makes them concurrently")
def test_gently_means_without_a_transaction(state):
    with pytest.raises(transaction.TransactionManagementError, match="atomic = False"):
        go(state, AddIndexGently("sheet", BY_NUMBER), atomic=True)


@pytest.mark.parametrize("wrong", [models.UniqueConstraint(fields=["name"], name="x", deferrable=models.Deferrable.DEFERRED),
                                   models.UniqueConstraint(fields=["name"], name="x", nulls_distinct=False), BY_NUMBER],
                         ids=["deferrable", "nulls", "index"])
def test_what_has_no_gentle_way(wrong):
    with pytest.raises(TypeError):
        AddConstraintGently("sheet", wrong)


def renamed(rows):
    for row in rows:
        row.name = f"new {row.number}"
    type(rows[0]).objects.bulk_update(rows, ["name"])


def test_rows_are_changed_in_batches_and_again_from_the_beginning(state, monkeypatch):
    monkeypatch.setattr(migrating, "BATCH", 100)
    fill(state, 250)
    sizes = []

    def ended(rows):
        renamed(rows)
        sizes.append(len(rows))
        if len(sizes) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(state, Walk("sheet", ended, Walk.nothing))
    assert sheet(state).objects.filter(name__startswith="new").count() == 100  # the first batch is in, the second is not
    walk = Walk("sheet", ended, renamed)
    after = go(state, walk)
    assert sizes == [100, 100, 100, 100, 50]
    assert sheet(state).objects.filter(name__startswith="new").count() == 250
    sheet(state).objects.update(name="later")
    go(state, Walk("sheet", ended, Walk.nothing), back_from=after)
    assert not sheet(state).objects.filter(name__startswith="new").exists()
    go(state, walk, back_from=after)
    assert sheet(state).objects.filter(name__startswith="new").count() == 250
    assert walk.deconstruct() == ("Walk", ["sheet", ended, renamed], {})


def test_a_column_goes_in_two_halves(state):
    before = sheet(state)
    fill(state, 2)
    after = go(state, ForgetField("sheet", "old"), atomic=True)
    new = sheet(after)
    assert "old" not in {field.name for field in new._meta.get_fields()}
    new.objects.create(name="by the new release", number=7)
    before.objects.create(name="by the old one", number=8, old="y")
    assert set(before.objects.values_list("old", flat=True)) == {"x", "y", None}
    drop = DropForgotten("sheet", "old", models.CharField(max_length=9))
    dropped = go(after, drop, atomic=True)
    assert "old" not in columns()
    assert new.objects.count() == 4
    go(after, drop, atomic=True, back_from=dropped)
    assert "old" in columns()
    go(state, ForgetField("sheet", "old"), atomic=True, back_from=after)
    assert before.objects.filter(old=None).count() == 4
    assert "forgotten column old" in drop.describe()
    assert drop.deconstruct()[2]["name"] == "old"
