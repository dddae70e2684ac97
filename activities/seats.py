"""The only writer of a session's counters. Taken last in a booking, because every booking of a session waits here."""

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, Session
from people.workflow import CHANGED
from portal.lib import clock
from portal.lib.errors import Refused

FULL = _("%(left)s places are left and you need %(needed)s. Take fewer, or choose another session.")
CLOSED = _("This session is no longer open for booking.")


def fits(seats: int, *, entitled: bool) -> Q:
    """Whether so many seats are free for a school; held-back ones count only for those entitled to them."""
    all_of_them = Q(taken__lte=F("capacity") - seats)
    if entitled:
        return all_of_them
    released = Q(released_at__isnull=False) | Q(held_until__isnull=True) | Q(held_until__lt=clock.today())
    return all_of_them & (released | Q(taken__lte=F("capacity") - F("held_back") + F("held_taken") - seats))


def take(session: Session, seats: int, *, entitled: bool) -> int:
    """Take seats by one conditional UPDATE. Returns how many of them came from the held-back places.

    Raises Refused("session.full") or Refused("session.closed").
    """
    rows = Session.objects.filter(pk=session.pk)
    held = 0
    if entitled:  # not by the counters in hand: an offer of held-back places may just have been given back
        locked = rows.select_for_update(no_key=True).get()
        held = min(seats, locked.held_open)
    as_read = {"starts_at": session.starts_at, "ends_at": session.ends_at}  # its host may have moved it meanwhile
    free = rows.filter(fits(seats, entitled=entitled), state=Session.State.OPEN, **as_read)
    if free.update(taken=F("taken") + seats, held_taken=F("held_taken") + held) == 1:
        return held
    now = rows.get()
    if now.state != Session.State.OPEN:
        raise Refused("session.closed", CLOSED)
    if (now.starts_at, now.ends_at) != (session.starts_at, session.ends_at):
        raise Refused("changed", CHANGED)
    raise Refused("session.full", FULL, left=max(0, now.left_for(entitled)), needed=seats)


def give_back(session_id: int, seats: int, held: int) -> None:
    """Free the seats of a booking that died; the held-back ones are held back again, unless they were released."""
    released = When(released_at__isnull=False, then=F("held_back") - held)
    Session.objects.filter(pk=session_id).update(
        taken=F("taken") - seats,
        held_taken=F("held_taken") - held,
        held_back=Case(released, default=F("held_back")),
    )


def resize(booking: Booking, session: Session, seats: int, *, entitled: bool) -> int:
    """Give a booking more seats or fewer. Returns how many of all of them come from the held-back places.

    Those are given back last: what others may have is free first. Raises Refused as `take`."""
    more = seats - booking.seats_held
    if more > 0:
        return booking.held_seats + take(session, more, entitled=entitled)
    held = min(booking.held_seats, seats)
    give_back(session.pk, -more, booking.held_seats - held)
    return held


def swap(booking: Booking, old: Session, new: Session, seats: int, *, entitled: bool) -> int:
    """Free the seats of one session and take those of another, by id: so everybody waits in one order.

    Returns how many of the new ones came from the held-back places; raises Refused as `take`."""
    if new.pk < old.pk:
        held = take(new, seats, entitled=entitled)
        give_back(old.pk, booking.seats_held, booking.held_seats)
        return held
    give_back(old.pk, booking.seats_held, booking.held_seats)
    return take(new, seats, entitled=entitled)
