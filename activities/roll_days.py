"""When a roll may be called, and by whom: from three days before the session to three school days after it."""

import datetime as dt

from activities.models import Booking
from partnerships.models import CalendarDay
from people import thresholds
from people.access import may
from people.actors import Actor, Link, Person
from people.roles import Permission, Role
from portal.lib import clock

SATURDAY = 6


def opens_on(booking: Booking) -> dt.date:
    """First day on which its leader sees the roll."""
    return booking.session.day - dt.timedelta(days=_value(booking, "roll.open_days"))


def closes_on(booking: Booking) -> dt.date:
    """Last day on which the school records the roll by itself: so many school days after the session.

    Days that the district's calendar does not know count as school days from Monday to Friday.
    """
    day, left = booking.session.day, _value(booking, "roll.late_days")
    known = dict(
        CalendarDay.objects.filter(district=booking.district_id)
        .between(day, day + dt.timedelta(days=90))
        .values_list("date", "is_teaching")
    )
    for _step in range(90):  # no holiday is longer
        if left == 0:
            break
        day += dt.timedelta(days=1)
        left -= known.get(day, day.isoweekday() < SATURDAY)
    return day


def is_open_to(booking: Booking, actor: Actor) -> bool:
    """Whether this hat may see the names on the roll and mark them today.

    A teacher: of the bookings they lead, in the window. The school's coordinator and lead: always.
    A substitute with a link: this one, on the day.
    """
    if isinstance(actor, Link):
        return actor.reaches(booking) and clock.today() == booking.session.day
    if not may(actor, Permission.ROLL_CALL, booking) or actor.organisation_id != booking.school_id:
        return False
    if not actor.is_teacher:
        return True
    leads = isinstance(actor, Person) and actor.membership is not None and booking.leader_id == actor.membership.pk
    return leads and opens_on(booking) <= clock.today() <= closes_on(booking)


def needs_word(booking: Booking, actor: Actor) -> bool:
    """Whether it is too late for this hat to send the roll without somebody else's word that the group was there.

    The word is the host's door count; where the school is its own host, only its lead records so late.
    """
    if booking.arrived_at or clock.today() <= closes_on(booking):
        return False
    return not (is_own(booking) and actor.role == Role.SCHOOL_LEAD)


def is_own(booking: Booking) -> bool:
    """Given by the school itself, with its own teachers."""
    return booking.session.provider_id == booking.school_id


def _value(booking: Booking, code: str) -> int:
    return thresholds.of(booking.district_id, on=booking.session.day)[code]
