"""Changes of sessions that groups have booked: another hall, guide, time or number of places, for one or a whole series.

A hall or a guide is told. A time up to the district's minutes away is told, and leaving is free until the end of the
next school day. Further away, each school answers: until it has, it may leave without a mark. Fewer places than are
taken need the host's word which group goes where. Every touched school hears of one act once.
"""

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import (
    bookings,
    change_notices,
    exemptions,
    following,
    groups,
    halls,
    outings,
    rescheduling,
    uses,
    venue_days,
)
from activities.change_plan import Places, Plan, Touch, Wish, plan
from activities.eligibility import Judge
from activities.models import Booking, ChangedBooking, Offer, Series, Session, SessionChange, VenueDay, WaitlistEntry
from partnerships import calendar
from people import audit, thresholds
from people.access import require
from people.actors import Actor
from people.roles import Permission
from people.workflow import CHANGED, move, verb
from portal.lib import clock, wording
from portal.lib.errors import Refused, free_text, said

Weight = ChangedBooking.Weight
# What a group need not meet again that its own host sends elsewhere.
WAIVED = frozenset({"venue.lead_days", "venue.ahead_days", "session.queue"})
DAY = dt.timedelta(days=1)
PAST = _("A session can't begin in the past.")
OFFERED = _("Places are offered to a waiting group for this time. Wait for its answer.")
BOOKED = _("Groups have booked this session: what they count in and for whom it is stays as it is.")


@verb
def make(
    wishes: Sequence[Wish],
    *,
    by: Actor,
    reason: str = "",
    places: Places | None = None,
    series: Series | None = None,
    agreed: Collection[str] | None = None,
) -> SessionChange | None:
    """Give sessions new values, all or none; returns the change where it touches a booking, else None.

    `places` says where groups go that can't stay. `agreed` are the keys of the plan without them that its maker has
    read: anything else that it would touch by now refuses. Raises Refused for too few places, pupils elsewhere, a
    hall that is taken.
    """
    for wish in wishes:
        require(by, Permission.SESSION_EDIT, wish.session)
    _lock(wishes, places or {})
    found = plan(wishes, places)
    if agreed is not None and sorted(agreed) != (plan(wishes) if places else found).key:
        raise Refused("changed", CHANGED)
    _check(found, by=by)
    change = None
    if found.touches:
        change = SessionChange.objects.create(
            provider=wishes[0].session.provider,
            series=series,
            reason=free_text(reason)[:200],
            made_by=getattr(by, "membership", None),
        )
    staying: dict[int, list[Touch]] = defaultdict(list)
    for touch in found.touches:
        if touch.is_leaving:
            _send_away(touch, by=by, reason=reason)
        else:
            staying[touch.wish.session.pk].append(touch)
    waiting = _in_line(wishes)
    for wish in wishes:
        _apply(wish, staying[wish.session.pk], by=by)
    if change:
        rows = [_row(change, touch, by=by) for touch in found.touches if not touch.is_leaving or touch.to]
        audit.record("sessionchange.make", change, by=by, bookings=len(found.touches), sessions=len(wishes))
        change_notices.tell(change, rows)
    for entry in waiting:
        change_notices.tell_waiting(entry)
    for wish in wishes:
        bookings.offer_on(wish.session.pk)  # there may be more places than before
    return change


def _lock(wishes: Sequence[Wish], places: Places) -> None:
    """Close the doors: whoever books now is before us or sees the change. Then read what stands."""
    wanted = {wish.session.pk for wish in wishes} | {to.pk for to in places.values() if to}
    locked = {row.pk: row for row in Session.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    for wish in wishes:
        now = locked[wish.session.pk]
        for name in ("taken", "held_taken", "held_back", "starts_at", "ends_at", "capacity", "unit", "state"):
            setattr(wish.session, name, getattr(now, name))


def _check(found: Plan, *, by: Actor) -> None:
    """What no group may meet unprepared."""
    for wish in found.wishes:
        is_past = wish.session.has_begun or wish.value("starts_at") <= clock.now()
        if wish.moves and is_past and not by.is_system:
            raise Refused("session.past", PAST)
    for pk, missing in found.missing.items():
        session = next(wish.session for wish in found.wishes if wish.session.pk == pk)
        raise Refused(
            "session.too_few",
            _("%(taken)s places are taken: say where groups with %(missing)s of them go, or cancel them first."),
            taken=session.taken,
            missing=missing,
        )
    if busy := [touch.booking.number for touch in found.touches if touch.is_busy]:
        raise Refused(
            "session.busy",
            _("Pupils of %(numbers)s have another activity at the new time. Say where these groups go."),
            numbers=wording.listed(busy),
        )
    for wish in found.wishes:
        is_booked = wish.session.taken > 0
        for_others = bool(wish.values.get("channel")) or "audience" in wish.changed
        if is_booked and ("unit" in wish.changed or for_others):
            raise Refused("session.booked", BOOKED)
        if wish.moves and wish.session.training_places.live().exists():
            raise Refused("session.booked", _("Teachers have signed up for this time. Cancel it for them first."))
        if wish.moves and wish.session.offers.filter(state=Offer.State.OPEN).exists():
            raise Refused("session.booked", OFFERED)
        if {"hall", "capacity", "unit"} & wish.changed:
            halls.check(
                wish.value("hall"),
                place_id=wish.session.place_id,
                capacity=wish.value("capacity"),
                unit=wish.value("unit"),
            )


def _send_away(touch: Touch, *, by: Actor, reason: str) -> None:
    """To the session that the host names, with roll and papers; or cancelled by the host, with its reason."""
    booking, to = touch.booking, touch.to
    if to is None:
        bookings.cancel_by_venue(booking, by=by, reason=said(reason))
        return
    old = booking.session
    if to.provider_id != old.provider_id or to.school_id != old.school_id or to.pk == old.pk:
        raise Refused("booking.other_host", _("Choose another session of the same host."))
    group = groups.of_booking(booking, on=to.day)
    verdict = Judge([to], group, moving=booking, waived=WAIVED).of(to)
    if not verdict.may_book:
        raise bookings.NotEligible(verdict)
    if verdict.on_sheet:  # what both have accepted is this one visit
        raise Refused(
            "booking.on_sheet", _("A visit that rests on its confirmation sheet goes nowhere else: cancel it.")
        )
    exemptions.take(booking, verdict.exemptions)
    rescheduling.carry(
        booking, old, to, step="transfer", entitled=group.is_entitled, agreement=verdict.agreement, by=by
    )


def _apply(wish: Wish, staying: Sequence[Touch], *, by: Actor) -> None:
    """Write the new values; the slots of pupils and classes follow by themselves, the counters of the day by us."""
    session, values = wish.session, dict(wish.values)
    if wish.moves:
        following.session_moved(session, wish.value("starts_at"), wish.value("ends_at"))
    if {"held_back", "starts_at"} & set(values) and not session.released_at:  # what is released is not held back again
        values["held_until"] = held_until(session, wish.value("starts_at")) if wish.value("held_back") else None
    before = copy.copy(session)
    Session.objects.filter(pk=session.pk).update(**values)
    session.refresh_from_db()
    for touch in staying:
        touch.booking.session = session
        if before.day != session.day:
            bookings.check_doors(touch.booking, session)
            uses.settle(touch.booking)
            outings.follow(touch.booking, was=before.day)
            Booking.objects.filter(pk=touch.booking.pk).update(**rescheduling.OF_THE_DATE)
        if (before.day, VenueDay.parts_of(before)) != (session.day, VenueDay.parts_of(session)) and session.place_id:
            venue_days.swap(touch.booking, before, session)
    audit.record("session.edit", session, by=by, fields=sorted(wish.values))


def held_until(session: Session, starts_at: dt.datetime) -> dt.date:
    """The last day on which places are held back for entitled schools."""
    days = thresholds.of(session.provider.district_id)["held_back_days"]
    return timezone.localdate(starts_at) - dt.timedelta(days=days)


def _in_line(wishes: Sequence[Wish]) -> list[WaitlistEntry]:
    """Groups that wait for a session which gets another time: they are told as well."""
    moved = [wish.session.pk for wish in wishes if wish.moves]
    return list(WaitlistEntry.objects.live().filter(session__in=moved).with_names())


def _row(change: SessionChange, touch: Touch, *, by: Actor) -> ChangedBooking:
    """Write down what the school had, and what is asked of it."""
    booking, earlier = touch.booking, touch.earlier
    session = touch.to or touch.wish.session
    if earlier:
        move(earlier, "replace", by=by)
    row = ChangedBooking.objects.create(
        change=change,
        booking=booking,
        session=session,
        school_id=booking.school_id,
        district_id=booking.district_id,
        weight=touch.weight,
        free_until=_free_until(booking, session) if touch.weight == Weight.SHIFTED else None,
        was_starts_at=touch.was.starts_at,
        was_ends_at=touch.was.ends_at,
        was_hall_id=touch.was.hall_id,
        was_guide=touch.was.guide,
    )
    if row.weight == Weight.MOVED:
        move(row, "ask", by=by)
    return row


def _free_until(booking: Booking, session: Session) -> dt.datetime:
    """The end of the next school day of the school's district, at the latest the session's start."""
    try:
        day = calendar.school_day_after(booking.district_id, clock.today(), 1)
    except Refused:  # the calendar ends before
        return session.starts_at
    return min(clock.moment(day + DAY), session.starts_at)


@verb
def accept(row: ChangedBooking, *, by: Actor) -> None:
    """The school comes at the new time."""
    if not ChangedBooking.objects.awaiting().filter(pk=row.pk).exists():
        raise Refused("changed", CHANGED)
    move(row, "accept", by=by, answered_at=clock.now(), answered_by=getattr(by, "membership", None))


@verb
def accept_all(rows: Sequence[ChangedBooking], *, by: Actor) -> int:
    """All that still wait for the school's answer, in one press; returns how many."""
    for row in rows:
        accept(row, by=by)
    return len(rows)


@verb
def leave(row: ChangedBooking, *, by: Actor) -> None:
    """The school does not come because of the change: its booking ends without a mark."""
    require(by, Permission.BOOKING_REQUEST, row)
    if not ChangedBooking.objects.freeing(row.booking_id).filter(pk=row.pk).exists():
        raise Refused("change.too_late", _("The time in which leaving was free is over. You can still cancel."))
    booking = Booking.objects.with_names().get(pk=row.booking_id)
    move(row, "leave", by=by, answered_at=clock.now(), answered_by=getattr(by, "membership", None))
    name = "withdraw" if booking.state == Booking.State.REQUESTED else "cancel"
    bookings.end(booking, name, by=by, reason=str(row.get_weight_display()))
    bookings.notices.tell_cancelled(booking)


def paper_version(booking: Booking) -> int:
    """Papers of a booking are version 1 until its host changes something that stands on them."""
    return 1 + booking.changes.count()
