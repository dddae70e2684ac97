"""The brake counts a day: how many all changes together take off the roll."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0013_held_back_schools")]

    operations = [
        migrations.AddField("rosterchange", "leaving", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(
            "UPDATE partnerships_rosterchange SET leaving = cardinality(students) WHERE kind = 'leave'",
            migrations.RunSQL.noop,
        ),
    ]
