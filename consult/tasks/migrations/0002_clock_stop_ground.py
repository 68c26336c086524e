"""A clock stands still on a lawful ground; those stopped before waited for a higher office, which the form named as example."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="clockstop", name="ground",
            field=models.CharField(
                choices=[
                    ("lawsuit", "a lawsuit, arbitration or administrative review decides first"),
                    ("expertise", "an expert appraisal, test or hearing is under way"),
                    ("higher", "a higher office has been asked and has not answered"),
                    ("material", "those who advised must add something first"), ("force", "force majeure")],
                default="higher", max_length=12, verbose_name="ground"),
            preserve_default=False),
    ]
