from django.db import migrations

from consult.kit.migrating import Walk


def leaders(tasks):
    instructions = tasks[0]._meta.get_field("instruction").related_model._base_manager
    found = dict(instructions.filter(pk__in=[one.instruction_id for one in tasks]).values_list("pk", "leader_id"))
    for one in tasks:
        one.leader_id = found[one.instruction_id]
    type(tasks[0])._base_manager.bulk_update(tasks, ["leader"])


def districts(parts):
    tasks = parts[0]._meta.get_field("task").related_model._base_manager
    found = dict(tasks.filter(pk__in=[one.task_id for one in parts]).values_list("pk", "jurisdiction_id"))
    for one in parts:
        one.jurisdiction_id = found[one.task_id]
    type(parts[0])._base_manager.bulk_update(parts, ["jurisdiction"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tasks", "0012_copied_keys")]

    operations = [Walk("task", leaders, Walk.nothing), Walk("assignment", districts, Walk.nothing)]
