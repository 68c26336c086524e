import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0013_fill_copied_keys")]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="jurisdiction",
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT,
                                    related_name="+", to="people.jurisdiction"),
        ),
        migrations.AlterField(
            model_name="task",
            name="leader",
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT,
                                    related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ]
