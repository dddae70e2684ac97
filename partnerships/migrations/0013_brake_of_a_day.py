"""The brake counts a day: how many all changes together take off the roll."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0012_two_people")]

    operations = [
        migrations.AddField("rosterchange", "leaving", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(
            "UPDATE partnerships_rosterchange SET leaving = cardinality(students) WHERE kind = 'leave'",
            migrations.RunSQL.noop,
        ),
    ]
