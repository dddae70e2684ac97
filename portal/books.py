"""Sums and copies that verbs keep, compared with what they are sums and copies of. Read only."""

from collections.abc import Iterator

import structlog
from django.db import connection

from activities import books as of_activities
from credits import books as of_credits
from people import notices
from people.models import Membership
from people.roles import Role
from portal.lib import clock

log = structlog.get_logger(__name__)

# name → query for the keys of rows that contradict each other; it must find none.
CONTRADICTIONS = {
    "session.taken": """
        SELECT s.id FROM activities_session s
         WHERE s.taken <> (SELECT coalesce(sum(b.seats_held), 0) FROM activities_booking b WHERE b.session_id = s.id)
                        + (SELECT coalesce(sum(o.seats), 0) FROM activities_offer o
                            WHERE o.session_id = s.id AND o.state = 'open')
                        + (SELECT count(*) FROM activities_trainingplace t WHERE t.session_id = s.id AND t.is_live)""",
    "session.released": """
        SELECT id FROM activities_session WHERE released_at IS NOT NULL AND held_back <> held_taken""",
    "booking.heads": """
        SELECT b.id FROM activities_booking b
         WHERE b.called_at IS NULL AND b.by <> 'heads' AND b.pupils <>
               (SELECT count(*) FROM activities_rollentry r WHERE r.booking_id = b.id AND NOT r.added)
             + (SELECT coalesce(sum(c.heads), 0) FROM activities_bookingclass c WHERE c.booking_id = b.id)""",
    "session.held_taken": """
        SELECT s.id FROM activities_session s LEFT JOIN activities_booking b ON b.session_id = s.id
         GROUP BY s.id HAVING s.held_taken < coalesce(sum(b.held_seats), 0)""",
    "venue_day.counters": """
        SELECT d.id FROM activities_venueday d LEFT JOIN (
            SELECT s.place_id, (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date AS day, b.pupils,
                   CASE WHEN extract(hour FROM s.starts_at AT TIME ZONE 'Asia/Shanghai') < 12 THEN 'am' ELSE 'pm' END AS half
              FROM activities_booking b JOIN activities_session s ON s.id = b.session_id WHERE b.seats_held > 0
             UNION ALL
            SELECT s.place_id, (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date, o.heads,
                   CASE WHEN extract(hour FROM s.starts_at AT TIME ZONE 'Asia/Shanghai') < 12 THEN 'am' ELSE 'pm' END
              FROM activities_offer o JOIN activities_session s ON s.id = o.session_id
             WHERE o.state = 'open' AND o.heads > 0
        ) x ON x.place_id = d.venue_id AND x.day = d.date AND d.part IN (x.half, 'day')
         GROUP BY d.id HAVING d.groups <> count(x.pupils) OR d.heads <> coalesce(sum(x.pupils), 0)""",
    "booking.district": """
        SELECT b.id FROM activities_booking b JOIN people_organisation o ON o.id = b.school_id
         WHERE b.district_id <> o.district_id""",
    "booking.agreement": """
        SELECT b.id FROM activities_booking b JOIN partnerships_agreement a ON a.id = b.agreement_id
         WHERE b.district_id <> a.district_id""",
    "roll.slot": """
        SELECT r.id FROM activities_rollentry r JOIN activities_session s ON s.id = r.session_id
          JOIN activities_booking b ON b.id = r.booking_id
         WHERE (r.session_id, r.starts_at, r.ends_at) IS DISTINCT FROM (b.session_id, s.starts_at, s.ends_at)""",
    "roll.school": """
        SELECT r.id FROM activities_rollentry r JOIN activities_booking b ON b.id = r.booking_id
          JOIN partnerships_enrolment e ON e.id = r.enrolment_id
          JOIN partnerships_schoolclass c ON c.id = e.school_class_id
         WHERE e.student_id <> r.student_id OR c.school_id <> b.school_id""",
    "training.school": """
        SELECT t.id FROM activities_trainingplace t JOIN people_membership m ON m.id = t.teacher_id
          JOIN people_organisation o ON o.id = t.school_id
         WHERE (m.user_id, m.organisation_id, o.district_id) IS DISTINCT FROM (t.user_id, t.school_id, t.district_id)""",
    "changed_in": """
        SELECT 'organisation ' || id FROM people_organisation
         WHERE changed_in > greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id())::text::bigint""",
    "event.xid": """
        SELECT e.id FROM people_event e
         WHERE e.xid > greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id())::text::bigint""",
    "agreement.fingerprint": """
        SELECT id FROM partnerships_agreementversion
         WHERE frozen_at IS NOT NULL AND encode(sha256(body), 'hex') <> sha256""",
    "agreement.district": """
        SELECT p.id FROM partnerships_agreementparty p JOIN partnerships_agreement a ON a.id = p.agreement_id
          JOIN people_organisation o ON o.id = p.organisation_id
         WHERE o.district_id IS NOT NULL AND o.district_id <> a.district_id""",
}


def problems() -> Iterator[str]:
    """One line a contradiction, of every app; none when the books are right."""
    for name, query in CONTRADICTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for (key,) in cursor.fetchall():
                yield f"{name}: {key}"
    yield from of_activities.problems()
    yield from of_credits.problems()


def warnings() -> Iterator[str]:
    """What makes the ledger's guards weaker than they look."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE relname = 'credits_entry'),"
            " 'member'), has_table_privilege('credits_entry', 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        is_superuser, is_owner, may_change = cursor.fetchone()
    if is_superuser:
        yield "the application's database role is a superuser: it could switch the ledger's guards off"
    elif is_owner:
        yield "the application's database role owns the ledger: it could drop its guards"
    elif may_change:
        yield "the application's database role may change the ledger: run manage.py application_role as the owner"


class Contradiction(Exception):
    """The books are not right; how many lines say so stands in the run of the job, which lines in its log."""


def check() -> None:
    """The nightly check: tells the administrators of the day, and fails, when one sum or copy differs."""
    found = list(problems())
    if not found:
        return
    log.error("books.wrong", lines=found[:50], count=len(found))
    hats = Membership.objects.active().filter(role=Role.ADMINISTRATOR).select_related("user")
    notices.send(
        "books.wrong",
        to=[hat.user for hat in hats],
        subject=f"books:{clock.today()}",
        path="/jobs/",
        facts={"lines": len(found), "kinds": ", ".join(sorted({line.partition(":")[0] for line in found}))},
    )
    raise Contradiction(str(len(found)))
