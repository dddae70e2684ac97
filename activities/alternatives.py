"""A declined group is shown other dates: the venue names sessions that fit it, the school takes one with one press."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from activities import bookings, groups, rescheduling
from activities.eligibility import Judge
from activities.models import Alternative, Booking, Session
from people.actors import Actor
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

MOST = 3  # dates that a venue names
AHEAD = dt.timedelta(days=60)
# The venue names the date itself: it comes as late as it comes.
WAIVED = frozenset({"venue.lead_days"})


def choices(booking: Booking, *, most: int) -> list[Session]:
    """Sessions of the same host that the group (`with_group`) could book now: its programme first, the nearest first."""
    asked = booking.session
    found = rescheduling.choices(booking, until=clock.today() + AHEAD)
    judge = Judge(found, groups.of_booking(booking, on=asked.day), moving=booking, waived=WAIVED)
    fitting = [session for session in found if judge.of(session).may_book]
    far = {session.pk: abs(session.starts_at - asked.starts_at) for session in fitting}
    return sorted(fitting, key=lambda one: (one.programme_id != asked.programme_id, far[one.pk], one.pk))[:most]


@verb
def decline(booking: Booking, *, by: Actor, reason: str, sessions: Sequence[Session] = ()) -> None:
    """The venue does not accept the group and names up to three other dates of its own; the school reads both.

    Raises Refused for a session of another host, and for more than three."""
    if len(sessions) > MOST:
        raise Refused("alternative.most", _("Name at most %(most)s other dates."), most=MOST)
    if any(session.provider_id != booking.session.provider_id for session in sessions):
        raise Refused("alternative.host", _("Another date is one of your own sessions."))
    Alternative.objects.bulk_create(Alternative(booking=booking, session=session) for session in sessions)
    bookings.decline(booking, by=by, reason=reason)


def instead_key(booking: Booking) -> uuid.UUID:
    """The request key of the booking that takes the place of a declined one: there is at most one."""
    return uuid.uuid5(booking.request_key, "instead")


def taken(booking: Booking) -> Booking | None:
    """The booking that was made instead, if it is alive."""
    made = Booking.objects.alive().filter(school=booking.school_id, request_key=instead_key(booking))
    return made.with_names().first()


def take(booking: Booking, *, to: Session, by: Actor) -> Booking:
    """The school takes a date that the venue has named: both have agreed, it is confirmed at once.

    Twice gives the same booking. Raises NotEligible with every broken rule, Refused for a date that was not named.
    """
    if not booking.alternatives.filter(session=to).exists():
        raise Refused("alternative.none", _("The venue has not named this date."))
    return bookings.request(
        to,
        groups.of_booking(booking, on=to.day),
        by=by,
        leader=booking.leader,
        request_key=instead_key(booking),
        phone=booking.phone,
        step_free=booking.step_free,
        note=booking.note,
        waived=WAIVED,
        is_agreed=True,
    )
