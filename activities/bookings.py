"""Bookings: asking for places, the venue's answer, and every way in which a booking ends.

Order inside a booking: rules without locks, the rows (their exclusion constraints are the lock of pupils and
classes), the doors read again, the commitments, the venue's day, and last the session's counter, where all bookings
of it wait.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from activities import (
    confirmations,
    exemptions,
    following,
    no_shows,
    notices,
    outings,
    seats,
    service_uses,
    uses,
    venue_days,
)
from activities.eligibility import Judge
from activities.groups import Group
from activities.models import (
    Booking,
    BookingClass,
    ChangedBooking,
    Offer,
    Outing,
    RollEntry,
    Session,
    WaitlistEntry,
)
from activities.verdicts import Verdict
from partnerships.models import Agreement, Listing, School
from people import audit
from people.access import require
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.doorbell import ring
from portal.lib.errors import Refused, free_text, said

OVER = _("The session is over.")
NEEDS_SHEET = _("There is no agreement for this visit: both sides accept its confirmation sheet first.")
# What a booking meets whose agreement was ended between its judgement and its doors.
JUST_ENDED = {"agreement.ended", "booking_rests_on_force"}


class NotEligible(Refused):
    """Rules are not met. `verdict` carries all of them; the sentence is theirs, one after the other."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        sentence = " ".join(rule.sentence for rule in verdict.blocking)
        super().__init__(verdict.blocking[0].code, sentence)


def request(
    session: Session,
    group: Group,
    *,
    by: Actor,
    leader: Membership,
    request_key: uuid.UUID,
    phone: str = "",
    step_free: int = 0,
    note: str = "",
    waived: frozenset[str] = frozenset(),
    offer: Offer | None = None,
    outing: Outing | None = None,
    is_agreed: bool = False,
    is_told: bool = True,
) -> Booking:
    """Book places for a group, or ask the venue for them where it confirms by hand and has not agreed already.

    `waived` are codes of rules that only remind this group: it had met them before. `offer` is what the waiting list
    holds for it. `outing` is whom it travels with; a group that goes out alone has an outing of its own.
    Where `is_told` is false the caller tells both sides, once for many bookings.
    The same `request_key` of the same school gives the same booking, however often it is sent.
    Raises NotEligible with every broken rule, Refused for a pupil elsewhere, a full session or a closed door.
    """
    require(by, Permission.BOOKING_REQUEST, group.school)
    sent = Booking.objects.filter(school=group.school, request_key=request_key)
    if found := sent.first():
        return found
    details: dict[str, Any] = {
        "leader": leader,
        "request_key": request_key,
        "phone": phone,
        "step_free": step_free,
        "note": free_text(note),
        "waived": waived,
        "offer": offer,
        "outing": outing,
        "is_agreed": is_agreed,
        "is_told": is_told,
    }
    try:
        return _request(session, group, by=by, **details)
    except Refused as no:
        if found := sent.first():  # the other half of a double click was faster
            return found
        if no.code not in JUST_ENDED or isinstance(no, NotEligible):
            raise
    return _request(session, group, by=by, **details)  # judged anew, as it would be a second later


@verb
def _request(
    session: Session,
    group: Group,
    *,
    by: Actor,
    leader: Membership,
    waived: frozenset[str],
    offer: Offer | None,
    is_told: bool,
    **details: Any,
) -> Booking:
    check_leader(leader, group.school)
    places, heads = (offer.seats, offer.heads) if offer else (0, 0)
    verdict = Judge([session], group, waived=waived, offered=places, offered_heads=heads).of(session)
    if not verdict.may_book:
        raise NotEligible(verdict)
    booking = _insert(session, group, verdict, by=by, leader=leader, **details)
    check_doors(booking, session)
    exemptions.take(booking, verdict.exemptions)
    uses.settle(booking)
    if offer and offer.heads:
        venue_days.remove(session, offer.heads)
    venue_days.take(booking, session)
    if offer:
        seats.give_back(session.pk, offer.seats, offer.held)
    held = seats.take(session, booking.seats_held, entitled=group.is_entitled)
    if held:
        Booking.objects.filter(pk=booking.pk).update(held_seats=held)
        booking.held_seats = held
    audit.record("booking.request", booking, by=by, is_now=booking.state, session=session.pk, pupils=booking.pupils)
    if is_told:
        is_asked = booking.state == Booking.State.REQUESTED
        notices.tell_requested(booking) if is_asked else notices.tell_confirmed(booking)
    return booking


def check_leader(leader: Membership, school: School) -> None:
    if leader.organisation_id != school.pk or not leader.is_active:
        raise Refused("booking.leader", _("The group is led by somebody of your own school."))


def _insert(
    session: Session,
    group: Group,
    verdict: Verdict,
    *,
    by: Actor,
    leader: Membership,
    is_agreed: bool,
    **details: Any,
) -> Booking:
    """The booking and the time it takes of every pupil and class."""
    at_once = is_agreed or session.programme.confirms_at_once or session.provider_id == group.school.pk
    at_once = at_once and not verdict.on_sheet
    if details["outing"] is None and outings.goes_out(session, group.school):
        details["outing"] = outings.begin(group.school, by=by, request_key=details["request_key"])
    now = clock.now()
    booking = Booking.objects.create(
        session=session,
        school=group.school,
        district_id=group.school.district_id,
        agreement=verdict.agreement,
        on_sheet=verdict.on_sheet,
        leader=leader,
        by=group.by,
        group=group.activity_group,
        by_roster=group.by_roster,
        pupils=group.pupils,
        adults=group.adults,
        grades=",".join(str(grade) for grade in sorted(group.grades)),
        state=Booking.State.CONFIRMED if at_once else Booking.State.REQUESTED,
        seats_held=session.seats_for(group.pupils),
        requested_at=now,
        requested_by=getattr(by, "membership", None),
        confirmed_at=now if at_once else None,
        **details,
    )
    slot = {"booking": booking, "session": session, "starts_at": session.starts_at, "ends_at": session.ends_at}
    BookingClass.objects.bulk_create(
        BookingClass(school_class=school_class, heads=group.heads.get(school_class.pk, 0), **slot)
        for school_class in group.classes
    )
    RollEntry.objects.bulk_create(
        RollEntry(student_id=enrolment.student_id, enrolment=enrolment, **slot) for enrolment in group.enrolments
    )
    return booking


def check_doors(booking: Booking, session: Session) -> None:
    """Read agreement and listing again, now that our rows stand in the way of whoever wants to close them."""
    if session.provider_id == booking.school_id:
        return
    if booking.agreement_id:
        with connection.cursor() as cursor:  # waits for whoever ends it just now; the foreign key would only at the end
            cursor.execute("SELECT FROM partnerships_agreement WHERE id = %s FOR KEY SHARE", [booking.agreement_id])
        binding = Agreement.objects.binding(venue_id=session.provider_id, school_id=booking.school_id, day=session.day)
        if not binding.filter(pk=booking.agreement_id).exists():
            raise Refused("agreement.ended", _("The agreement has just been ended or suspended."))
    listing = Listing.objects.raw(
        "SELECT * FROM partnerships_listing WHERE district_id = %s AND organisation_id = %s FOR KEY SHARE",
        [booking.district_id, session.provider_id],
    )
    if not session.programme.open_to_all and not any(row.state == Listing.State.LISTED for row in listing):
        raise Refused("district.listing", _("Your district has just suspended this venue."))


@verb
def confirm(booking: Booking, *, by: Actor) -> None:
    """The venue accepts the group, while the session lies ahead or runs.

    Raises Refused for a visit without an agreement before both sides have accepted its confirmation sheet, which
    confirms it by itself."""
    if booking.session.is_over:
        raise Refused("session.over", OVER)
    if booking.on_sheet and not confirmations.holds(booking):
        raise Refused("booking_rests_on_sheet", NEEDS_SHEET)
    move(booking, "confirm", by=by, confirmed_at=clock.now(), agreed=None)  # as many as it reads now
    notices.tell_confirmed(booking)


@verb
def confirm_all(bookings: Iterable[Booking], *, by: Actor) -> int:
    """Accept several at once, all or none. Returns how many."""
    done = 0
    for booking in bookings:
        confirm(booking, by=by)
        done += 1
    return done


@verb
def decline(booking: Booking, *, by: Actor, reason: str) -> None:
    """The venue does not accept the group; the school reads why, the places are free again."""
    end(booking, "decline", by=by, reason=said(reason))
    notices.tell_declined(booking)


@verb
def withdraw(booking: Booking, *, by: Actor, reason: str = "") -> None:
    """The school takes its request back before the venue has answered."""
    end(booking, "withdraw", by=by, reason=free_text(reason))


@verb
def cancel(booking: Booking, *, by: Actor, reason: str = "") -> None:
    """The school cancels. After the venue's free window this is a late cancellation."""
    if booking.session.has_begun:
        raise Refused("booking.begun", _("The session has begun: it can't be cancelled any more."))
    end(booking, "cancel_late" if is_late(booking) else "cancel", by=by, reason=free_text(reason))
    notices.tell_cancelled(booking)


@verb
def cancel_by_venue(booking: Booking, *, by: Actor, reason: str) -> None:
    """The venue cancels until the session is over; the school reads why and chooses another date."""
    if booking.session.is_over:
        raise Refused("session.over", OVER)
    _not_there(booking)
    end(booking, "cancel_by_venue", by=by, reason=said(reason))
    notices.tell_cancelled_by_venue(booking)


@verb
def cancel_no_fault(booking: Booking, *, by: Actor, reason: str) -> None:
    """Weather, closure, an order from above: no mark for either side. Also afterwards, if nobody was there."""
    _not_there(booking)
    end(booking, "cancel_no_fault", by=by, reason=said(reason))
    notices.tell_cancelled_no_fault(booking)


@verb
def receive(booking: Booking, *, by: Actor, heads: int) -> None:
    """The venue writes down from its door list how many pupils of a group came, once: on the day, or later.

    Written down later, the group counts as come at the start. A school that is late with its roll needs this word.
    """
    require(by, Permission.BOOKING_RECEIVE, booking)
    day, today = booking.session.day, clock.today()
    if today < day:
        raise Refused("booking.arrival_day", _("Arrivals are written down from the day of the session on."))
    if not 0 < heads <= 2 * booking.pupils:
        raise Refused("booking.arrival_heads", _("Enter how many pupils came."))
    came_at = clock.now() if today == day else booking.session.starts_at
    rows = Booking.objects.awaiting_door_count().filter(pk=booking.pk)
    if rows.update(arrived_at=came_at, arrived_heads=heads, arrived_by=getattr(by, "membership", None)) != 1:
        raise Refused("changed", _("This group has been received already, or its booking has ended."))
    booking.refresh_from_db(fields=["arrived_at", "arrived_heads", "arrived_by"])
    audit.record("booking.receive", booking, by=by, heads=heads)


@verb
def miss(booking: Booking, *, by: Actor) -> None:
    """The venue records that a confirmed group did not come, after the grace for late arrival."""
    _not_there(booking)
    rules = uses.rules_of(booking)
    minutes = max(rules.late_grace_minutes, booking.late_minutes or 0)
    if clock.now() < booking.session.starts_at + dt.timedelta(minutes=minutes):
        raise Refused(
            "booking.still_in_time",
            _("A group counts as missing %(minutes)s minutes after the start."),
            minutes=minutes,
        )
    move(booking, "miss", by=by, ended_at=clock.now())
    uses.settle(booking)
    no_shows.record(booking, by=by)


@verb
def complete(booking: Booking, *, by: Actor, **changes: Any) -> None:
    """The roll has been called: the visit counts, and what was reserved of a commitment is delivered."""
    move(booking, "complete", by=by, ended_at=clock.now(), **changes)
    uses.settle(booking)


def _not_there(booking: Booking) -> None:
    """Refuse for a group that was there. A colleague may be receiving it just now: the row is locked and read again."""
    Booking.objects.select_for_update(no_key=True).filter(pk=booking.pk).values_list("pk").get()
    booking.refresh_from_db(fields=["arrived_at", "called_at"])
    if booking.called_at or booking.arrived_at:
        raise Refused("booking.was_there", _("This group was there: it arrived or its roll was called."))


def is_late(booking: Booking) -> bool:
    """Whether cancelling now counts as late: after the free window of the venue; never for a school's own.

    Nor while the host has changed the time and the school may still say no (changes.py)."""
    if booking.session.provider_id == booking.school_id or clock.now() <= free_until(booking):
        return False
    return not ChangedBooking.objects.freeing(booking.pk).exists()


def free_until(booking: Booking) -> dt.datetime:
    """The last instant at which cancelling is free."""
    return booking.session.starts_at - dt.timedelta(hours=uses.rules_of(booking).free_cancel_hours)


def end(booking: Booking, name: str, *, by: Actor, reason: str, **changes: Any) -> None:
    """Kill a booking: its state, the time of its pupils and classes, the commitments, and last the seats.

    One that is put off is not dead, but gives up the same."""
    taken, held = _held(booking)
    move(booking, name, by=by, seats_held=0, held_seats=0, ended_at=clock.now(), reason=reason, **changes)
    booking.roll.update(is_live=False)
    booking.classes.update(is_live=False)
    uses.settle(booking)
    if booking.agreement and booking.session.has_begun:  # hours that were given to it count no more
        service_uses.recount(booking.agreement)
    venue_days.give_back(booking, booking.session)
    seats.give_back(booking.session_id, taken, held)
    offer_on(booking.session_id)
    if booking.session.school_id and booking.is_dead:  # closed for this school: nobody else is left to give it to
        following.session_cancelled(booking.session, reason=reason)
    elif booking.session.school_id:
        following.session_postponed(booking.session)


def _held(booking: Booking) -> tuple[int, int]:
    """The places that it holds now, and how many of them were held back: its group may have changed since it was read.

    Raises Refused where it has another date by now: what was read of it is no longer true."""
    rows = Booking.objects.select_for_update(no_key=True).filter(pk=booking.pk)
    session_id, booking.pupils, taken, held = rows.values_list("session", "pupils", "seats_held", "held_seats").get()
    if session_id != booking.session_id:
        raise Refused("changed", CHANGED)
    return taken, held


def offer_on(session_id: int) -> None:
    """Places are free: wake the waiting list, where there is one."""
    if WaitlistEntry.objects.waiting().filter(session=session_id).exists():
        ring("activities.offer_places", session_id)
