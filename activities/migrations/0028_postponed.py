"""Bookings whose day was called off and postponed: a state between alive and dead."""

from django.db import migrations, models

from portal.lib.guards import moves_only

DEAD = ("declined", "withdrawn", "cancelled", "cancelled_late", "cancelled_by_venue", "cancelled_no_fault")
ALIVE = ("requested", "confirmed", "attended", "no_show")


class Migration(migrations.Migration):
    dependencies = [("activities", "0027_two_people")]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Waiting for the venue"),
                    ("confirmed", "Confirmed"),
                    ("declined", "Declined by the venue"),
                    ("withdrawn", "Withdrawn"),
                    ("attended", "Attended"),
                    ("no_show", "No-show"),
                    ("cancelled", "Cancelled"),
                    ("cancelled_late", "Cancelled late"),
                    ("cancelled_by_venue", "Cancelled by the venue"),
                    ("cancelled_no_fault", "Cancelled, nobody at fault"),
                    ("postponed", "Postponed, waiting for a new date"),
                ],
                default="requested",
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="booking", name="booking_seats_follow_state"),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                name="booking_seats_follow_state",
                condition=models.Q(("held_seats", 0), ("seats_held", 0), ("state__in", (*DEAD, "postponed")))
                | models.Q(
                    ("held_seats__gte", 0),
                    ("held_seats__lte", models.F("seats_held")),
                    ("seats_held__gt", 0),
                    ("state__in", ALIVE),
                ),
                violation_error_message="A booking holds places as long as it is alive, and none afterwards.",
            ),
        ),
        moves_only(
            "activities_booking",
            {
                "requested": "confirmed declined withdrawn cancelled_by_venue cancelled_no_fault postponed",
                "confirmed": "requested attended no_show cancelled cancelled_late cancelled_by_venue"
                " cancelled_no_fault postponed",
                "no_show": "confirmed",
                "postponed": "requested confirmed cancelled_no_fault",
            },
        ),
    ]
