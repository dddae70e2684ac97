"""Sessions: made one by one or as a weekly series, opened for booking, cancelled with all their bookings."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from activities import bookings, changes, dates, following, halls, notices, offering, rescheduling, training
from activities.change_plan import Places, Wish
from activities.models import Booking, Offer, Programme, Series, Session, SessionChange
from partnerships.models import Venue
from people import audit, events
from people.access import require
from people.actors import SYSTEM, Actor
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock
from portal.lib.clock import moment
from portal.lib.errors import Refused, said

BOOKED = _("Groups have booked this time. Cancel it for them first, with a reason.")


@verb
def create(programme: Programme, *, by: Actor, starts_at: dt.datetime, **fields: Any) -> Session:
    """Make one session, not yet open. What is not said comes from the programme: length, places, price, place."""
    require(by, Permission.SESSION_EDIT, programme)
    if starts_at <= clock.now() and not by.is_system:
        raise Refused("session.past", changes.PAST)
    session = _new(programme, starts_at, **fields)
    session.save()
    audit.record("session.create", session, by=by, is_now=session.state)
    return session


@verb
def create_open(programme: Programme, *, by: Actor, starts_at: dt.datetime, **fields: Any) -> Session:
    """Make one session and open it where its programme is published; a session that can't open is not made."""
    session = create(programme, by=by, starts_at=starts_at, **fields)
    if programme.state == Programme.State.PUBLISHED:
        open_session(session, by=by)
    return session


def _new(programme: Programme, starts_at: dt.datetime, **fields: Any) -> Session:
    """An unsaved session with the programme's usual length, places, price and place."""
    usual: dict[str, Any] = {
        "ends_at": starts_at + dt.timedelta(minutes=programme.minutes),
        "capacity": programme.capacity,
        "price_kind": programme.price_kind,
        "list_price": programme.list_price,
        "paid_price": programme.paid_price,
        "place": None if programme.direction == Programme.Direction.ONLINE else programme.provider,
    }
    said = usual | fields
    session = Session(programme=programme, provider=programme.provider, starts_at=starts_at, **said)
    if session.held_back:
        session.held_until = changes.held_until(session, starts_at)
    halls.check(session.hall, place_id=session.place_id, capacity=session.capacity, unit=session.unit)
    return session


@verb
def open_session(session: Session, *, by: Actor) -> None:
    """Open it for booking. Refused in a hall that is taken, in the past, or of a programme that is not published."""
    if session.programme.state != Programme.State.PUBLISHED:
        raise Refused("session.unpublished", _("Publish the programme first."))
    if session.has_begun:
        raise Refused("session.past", changes.PAST)
    move(session, "open", by=by, reason="")


def edit(
    session: Session,
    *,
    by: Actor,
    reason: str = "",
    places: Places | None = None,
    agreed: Collection[str] | None = None,
    **fields: Any,
) -> SessionChange | None:
    """Change places, hall, guide or times; groups that have booked are told, asked or sent elsewhere (changes.py)."""
    return changes.make([Wish(session, fields)], by=by, reason=reason, places=places, agreed=agreed)


def _is_taken(session: Session) -> bool:
    """Whether a group has booked it, is offered places in it, or a teacher has signed up."""
    held = (session.bookings.alive(), session.offers.filter(state=Offer.State.OPEN), session.training_places.live())
    return any(rows.exists() for rows in held)


@verb
def count_visitors(session: Session, *, by: Actor, visitors: int) -> None:
    """Tell how many people came to a family session that was only announced. Said again, it corrects."""
    require(by, Permission.BOOKING_RECEIVE, session)
    if not session.is_announced:
        raise Refused("session.not_announced", _("Visitors are told of sessions that families book at the venue."))
    if not session.has_begun:
        raise Refused("session.not_begun", _("Visitors are counted once the session has begun."))
    session.visitors, session.visitors_at, session.visitors_by = visitors, clock.now(), getattr(by, "membership", None)
    session.save(update_fields=["visitors", "visitors_at", "visitors_by"])
    audit.record("session.count_visitors", session, by=by, visitors=visitors)


@verb
def postpone(session: Session, *, by: Actor, reason: str) -> None:
    """Take an unbooked session out of the catalogue until it has a new time and is opened again."""
    reason = said(reason)
    Session.objects.select_for_update().get(pk=session.pk)  # whoever is booking now is before us or is refused
    if _is_taken(session):
        raise Refused("session.booked", BOOKED)
    move(session, "postpone", by=by, reason=reason)
    following.session_postponed(session)


@verb
def cancel(session: Session, *, by: Actor, reason: str) -> int:
    """Cancel a session that is not over and every booking of it; the groups are told why.

    Returns how many bookings ended. Raises Refused when one of the groups is there already."""
    reason = said(reason)
    if session.is_over:
        raise Refused("session.over", bookings.OVER)
    Session.objects.select_for_update().get(pk=session.pk)  # whoever is booking now is before us or is refused
    move(session, "cancel", by=by, reason=reason)
    offering.close(session)
    following.session_cancelled(session, reason=reason)
    open_ones = session.bookings.filter(state__in=(Booking.State.REQUESTED, Booking.State.CONFIRMED))
    ended = 0
    for booking in open_ones.select_related("session__programme", "school__organisation"):
        if session.provider_id == booking.school_id:
            bookings.cancel(booking, by=by, reason=reason)
        else:
            bookings.cancel_by_venue(booking, by=by, reason=reason)
        ended += 1
    if session.school_id:  # a group that waits for a new time of this very date waits in vain
        for booking in session.bookings.awaiting_date().select_related("session__programme", "school__organisation"):
            rescheduling.give_up(booking, by=SYSTEM, reason=reason)
            notices.tell_cancelled_no_fault(booking)
            ended += 1
    training.cancel_places(session, by=by, reason=reason)
    return ended


@verb
def repeat(
    programme: Programme,
    *,
    by: Actor,
    weekdays: Iterable[int],
    starts_on: dt.date,
    ends_on: dt.date,
    starts: dt.time,
    ends: dt.time,
    request_key: uuid.UUID,
    drop: Iterable[dt.date] = (),
    is_open: bool = True,
    **fields: Any,
) -> Series:
    """Make a venue's weekly series (`ends_on` is the first day after it): holidays and closing days are skipped.

    `drop` are dates to leave out. The same `request_key` gives the same series.
    Raises Refused when no date is left, a hall is taken, or the programme is not published.
    """
    require(by, Permission.SESSION_EDIT, programme)
    if found := Series.objects.filter(request_key=request_key).first():
        if found.provider_id != programme.provider_id:  # somebody else's key
            raise Refused("changed", CHANGED)
        return found
    if is_open and programme.state != Programme.State.PUBLISHED:
        raise Refused("session.unpublished", _("Publish the programme first."))
    weekdays = sorted(set(weekdays))
    days = preview(programme, weekdays, starts_on, ends_on, audience=fields.get("audience", Session.Audience.GROUPS))
    days = [day for day in days if day not in set(drop) and moment(day, starts) > clock.now()]
    if not days:
        raise Refused("series.empty", _("No date is left: every one is a holiday, a closing day, or past."))
    series = Series.objects.create(
        programme=programme,
        provider=programme.provider,
        rule=dates.rule_of(weekdays),
        starts_on=starts_on,
        ends_on=ends_on,
        starts=starts,
        ends=ends,
        request_key=request_key,
    )
    state = Session.State.OPEN if is_open else Session.State.DRAFT
    made = []
    for day in days:
        session = _new(
            programme,
            moment(day, starts),
            **{"ends_at": moment(day, ends), "series": series, "state": state} | fields,
        )
        session.save()
        made.append(session)
    if is_open:
        events.tell("session.opened", *made)
    audit.record("series.create", series, by=by, sessions=len(days))
    return series


@verb
def add_date(series: Series, *, by: Actor, starts_at: dt.datetime, ends_at: dt.datetime) -> Session:
    """One more date of a venue's own series: hall, places, audience and guide as on its last one, the price of today.

    The same time again gives the date that is there. Raises Refused for a past time, a hall that is taken, and a series
    that has no date left to go by.
    """
    require(by, Permission.SESSION_EDIT, series.programme)
    series = Series.objects.select_for_update(of=("self",)).select_related("programme__provider").get(pk=series.pk)
    found = series.sessions.exclude(state=Session.State.CANCELLED).order_by("starts_at")
    if there := found.filter(starts_at=starts_at).first():
        return there
    last = found.last()
    if series.school_id or last is None:
        raise Refused("series.over", _("Every date of this series is over or dropped already."))
    copied = (
        "hall",
        "audience",
        "capacity",
        "unit",
        "held_back",
        "guide",
        "channel",
        "needs_counselor",
        "counselor_field",
    )
    like = {name: getattr(last, name) for name in copied}
    session = create_open(series.programme, by=by, starts_at=starts_at, ends_at=ends_at, series=series, **like)
    widen(series, session, by=by)
    return session


def widen(series: Series, session: Session, *, by: Actor) -> None:
    """A date was added: its first and last day hold it, the trail knows. Part of the verb's transaction."""
    series.starts_on = min(series.starts_on, session.day)
    series.ends_on = max(series.ends_on, session.day + dt.timedelta(days=1))
    series.save(update_fields=["starts_on", "ends_on"])
    audit.record("series.add_date", series, by=by, session=session.pk, day=session.day.isoformat())


def preview(
    programme: Programme, weekdays: Iterable[int], starts_on: dt.date, ends_on: dt.date, *, audience: str
) -> list[dt.date]:
    """The dates that a series would have, before anything is written."""
    if not starts_on < ends_on <= starts_on + dt.timedelta(days=400):
        raise Refused("series.range", _("A series ends after it begins, and within a year."))
    weekdays = list(weekdays)
    venue = Venue.objects.filter(pk=programme.provider_id).first()
    if venue is not None:
        return dates.of_venue(venue, weekdays, starts_on, ends_on, audience=audience)
    district_id = programme.provider.district_id
    if district_id is None:
        raise Refused("series.calendar", _("This provider has no calendar of its own: make single sessions."))
    return dates.of_school(district_id, weekdays, starts_on, ends_on)
