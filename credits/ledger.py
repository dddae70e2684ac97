"""The only writer of entries. One posting makes what a booking's pupils, or the pupil of a result, are entitled to and
what they have the same.

Order of locks: accounts by id, the head of the chain last."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from activities.models import Booking, RollEntry
from credits import canon, judging
from credits.earning import Fact, Occasion
from credits.judging import Judged
from credits.models import Account, Chain, Posting, Result
from partnerships.models import Term
from people import events, notices
from people.actors import SYSTEM, Actor
from people.roles import Role
from people.workflow import verb
from portal.lib import clock

OPEN_ACCOUNTS = """
INSERT INTO credits_account (student_id, balance, n)
SELECT student_id, 0, 0 FROM {source} ORDER BY student_id
ON CONFLICT DO NOTHING
"""
OF_BOOKING = OPEN_ACCOUNTS.format(source="activities_rollentry WHERE booking_id = %s")
OF_RESULT = OPEN_ACCOUNTS.format(source="credits_result WHERE id = %s")

# column → type, in the order of the INSERT; one array each.
COLUMNS = {
    "posting_id": "bigint", "account_id": "uuid", "n": "int", "points": "int", "balance": "int", "rule_id": "bigint",
    "roll_entry_id": "bigint", "result_id": "bigint", "nth": "smallint", "reverses_id": "bigint", "school_id": "bigint",
    "district_id": "bigint", "grade": "smallint", "term_id": "bigint", "concerns_term_id": "bigint",
    "inputs": "jsonb",
}  # fmt: skip
WRITE_ENTRIES = (
    f"INSERT INTO credits_entry ({', '.join(COLUMNS)}) "
    f"SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in COLUMNS.values())})"
)
UPDATE_ACCOUNTS = """
UPDATE credits_account a SET n = e.n, balance = e.balance
  FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS e (id, n, balance) WHERE a.student_id = e.id
"""

# What a reversal repeats of the award that it takes back.
KEPT = (
    "account_id", "rule_id", "roll_entry_id", "result_id", "nth", "school_id", "district_id", "grade", "concerns_term_id",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What one posting wrote: awards and reversals, counted."""

    awards: int = 0
    reversals: int = 0
    posting_id: int | None = None


@verb
def post(source: Booking | Result, *, by: Actor = SYSTEM) -> Outcome:
    """Award and take back until the ledger says what the roll or result entitles to; nothing to do writes nothing.

    Safe to run twice, late, or beside itself: the accounts are locked before the roll or result is read."""
    with connection.cursor() as cursor:
        cursor.execute(OF_BOOKING if isinstance(source, Booking) else OF_RESULT, [source.pk])
    accounts = {
        account.pk: account
        for account in Account.objects.select_for_update(no_key=True)
        .filter(student__in=_students(source))
        .order_by("student")
    }
    source = _read_again(source)
    judged = judging.judged([source]) if isinstance(source, Booking) else judging.judged_results([source])
    due = [one for one in judged if one.is_due and one.fact.student_id in accounts]
    differences = [_difference(one) for one in due]
    if not differences:
        return Outcome()
    rows = [_placed(row, accounts[row["account_id"]]) for row in differences]
    outcome = _write(source.district_id, rows, by=by)
    if any(row["nth"] > 1 or row["reverses_id"] for row in rows):
        _tell(source, outcome)
    return outcome


def _students(source: Booking | Result) -> QuerySet[Any]:
    if isinstance(source, Booking):
        return RollEntry.objects.filter(booking=source.pk).values("student")
    return Result.objects.filter(pk=source.pk).values("student")


def _read_again(source: Booking | Result) -> Booking | Result:
    """The row as it is now that its accounts are ours."""
    if isinstance(source, Booking):
        return Booking.objects.select_related("session__programme").get(pk=source.pk)
    return Result.objects.select_related("competition", "group", "school").get(pk=source.pk)


def _difference(due: Judged) -> dict[str, Any]:
    """The entry that makes posted equal to entitled: an award, or the taking back of what stands."""
    occasion, fact, standing = due.occasion, due.fact, due.past.standing
    if standing:
        return {name: standing[name] for name in KEPT} | {
            "points": -standing["points"],
            "code": standing["rule__code"],
            "version": standing["rule__version"],
            "reverses_id": standing["pk"],
            "reverses_n": standing["n"],
            "inputs": standing["inputs"] | _inputs_now(occasion, fact) | {"why": str(due.verdict.why)},
        }
    assert occasion.rule is not None
    return {
        "account_id": fact.student_id,
        "points": due.verdict.points,
        "rule_id": occasion.rule.pk,
        "code": occasion.rule.code,
        "version": occasion.rule.version,
        "roll_entry_id": fact.roll_entry_id,
        "result_id": fact.result_id,
        "nth": due.past.nth + 1,
        "reverses_id": None,
        "reverses_n": None,
        "school_id": occasion.school_id,
        "district_id": occasion.district_id,
        "grade": fact.grade,
        "concerns_term_id": occasion.term_id,
        "inputs": _inputs(occasion, fact),
    }


def _inputs(occasion: Occasion, fact: Fact) -> dict[str, Any]:
    """What the decision rested on, in ids, codes and whole numbers: nothing personal."""
    proof = occasion.proof
    if proof:
        what: dict[str, Any] = {"result": proof.result_id, "kind": proof.kind}
    else:
        what = {
            "booking": occasion.booking_id,
            "session": occasion.session_id,
            "programme": occasion.programme_id,
            "venue": occasion.venue_id,
            "minutes": occasion.minutes,
        }
    return what | {"day": occasion.day.isoformat()} | _inputs_now(occasion, fact)


def _inputs_now(occasion: Occasion, fact: Fact) -> dict[str, Any]:
    proof = occasion.proof
    if proof is None:
        return {"mark": fact.mark, "task_sheet": fact.task_sheet}
    return {"dates": proof.dates, "present": proof.present, "percent": proof.percent} if proof.dates else {}


def _placed(row: dict[str, Any], account: Account) -> dict[str, Any]:
    """Give the row its number and balance in the account, which moves on with it."""
    account.n += 1
    account.balance += row["points"]
    return row | {"n": account.n, "balance": account.balance}


def chain_of(district_id: int, term_id: int) -> Chain:
    """The chain to write into: that of the fact's own term, or the next open one once that is sealed."""
    terms = Term.objects.filter(district=district_id).order_by("starts_on")
    own = next(term for term in terms if term.pk == term_id)
    sealed = set(Chain.objects.filter(district=district_id, sealed_at__isnull=False).values_list("term_id", flat=True))
    open_ones = [term for term in terms if term.starts_on >= own.starts_on and term.pk not in sealed]
    term = open_ones[0] if open_ones else own  # all sealed: the trigger refuses with its sentence
    return Chain.objects.get_or_create(district_id=district_id, term=term)[0]


def _write(district_id: int, rows: list[dict[str, Any]], *, by: Actor) -> Outcome:
    chain = chain_of(district_id, rows[0]["concerns_term_id"])
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('credits_posting', 'id'))")
        posting_id = cursor.fetchone()[0]
        rows = [row | {"posting_id": posting_id, "term_id": chain.term_id, "source": canon.source(row)} for row in rows]
        cursor.execute(WRITE_ENTRIES, [[_bare(row[name]) for row in rows] for name in COLUMNS])
        cursor.execute(UPDATE_ACCOUNTS, [[_bare(row[name]) for row in rows] for name in ("account_id", "n", "balance")])
    events.tell("posting.written", Posting(pk=posting_id), districts=[district_id])
    told = canon.body(chain_id=chain.pk, at=at, by=by.ref, entries=rows)
    _append(chain, posting_id, told, at=at, by=by)
    awards = sum(row["reverses_id"] is None for row in rows)
    return Outcome(awards, len(rows) - awards, posting_id)


def _append(chain: Chain, posting_id: int, told: bytes, *, at: Any, by: Actor) -> None:
    """Lock the head of the chain, hang the posting on it, move the head: the last and shortest part."""
    head = Chain.objects.select_for_update(no_key=True).get(pk=chain.pk)
    seq, prev = head.seq + 1, bytes(head.head)
    link = canon.link(prev, seq, told)
    Posting.objects.create(pk=posting_id, chain=head, seq=seq, prev=prev, hash=link, body=told, at=at, by=by.ref)
    Chain.objects.filter(pk=chain.pk).update(seq=seq, head=link)


def _bare(value: Any) -> Any:
    """As psycopg2 sends it in an array."""
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value) if isinstance(value, uuid.UUID) else value


def _tell(source: Booking | Result, outcome: Outcome) -> None:
    """Points that had been there before have changed: whoever keeps the school's books hears of it."""
    keepers = notices.members(source.school_id, Role.COORDINATOR)
    counted = {"awards": outcome.awards, "reversals": outcome.reversals}
    if isinstance(source, Result):
        notices.send(
            "credits_result_corrected",
            to=keepers,
            subject=f"result:{source.pk}",
            path=f"/results/{source.pk}/",
            due_slot=str(outcome.posting_id),
            facts={"name": source.name, "day": str(source.happened_on)} | counted,
        )
        return
    notices.send(
        "credits_corrected",
        to=[source.leader.user, *keepers],
        subject=f"booking:{source.pk}",
        path=f"/bookings/{source.pk}/credits/",
        due_slot=str(outcome.posting_id),
        facts={"booking": source.number, "day": str(source.session.day)} | counted,
    )
