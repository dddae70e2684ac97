"""The only writer of a venue's day counters: taken after the commitments and before the session, by every booking.

A quota counts all groups that come to the venue, of every school and district. A school's own activity in its own
rooms and what is brought into a school come to no venue and count nowhere."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from activities.models import Booking, Session, VenueDay
from partnerships.models import BookingRules
from portal.lib import clock

Part = VenueDay.Part

# An INSERT with the first booking of a half-day, an UPDATE afterwards; the CHECKs refuse one group or head too many.
TAKE = """
INSERT INTO activities_venueday (venue_id, date, part, groups, heads, groups_quota, heads_quota)
SELECT v.organisation_id, %s, p.part, 1, %s, p.groups_quota, p.heads_quota
  FROM partnerships_venue v, (VALUES (%s, %s::int, %s::int), (%s, %s, %s)) AS p (part, groups_quota, heads_quota)
 WHERE v.organisation_id = %s
ON CONFLICT (venue_id, date, part) DO UPDATE
   SET groups = activities_venueday.groups + 1, heads = activities_venueday.heads + excluded.heads,
       groups_quota = excluded.groups_quota, heads_quota = excluded.heads_quota
"""
# A group that is counted already becomes larger or smaller.
RECOUNT = """
UPDATE activities_venueday
   SET heads = heads + %s, heads_quota = CASE WHEN %s > 0 THEN %s
       WHEN heads_quota IS NOT NULL THEN greatest(heads_quota, heads + %s) END
 WHERE venue_id = %s AND date = %s AND part = %s
"""
# A quota that was lowered meanwhile must not stand in the way of whoever gives places back.
GIVE_BACK = """
UPDATE activities_venueday
   SET groups = groups - 1, heads = heads - %s,
       groups_quota = CASE WHEN groups_quota IS NOT NULL THEN greatest(groups_quota, groups - 1) END,
       heads_quota = CASE WHEN heads_quota IS NOT NULL THEN greatest(heads_quota, heads - %s) END
 WHERE venue_id = %s AND date = %s AND part = %s
"""


def quotas(rules: BookingRules, part: str) -> tuple[int | None, int | None]:
    """Groups and heads that the venue receives in this part of a day; None: as many as fit."""
    if part == Part.DAY:
        return rules.groups_per_day, rules.heads_per_day
    return rules.groups_per_half_day, rules.heads_per_half_day


def take(booking: Booking, session: Session) -> None:
    """Count the group of a booking in, where the place is a venue.

    Raises IntegrityError by name where a quota is full; the verb turns it into a sentence."""
    add(session, booking.pupils)


def add(session: Session, heads: int) -> None:
    """Count one group of so many heads in; also for places that are only offered."""
    if session.place_id is None:
        return
    rules = BookingRules.objects.of(session.place_id, on=clock.today())
    day, half = VenueDay.parts_of(session)
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            [session.day, heads, day, *quotas(rules, day), half, *quotas(rules, half), session.place_id],
        )


def give_back(booking: Booking, session: Session) -> None:
    """Count the group of a booking out again."""
    remove(session, booking.pupils)


def recount(session: Session, more: int) -> None:
    """A group that is counted comes with so many heads more, or fewer (below 0). Raises as `take`."""
    if session.place_id is None or more == 0:
        return
    rules = BookingRules.objects.of(session.place_id, on=clock.today())
    with connection.cursor() as cursor:
        for part in VenueDay.parts_of(session):
            _groups, quota = quotas(rules, part)
            cursor.execute(RECOUNT, [more, more, quota, more, session.place_id, session.day, part])


def remove(session: Session, heads: int) -> None:
    """Count one group of so many heads out again."""
    with connection.cursor() as cursor:
        for part in VenueDay.parts_of(session):
            cursor.execute(GIVE_BACK, [heads, heads, session.place_id, session.day, part])


def swap(booking: Booking, old: Session, new: Session) -> None:
    """Count the group out of one day and into another, the earlier day first: so everybody waits in one order."""
    if new.day < old.day:
        take(booking, new)
        give_back(booking, old)
    else:
        give_back(booking, old)
        take(booking, new)


def lock(session: Session) -> None:
    """Wait for the counters of a session's day before its seats are locked: everybody takes them in this order."""
    rows = VenueDay.objects.filter(venue=session.place_id, date=session.day)
    for part in VenueDay.parts_of(session):  # the day before its half, as `add` does
        list(rows.filter(part=part).select_for_update(no_key=True).values_list("pk"))


class Left(NamedTuple):
    """Groups and heads that a place still receives at a time, and the heads of the largest group that it ever would
    then; None: as many as fit."""

    groups: int | None = None
    heads: int | None = None
    largest: int | None = None


def left(session: Session) -> Left:
    """What the place still receives at the time of a session."""
    if session.place_id is None:
        return Left()
    rules, rows = BookingRules.objects.of(session.place_id, on=clock.today()), counted([session])
    parts = [
        (quotas(rules, part), rows.get((session.place_id, session.day, part)) or VenueDay())
        for part in VenueDay.parts_of(session)
    ]
    groups = [max(0, groups - row.groups) for (groups, _heads), row in parts if groups is not None]
    heads = [(max(0, heads - row.heads), heads) for (_groups, heads), row in parts if heads is not None]
    if not heads:
        return Left(min(groups, default=None))
    return Left(min(groups, default=None), min(left for left, _quota in heads), min(quota for _left, quota in heads))


def counted(sessions: Iterable[Session]) -> dict[tuple[int, object, str], VenueDay]:
    """The counters of all places and days of these sessions, in one query."""
    sessions = list(sessions)
    rows = VenueDay.objects.filter(
        venue__in={session.place_id for session in sessions} - {None}, date__in={session.day for session in sessions}
    )
    return {(row.venue_id, row.date, row.part): row for row in rows}
