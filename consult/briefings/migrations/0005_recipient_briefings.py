from django.db import migrations

from consult.kit.migrating import Walk


def fill(recipients):
    model = recipients[0]._meta.get_field("issue").related_model
    briefings = dict(model._base_manager.filter(pk__in=[one.issue_id for one in recipients]).values_list("pk", "briefing_id"))
    for one in recipients:
        one.briefing_id = briefings[one.issue_id]
    type(recipients[0])._base_manager.bulk_update(recipients, ["briefing"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("briefings", "0004_district_lists")]

    operations = [Walk("recipient", fill, Walk.nothing)]
