import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("briefings", "0005_recipient_briefings")]

    operations = [
        migrations.AlterField(
            model_name="recipient",
            name="briefing",
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE,
                                    related_name="+", to="briefings.briefing"),
        ),
    ]
