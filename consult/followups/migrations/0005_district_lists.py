
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('followups', '0004_district_bulletin'),
        ('people', '0002_deputies'),
        ('tasks', '0010_reply_district_required'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='lookback',
            index=models.Index(fields=['state', '-planned_on', '-id', 'task'], name='followups_l_state_fda996_idx'),
        ),
    ]
