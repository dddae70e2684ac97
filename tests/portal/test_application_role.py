"""The role of web and worker: it may work, and it may not change what is append-only, tomorrow's tables included."""

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from portal import books
from portal.lib import application_role

pytestmark = pytest.mark.django_db
ROLE = "portal_test_app"


def may(table: str, privilege: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [ROLE, table, privilege])
        return cursor.fetchone()[0]


def test_role_works_on_tables_and_changes_no_append_only_one():
    guarded = application_role.prepare(ROLE)
    assert {"credits_entry", "credits_posting", "people_auditevent", "people_thresholdvalue"} <= set(guarded)
    for table in guarded:
        assert may(table, "INSERT")
        assert [what for what in ("UPDATE", "DELETE", "TRUNCATE") if may(table, what)] == []
    assert may("credits_account", "UPDATE")
    assert not may("credits_account", "TRUNCATE")
    assert not may("django_migrations", "UPDATE")


def test_tables_of_tomorrow_are_granted_and_guarded_after_the_next_run(capsys):
    application_role.prepare(ROLE)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tomorrow (id bigint, seen boolean)")
        assert may("tomorrow", "UPDATE")
        cursor.execute(
            "CREATE TRIGGER tomorrow_append_only BEFORE UPDATE OF id OR DELETE ON tomorrow"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change('tomorrow_append_only')"
        )
    call_command("application_role", ROLE)
    assert "tomorrow" in capsys.readouterr().out
    assert not may("tomorrow", "DELETE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege(%s, 'tomorrow', 'seen', 'UPDATE')", [ROLE])
        assert cursor.fetchone()[0]
        cursor.execute("SELECT has_column_privilege(%s, 'tomorrow', 'id', 'UPDATE')", [ROLE])
        assert not cursor.fetchone()[0]


@pytest.mark.parametrize(
    "attack",
    [
        "SET session_replication_role = replica",
        "ALTER TABLE credits_entry DISABLE TRIGGER ALL",
        "TRUNCATE partnerships_student CASCADE",
        "DROP TRIGGER credits_entry_append_only ON credits_entry",
        "CREATE TABLE mine (id int)",
    ],
)
def test_role_can_not_reach_past_the_triggers(attack):
    application_role.prepare(ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(attack)


def test_books_warn_of_a_role_that_may_change_the_ledger():
    application_role.prepare(ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        assert list(books.warnings()) == []
        cursor.execute(f"RESET ROLE; GRANT UPDATE ON credits_entry TO {ROLE}; SET LOCAL ROLE {ROLE}")
        assert [line.partition(":")[0] for line in books.warnings()] == [
            "the application's database role may change the ledger"
        ]
