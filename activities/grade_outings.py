"""A grade of several classes goes out as one outing: one booking for each part, all of them or none."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from activities import bookings, groups, outings, spreading
from activities.groups import Group
from activities.models import Booking, Outing, Session
from activities.verdicts import Verdict
from partnerships.models import School
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import verb
from portal.lib.errors import Refused

NO_ROOM = _("The sessions of this day have %(left)s places together; you need %(needed)s.")


@dataclass(frozen=True)
class Trip:
    """One group, the session into which it goes, and who leads it."""

    session: Session
    group: Group
    leader: Membership


def book(
    school: School,
    trips: Sequence[Trip],
    *,
    by: Actor,
    request_key: uuid.UUID,
    phone: str = "",
    step_free: int = 0,
    note: str = "",
) -> Outing:
    """Book every trip, or none, as one outing of one day.

    The same `request_key` of the same school gives the same outing. Raises NotEligible of the first group that a rule
    stops, Refused where a place, a pupil or a commitment has gone meanwhile.
    """
    require(by, Permission.BOOKING_REQUEST, school)
    sent = Outing.objects.filter(school=school, request_key=request_key)
    if found := sent.first():
        return found
    try:
        return _book(school, trips, by=by, request_key=request_key, phone=phone, step_free=step_free, note=note)
    except Refused:
        if found := sent.first():  # the other half of a double press was faster
            return found
        raise


def spread(session: Session, whole: Group, *, by: Actor, leader: Membership, **details: Any) -> Outing:
    """The classes of a group over the sessions of the day and programme of `session`, led by one person, and booked.

    Raises NotEligible with the rules in the way of the classes that no session takes, Refused where places are missing.
    """
    found = spreading.spread(spreading.alternatives(session), groups.by_class(whole)).get(session.day)
    if found is None or not found.fits:
        if found and found.broken:
            raise bookings.NotEligible(Verdict(found.broken, met=0, agreement=None, adults_needed=0))
        left = found.left if found else 0
        raise Refused("outing.no_room", NO_ROOM, left=left, needed=whole.pupils)
    trips = [Trip(part.session, part.group, leader) for part in found.parts]
    return book(whole.school, trips, by=by, **details)


@verb
def _book(
    school: School,
    trips: Sequence[Trip],
    *,
    by: Actor,
    request_key: uuid.UUID,
    phone: str,
    step_free: int,
    note: str,
) -> Outing:
    if not trips:
        raise Refused("outing.nobody", _("Choose at least one class."))
    if len({trip.session.day for trip in trips}) > 1:
        raise Refused("outing.one_day", _("An outing is of one day: all groups travel together."))
    if not all(outings.goes_out(trip.session, school) for trip in trips):
        raise Refused("outing.stays", _("This programme comes to the school: nobody travels."))
    outing = outings.begin(school, by=by, request_key=request_key)
    made: list[Booking] = []
    # by session: whoever else takes two of them at once goes in the same order
    for trip in sorted(trips, key=lambda trip: trip.session.pk):
        made.append(
            bookings.request(
                trip.session,
                trip.group,
                by=by,
                leader=trip.leader,
                request_key=uuid.uuid5(request_key, _key_of(trip)),
                phone=phone,
                step_free=0 if made else step_free,  # of the whole outing: said to the venue once
                note=note,
                outing=outing,
            )
        )
    pupils = sum(booking.pupils for booking in made)
    audit.record("outing.book", outing, by=by, bookings=len(made), pupils=pupils)
    return outing


def _key_of(trip: Trip) -> str:
    """The same trip has the same key wherever it is sent from: no number of a row is in it."""
    classes = ",".join(f"{one.stage} {one.entry_year} {one.number}" for one in trip.group.classes)
    return f"{trip.session.starts_at.isoformat()}:{classes}"
