"""Waiting lists can be followed too; a pupil who was taken off a roll leaves a mark there."""

from django.db import migrations

from portal.lib.guards import followed

BURIED = migrations.RunSQL(
    """
    CREATE TRIGGER activities_rollentry_buried AFTER DELETE ON activities_rollentry
        FOR EACH ROW EXECUTE FUNCTION bury_row('(SELECT district_id FROM activities_booking WHERE id = ($1).booking_id)')
    """,
    "DROP TRIGGER activities_rollentry_buried ON activities_rollentry",
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_timetables"), ("activities", "0020_agreed_heads")]

    operations = [followed("activities_waitlistentry"), BURIED]
