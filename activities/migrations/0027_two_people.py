"""Two words about one row are two people's, whatever hats they wear."""

from django.db import migrations

from portal.lib.guards import two_people


class Migration(migrations.Migration):
    dependencies = [("activities", "0026_roll_reviews"), ("people", "0008_two_people")]
    operations = [
        two_people("activities_appointment", "host_by_id", "counselor_by_id"),
        two_people("activities_assignment", "host_by_id", "counselor_by_id"),
        two_people("activities_confirmationsheet", "school_by_id", "host_by_id"),
        two_people("activities_exemption", "asked_by_id", "decided_by_id"),
        two_people("activities_noshow", "disputed_by_id", "decided_by_id"),
        two_people("activities_outing", "approved_by_id", "filed_by_id"),
    ]
