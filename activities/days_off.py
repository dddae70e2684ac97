"""停课: everything of a half-day is cancelled or postponed in one act, without a mark for either side.

Whoever lost its date chooses a new one first: a cancelled group by a new booking, a postponed one by moving (改期)."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from activities import bookings, following, groups, notices, offering, rescheduling
from activities.eligibility import Judge
from activities.models import Booking, DayOff, Session, VenueDay
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Organisation
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, free_text

PAST = _("A day off is declared for today or a later day.")


@dataclass(frozen=True)
class Reach:
    """What a day off calls off: bookings of groups that are not there yet, and sessions nobody else can hold."""

    bookings: tuple[Booking, ...]
    sessions: tuple[Session, ...]

    @property
    def pupils(self) -> int:
        return sum(booking.pupils for booking in self.bookings)


def reach(organisation: Organisation, date: dt.date, part: str) -> Reach:
    """What would be called off: the preview and the act read the same.

    A bureau reaches the bookings of its schools, a school its own; both also what schools give themselves. A venue
    reaches its sessions with every booking, of whatever district.
    """
    during = Session.objects.filter(starts_at__date=date, starts_at__gt=clock.now() - dt.timedelta(hours=12))
    rows = Booking.objects.with_names().filter(
        state__in=(Booking.State.REQUESTED, Booking.State.CONFIRMED), arrived_at__isnull=True, called_at__isnull=True
    )
    if organisation.kind == "venue":
        rows, closing = rows.filter(session__provider=organisation), during.filter(provider=organisation)
    elif organisation.kind == "school":
        rows = rows.filter(school=organisation.pk)
        closing = during.filter(school=organisation.pk, provider=organisation)
    else:
        of_district = organisation.district_id
        rows = rows.filter(district=of_district)
        closing = during.filter(school__organisation__district=of_district)
    rows = rows.filter(session__in=during.values("pk"))
    closing = closing.filter(state__in=(Session.State.OPEN, Session.State.DRAFT)).select_related("programme")
    return Reach(
        tuple(row for row in rows.order_by("session", "pk") if _falls(row.session, part)),
        tuple(row for row in closing.order_by("pk") if _falls(row, part)),
    )


def _falls(session: Session, part: str) -> bool:
    return not session.is_over and part in VenueDay.parts_of(session)


@verb
def declare(
    organisation: Organisation,
    *,
    by: Actor,
    date: dt.date,
    part: str,
    kind: str,
    words: str = "",
    postpones: bool = False,
) -> tuple[DayOff, Reach]:
    """Call the half-day off: bookings end without a mark, commitments are released, one message goes to each school.

    Where it `postpones`, groups keep roll and papers and wait for a new date; sessions wait for a new time.
    Declared again it reaches what was booked since. Raises Refused for a day that is over.
    """
    require(by, Permission.DAY_OFF_DECLARE, organisation)
    if date < clock.today():
        raise Refused("day_off.past", PAST)
    day_off, is_new = DayOff.objects.get_or_create(
        organisation=organisation,
        date=date,
        part=part,
        defaults={"kind": kind, "words": free_text(words), "declared_by": getattr(by, "membership", None)},
    )
    closing = [session.pk for session in reach(organisation, date, part).sessions]
    list(Session.objects.select_for_update().filter(pk__in=closing).order_by("pk"))  # whoever books now is before us
    found = reach(organisation, date, part)
    step = "put_off" if postpones else "call_off"
    for booking in found.bookings:
        bookings.end(booking, step, by=by, reason=day_off.kept_reason, day_off=day_off, seeks_date=True)
    for session in found.sessions:
        _close(session, step, by=by, reason=day_off.kept_reason)
    if is_new or found.bookings:
        bookings_hit, closed = len(found.bookings), len(found.sessions)
        audit.record("day_off.declare", day_off, by=by, bookings=bookings_hit, sessions=closed, postponed=postpones)
    _tell(day_off, found, postpones=postpones)
    return day_off, found


def _close(session: Session, step: str, *, by: Actor, reason: str) -> None:
    """A draft is nobody's date yet: its day is left to it where others are postponed."""
    if step == "put_off" and session.state == Session.State.DRAFT:
        return
    move(session, step, by=by, reason=reason)
    offering.close(session)
    if step == "call_off":
        following.session_cancelled(session, reason=reason)
    elif not session.school_id:  # its counselor has heard of a closed one with its booking
        following.session_postponed(session)


def _tell(day_off: DayOff, found: Reach, *, postpones: bool) -> None:
    """One message a school and one a venue, however many groups it hits."""
    schools, hosts = defaultdict(list), defaultdict(list)
    for booking in found.bookings:
        schools[booking.school_id].append(booking)
        if booking.session.provider_id not in (booking.school_id, day_off.organisation_id):
            hosts[booking.session.provider_id].append(booking)
    for school, hit in schools.items():
        notices.tell_school_of_day_off(day_off, school, hit, postpones=postpones)
    for host, hit in hosts.items():
        notices.tell_host_of_day_off(day_off, host, hit)


def again_key(booking: Booking) -> uuid.UUID:
    """The request key of the booking that takes the place of one that was called off: there is at most one."""
    return uuid.uuid5(booking.request_key, "again")


def rebook(booking: Booking, *, to: Session, by: Actor) -> Booking:
    """A new date for a group that was called off, ahead of the venue's lead time. Twice gives the same booking.

    Raises NotEligible with every broken rule but the waived ones, Refused for a booking that was not called off."""
    if booking.state == Booking.State.POSTPONED:
        return rescheduling.reschedule(booking, to=to, by=by)
    if not booking.seeks_date:
        raise Refused("day_off.none", _("This booking was not called off: make a new one."))
    again = bookings.request(
        to,
        groups.of_booking(booking, on=to.day),
        by=by,
        leader=booking.leader,
        request_key=again_key(booking),
        phone=booking.phone,
        step_free=booking.step_free,
        note=booking.note,
        waived=rescheduling.waived(booking),
    )
    Booking.objects.filter(pk=booking.pk).update(seeks_date=False)
    return again


def offers(lost: list[Booking], found: list[Session], *, most: int) -> dict[int, list[Session]]:
    """For each booking of one school that was called off: the first sessions of its host that fit its group now.

    Those of its programme come first. A constant number of queries for any number of bookings (`with_group`)."""
    if not lost or not found:
        return {}
    parts = {booking.pk: groups.of_booking(booking, on=booking.session.day) for booking in lost}
    easing = rescheduling.waived(lost[0])
    judge = Judge(found, groups.together(list(parts.values())), waived=easing)
    chosen = {}
    for booking in lost:
        own = judge.for_part(parts[booking.pk])
        host, programme = booking.session.provider_id, booking.session.programme_id
        fitting = [session for session in found if session.provider_id == host and own.of(session).may_book]
        chosen[booking.pk] = sorted(fitting, key=lambda session: session.programme_id != programme)[:most]
    return chosen
