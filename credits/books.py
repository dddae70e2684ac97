"""Checks the ledger against itself: sums, copies, and every hash from the first posting on."""

from collections.abc import Iterator

from django.db import connection

from credits import verify
from credits.models import Certificate, Chain

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
    "publication.entries": """
        SELECT p.id FROM credits_publication p LEFT JOIN credits_publishedentry s ON s.publication_id = p.id
         GROUP BY p.id HAVING p.entries <> count(s.id)""",
    "publication.district": """
        SELECT p.id FROM credits_publication p JOIN partnerships_schoolclass c ON c.id = p.school_class_id
          JOIN people_organisation o ON o.id = p.school_id JOIN partnerships_term t ON t.id = p.term_id
         WHERE p.school_id <> c.school_id OR p.district_id <> o.district_id OR p.district_id <> t.district_id""",
    "published.entry": """
        SELECT s.id FROM credits_publishedentry s JOIN credits_publication p ON p.id = s.publication_id
          JOIN credits_entry e ON e.id = s.entry_id
         WHERE (e.school_id, e.concerns_term_id) <> (p.school_id, p.term_id)""",
    "certificate.district": """
        SELECT c.id FROM credits_certificate c JOIN people_organisation o ON o.id = c.school_id
         WHERE c.district_id <> o.district_id""",
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
    for certificate in Certificate.objects.order_by("pk").iterator(500):
        if not certificate.is_whole:
            yield f"certificate.content: {certificate.pk}"


def broken_links(chain: Chain) -> Iterator[str]:
    """Walk one chain from its origin: numbers, predecessors, hashes, and the bytes against the entries they tell."""
    for fault in verify.faults_of(chain):
        part = "chain" if fault.why == verify.Why.HEAD else "posting"
        yield f"{part}.{fault.why}: {chain.pk}/{fault.seq}"
