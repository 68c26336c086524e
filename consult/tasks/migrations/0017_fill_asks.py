from django.db import migrations

from consult.kit.migrating import Walk


def of_extensions(asks):
    tasks = asks[0]._meta.get_field("task").related_model._base_manager
    found = dict(tasks.filter(pk__in=[one.task_id for one in asks]).values_list("pk", "jurisdiction_id"))
    _fill(asks, {one.pk: found[one.task_id] for one in asks})


def of_returns(asks):
    parts = asks[0]._meta.get_field("assignment").related_model._base_manager
    found = dict(parts.filter(pk__in=[one.assignment_id for one in asks]).values_list("pk", "jurisdiction_id"))
    _fill(asks, {one.pk: found[one.assignment_id] for one in asks})


def _fill(asks, districts):
    for one in asks:
        one.jurisdiction_id = districts[one.pk]
    type(asks[0])._base_manager.bulk_update(asks, ["jurisdiction"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tasks", "0016_asks_by_district")]

    operations = [Walk("extension", of_extensions, Walk.nothing), Walk("returnrequest", of_returns, Walk.nothing)]
