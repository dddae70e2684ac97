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

    The refusal is named `<table>_moves`; a later migration that names the table again puts other pairs in their place.
    The pairs stand in the migration, as they were that day; a boundary test
    compares what the database holds with the table of moves in the code.
    """
    name = f"{table}_moves"
    pairs = sorted(f"{source}>{target}" for source, targets in moves.items() for target in targets.split())
    arguments = ", ".join(f"'{word}'" for word in (name, *pairs))
    return RunSQL(
        f"""
        CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OF state ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_move({arguments})
        """,
        f"DROP TRIGGER {name} ON {table}",
    )


# The one function behind every second person: its arguments are the name that the refusal carries and the two columns.
TWO_PEOPLE_FUNCTION = RunSQL(
    """
    CREATE FUNCTION refuse_same_person() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM people_membership one JOIN people_membership two USING (user_id)
            WHERE one.id = (to_jsonb(NEW) ->> TG_ARGV[1])::bigint AND two.id = (to_jsonb(NEW) ->> TG_ARGV[2])::bigint
        ) THEN
            RAISE EXCEPTION 'one person gave both words about a row of %', TG_TABLE_NAME
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
        END IF;
        RETURN NEW;
    END $$
    """,
    "DROP FUNCTION refuse_same_person()",
)


def two_people(table: str, first: str, second: str) -> RunSQL:
    """Refuse that one person, in whatever hats, gives both words: `first` and `second` are columns of memberships.

    The refusal is named after the table without its app: `outing_two_people`. Where the columns name users, a CHECK does.
    """
    name = f"{table.partition('_')[2]}_two_people"
    return RunSQL(
        f"""
        CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {first}, {second} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_same_person('{name}', '{first}', '{second}')
        """,
        f"DROP TRIGGER {name} ON {table}",
    )


# Stamps the writing transaction: whoever follows a table asks for what was written since (portal/api/following.py).
STAMP_FUNCTION = RunSQL(
    """
    CREATE FUNCTION stamp_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.changed_in := pg_current_xact_id()::text::bigint;
        RETURN NEW;
    END $$
    """,
    "DROP FUNCTION stamp_change()",
)
# Remembers the key of a deleted row; the trigger's argument is the expression of its district, over `OLD`.
BURY_FUNCTION = RunSQL(
    """
    CREATE FUNCTION bury_row() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE district bigint;
    BEGIN
        EXECUTE 'SELECT ' || TG_ARGV[0] INTO district USING OLD;
        INSERT INTO portal_tombstone ("table", key, district_id, changed_in)
            VALUES (TG_TABLE_NAME, OLD.id::text, district, pg_current_xact_id()::text::bigint);
        RETURN OLD;
    END $$
    """,
    "DROP FUNCTION bury_row()",
)


def followed(table: str, *, indexed: bool = False, district: str = "") -> RunSQL:
    """Give a table `changed_in`, the number of the transaction that last wrote each row (0: before this migration).

    The column is the database's own: no model names it, so no writer can forget or forge it. `indexed` pays for
    large tables whose rows change rarely; on a hot row an index would turn each cheap update into a dear one.
    `district`, an expression over `$1` (the old row), leaves a tombstone of what may be deleted.
    """
    forwards = [
        f"ALTER TABLE {table} ADD COLUMN changed_in bigint NOT NULL DEFAULT 0",
        f"CREATE TRIGGER {table}_followed BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION stamp_change()",
    ]
    backwards = [f"DROP TRIGGER {table}_followed ON {table}", f"ALTER TABLE {table} DROP COLUMN changed_in"]
    if indexed:
        forwards.append(f"CREATE INDEX {table}_changed ON {table} (changed_in)")
    if district:
        quoted = district.replace("'", "''")
        forwards.append(
            f"CREATE TRIGGER {table}_buried AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION bury_row('{quoted}')"
        )
        backwards.insert(0, f"DROP TRIGGER {table}_buried ON {table}")
    return RunSQL("; ".join(forwards), "; ".join(backwards))
