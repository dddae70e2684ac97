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


# The one function behind every workflow: its first argument is the name that the refusal carries, then “from>to” pairs.
MOVES_ONLY_FUNCTION = RunSQL(
    """
    CREATE FUNCTION refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state = OLD.state OR OLD.state || '>' || NEW.state = ANY (TG_ARGV[1:]) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% has no move from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END $$
    """,
    "DROP FUNCTION refuse_move()",
)


def moves_only(table: str, moves: dict[str, str]) -> RunSQL:
    """Refuse every change of `state` that is not among `moves` (from → the states it may go to, by spaces).

    The refusal is named `<table>_moves`. The pairs stand in the migration, as they were that day; a boundary test
    compares what the database holds with the table of moves in the code.
    """
    name = f"{table}_moves"
    pairs = sorted(f"{source}>{target}" for source, targets in moves.items() for target in targets.split())
    arguments = ", ".join(f"'{word}'" for word in (name, *pairs))
    return RunSQL(
        f"""
        CREATE TRIGGER {name} BEFORE UPDATE OF state ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_move({arguments})
        """,
        f"DROP TRIGGER {name} ON {table}",
    )
