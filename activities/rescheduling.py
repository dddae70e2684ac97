"""改期: a booking moves to another session of the same host with its roll and papers; nothing is given up before.

A booking whose day was called off and postponed waits here for its new date: it holds nothing, and comes first."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from activities import bookings, confirmations, exemptions, following, groups, notices, outings, seats, uses, venue_days
from activities.eligibility import Judge
from activities.models import Booking, Session
from partnerships.models import Agreement
from people.actors import SYSTEM, Actor
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused

TOO_LATE = _("The free time for another date is over. Call the venue, or cancel late.")
# What a group need not meet again, and whom it goes before, when somebody else took its date.
WAIVED = frozenset({"venue.lead_days", "session.queue"})
# What was asked and said about one date: the final head count, and being late.
OF_THE_DATE = dict.fromkeys(("count_due_at", "counted_at", "counted_by", "late_minutes", "late_said_at"))


def choices(booking: Booking, *, until: dt.date) -> list[Session]:
    """Open sessions of the same host from now on, those of the same programme first, then by time."""
    rows = (
        Session.objects.open()
        .upcoming()
        .filter(provider=booking.session.provider_id, school=booking.session.school_id, starts_at__date__lte=until)
        .exclude(pk=booking.session_id if booking.is_alive else 0)  # a postponed session may have a new time itself
        .select_related("programme", "provider", "place", "hall")
        .order_by("starts_at", "pk")
    )
    return sorted(rows, key=lambda session: session.programme_id != booking.session.programme_id)


def waived(booking: Booking) -> frozenset[str]:
    """For a group whose day was called off. A school that calls off its own loses no mark by it, and gains no place
    before others either."""
    is_own = booking.day_off is not None and booking.day_off.organisation_id == booking.school_id
    return WAIVED if booking.seeks_date and not is_own else frozenset()


@verb
def reschedule(booking: Booking, *, to: Session, by: Actor) -> Booking:
    """Move the booking to another session, all or nothing; a host that confirms by hand is asked again.

    Free until the host's free cancellation ends; a postponed group comes first, whenever it chooses. Safe to repeat: a
    booking that is there already stays there.
    Raises NotEligible with every broken rule, Refused for a session of another host or when it is too late.
    """
    booking = Booking.objects.with_group().select_for_update(of=("self",), no_key=True).get(pk=booking.pk)
    old = booking.session
    if old.pk == to.pk and booking.is_alive:
        return booking
    if to.provider_id != old.provider_id or to.school_id != old.school_id:
        raise Refused("booking.other_host", _("Another date is one of the same host. Elsewhere, make a new booking."))
    is_late = booking.state == Booking.State.CONFIRMED and bookings.is_late(booking)
    if booking.is_alive and (old.has_begun or is_late):
        raise Refused("booking.too_late_to_move", TOO_LATE)
    group = groups.of_booking(booking, on=to.day)
    verdict = Judge([to], group, moving=booking, waived=waived(booking)).of(to)
    if not verdict.may_book:
        raise bookings.NotEligible(verdict)
    exemptions.take(booking, verdict.exemptions)
    carry(booking, old, to, entitled=group.is_entitled, agreement=verdict.agreement, on_sheet=verdict.on_sheet, by=by)
    notices.tell_rescheduled(booking, old)
    bookings.offer_on(old.pk)
    return booking


def carry(
    booking: Booking,
    old: Session,
    to: Session,
    *,
    entitled: bool,
    agreement: Agreement | None,
    by: Actor,
    on_sheet: bool = False,
    step: str = "",
) -> None:
    """In the order of a booking: slots, doors, commitments, the venue's day, the sessions last. Part of a verb.

    `step` is the move where its host sends the group there; else the school chooses the date. What was postponed
    holds nothing that could be given back; a visit that rests on its sheet waits for the sheet of the new date."""
    had_places, needed = booking.is_alive, to.seats_for(booking.pupils)
    slot = {"session": to, "starts_at": to.starts_at, "ends_at": to.ends_at, "is_live": True}
    booking.roll.update(**slot)
    booking.classes.update(**slot)
    at_once = bool(step) or to.programme.confirms_at_once or to.provider_id == booking.school_id
    at_once = at_once and not on_sheet
    move(
        booking,
        step or ("reschedule" if at_once else "ask_again"),
        by=by,
        facts={"from_session": old.pk, "to_session": to.pk},
        session=to,
        agreement=agreement,
        on_sheet=on_sheet,
        confirmed_at=clock.now() if at_once else None,
        seeks_date=False,
        **OF_THE_DATE,
        **({} if had_places else {"seats_held": needed, "ended_at": None, "reason": ""}),
    )
    if on_sheet:
        confirmations.void(booking)
    bookings.check_doors(booking, to)
    uses.settle(booking)
    if had_places:
        venue_days.swap(booking, old, to)
        held = seats.swap(booking, old, to, needed, entitled=entitled)
    else:
        venue_days.take(booking, to)
        held = seats.take(to, needed, entitled=entitled)
    Booking.objects.filter(pk=booking.pk).update(seats_held=needed, held_seats=held)
    booking.seats_held, booking.held_seats = needed, held
    outings.follow(booking, was=old.day)


@verb
def give_up(booking: Booking, *, by: Actor, reason: str = "") -> None:
    """The school does without a new date for a postponed group: its booking ends, without a mark for anybody.

    With a `reason` there is no date to wait for any more; else the one stays for which its day was called off."""
    why = {"reason": reason} if reason else {}
    move(booking, "give_up", by=by, ended_at=clock.now(), seeks_date=False, **why)
    session, standing = booking.session, (Session.State.OPEN, Session.State.POSTPONED)
    if session.school_id and session.state in standing:  # a date that was this group's alone
        move(session, "cancel", by=SYSTEM, reason=booking.reason)
        following.session_cancelled(session, reason=booking.reason)
