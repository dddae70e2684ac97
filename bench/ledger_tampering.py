"""Changes rows of the ledger as only a superuser could, with all triggers off, and asks whether verification finds each.

Runs as the tables' owner, in a process of its own; prints `{"single": [found, of], …}`. Everything is rolled back.
"""

import json
import random
from collections.abc import Iterator

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from credits import books, verify  # noqa: E402
from credits.models import Chain, Entry, Posting  # noqa: E402

OF_ENTRY = {
    "posting_id": "posting_id + 7777", "account_id": "gen_random_uuid()", "n": "n + 7777", "points": "points + 250",
    "balance": "balance - 250", "rule_id": "rule_id + 7777", "roll_entry_id": "roll_entry_id + 777777", "nth": "nth + 1",
    "school_id": "school_id + 1", "district_id": "district_id + 1", "grade": "grade + 1", "term_id": "term_id + 1",
    "concerns_term_id": "concerns_term_id + 1", "inputs": """inputs || '{"minutes": 59}'""",
}  # fmt: skip
OF_POSTING = {
    "id": "id + 777777", "chain_id": "chain_id + 7777", "seq": "seq + 7777", "prev": "sha256(prev)",
    "hash": "sha256(hash)", "algorithm": "'sha256/0'", "body": "overlay(body placing 'x'::bytea from 40)",
    "at": "at + interval '1 microsecond'", '"by"': "'user:666:666'",
}  # fmt: skip
OF_CHAIN = {"seq": "seq + 1", "head": "sha256(head)"}
OF_ACCOUNT = {"balance": "balance + 250", "n": "n + 1"}


def single(chance: random.Random, chain: Chain) -> Iterator[tuple[str, int | None]]:
    """100 changes of one field of one row: the statement, and the posting that must be named (None: the books say)."""
    last = chain.seq
    for i in range(56):
        column = list(OF_ENTRY)[i % len(OF_ENTRY)]
        entry = chance.choice(list(Entry.objects.filter(posting__chain=chain).values_list("pk", "posting__seq")))
        yield f"UPDATE credits_entry SET {column} = {OF_ENTRY[column]} WHERE id = {entry[0]}", entry[1]
    for i in range(36):
        column = list(OF_POSTING)[i % len(OF_POSTING)]
        seq = chance.randint(1, last)
        yield (
            f"UPDATE credits_posting SET {column} = {OF_POSTING[column]} WHERE chain_id = {chain.pk} AND seq = {seq}",
            seq,
        )
    for i in range(4):
        column = list(OF_CHAIN)[i % 2]
        # the chain claims another end than its last posting: its last one, or one that isn't there
        yield f"UPDATE credits_chain SET {column} = {OF_CHAIN[column]} WHERE id = {chain.pk}", last + (column == "seq")
    for i in range(4):
        column = list(OF_ACCOUNT)[i % 2]
        yield f"UPDATE credits_account SET {column} = {OF_ACCOUNT[column]}", None


def pairs(chance: random.Random, chain: Chain) -> Iterator[tuple[list[str], int]]:
    """Two postings that change places, in ten ways."""
    for _ in range(10):
        one, other = sorted(chance.sample(range(1, chain.seq + 1), 2))
        where = f"WHERE chain_id = {chain.pk} AND seq"
        yield (
            [
                f"UPDATE credits_posting SET seq = 1000000 {where} = {one}",
                f"UPDATE credits_posting SET seq = {one} {where} = {other}",
                f"UPDATE credits_posting SET seq = {other} {where} = 1000000",
            ],
            one,
        )


def tails(chain: Chain) -> Iterator[tuple[list[str], int]]:
    """The last 1 to 10 postings gone, with their entries."""
    for cut in range(1, 11):
        gone = f"SELECT id FROM credits_posting WHERE chain_id = {chain.pk} AND seq > {chain.seq - cut}"
        yield (
            [
                f"DELETE FROM credits_entry WHERE posting_id IN ({gone})",
                f"DELETE FROM credits_posting WHERE id IN ({gone})",
            ],
            chain.seq - cut + 1,
        )


def names(chain: Chain, statements: list[str], seq: int | None) -> bool:
    """Whether verification finds the change and names that posting; or, for an account, whether the books do."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
                assert cursor.rowcount, statement
        fault = verify.first_fault(Chain.objects.get(pk=chain.pk))
        found = bool(fault and fault.seq == seq) if seq else any(books.problems())
        transaction.set_rollback(True)
    if not found:
        print(f"NOT FOUND at {seq}: {statements} → {fault}", flush=True)
    return found


def main() -> None:
    chance = random.Random(20261122)
    chain = Chain.objects.get(pk=Posting.objects.order_by("pk").values_list("chain", flat=True)[0])
    assert verify.first_fault(chain) is None
    tried = {
        "single": [([statement], seq) for statement, seq in single(chance, chain)],
        "swapped": list(pairs(chance, chain)),
        "cut": list(tails(chain)),
    }
    outcome = {kind: [sum(names(chain, *one) for one in ones), len(ones)] for kind, ones in tried.items()}
    assert verify.first_fault(Chain.objects.get(pk=chain.pk)) is None
    print(json.dumps(outcome))


if __name__ == "__main__":
    main()
