"""What constraints of models can't say: slots tied to their session, an append-only table, slots that follow states."""

from django.db import migrations

from portal.lib.guards import append_only


def tied_to_session(table: str) -> migrations.RunSQL:
    """Session and both times of a slot are those of one session, and move with it."""
    name = f"{table.removeprefix('activities_')}_follows_session"
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ADD CONSTRAINT {name}
            FOREIGN KEY (session_id, starts_at, ends_at)
            REFERENCES activities_session (id, starts_at, ends_at) ON UPDATE CASCADE
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


SLOTS_FOLLOW_STATE = migrations.RunSQL(
    """
    CREATE FUNCTION booking_slots_follow_state() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        alive boolean;
    BEGIN
        SELECT seats_held > 0 INTO alive FROM activities_booking WHERE id = NEW.id;
        IF EXISTS (SELECT FROM activities_rollentry WHERE booking_id = NEW.id AND is_live <> alive)
           OR EXISTS (SELECT FROM activities_bookingclass WHERE booking_id = NEW.id AND is_live <> alive) THEN
            RAISE EXCEPTION 'slots of booking % do not follow its state', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_slots_follow_state';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER booking_slots_follow_state
        AFTER INSERT OR UPDATE OF state, seats_held ON activities_booking
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION booking_slots_follow_state()
    """,
    "DROP TRIGGER booking_slots_follow_state ON activities_booking; DROP FUNCTION booking_slots_follow_state()",
)


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial"), ("people", "0002_guards")]

    operations = [
        tied_to_session("activities_bookingclass"),
        tied_to_session("activities_rollentry"),
        append_only("activities_rollchange"),
        SLOTS_FOLLOW_STATE,
    ]
