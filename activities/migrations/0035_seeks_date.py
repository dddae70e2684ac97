"""Whether a group whose day was called off still chooses a new one first, apart from which day off it was."""

from django.db import migrations, models

# Until now every group that a day off had ended, or put off, sought a date.
SEEKING = """
UPDATE activities_booking SET seeks_date = true
 WHERE day_off_id IS NOT NULL AND state IN ('postponed', 'cancelled_no_fault')
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0034_waiting_on_sheet")]

    operations = [
        migrations.AddField(model_name="booking", name="seeks_date", field=models.BooleanField(default=False)),
        migrations.RunSQL(SEEKING, migrations.RunSQL.noop),
    ]
