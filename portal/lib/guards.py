"""Triggers that migrations of every app use, as ready RunSQL operations."""

from django.db.migrations import RunSQL

# The one function behind every append-only table; the trigger's argument is the name that the refusal carries.
APPEND_ONLY_FUNCTION = RunSQL(
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END $$
    """,
    "DROP FUNCTION refuse_change()",
)


def append_only(table: str, *, columns: tuple[str, ...] = ()) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of a table under the name `<table>_append_only`.

    With `columns`, only an UPDATE of these is refused: a row may still be marked, say, as read.
    """
    name = f"{table.removeprefix('public.')}_append_only"
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    return RunSQL(
        f"""
        CREATE TRIGGER {name} BEFORE {update} OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change('{name}');
        CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{name}')
        """,
        f"DROP TRIGGER {name} ON {table}; DROP TRIGGER {name}_truncate ON {table}",
    )
