"""Verification names the first bad posting, whatever was changed behind the guards."""

import pytest
from django.db import connection, transaction
from django.utils import translation

from credits import ledger, verify
from credits.models import Chain, Entry, Posting
from credits.verify import Fault, Why
from tests.factories import credits as make

pytestmark = pytest.mark.django_db
POSTINGS = 7


@pytest.fixture
def chain(monkeypatch):
    """Seven postings, the last one a reversal, read in batches of two."""
    monkeypatch.setattr(verify, "BATCH", 2)
    world = make.world(pupils=2)
    bookings = [make.attended(world, code) for code in ("EXP", "LEC", "VIS", "FES", "EXP", "LEC")]
    for booking in bookings:
        ledger.post(booking)
    make.correct(bookings[1], world.pupils[0], mark="absent")
    ledger.post(bookings[1])
    make.world()
    return Chain.objects.get()


def tamper(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")


def found() -> Fault | None:
    return verify.first_fault(Chain.objects.get())


def test_whole_chain_has_no_fault(chain):
    assert chain.seq == POSTINGS
    assert verify.first_fault(chain) is None


OF_ENTRY = {
    "points": "points + 1", "balance": "balance + 1", "n": "n + 100", "nth": "nth + 1", "grade": "grade + 1",
    "inputs": """inputs || '{"minutes": 1}'""", "account_id": "gen_random_uuid()", "roll_entry_id": "roll_entry_id + 1000",
    "rule_id": "rule_id + 1", "school_id": "school_id + 1", "district_id": "district_id + 1",
    "term_id": "term_id + 1", "concerns_term_id": "concerns_term_id + 1", "posting_id": "posting_id + 1000",
}  # fmt: skip
OF_POSTING = {
    "seq": ("seq + 100", Why.NUMBER), "prev": ("sha256(prev)", Why.PREV), "hash": ("sha256(hash)", Why.HASH),
    "algorithm": ("'md5/1'", Why.ALGORITHM), "body": ("body || '1'", Why.HASH), "at": ("at + interval '1 second'", Why.BODY),
    '"by"': ("'user:666'", Why.BODY), "id": ("id + 1000", Why.BODY), "chain_id": ("chain_id + 1000", Why.NUMBER),
}  # fmt: skip


@pytest.mark.parametrize("column", OF_ENTRY)
def test_every_field_of_an_entry_is_under_the_hash(chain, column):
    for seq in (1, 4, POSTINGS):
        place = transaction.savepoint()
        entry = Entry.objects.filter(posting__seq=seq).first()
        tamper(f"UPDATE credits_entry SET {column} = {OF_ENTRY[column]} WHERE id = {entry.pk}")
        assert found() == Fault(seq, Why.BODY)
        transaction.savepoint_rollback(place)


@pytest.mark.parametrize("column", OF_POSTING)
def test_every_field_of_a_posting_is_under_the_hash(chain, column):
    value, why = OF_POSTING[column]
    for seq in (1, 4, POSTINGS - 1):
        place = transaction.savepoint()
        tamper(f"UPDATE credits_posting SET {column} = {value} WHERE seq = {seq}")
        assert found() == Fault(seq, why)
        transaction.savepoint_rollback(place)


def test_reversal_that_points_to_another_award_is_found(chain):
    other = Entry.objects.filter(posting__seq=1).first()
    tamper(f"UPDATE credits_entry SET reverses_id = {other.pk} WHERE reverses_id IS NOT NULL")
    assert found() == Fault(POSTINGS, Why.BODY)


def test_swapped_pair_is_found_at_its_first_place(chain):
    tamper(
        "UPDATE credits_posting SET seq = CASE seq WHEN 3 THEN 1004 ELSE 1003 END WHERE seq IN (3, 4)",
        "UPDATE credits_posting SET seq = seq - 1000 WHERE seq > 1000",
    )
    assert found() == Fault(3, Why.PREV)


def test_cut_tail_is_found_at_the_first_posting_that_is_gone(chain):
    gone = list(Posting.objects.filter(seq__gt=5).values_list("pk", flat=True))
    tamper(
        f"DELETE FROM credits_entry WHERE posting_id IN ({gone[0]}, {gone[1]})",
        "DELETE FROM credits_posting WHERE seq > 5",
    )
    assert found() == Fault(6, Why.HEAD)


def test_posting_that_is_added_behind_the_head_is_found(chain):
    tamper("UPDATE credits_chain SET seq = seq - 1, head = (SELECT prev FROM credits_posting WHERE seq = 7)")
    assert found() == Fault(POSTINGS, Why.HEAD)


def test_sentence_names_the_posting():
    with translation.override("en"):
        assert Fault(1204, Why.BODY).sentence == "The entries of posting 1,204 are not the ones that were hashed."


def test_walk_takes_two_queries_a_batch(chain, django_assert_num_queries):
    with django_assert_num_queries(2 * 4):
        assert verify.first_fault(chain) is None
