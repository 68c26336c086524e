import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0017_fill_asks")]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="jurisdiction",
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT,
                                    related_name="+", to="people.jurisdiction"),
        )
        for name in ("extension", "returnrequest")
    ]
