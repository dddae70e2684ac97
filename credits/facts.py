"""Reads what `earning` judges: the occasion of a booking, its roll, and what its pupils already have."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from activities.models import Booking, RollEntry
from credits.background import PRESENT, Background
from credits.earning import Fact, Line, Occasion
from credits.models import Dispute, Entry

# What the last upheld objection about a line of a roll says: against its points, or for them.
RULING = Subquery(
    Dispute.objects.upheld()
    .filter(roll_entry=OuterRef("pk"))
    .order_by("-decided_at", "-pk")
    .annotate(is_against=ExpressionWrapper(Q(entry__isnull=False), BooleanField()))
    .values("is_against")[:1]
)
TALLY = """
SELECT e.account_id, r.code, t.school_year, e.concerns_term_id,
       (e.inputs->>'programme')::bigint, (e.inputs->>'venue')::bigint, sum(e.points)
  FROM credits_entry e
  JOIN credits_creditrule r ON r.id = e.rule_id
  JOIN partnerships_term t ON t.id = e.concerns_term_id
 WHERE e.account_id = ANY(%s::uuid[])
 GROUP BY 1, 2, 3, 4, 5, 6
HAVING sum(e.points) <> 0
"""


@dataclass(frozen=True)
class Past:
    """What has been posted for one fact: how many awards, and the entry that still stands."""

    nth: int = 0
    standing: dict[str, Any] | None = None

    @property
    def taken_away(self) -> list[Line]:
        """The standing points as a negative line, so that a fact is never judged against itself."""
        if self.standing is None:
            return []
        entry = self.standing
        return [
            Line(
                -entry["points"], entry["rule__code"], entry["concerns_term__school_year"], entry["concerns_term_id"],
                entry["inputs"].get("programme"), entry["inputs"].get("venue"),
            )
        ]  # fmt: skip


def occasions(bookings: Iterable[Booking], *, around: Background | None = None) -> dict[int, Occasion]:
    """One occasion a booking, in four queries however many; give bookings with session and programme selected."""
    bookings = list(bookings)
    around = around or Background(
        (booking.district_id for booking in bookings), (booking.school_id for booking in bookings)
    )
    return {booking.pk: _occasion(booking, around) for booking in bookings}


def _occasion(booking: Booking, around: Background) -> Occasion:
    session, programme = booking.session, booking.session.programme
    district, day = booking.district_id, session.day
    term = around.term(district, day)
    return Occasion(
        booking_id=booking.pk,
        session_id=session.pk,
        school_id=booking.school_id,
        district_id=district,
        day=day,
        minutes=session.minutes,
        code=programme.category,
        programme_id=programme.pk,
        venue_id=session.provider_id,
        term_id=term.pk if term else None,
        school_year=term.school_year if term else None,
        is_complete=booking.state == Booking.State.ATTENDED,
        has_roll=booking.by != Booking.By.HEADS,
        is_pilot=around.is_pilot(booking.school_id, day),
        rule=around.rule(district, programme.category, day),
        percent=around.percent(PRESENT, district, day),
    )


def rolls(booking_ids: Iterable[int], *, of: Collection[uuid.UUID] | None = None) -> dict[int, list[Fact]]:
    """The facts of each booking, as the roll stands now; with `of`, only those pupils'."""
    found: dict[int, list[Fact]] = defaultdict(list)
    entries = RollEntry.objects.filter(booking__in=booking_ids).select_related("enrolment__school_class", "session")
    if of is not None:
        entries = entries.filter(student__in=of)
    for entry in entries.annotate(is_overruled=RULING).order_by("student_id"):
        found[entry.booking_id].append(
            Fact(
                roll_entry_id=entry.pk,
                student_id=entry.student_id,
                mark=entry.mark or "",
                was_there=entry.is_there,
                grade=entry.enrolment.school_class.grade(entry.session.day),
                task_sheet=entry.task_sheet,
                share=_share(entry),
                is_overruled=bool(entry.is_overruled),
            )
        )
    return found


def _share(entry: RollEntry) -> Fraction:
    """Of the session's time, as far as the time of arrival is known; who is marked without one was there."""
    whole = entry.ends_at - entry.starts_at
    if entry.arrived_at is None or entry.arrived_at <= entry.starts_at or not whole:
        return Fraction(1)
    rest = max((entry.ends_at - entry.arrived_at).total_seconds(), 0)
    return Fraction(int(rest), int(whole.total_seconds()))


def tally(students: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Line]]:
    """What each pupil has, summed by heading: one GROUP BY, reversals included."""
    found: dict[uuid.UUID, list[Line]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(TALLY, [[str(student) for student in students]])
        for account, code, year, term, programme, venue, points in cursor.fetchall():
            found[account].append(Line(points, code, year, term, programme, venue))
    return found


def posted(booking_ids: Iterable[int]) -> dict[int, Past]:
    """What has been posted so far, by roll entry."""
    return past(Entry.objects.filter(roll_entry__booking__in=booking_ids), "roll_entry_id")


def past(entries: QuerySet[Entry], source: str) -> dict[int, Past]:
    """Of these entries, what has been posted for each fact, by its key in the column `source`."""
    found: dict[int, Past] = {}
    rows: Iterable[Any] = entries.order_by("pk").values(
        "pk", "account_id", "n", "points", "rule_id", "rule__code", "rule__version", "roll_entry_id", "result_id", "nth",
        "grade", "school_id", "district_id", "concerns_term_id", "concerns_term__school_year", "inputs", "reverses_id",
    )  # fmt: skip
    for row in rows:
        standing: dict[str, Any] | None = None if row["reverses_id"] else dict(row)
        found[row[source]] = Past(row["nth"], standing)
    return found
