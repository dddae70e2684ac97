"""Reads what `earning` judges: the occasion of a booking, its roll, and what its pupils already have."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery

from activities.models import Booking, RollEntry
from credits.earning import Fact, Line, Occasion
from credits.models import CreditRule, Dispute, Entry
from partnerships.models import CreditPilot, Term
from people import thresholds
from people.models import ThresholdValue

PRESENT = "credits.present_percent"
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
                entry["inputs"]["programme"], entry["inputs"]["venue"],
            )
        ]  # fmt: skip


def occasions(bookings: Iterable[Booking]) -> dict[int, Occasion]:
    """One occasion a booking, in five queries however many; give bookings with session and programme selected."""
    bookings = list(bookings)
    districts = {booking.district_id for booking in bookings}
    terms = defaultdict(list)
    for term in Term.objects.filter(district__in=districts).order_by("starts_on"):
        terms[term.district_id].append(term)
    rules = list(CreditRule.objects.published().filter(district__in=districts).order_by("starts_on", "version"))
    percents = _percents(districts)
    pilots = list(CreditPilot.objects.filter(school__in={booking.school_id for booking in bookings}))
    return {
        booking.pk: _occasion(booking, terms[booking.district_id], rules, pilots, percents[booking.district_id])
        for booking in bookings
    }


def _occasion(
    booking: Booking,
    terms: list[Term],
    rules: list[CreditRule],
    pilots: list[CreditPilot],
    percents: list[tuple[dt.date, int]],
) -> Occasion:
    session, programme = booking.session, booking.session.programme
    day, code = session.day, programme.category
    # A day in the holidays belongs to the term before it, so that caps a term and a year have somewhere to count.
    term = next((term for term in reversed(terms) if term.starts_on <= day), None)
    in_force = [
        rule
        for rule in rules
        if rule.district_id == booking.district_id and rule.code == code and rule.starts_on <= day
    ]
    return Occasion(
        booking_id=booking.pk,
        session_id=session.pk,
        school_id=booking.school_id,
        district_id=booking.district_id,
        day=day,
        minutes=session.minutes,
        code=code,
        programme_id=programme.pk,
        venue_id=session.provider_id,
        term_id=term.pk if term else None,
        school_year=term.school_year if term else None,
        is_complete=booking.state == Booking.State.ATTENDED,
        has_roll=booking.by != Booking.By.HEADS,
        is_pilot=any(
            pilot.school_id == booking.school_id
            and pilot.starts_on <= day
            and (pilot.ends_on is None or day < pilot.ends_on)
            for pilot in pilots
        ),
        rule=in_force[-1] if in_force else None,
        percent=next(percent for starts_on, percent in reversed(percents) if starts_on <= day),
    )


def _percents(districts: set[int]) -> dict[int, list[tuple[dt.date, int]]]:
    """Every value of the threshold with its first day, the default first: many days are judged in one query."""
    default = (dt.date.min, thresholds.REGISTRY[PRESENT].default)
    found = {district: [default] for district in districts}
    for row in ThresholdValue.objects.filter(district__in=districts, code=PRESENT).order_by("starts_on", "pk"):
        found[row.district_id].append((row.starts_on, row.value))
    return found


def rolls(booking_ids: Iterable[int], *, of: uuid.UUID | None = None) -> dict[int, list[Fact]]:
    """The facts of each booking, as the roll stands now; with `of`, only that pupil's."""
    found: dict[int, list[Fact]] = defaultdict(list)
    entries = RollEntry.objects.filter(booking__in=booking_ids).select_related("enrolment__school_class", "session")
    if of:
        entries = entries.filter(student=of)
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
    found: dict[int, Past] = {}
    rows = Entry.objects.filter(roll_entry__booking__in=booking_ids).order_by("pk")
    for row in rows.values(
        "pk", "account_id", "n", "points", "rule_id", "rule__code", "rule__version", "roll_entry_id", "nth", "grade",
        "school_id", "district_id", "concerns_term_id", "concerns_term__school_year", "inputs", "reverses_id",
    ):  # fmt: skip
        standing: dict[str, Any] | None = None if row["reverses_id"] else dict(row)
        found[row["roll_entry_id"]] = Past(row["nth"], standing)
    return found
