from django.db import migrations

from consult.kit.migrating import Walk


def fill(replies):
    model = replies[0]._meta.get_field("task").related_model
    districts = dict(model._base_manager.filter(pk__in=[one.task_id for one in replies]).values_list("pk", "jurisdiction_id"))
    for one in replies:
        one.jurisdiction_id = districts[one.task_id]
    type(replies[0])._base_manager.bulk_update(replies, ["jurisdiction"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tasks", "0008_district_lists")]

    operations = [Walk("reply", fill, Walk.nothing)]
