
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('briefings', '0006_recipient_briefing_required'),
        ('people', '0002_deputies'),
        ('recommendations', '0001_initial'),
        ('tasks', '0010_reply_district_required'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('state__in', ('proposed', 'assigned', 'handling', 'cosigning', 'in_review'))), fields=['due_on', '-id', 'state'], name='task_open_anywhere'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('state__in', ('answered', 'closed', 'dropped'))), fields=['-proposed_at', '-id', 'state'], name='task_over_anywhere'),
        ),
    ]
