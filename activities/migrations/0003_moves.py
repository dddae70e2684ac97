from django.db import migrations

from portal.lib.guards import moves_only


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_guards"), ("people", "0003_moves")]
    operations = [
        moves_only("activities_programme", {"draft": "published", "published": "retired", "retired": "published"}),
        moves_only(
            "activities_session",
            {"draft": "open cancelled", "open": "postponed cancelled", "postponed": "open cancelled"},
        ),
        moves_only(
            "activities_booking",
            {
                "requested": "confirmed declined withdrawn cancelled_by_venue cancelled_no_fault",
                "confirmed": "attended no_show cancelled cancelled_late cancelled_by_venue cancelled_no_fault",
            },
        ),
    ]
