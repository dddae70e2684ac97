"""Whoever answered a report for its school does not publish it for the bureau."""

from django.db import migrations

TWO_PEOPLE = migrations.RunSQL(
    """
    CREATE FUNCTION report_two_people() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM portal_reportcomment WHERE report_id = NEW.id AND made_by_id = NEW.published_by_id
        ) THEN
            RAISE EXCEPTION 'one person answered a report and published it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'report_two_people';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER report_two_people BEFORE UPDATE OF published_by_id ON portal_report
        FOR EACH ROW EXECUTE FUNCTION report_two_people()
    """,
    "DROP FUNCTION report_two_people() CASCADE",
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_followed_waiting")]
    operations = [TWO_PEOPLE]
