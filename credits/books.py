"""Checks the ledger against itself: sums, copies, and every hash from the first posting on."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from credits import canon
from credits.models import Chain, Entry, Posting
from credits.models.chain import ORIGIN

# What must not be found: name → query for the keys of rows that contradict each other.
CONTRADICTIONS = {
    "account.balance": """
        SELECT a.student_id FROM credits_account a LEFT JOIN credits_entry e ON e.account_id = a.student_id
         GROUP BY a.student_id HAVING a.balance <> coalesce(sum(e.points), 0) OR a.n <> count(e.id)""",
    "entry.balance": """
        SELECT id FROM (SELECT id, balance, n, sum(points) OVER w AS told, row_number() OVER w AS place
                          FROM credits_entry WINDOW w AS (PARTITION BY account_id ORDER BY n)) e
         WHERE balance <> told OR n <> place""",
    "entry.one_standing": """
        SELECT roll_entry_id FROM credits_entry GROUP BY roll_entry_id
        HAVING count(*) FILTER (WHERE reverses_id IS NULL) - count(*) FILTER (WHERE reverses_id IS NOT NULL) NOT IN (0, 1)""",
    "entry.reversal": """
        SELECT r.id FROM credits_entry r JOIN credits_entry a ON a.id = r.reverses_id
         WHERE r.points <> -a.points OR r.account_id <> a.account_id""",
    "entry.school": """
        SELECT e.id FROM credits_entry e JOIN activities_rollentry r ON r.id = e.roll_entry_id
          JOIN activities_booking b ON b.id = r.booking_id
         WHERE e.school_id <> b.school_id OR e.account_id <> r.student_id""",
    "entry.district": """
        SELECT e.id FROM credits_entry e JOIN people_organisation o ON o.id = e.school_id
          JOIN credits_creditrule r ON r.id = e.rule_id JOIN partnerships_term t ON t.id = e.term_id
          JOIN partnerships_term c ON c.id = e.concerns_term_id
         WHERE ARRAY[o.district_id, r.district_id, t.district_id, c.district_id] <> array_fill(e.district_id, ARRAY[4])""",
    "chain.district": """
        SELECT c.id FROM credits_chain c JOIN partnerships_term t ON t.id = c.term_id
         WHERE c.district_id <> t.district_id""",
    "posting.entries": """
        SELECT p.id FROM credits_posting p WHERE NOT EXISTS (SELECT FROM credits_entry e WHERE e.posting_id = p.id)""",
}


def problems() -> Iterator[str]:
    """One line a contradiction; none when the books are right."""
    for name, query in CONTRADICTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for (key,) in cursor.fetchall():
                yield f"{name}: {key}"
    for chain in Chain.objects.order_by("pk"):
        yield from broken_links(chain)


def broken_links(chain: Chain) -> Iterator[str]:
    """Walk one chain from its origin: numbers, predecessors, hashes, and the bytes against the entries they tell."""
    seq, head = 0, ORIGIN
    for posting in Posting.objects.filter(chain=chain).order_by("seq").iterator(200):
        seq += 1
        if posting.seq != seq or bytes(posting.prev) != head:
            yield f"posting.prev: {posting.pk}"
        if canon.link(posting.prev, posting.seq, posting.body) != bytes(posting.hash):
            yield f"posting.hash: {posting.pk}"
        if retold(posting) != bytes(posting.body):
            yield f"posting.body: {posting.pk}"
        seq, head = posting.seq, bytes(posting.hash)
    if (chain.seq, bytes(chain.head)) != (seq, head):
        yield f"chain.head: {chain.pk}"


def retold(posting: Posting) -> bytes:
    """The canonical bytes as the entries would tell them today."""
    rows = Entry.objects.filter(posting=posting).select_related("rule", "reverses")
    return canon.body(
        chain_id=posting.chain_id,
        at=posting.at,
        by=posting.by,
        entries=[
            {name: getattr(entry, name, None) for name in canon.ENTRY_FIELDS}
            | {
                "code": entry.rule.code,
                "version": entry.rule.version,
                "source": f"roll_entry:{entry.roll_entry_id}",
                "reverses_n": entry.reverses.n if entry.reverses else None,
            }
            for entry in rows
        ],
    )


def verified(chain: Chain) -> str:
    """A sentence for people: whether the ledger of this term is whole."""
    count = Entry.objects.filter(posting__chain=chain).count()
    if next(broken_links(chain), None):
        return _("The ledger does not match its record: tell the administrator.")
    return _("The ledger is complete, %(count)s entries.") % {"count": f"{count:,}"}
