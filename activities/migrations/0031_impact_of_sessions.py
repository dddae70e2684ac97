"""A supplement's choices are for sessions and counselors too: each is known by the name of its row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0030_programme_tags")]

    operations = [
        migrations.AddField(
            "impactchoice", "touched", models.CharField(max_length=40, default=""), preserve_default=False
        ),
        migrations.RunSQL("UPDATE activities_impactchoice SET touched = 'booking_' || booking_id", migrations.RunSQL.noop),
        migrations.RemoveConstraint("impactchoice", "impactchoice_once"),
        migrations.RemoveField("impactchoice", "booking"),
        migrations.AddConstraint(
            "impactchoice",
            models.UniqueConstraint(
                fields=["amendment", "touched"],
                name="impactchoice_once",
                violation_error_message="Something has been chosen for this already.",
            ),
        ),
    ]
