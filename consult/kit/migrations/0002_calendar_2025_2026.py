"""The official calendars of 2025 and 2026 (make-up days and all)."""

from typing import Any

from django.db import migrations

from consult.kit import holidays


def load(apps: Any, schema_editor: Any) -> None:
    day = apps.get_model("kit", "CalendarDay")
    known = set(day.objects.values_list("date", flat=True))
    day.objects.bulk_create(day(date=when, is_workday=works, name=name, source=source)
                            for source, days in holidays.years() for when, works, name in days
                            if when.year in (2025, 2026) and when not in known)


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
