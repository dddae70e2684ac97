"""Attacks on the ledger by raw SQL and by the ORM: each is refused by the database, under its own name."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from credits import ledger
from credits.models import Account, Chain, CreditRule, Entry, Posting
from tests.factories import credits as make

pytestmark = pytest.mark.django_db
ENTRY = (
    "posting_id", "account_id", "n", "points", "balance", "rule_id", "roll_entry_id", "nth", "reverses_id", "school_id",
    "district_id", "grade", "term_id", "concerns_term_id", "inputs",
)  # fmt: skip


@contextmanager
def refused_as(name: str):
    """The block breaks the constraint of that name, at once or when the transaction would end."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():  # noqa: PT012 - the block is the attack
        yield
        connection.check_constraints()
    assert refusal.value.__cause__.diag.constraint_name == name


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def copy(table: str, key: int, **changes) -> None:
    """Insert a copy of a row, with other values (SQL expressions) in some columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'"
            " AND table_schema = current_schema() ORDER BY 1",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        told = [changes.get(name, name) for name in columns]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(told)} FROM {table} WHERE id = {key}"
        )


@pytest.fixture
def world():
    return make.world(pupils=2)


@pytest.fixture
def booking(world):
    booking = make.attended(world)
    ledger.post(booking)
    return booking


@pytest.fixture
def award(booking):
    return Entry.objects.order_by("pk").first()


@pytest.fixture
def fresh_fact(world, award):
    """A roll entry of the same pupil that nothing has been posted for."""
    return make.attended(world).roll.get(student=award.account_id).pk


@pytest.mark.guards("credits_entry_append_only")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE credits_entry SET points = 9000",
        "DELETE FROM credits_entry",
        "TRUNCATE credits_entry CASCADE",
        "TRUNCATE credits_account CASCADE",
    ],
)
def test_entries_are_never_changed(award, attack):
    with refused_as("credits_entry_append_only"):
        sql(attack)


@pytest.mark.parametrize(
    "attack",
    [
        lambda entry: Entry.objects.update(points=9000),
        lambda entry: Entry.objects.filter(pk=entry.pk).delete(),
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: Entry.objects.bulk_update([entry], ["balance"]),
    ],
)
def test_entries_are_never_changed_through_the_orm(award, attack):
    with refused_as("credits_entry_append_only"):
        attack(award)


@pytest.mark.guards("credits_posting_append_only")
@pytest.mark.parametrize("attack", ["UPDATE credits_posting SET body = ''", "DELETE FROM credits_posting"])
def test_postings_are_never_changed(booking, attack):
    with refused_as("credits_posting_append_only"):
        sql(attack)


@pytest.mark.guards("credits_posting_append_only")
def test_emptying_the_postings_is_refused_with_all_that_hangs_on_them(booking):
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        sql("TRUNCATE credits_posting CASCADE")


@pytest.mark.guards("credits_entry_adds_up")
@pytest.mark.parametrize(
    "changes",
    [
        {"n": "2", "balance": "2500"},  # more than the predecessor plus the points
        {"n": "3", "balance": "2000"},  # no predecessor
        {"n": "2", "balance": "1000"},  # forgets the predecessor
    ],
)
def test_balance_follows_the_predecessor(award, fresh_fact, changes):
    with refused_as("credits_entry_adds_up"):
        copy("credits_entry", award.pk, roll_entry_id=str(fresh_fact), **changes)


@pytest.mark.guards("credits_entry_adds_up")
def test_bulk_create_with_a_wrong_balance_is_refused(award, fresh_fact):
    values = {name: getattr(award, name) for name in ENTRY}
    with refused_as("credits_entry_adds_up"):
        Entry.objects.bulk_create([Entry(**values | {"n": 2, "balance": 99, "roll_entry_id": fresh_fact})])


@pytest.mark.guards("credits_entry_exact_reversal")
@pytest.mark.parametrize(
    "changes",
    [
        {"points": "-400", "balance": "600"},
        {"points": "-1000", "balance": "0", "grade": "6"},
        {"points": "-1000", "balance": "0", "inputs": """'{"programme": 1, "venue": 1}'"""},
    ],
)
def test_reversal_is_the_exact_negative_of_its_award(award, changes):
    with refused_as("credits_entry_exact_reversal"):
        copy("credits_entry", award.pk, n="2", reverses_id="id", **changes)


@pytest.mark.guards("credits_entry_exact_reversal")
def test_reversal_forged_onto_another_pupils_award_is_refused(award):
    other = Entry.objects.exclude(account=award.account_id).get()
    with refused_as("credits_entry_exact_reversal"):
        copy("credits_entry", award.pk, n="2", points="-1000", balance="0", reverses_id=str(other.pk), nth="7")


@pytest.mark.guards("credits_entry_one_standing")
def test_second_award_of_a_fact_needs_the_reversal_of_the_first(award):
    with refused_as("credits_entry_one_standing"):
        copy("credits_entry", award.pk, n="2", balance="2000", nth="2")


@pytest.mark.guards("credits_entry_posting_open")
def test_nothing_is_added_to_a_posting_that_has_its_hash(award, fresh_fact):
    with refused_as("credits_entry_posting_open"):
        copy("credits_entry", award.pk, n="2", balance="2000", roll_entry_id=str(fresh_fact))


@pytest.mark.guards("entry_one_award")
def test_fact_is_awarded_once(award):
    with refused_as("entry_one_award"):
        copy("credits_entry", award.pk, n="2", balance="2000")


@pytest.mark.guards("entry_one_reversal", "entry_reversed_once")
def test_award_is_taken_back_once(world, booking, award):
    make.correct(booking, award.account.student, mark="absent")
    ledger.post(booking)
    reversal = Entry.objects.get(reverses=award)
    with refused_as("entry_one_reversal"):
        copy("credits_entry", reversal.pk, n="3", balance="-1000")
    with refused_as("entry_reversed_once"):
        copy("credits_entry", reversal.pk, n="3", balance="-1000", nth="2")


@pytest.mark.guards("entry_n")
def test_place_in_an_account_is_taken_once(award, fresh_fact):
    with refused_as("entry_n"):
        copy("credits_entry", award.pk, roll_entry_id=str(fresh_fact))


@pytest.mark.guards("entry_one_source")
def test_entry_without_a_fact_is_refused(award):
    with refused_as("entry_one_source"):
        copy("credits_entry", award.pk, n="2", balance="2000", roll_entry_id="NULL")


@pytest.mark.guards("entry_sign")
@pytest.mark.parametrize("changes", [{"points": "0"}, {"points": "-1000"}, {"reverses_id": "id"}])
def test_award_adds_and_reversal_takes(award, fresh_fact, changes):
    with refused_as("entry_sign"):
        copy("credits_entry", award.pk, n="2", roll_entry_id=str(fresh_fact), **changes)


@pytest.mark.guards("entry_counts_from_one")
def test_entries_count_from_one(award, fresh_fact):
    with refused_as("entry_counts_from_one"):
        copy("credits_entry", award.pk, n="0", roll_entry_id=str(fresh_fact))


@pytest.mark.guards("credits_account_follows")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE credits_account SET balance = 99000",
        "UPDATE credits_account SET n = n + 1",
        "INSERT INTO credits_account (student_id, balance, n) SELECT gen_random_uuid(), 500, 1",
    ],
)
def test_account_changes_only_with_its_entries(award, attack):
    with refused_as("credits_account_follows"):
        sql(attack)


@pytest.mark.guards("credits_account_follows")
def test_account_is_not_saved_with_another_balance(award):
    account = Account.objects.get(pk=award.account_id)
    account.balance += 5000
    with refused_as("credits_account_follows"):
        account.save()


@pytest.mark.guards("credits_account_keeps_up")
def test_entry_without_its_account_brought_up_is_refused_at_commit(award, fresh_fact):
    with refused_as("credits_account_keeps_up"):
        copy(
            "credits_entry", award.pk, n="2", balance="2000", roll_entry_id=str(fresh_fact), posting_id="posting_id + 1"
        )
        sql("SET CONSTRAINTS credits_account_keeps_up IMMEDIATE")


@pytest.mark.guards("credits_posting_links")
@pytest.mark.parametrize(
    "changes",
    [
        {"seq": "seq + 2"},
        {"seq": "seq + 1"},  # the old predecessor's hash
        {"seq": "seq + 1", "prev": "hash", "hash": "sha256('forged')"},
        {"seq": "seq + 1", "prev": "hash", "hash": "sha256(hash || int8send(seq + 1) || body)", "algorithm": "'none'"},
    ],
)
def test_posting_follows_the_head_of_its_chain(booking, changes):
    with refused_as("credits_posting_links"):
        copy("credits_posting", Posting.objects.get().pk, **changes)


@pytest.mark.guards("credits_posting_holds_its_entries")
def test_posting_without_entries_is_refused(booking):
    told = {"seq": "seq + 1", "prev": "hash", "hash": "sha256(hash || int8send(seq + 1) || body)"}
    with refused_as("credits_posting_holds_its_entries"):
        copy("credits_posting", Posting.objects.get().pk, **told)


@pytest.mark.guards("posting_seq")
def test_place_in_a_chain_is_taken_once(booking):
    with refused_as("posting_seq"):
        copy("credits_posting", Posting.objects.get().pk)


@pytest.mark.guards("posting_counts_from_one")
def test_postings_count_from_one(booking):
    with refused_as("posting_counts_from_one"):
        copy("credits_posting", Posting.objects.get().pk, seq="0")


@pytest.mark.guards("credits_chain_follows")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE credits_chain SET head = sha256('forged')",
        "UPDATE credits_chain SET seq = seq - 1",
        "UPDATE credits_chain SET district_id = district_id + 1",
        "DELETE FROM credits_chain",
    ],
)
def test_head_of_a_chain_changes_only_with_its_postings(booking, attack):
    with refused_as("credits_chain_follows"):
        sql(attack)


@pytest.mark.guards("credits_chain_keeps_up")
def test_posting_without_its_chain_brought_up_is_refused_at_commit(world, award, fresh_fact):
    link = "sha256(hash || int8send(seq + 1) || body)"
    with refused_as("credits_chain_keeps_up"):
        sql("SELECT setval(pg_get_serial_sequence('credits_posting', 'id'), %s)", award.posting_id)
        entry = {"n": "2", "balance": "2000", "roll_entry_id": str(fresh_fact), "posting_id": "posting_id + 1"}
        copy("credits_entry", award.pk, **entry)
        sql("UPDATE credits_account SET n = 2, balance = 2000 WHERE student_id = %s", str(award.account_id))
        copy("credits_posting", award.posting_id, seq="seq + 1", prev="hash", hash=link)


@pytest.mark.guards("credits_chain_sealed")
def test_sealed_term_takes_nothing_more(world, booking):
    Chain.objects.update(sealed_at="2027-02-10T00:00Z", proposed_by="user:1", confirmed_by="user:2")
    with refused_as("credits_chain_sealed"):
        copy("credits_posting", Posting.objects.get().pk, seq="seq + 1")
    with refused_as("credits_chain_sealed"):
        sql("UPDATE credits_chain SET sealed_at = NULL, proposed_by = '', confirmed_by = ''")


@pytest.mark.guards("chain_once_a_term")
def test_term_has_one_chain(booking):
    with refused_as("chain_once_a_term"):
        copy("credits_chain", Chain.objects.get().pk, seq="0", head="decode(repeat('00', 32), 'hex')")


@pytest.mark.guards("chain_two_people")
def test_two_people_seal_a_term(booking):
    with refused_as("chain_two_people"):
        sql("UPDATE credits_chain SET sealed_at = now(), proposed_by = 'user:1', confirmed_by = 'user:1'")


@pytest.mark.guards("chain_sealed_by")
@pytest.mark.parametrize("change", ["sealed_at = now()", "confirmed_by = 'user:2'"])
def test_sealed_term_says_who_sealed_it(booking, change):
    with refused_as("chain_sealed_by"):
        sql(f"UPDATE credits_chain SET proposed_by = 'user:1', {change}")


@pytest.mark.guards("credits_rule_published")
@pytest.mark.parametrize(
    "attack", ["UPDATE credits_creditrule SET points = 9000", "DELETE FROM credits_creditrule WHERE code = 'CMP'"]
)
def test_published_rule_is_never_changed(world, attack):
    with refused_as("credits_rule_published"):
        sql(attack)


DRAFT = {"state": "'draft'", "published_at": "NULL", "published_by": "''"}


@pytest.mark.guards("credit_rule_version", "credit_rule_one_draft", "credit_rule_one_start")
def test_versions_of_a_rule_are_told_apart(world):
    key = CreditRule.objects.get(code="EXP").pk
    with refused_as("credit_rule_version"):
        copy("credits_creditrule", key, starts_on="starts_on + 1")
    with refused_as("credit_rule_one_start"):
        copy("credits_creditrule", key, version="2")
    copy("credits_creditrule", key, version="2", **DRAFT)
    with refused_as("credit_rule_one_draft"):
        copy("credits_creditrule", key, version="3", **DRAFT)


@pytest.mark.guards("credit_rule_amounts")
@pytest.mark.parametrize("column", ["points", "minutes", "version", "cap_year", "cap_term", "cap_venue"])
def test_amounts_of_a_rule_make_sense(world, column):
    with refused_as("credit_rule_amounts"):
        copy("credits_creditrule", CreditRule.objects.get(code="EXP").pk, **DRAFT | {"version": "2", column: "-1"})


@pytest.mark.guards("credit_rule_published_by")
@pytest.mark.parametrize("changes", [{"published_by": "''"}, {"published_at": "NULL"}, {"state": "'draft'"}])
def test_published_rule_says_by_whom(world, changes):
    with refused_as("credit_rule_published_by"):
        copy(
            "credits_creditrule",
            CreditRule.objects.get(code="EXP").pk,
            version="2",
            starts_on="starts_on + 1",
            **changes,
        )


@pytest.mark.guards("term_keeps_posted_days")
def test_a_term_keeps_the_days_that_have_postings(booking):
    day, term = booking.session.day, Chain.objects.get().term
    around = (day - dt.timedelta(days=1), day + dt.timedelta(days=2), term.pk)
    sql("UPDATE partnerships_term SET starts_on = %s, ends_on = %s WHERE id = %s", *around)
    with refused_as("term_keeps_posted_days"):
        sql("UPDATE partnerships_term SET ends_on = %s WHERE id = %s", day, term.pk)
    with refused_as("term_keeps_posted_days"):
        sql("UPDATE partnerships_term SET starts_on = %s WHERE id = %s", day + dt.timedelta(days=1), term.pk)
