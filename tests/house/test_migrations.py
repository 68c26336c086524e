"""Two releases on one database: each rule of docs/migrations.md fires, and no migration of ours breaks one."""

import re

import pytest
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now, Random

from consult.kit.migrating import (
    AddConstraintGently,
    AddIndexGently,
    DropForgotten,
    ForgetField,
    RemoveIndexGently,
    Walk,
)
from tests.house import migration_law as law
from tests.house.law import ROOT

BY_NAME = models.Index(fields=["name"], name="by_name")
ONCE = models.UniqueConstraint(fields=["name"], name="once")
POSITIVE = models.CheckConstraint(condition=models.Q(number__gte=0), name="positive")


def nothing(*_what):
    """A change of rows that changes none."""


def told(value):
    """The name of a case: without addresses in memory, which differ between the processes of one run."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


def before():
    state = ProjectState()
    state.add_model(ModelState("tasks", "Thing", [
        ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
        ("number", models.IntegerField(null=True)), ("note", models.TextField(blank=True))],
        options={"indexes": [BY_NAME], "constraints": [POSITIVE]}))
    return state


def judge(*operations, **said):
    """The codes of the refusals of one invented migration."""
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), "atomic": True, **said})
    return [line.partition(":")[0] for line in law.verdicts(made("0002_bad", "tasks"), before(), {"1.0.0", "1.1.0"})]


def add(field):
    return migrations.AddField("thing", "extra", field)


def alter(name, field):
    return migrations.AlterField("thing", name, field)



@pytest.mark.parametrize(("operation", "codes"), [
    (migrations.RemoveField("thing", "name"), ["dropped"]),
    (migrations.DeleteModel("Thing"), ["dropped"]),
    (DropForgotten("thing", "old", models.IntegerField()), ["dropped"]),
    (migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("thing", "name")]), ["dropped"]),
    (migrations.RenameField("thing", "name", "title"), ["renamed"]),
    (migrations.RenameModel("Thing", "Matter"), ["renamed"]),
    (migrations.AlterModelTable("thing", "things"), ["renamed"]),
    (add(models.IntegerField(default=0)), ["not_null"]),
    (add(models.CharField(max_length=3)), ["not_null"]),
    (add(models.IntegerField(null=True, db_index=True)), ["index"]),
    (add(models.IntegerField(null=True, unique=True)), ["index"]),
    (add(models.ForeignKey("tasks.thing", models.CASCADE, null=True)), ["index"]),
    (add(models.FloatField(db_default=Random())), ["rewritten"]),
    (add(models.GeneratedField(expression=models.F("number"), output_field=models.IntegerField(), db_persist=True)),
     ["rewritten"]),
    (alter("number", models.IntegerField(default=0)), ["tightened"]),
    (alter("number", models.BigIntegerField(null=True)), ["rewritten"]),
    (alter("name", models.CharField(max_length=10)), ["rewritten"]),
    (alter("name", models.CharField(max_length=20, db_collation="C")), ["rewritten"]),
    (alter("name", models.CharField(max_length=20, unique=True)), ["index"]),
    (alter("note", models.CharField(max_length=200)), ["rewritten"]),
    (migrations.AddIndex("thing", BY_NAME), ["index"]),
    (migrations.RemoveIndex("thing", "by_name"), ["index"]),
    (AddIndexGently("thing", BY_NAME), ["atomic"]),
    (migrations.AddConstraint("thing", ONCE), ["constraint", "tightened"]),
    (AddConstraintGently("thing", ONCE), ["atomic", "tightened"]),
    (migrations.AlterUniqueTogether("thing", {("name", "number")}), ["index", "tightened"]),
    (migrations.RunPython(nothing, nothing), ["batches"]),
    (migrations.RunPython(nothing), ["one_way", "batches"]),
    (Walk("thing", nothing, Walk.nothing), ["atomic"]),
    (migrations.RunSQL("ALTER TABLE tasks_thing ALTER name TYPE text", "SELECT 1"), ["raw"]),
    (migrations.RunSQL("COMMENT ON TABLE tasks_thing IS 'things'"), ["one_way"]),
], ids=told)
def test_what_the_release_before_cannot_bear_is_refused(operation, codes):
    assert judge(operation) == codes


@pytest.mark.parametrize(("operation", "said"), [
    (add(models.IntegerField(null=True)), {}),
    (add(models.IntegerField(db_default=0)), {}),
    (add(models.DateTimeField(db_default=Now())), {}),
    (add(models.ForeignKey("tasks.thing", models.CASCADE, null=True, db_index=False)), {}),
    (add(models.ManyToManyField("tasks.thing")), {}),
    (alter("name", models.CharField("a name", max_length=40)), {}),
    (alter("name", models.TextField()), {}),
    (alter("number", models.IntegerField(null=True, choices=[(1, "one")])), {}),
    (alter("number", models.IntegerField()), {"settled_since": "1.1.0"}),
    (ForgetField("thing", "name"), {}),
    (DropForgotten("thing", "old", models.IntegerField()), {"settled_since": "1.1.0"}),
    (migrations.DeleteModel("Thing"), {"settled_since": "1.1.0"}),
    (migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Thing")]), {}),
    (migrations.RemoveConstraint("thing", "positive"), {}),
    (AddIndexGently("thing", models.Index(fields=["number"], name="by_number")), {"atomic": False}),
    (RemoveIndexGently("thing", "by_name"), {"atomic": False}),
    (AddConstraintGently("thing", ONCE), {"atomic": False, "settled_since": "1.0.0"}),
    (AddConstraintGently("thing", ONCE), {"atomic": False, "harmless": "the column is new in this release"}),
    (Walk("thing", nothing, nothing), {"atomic": False}),
    (migrations.RunPython(nothing, nothing), {"small": "one row for each district"}),
    (migrations.RunPython(nothing), {"small": "one row for each district", "one_way": "the old words are gone"}),
    (migrations.RunSQL("UPDATE tasks_thing SET name = ''", "SELECT 1"), {"harmless": "three rows"}),
], ids=told)
def test_the_ways_out(operation, said):
    assert judge(operation, **said) == []


def test_without_a_transaction_one_thing_alone():
    assert judge(AddIndexGently("thing", BY_NAME), add(models.IntegerField(null=True)), atomic=False) == ["alone"]


def test_a_release_that_is_not_out_settles_nothing():
    assert judge(DropForgotten("thing", "old", models.IntegerField()), settled_since="1.2.0") == ["unknown"]


def test_a_new_table_is_nobodys_yet():
    made = migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])
    assert judge(made, migrations.AddIndex("new", BY_NAME), migrations.AddConstraint("new", ONCE)) == []


def test_each_rule_says_what_to_do_and_is_explained():
    words = (ROOT / "docs" / "migrations.md").read_text("utf-8")
    assert [code for code in law.RULES if f"`{code}`" not in words] == []


def test_no_migration_of_ours_breaks_a_rule():
    """One from before the first release may join the list of those; afterwards none does."""
    wrong = []
    for key in law.judged():
        state = law.loader().project_state([key], at_end=False)
        wrong += [f"{'.'.join(key)}: {line}" for line in law.verdicts(law.loader().disk_migrations[key], state, law.releases())]
    assert wrong == []


def test_the_list_of_the_first_ones_is_true():
    assert law.baseline() - set(law.loader().disk_migrations) == set()


def test_nobody_waits_long_for_a_lock():
    """A change that waits for a lock holds up everybody behind it; without a limit, for ever."""
    source = (ROOT / "portal" / "settings.py").read_text("utf-8")
    assert "-c lock_timeout=10000" in source
    options = settings.DATABASES["default"]["OPTIONS"]
    assert "sqlite" in settings.DATABASES["default"]["ENGINE"] or "lock_timeout=" in options["options"]
