"""A visit without an agreement rests on its confirmation sheet, where the district asks for one or the other."""

import django.db.models.deletion
from django.db import migrations, models

# The last guard of a booking without an agreement: it becomes confirmed, or moves while it is, only with both words
# about that very session. Checked at the end of the transaction; what is confirmed stays so when a sheet is read anew.
SHEET = """
CREATE FUNCTION booking_rests_on_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    booked activities_booking%ROWTYPE;
BEGIN
    SELECT * INTO booked FROM activities_booking WHERE id = NEW.id;  -- as it is by the end
    IF NOT booked.on_sheet OR booked.state <> 'confirmed' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.on_sheet AND OLD.state NOT IN ('requested', 'postponed')
       AND OLD.session_id = NEW.session_id THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM activities_confirmationsheet s
                    WHERE s.booking_id = booked.id AND s.session_id = booked.session_id
                      AND s.school_at IS NOT NULL AND s.host_at IS NOT NULL) THEN
        RAISE EXCEPTION 'no confirmation sheet carries booking %', booked.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_rests_on_sheet';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER booking_rests_on_sheet
    AFTER INSERT OR UPDATE OF state, session_id, on_sheet ON activities_booking
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION booking_rests_on_sheet();
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0032_displaced")]

    operations = [
        migrations.AddField(model_name="booking", name="on_sheet", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="confirmationsheet",
            name="session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="activities.session",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_sheet", False), ("agreement__isnull", True), _connector="OR"),
                name="booking_sheet_or_agreement",
                violation_error_message="A visit rests on an agreement or on its confirmation sheet, not on both.",
            ),
        ),
        migrations.RunSQL(
            SHEET, "DROP TRIGGER booking_rests_on_sheet ON activities_booking; DROP FUNCTION booking_rests_on_sheet()"
        ),
    ]
