"""Commitments recomputed from bookings, rolls, trainings, records and hours; nothing here calls what wrote them."""

from collections.abc import Iterator

from django.db import connection

# One booking and one commitment of its agreement in the term of its visit: what a group stands for, and what came.
OF_VISITS = """
    activities_booking b
    JOIN activities_session s ON s.id = b.session_id JOIN activities_programme p ON p.id = s.programme_id
    JOIN partnerships_commitment c ON c.agreement_id = b.agreement_id
    JOIN partnerships_agreementparty party ON party.id = c.party_id AND party.organisation_id IN (b.school_id, s.provider_id)
    JOIN partnerships_term t ON t.id = c.term_id
     AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= t.starts_on
     AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date < t.ends_on
    CROSS JOIN LATERAL (
        SELECT CASE WHEN s.school_id IS NULL OR s.school_id = s.provider_id THEN p.direction
                    WHEN s.place_id IS NULL THEN 'online' WHEN s.place_id = s.provider_id THEN 'go_out'
                    ELSE 'bring_in' END AS direction) w
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.kind IN ('visits', 'in_school') THEN 1 ELSE b.pupils END AS booked,
               CASE c.kind WHEN 'pupils' THEN true WHEN 'visits' THEN w.direction = 'go_out'
                           WHEN 'in_school' THEN w.direction = 'bring_in' WHEN 'free_places' THEN s.price_kind <> 'paid'
                           ELSE false END AS fits,
               CASE WHEN c.kind IN ('visits', 'in_school') THEN 1
                    ELSE coalesce(b.attended, 0) + (SELECT count(*) FROM activities_rollentry r
                     WHERE r.booking_id = b.id AND r.mark IN ('present', 'late', 'left_early')) END AS came) x"""

# name → query for the keys of rows that contradict each other; it must find none.
CONTRADICTIONS = {
    "commitment.counters": """
        SELECT c.id FROM partnerships_commitment c LEFT JOIN activities_commitmentuse u ON u.commitment_id = c.id
         GROUP BY c.id
        HAVING (c.reserved, c.released) IS DISTINCT FROM (coalesce(sum(u.reserved), 0), coalesce(sum(u.released), 0))
            OR c.kind <> 'counselor_hours' AND c.delivered <> coalesce(sum(u.delivered), 0)
             + (SELECT count(*) FROM activities_traininguse g WHERE g.commitment_id = c.id)
             + (SELECT coalesce(sum(d.amount), 0) FROM partnerships_deliverable d
                 WHERE d.commitment_id = c.id AND d.state = 'confirmed')""",
    "commitment.hours": """
        SELECT c.id FROM partnerships_commitment c JOIN partnerships_agreementparty p ON p.id = c.party_id
          JOIN partnerships_term t ON t.id = c.term_id
         CROSS JOIN LATERAL (
            SELECT coalesce(sum(r.paid_minutes + r.volunteer_minutes), 0) / 60 AS hours
              FROM activities_servicerecord r JOIN activities_assignment a ON a.id = r.assignment_id
              JOIN activities_session s ON s.id = a.session_id AND s.provider_id = p.organisation_id
             WHERE r.state IN ('confirmed', 'settled')
               AND (r.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= t.starts_on
               AND (r.starts_at AT TIME ZONE 'Asia/Shanghai')::date < t.ends_on
               AND EXISTS (SELECT FROM activities_booking b
                            WHERE b.session_id = s.id AND b.agreement_id = c.agreement_id AND b.seats_held > 0)) x
         WHERE c.kind = 'counselor_hours'
           AND c.delivered <> CASE WHEN c.is_ceiling THEN least(x.hours, c.promised) ELSE x.hours END""",
    "use.booking": f"""
        SELECT u.id FROM activities_commitmentuse u LEFT JOIN (
            SELECT b.id AS booking, c.id AS commitment, c.is_ceiling, b.state, x.booked, x.came FROM {OF_VISITS} WHERE x.fits
        ) v ON (v.booking, v.commitment) = (u.booking_id, u.commitment_id)
         WHERE CASE WHEN v.state IN ('requested', 'confirmed') THEN (u.reserved, u.delivered) <> (v.booked, 0)
                    WHEN v.state = 'attended' THEN u.reserved <> 0 OR u.delivered > v.came
                                                OR NOT v.is_ceiling AND u.delivered < v.came
                    ELSE (u.reserved, u.delivered) <> (0, 0) END""",
    "use.missing": f"""
        SELECT b.id FROM {OF_VISITS}
         WHERE b.state IN ('requested', 'confirmed', 'attended')
           AND x.fits
           AND NOT EXISTS (SELECT FROM activities_commitmentuse u WHERE (u.booking_id, u.commitment_id) = (b.id, c.id))""",
    "use.released": """
        SELECT u.id FROM activities_commitmentuse u JOIN activities_booking b ON b.id = u.booking_id
          JOIN partnerships_commitment c ON c.id = u.commitment_id
         WHERE b.agreement_id = c.agreement_id AND b.state NOT IN ('requested', 'confirmed', 'attended')
           AND u.released < CASE WHEN c.kind IN ('visits', 'in_school') THEN 1 ELSE b.pupils END""",
    "training_use.attended": """
        SELECT u.id FROM activities_traininguse u WHERE NOT EXISTS (
            SELECT FROM activities_trainingplace t WHERE t.session_id = u.session_id AND t.state = 'attended')""",
    "booking.agreement_over": """
        SELECT b.id FROM activities_booking b JOIN partnerships_agreement a ON a.id = b.agreement_id
          JOIN activities_session s ON s.id = b.session_id
          LEFT JOIN partnerships_agreementparty p ON p.agreement_id = a.id AND p.organisation_id = b.school_id
         WHERE b.state IN ('requested', 'confirmed')
           AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date >= least(a.ends_on, a.terminated_on, p.left_on)""",
}


def problems() -> Iterator[str]:
    """One line a contradiction; none when the books are right."""
    for name, query in CONTRADICTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for (key,) in cursor.fetchall():
                yield f"{name}: {key}"
