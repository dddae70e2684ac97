"""Checks the ledger against itself: sums, copies, and every hash from the first posting on."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from credits import verify
from credits.models import Chain, Entry

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
        SELECT coalesce(roll_entry_id, result_id) FROM credits_entry GROUP BY roll_entry_id, result_id
        HAVING count(*) FILTER (WHERE reverses_id IS NULL) - count(*) FILTER (WHERE reverses_id IS NOT NULL) NOT IN (0, 1)""",
    "entry.reversal": """
        SELECT r.id FROM credits_entry r JOIN credits_entry a ON a.id = r.reverses_id
         WHERE r.points <> -a.points OR r.account_id <> a.account_id""",
    "entry.school": """
        SELECT e.id FROM credits_entry e JOIN activities_rollentry r ON r.id = e.roll_entry_id
          JOIN activities_booking b ON b.id = r.booking_id
         WHERE e.school_id <> b.school_id OR e.account_id <> r.student_id""",
    "entry.result": """
        SELECT e.id FROM credits_entry e JOIN credits_result r ON r.id = e.result_id
         WHERE (e.school_id, e.account_id, e.district_id) <> (r.school_id, r.student_id, r.district_id)""",
    "result.district": """
        SELECT r.id FROM credits_result r JOIN people_organisation o ON o.id = r.school_id
          JOIN partnerships_term t ON t.id = r.term_id
          LEFT JOIN credits_competition c ON c.id = r.competition_id
         WHERE r.district_id <> o.district_id OR r.district_id <> t.district_id OR r.school_year <> t.school_year
            OR r.district_id <> coalesce(c.district_id, r.district_id)""",
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
    for fault in verify.faults_of(chain):
        part = "chain" if fault.why == verify.Why.HEAD else "posting"
        yield f"{part}.{fault.why}: {chain.pk}/{fault.seq}"


def verified(chain: Chain) -> str:
    """A sentence for people: whether the ledger of this term is whole."""
    count = Entry.objects.filter(posting__chain=chain).count()
    if fault := verify.first_fault(chain):
        return _("%(what)s Tell the administrator.") % {"what": fault.sentence}
    return _("The ledger is complete, %(count)s entries.") % {"count": f"{count:,}"}
