"""The database role under which the web and the worker run: it owns nothing and can't change what is append-only.

The owner of the tables migrates and then calls `prepare()` (`manage.py application_role`), which is safe to repeat.
"""

from django.db import connection
from psycopg2 import sql

# Tables under the trigger of `portal.lib.guards.append_only`, with the columns that an UPDATE may still touch
# (none where every column is guarded).
APPEND_ONLY = """
SELECT c.relname,
       ARRAY(SELECT a.attname FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND array_length(t.tgattr::int2[], 1) > 0 AND a.attnum <> ALL (t.tgattr::int2[])
              ORDER BY a.attnum)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE p.proname = 'refuse_change' AND t.tgtype & 1 = 1
   AND c.relnamespace = 'public'::regnamespace
 ORDER BY 1
"""

GRANTS = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}
"""


def prepare(name: str, *, password: str = "") -> list[str]:
    """Make the role where it is missing, give it its rights and take those on append-only tables away again.

    Answers the append-only tables. Raises ProgrammingError where the connected role owns neither tables nor roles."""
    role = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {role} LOGIN").format(role=role))
        if password:
            cursor.execute(sql.SQL("ALTER ROLE {role} PASSWORD %s").format(role=role), [password])
        cursor.execute(sql.SQL(GRANTS).format(role=role))
        cursor.execute(APPEND_ONLY)
        guarded = cursor.fetchall()
        for table, free_columns in guarded:
            names = {"role": role, "table": sql.Identifier(table)}
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(**names))
            if free_columns:
                columns = sql.SQL(", ").join(map(sql.Identifier, free_columns))
                cursor.execute(
                    sql.SQL("GRANT UPDATE ({columns}) ON {table} TO {role}").format(columns=columns, **names)
                )
    return [table for table, _columns in guarded]
