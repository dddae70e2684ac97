"""What models can't say: append-only trails, frozen texts, and a listing only with every office's approval."""

from django.db import migrations

from portal.lib.guards import append_only

FROZEN_VERSION = """
CREATE FUNCTION partnerships_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'a frozen version is immutable'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_version_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_version_frozen BEFORE UPDATE OR DELETE ON partnerships_agreementversion
    FOR EACH ROW EXECUTE FUNCTION partnerships_version_frozen();
"""

LISTED_BY_ALL = """
CREATE FUNCTION partnerships_listed_by_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM people_organisation office
        JOIN partnerships_listing listing ON listing.id = NEW.id AND listing.state = 'listed'
        WHERE office.district_id = listing.district_id AND office.kind IN ('bureau', 'partner_office')
          AND NOT EXISTS (
            SELECT 1 FROM partnerships_review review
            WHERE review.listing_id = listing.id AND review.office_id = office.id
              AND review.round = listing.round AND review.verdict = 'approve')
    ) THEN
        RAISE EXCEPTION 'a reviewing office has not approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'listing_approved_by_every_office';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER listing_approved_by_every_office AFTER INSERT OR UPDATE ON partnerships_listing
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION partnerships_listed_by_all();
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0001_initial"), ("people", "0002_guards")]

    operations = [
        append_only("partnerships_identitylook"),
        append_only("partnerships_review"),
        append_only("partnerships_scan"),
        migrations.RunSQL(FROZEN_VERSION, "DROP FUNCTION partnerships_version_frozen() CASCADE;"),
        migrations.RunSQL(LISTED_BY_ALL, "DROP FUNCTION partnerships_listed_by_all() CASCADE;"),
    ]
