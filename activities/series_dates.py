"""Single dates of a school's series: dropped, moved to another time, or added, by the school itself.

What its own teachers give moves at once; a venue that confirms by hand is asked again for the new time.
"""

import copy
import datetime as dt

from django.utils.translation import gettext_lazy as _

from activities import (
    after_school,
    bookings,
    changes,
    exemptions,
    following,
    groups,
    members,
    notices,
    outings,
    rescheduling,
    seats,
    series_notices,
    sessions,
    uses,
    venue_days,
)
from activities.eligibility import Judge
from activities.models import Booking, Series, Session
from activities.rescheduling import TOO_LATE
from people import audit
from people.access import require
from people.actors import SYSTEM, Actor
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, said

NOT_OF_SCHOOL = _("This is no date of a school's own series.")
OVER = _("This date has begun or is dropped already.")
FARTHEST = dt.timedelta(days=400)


@verb
def drop(session: Session, *, by: Actor, reason: str) -> None:
    """One date does not take place: its booking ends, the others stay. The host is told, and so is whoever leads."""
    session, booking = _locked(session, by)
    reason = said(reason)
    if booking.state == Booking.State.POSTPONED:
        rescheduling.give_up(booking, by=by, reason=reason)
        return
    if session.provider_id == booking.school_id:
        sessions.cancel(session, by=by, reason=reason)
        return
    if booking.state == Booking.State.REQUESTED:
        bookings.withdraw(booking, by=by, reason=reason)
    else:
        bookings.cancel(booking, by=by, reason=reason)
    move(session, "cancel", by=SYSTEM, reason=reason)


@verb
def add(series: Series, *, by: Actor, starts_at: dt.datetime, ends_at: dt.datetime) -> Booking:
    """One more date for the same group, led and held like the last one; a venue that confirms by hand is asked for it.

    The same time again gives the date that is there. Raises Refused, naming the day, for the first rule that it breaks,
    and for a series that has no date left to go by.
    """
    if series.school is None:
        raise Refused("series.date", NOT_OF_SCHOOL)
    require(by, Permission.SERIES_REQUEST, series.school)
    rows = Series.objects.select_related("programme", "provider", "school__organisation", "group", "school_class")
    series = rows.select_for_update(of=("self",)).get(pk=series.pk)  # one new date at a time
    assert series.school
    dates = series.sessions.exclude(state=Session.State.CANCELLED)
    if there := Booking.objects.alive().filter(session__in=dates.filter(starts_at=starts_at)).first():
        return there
    first = clock.moment(after_school.first_day(series.school, series.is_own)) if series.is_own else clock.now()
    if not first <= starts_at < clock.now() + FARTHEST:
        raise Refused("session.past", changes.PAST)
    like = Booking.objects.filter(session__in=dates).select_related("session__place", "session__hall", "leader")
    last = like.order_by("session__starts_at").last()
    if last is None:
        raise Refused("series.over", _("Every date of this series is over or dropped already."))
    session = last.session
    copied = ("hall", "guide", "needs_counselor", "counselor_field")
    booking = after_school.book(
        series, starts_at, ends_at, key=f"extra {series.sessions.count()}", by=by, leader=last.leader, adults=last.adults,
        heads=sum(last.classes.values_list("heads", flat=True)), place=session.place, phone=last.phone, note=last.note,
        session_fields={name: getattr(session, name) for name in copied}, is_told=True,
        waived=frozenset({"session.begun"}) if series.is_own else frozenset(),
    )  # fmt: skip
    sessions.widen(series, booking.session, by=by)
    return booking


@verb
def end(series: Series, *, by: Actor, reason: str) -> int:
    """Drop every date that lies ahead; what has been held stays. The venue hears of it once. Returns how many."""
    if series.school is None:
        raise Refused("series.date", NOT_OF_SCHOOL)
    require(by, Permission.SERIES_REQUEST, series.school)
    reason = said(reason)
    dropped = _give_up(series, by=by, reason=reason)
    ahead = series.sessions.upcoming().exclude(state=Session.State.CANCELLED).order_by("starts_at", "pk")
    for session in ahead.select_for_update(of=("self",)).select_related("programme"):
        alive = session.bookings.filter(state__in=(Booking.State.REQUESTED, Booking.State.CONFIRMED))
        for booking in alive.select_related("session__programme", "school__organisation"):
            bookings.end(booking, _step(booking), by=by, reason=reason)
        move(session, "cancel", by=SYSTEM, reason=reason)
        dropped += 1
    if not dropped:
        raise Refused("series.over", _("Every date of this series is over or dropped already."))
    audit.record("series.end", series, by=by, sessions=dropped)
    series_notices.tell_ended(series, dropped, reason=reason)
    return dropped


def _give_up(series: Series, *, by: Actor, reason: str) -> int:
    """Dates without a time: what they had before may be over already."""
    waiting = Booking.objects.awaiting_date().filter(session__series=series, session__school=series.school)
    rows = list(waiting.select_related("session__programme", "school__organisation").order_by("session"))
    for booking in rows:
        rescheduling.give_up(booking, by=by, reason=reason)
    return len(rows)


def _step(booking: Booking) -> str:
    if booking.state == Booking.State.REQUESTED:
        return "withdraw"
    return "cancel_late" if bookings.is_late(booking) else "cancel"


@verb
def shift(session: Session, *, by: Actor, starts_at: dt.datetime, ends_at: dt.datetime) -> Booking:
    """Move one date with its roll, counselor and papers; the group is who belongs to it on the new day.

    A date that was postponed comes back with it.

    Raises NotEligible with every rule that the new time breaks, Refused once the host's free time is over.
    """
    session, booking = _locked(session, by)
    now = clock.now()
    if not now < starts_at < now + FARTHEST:
        raise Refused("session.past", changes.PAST)
    if booking.state == Booking.State.CONFIRMED and bookings.is_late(booking):
        raise Refused("booking.too_late_to_move", TOO_LATE)
    before, had_places = copy.copy(session), booking.is_alive
    if session.state == Session.State.POSTPONED:
        move(session, "open", by=SYSTEM, reason="")
    session.starts_at, session.ends_at, session.taken = starts_at, ends_at, 0
    verdict = Judge([session], groups.of_booking(booking, on=session.day), moving=booking).of(session)
    if not verdict.may_book:
        raise bookings.NotEligible(verdict)
    if had_places:
        following.session_moved(before, starts_at, ends_at)
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=ends_at)
    session.refresh_from_db()
    booking.session = session
    needed = session.seats_for(booking.pupils)
    at_once = session.programme.confirms_at_once or session.provider_id == booking.school_id
    move(
        booking,
        "reschedule" if at_once else "ask_again",
        by=by,
        facts={"from": before.starts_at.isoformat(), "to": starts_at.isoformat()},
        agreement=verdict.agreement,
        confirmed_at=now if at_once else None,
        **rescheduling.OF_THE_DATE,
        **({} if had_places else {"seats_held": needed, "ended_at": None, "reason": "", "seeks_date": False}),
    )
    exemptions.take(booking, verdict.exemptions)
    bookings.check_doors(booking, session)
    uses.settle(booking)
    if not had_places:
        booking.roll.update(is_live=True)
        booking.classes.update(is_live=True)
        venue_days.take(booking, session)
        seats.take(session, needed, entitled=False)
    elif session.place_id:
        venue_days.swap(booking, before, session)
    outings.follow(booking, was=before.day)
    audit.record("session.edit", session, by=by, fields=["ends_at", "starts_at"])
    notices.tell_rescheduled(booking, before)
    members.follow(booking)
    return booking


def _locked(session: Session, by: Actor) -> tuple[Session, Booking]:
    """The date and its one booking as they are now; whoever else changes them waits."""
    rows = Session.objects.select_for_update(of=("self",)).select_related("programme", "school__organisation", "series")
    session = rows.get(pk=session.pk)
    if session.school is None or session.series is None:
        raise Refused("series.date", NOT_OF_SCHOOL)
    require(by, Permission.SERIES_REQUEST, session.school)
    states = (*Booking.ALIVE, Booking.State.POSTPONED)
    booking = session.bookings.filter(school=session.school, state__in=states).with_group().first()
    if booking is None or (booking.is_alive and session.has_begun):
        raise Refused("series.over", OVER)
    booking.session = session
    return session, booking
