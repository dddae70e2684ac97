"""Attacks on the ledger, as the application: each must be refused by the database and leave no trace."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from activities.models import Booking, RollEntry
from credits.models import Account, Chain, CreditRule, Entry, Posting
from partnerships.models import School, Student, Term
from people.models import District
from portal.lib.errors import Refused

FORBIDDEN = "42501"  # the one code of class 42, syntax and access, that is a refusal
REFUSALS = (DatabaseError, ProtectedError, Refused)
TABLES = ("credits_entry", "credits_posting", "credits_chain", "credits_account", "credits_creditrule")
FUNCTIONS = (
    "refuse_change", "credits_entries_add_up", "credits_account_follows", "credits_posting_links",
    "credits_chain_follows", "credits_rule_published",
)  # fmt: skip

SQL = (
    *(f"UPDATE {table} SET id = id + 100000" for table in ("credits_entry", "credits_posting", "credits_chain")),
    *(f"DELETE FROM {table}" for table in TABLES),
    *(f"TRUNCATE {table} CASCADE" for table in TABLES),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in TABLES),
    *(f"DROP TABLE {table} CASCADE" for table in TABLES),
    *(f"CREATE RULE away AS ON INSERT TO {table} DO INSTEAD NOTHING" for table in TABLES),
    *(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
      for name in FUNCTIONS),
    "UPDATE credits_entry SET points = 9000",
    "UPDATE credits_entry SET inputs = '{}'",
    "UPDATE credits_account SET balance = balance + 1000",
    "UPDATE credits_account SET n = n + 1",
    "UPDATE credits_account SET student_id = gen_random_uuid()",
    "UPDATE credits_chain SET head = sha256('x')",
    "UPDATE credits_chain SET seq = seq - 1",
    "UPDATE credits_posting SET body = 'x'",
    "UPDATE credits_creditrule SET points = 9000",
    "TRUNCATE partnerships_student CASCADE",
    "TRUNCATE activities_rollentry CASCADE",
    "TRUNCATE people_district CASCADE",
    "DELETE FROM partnerships_student",
    "DELETE FROM activities_rollentry",
    "DELETE FROM activities_booking",
    "DELETE FROM partnerships_term",
    "DELETE FROM partnerships_school",
    "SET session_replication_role = replica",
    "SET LOCAL ROLE portal",
    "SET SESSION AUTHORIZATION portal",
    "DROP TRIGGER credits_entry_append_only ON credits_entry",
    "DROP TRIGGER credits_entries_add_up ON credits_entry",
    "DROP FUNCTION refuse_change() CASCADE",
    "DROP SCHEMA public CASCADE",
    "CREATE TABLE mine (id int)",
    "CREATE TRIGGER mine BEFORE INSERT ON credits_entry FOR EACH ROW EXECUTE FUNCTION refuse_change('x')",
    "ALTER TABLE credits_entry DROP CONSTRAINT entry_one_award",
    "ALTER TABLE credits_entry OWNER TO portal_app",
    "GRANT UPDATE ON credits_entry TO portal_app; UPDATE credits_entry SET points = 9000",
    "ALTER ROLE portal_app SUPERUSER",
    "WITH gone AS (DELETE FROM credits_entry RETURNING 1) SELECT * FROM gone",
    "SELECT FROM credits_entry FOR UPDATE",
    "MERGE INTO credits_entry e USING credits_entry s ON e.id = s.id WHEN MATCHED THEN UPDATE SET points = 1",
    "INSERT INTO credits_entry SELECT * FROM credits_entry LIMIT 1",
    "INSERT INTO credits_entry SELECT * FROM credits_entry ON CONFLICT (id) DO UPDATE SET points = 9000",
    "INSERT INTO credits_posting SELECT * FROM credits_posting ON CONFLICT (id) DO UPDATE SET body = 'x'",
    """INSERT INTO credits_posting (chain_id, seq, prev, hash, algorithm, body, at, by)
       SELECT chain_id, seq + 1000, hash, hash, algorithm, body, at, by FROM credits_posting LIMIT 1""",
    "INSERT INTO credits_account SELECT gen_random_uuid(), 5000, 1",
    """INSERT INTO credits_entry (posting_id, account_id, n, points, balance, rule_id, roll_entry_id, nth, school_id,
       district_id, grade, term_id, concerns_term_id, inputs)
       SELECT posting_id, account_id, n + 1000, points, balance, rule_id, roll_entry_id, nth + 1, school_id, district_id,
       grade, term_id, concerns_term_id, inputs FROM credits_entry LIMIT 1""",
    """INSERT INTO credits_entry (posting_id, account_id, n, points, balance, rule_id, roll_entry_id, nth, reverses_id,
       school_id, district_id, grade, term_id, concerns_term_id, inputs)
       SELECT posting_id, account_id, a.n + 1, -1, a.balance - 1, rule_id, roll_entry_id, nth, e.id, school_id, district_id,
       grade, term_id, concerns_term_id, inputs FROM credits_entry e JOIN credits_account a ON a.student_id = e.account_id
       ORDER BY e.id LIMIT 1""",
)  # fmt: skip


def by_orm() -> Iterator[tuple[str, Callable[[], object]]]:
    """Through Django: queryset, instance, bulk, cascade, fixtures."""
    entry, posting = Entry.objects.order_by("pk").first(), Posting.objects.order_by("pk").first()
    account, chain = Account.objects.filter(n__gt=0).first(), Chain.objects.filter(seq__gt=0).first()
    assert entry
    assert posting
    assert account
    assert chain

    def changed(row, **values):
        for name, value in values.items():
            setattr(row, name, value)
        return row

    yield "queryset.update entry", lambda: Entry.objects.update(points=1)
    yield "queryset.update posting", lambda: Posting.objects.update(by="user:1:1")
    yield "queryset.update account", lambda: Account.objects.update(balance=1)
    yield "queryset.update chain", lambda: Chain.objects.update(seq=0)
    yield "queryset.delete entry", lambda: Entry.objects.all().delete()
    yield "queryset.delete posting", lambda: Posting.objects.all().delete()
    yield "queryset.delete account", lambda: Account.objects.all().delete()
    yield "queryset.delete chain", lambda: Chain.objects.all().delete()
    yield "queryset._raw_delete entry", lambda: Entry.objects.all()._raw_delete("default")
    yield "save entry", lambda: changed(Entry.objects.get(pk=entry.pk), points=9000).save()
    yield "save posting", lambda: changed(Posting.objects.get(pk=posting.pk), body=b"x").save()
    yield "save account", lambda: changed(Account.objects.get(pk=account.pk), balance=99).save()
    yield "save chain", lambda: changed(Chain.objects.get(pk=chain.pk), head=bytes(32)).save()
    yield "delete entry", lambda: Entry.objects.get(pk=entry.pk).delete()
    yield "delete posting", lambda: Posting.objects.get(pk=posting.pk).delete()
    yield "insert copy of an entry", lambda: changed(Entry.objects.get(pk=entry.pk), pk=None).save(force_insert=True)
    yield (
        "bulk_update",
        lambda: Entry.objects.bulk_update([changed(Entry.objects.get(pk=entry.pk), points=7)], ["points"]),
    )
    yield "bulk_create", lambda: Entry.objects.bulk_create([changed(Entry.objects.get(pk=entry.pk), pk=None)])
    yield (
        "bulk_create that updates",
        lambda: Entry.objects.bulk_create(
            [changed(Entry.objects.get(pk=entry.pk), points=9000)],
            update_conflicts=True, unique_fields=["id"], update_fields=["points"],
        ),
    )  # fmt: skip
    for model in (Student, RollEntry, Booking, School, Term, District, CreditRule):
        yield f"cascade from {model.__name__}", lambda model=model: model.objects.all().delete()
    yield "loaddata over an entry", lambda: load(entry, points=9000)
    yield "loaddata over a posting", lambda: load(posting, by="user:1:1")
    yield "loaddata over an account", lambda: load(account, balance=99)
    yield "loaddata of a new entry", lambda: load(entry, pk=10**9, n=entry.n + 1000, nth=9)


def load(row, *, pk=None, **values) -> None:
    """loaddata of one row as it is but for `values`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forged.json"
        call_command("dumpdata", row._meta.label_lower, pks=str(row.pk), output=str(path), verbosity=0)
        told = json.loads(path.read_text())
        told[0]["fields"] |= values
        if pk:
            told[0]["pk"] = pk
        path.write_text(json.dumps(told))
        call_command("loaddata", str(path), verbosity=0)


def attacks() -> Iterator[tuple[str, Callable[[], object]]]:
    yield from by_orm()
    for statement in SQL:
        yield statement, lambda statement=statement: run(statement)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refused(attack: Callable[[], object]) -> str:
    """The refusal's class and words, or "" when the attack went through. Deferred constraints are asked before commit."""
    try:
        with transaction.atomic():
            attack()
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except REFUSALS as no:
        code = getattr(no.__cause__, "pgcode", None) or ""
        if code.startswith("42") and code != FORBIDDEN:
            raise  # the attack itself is wrong: it proves nothing
        return f"{type(no).__name__} {code}: {no}"
    return ""


def fingerprint() -> list[str]:
    """One hash a table, of every byte in it."""
    with connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t")
            found.append(cursor.fetchone()[0])
    return found
