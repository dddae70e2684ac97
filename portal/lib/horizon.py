"""The horizon: only changes below it are handed to whoever follows, so that a slow writer is not passed over.

A row carries the number of the transaction that wrote it (`xid`, set by a trigger). Numbers are given when a transaction
begins to write, and become visible when it commits: in another order. What lies below the oldest transaction still under
way is complete and will never get a newcomer.
"""

from django.db.migrations import RunSQL
from django.db.models import BigIntegerField, Func

# One function behind every stamped table.
STAMP_FUNCTION = RunSQL(
    """
    CREATE OR REPLACE FUNCTION stamp_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.xid := pg_current_xact_id()::text::bigint;
        RETURN NEW;
    END $$
    """,
    RunSQL.noop,
)


class Horizon(Func):
    """The oldest transaction that may still write: serve rows with `xid__lt=Horizon()`."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = BigIntegerField()


def stamped(table: str) -> RunSQL:
    """Write the number of the transaction into the column `xid` of every row that is inserted or changed."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_stamp BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION stamp_transaction()
        """,
        f"DROP TRIGGER {table}_stamp ON {table}",
    )
