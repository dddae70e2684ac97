from django.db import migrations

from portal.lib.guards import moves_only


class Migration(migrations.Migration):
    dependencies = [("activities", "0006_calendar_feeds")]
    operations = [
        moves_only(
            "activities_booking",
            {
                "requested": "confirmed declined withdrawn cancelled_by_venue cancelled_no_fault",
                "confirmed": "requested attended no_show cancelled cancelled_late cancelled_by_venue cancelled_no_fault",
            },
        ),
    ]
