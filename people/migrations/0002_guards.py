from django.db import migrations

from portal.lib.guards import APPEND_ONLY_FUNCTION, append_only

# Of each kept role (people.roles.KEPT) an organisation that has a member without an end keeps one. The lock on the
# organisation makes two who leave at once wait for each other; the count after it sees what the first one did.
LAST_LEAD = migrations.RunSQL(
    """
    CREATE FUNCTION keep_last_lead() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.ends_on IS NOT NULL
           OR OLD.role NOT IN ('bureau_officer', 'partner_officer', 'school_lead', 'venue_lead', 'administrator')
           OR (TG_OP = 'UPDATE' AND NEW.ends_on IS NULL AND NEW.role = OLD.role
               AND NEW.organisation_id = OLD.organisation_id) THEN
            RETURN NULL;
        END IF;
        PERFORM 1 FROM people_organisation WHERE id = OLD.organisation_id FOR NO KEY UPDATE;
        IF NOT EXISTS (SELECT 1 FROM people_membership
                       WHERE organisation_id = OLD.organisation_id AND role = OLD.role AND ends_on IS NULL) THEN
            RAISE EXCEPTION 'the last % stays', OLD.role
                USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_last_lead';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER membership_last_lead AFTER UPDATE OR DELETE ON people_membership
        FOR EACH ROW EXECUTE FUNCTION keep_last_lead()
    """,
    "DROP TRIGGER membership_last_lead ON people_membership; DROP FUNCTION keep_last_lead()",
)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        APPEND_ONLY_FUNCTION,
        append_only("people_auditevent"),
        append_only("people_thresholdvalue"),
        LAST_LEAD,
    ]
