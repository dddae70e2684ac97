"""预留名额: places kept for rural and supported schools open to everybody after their last day, once and for good."""

from django.db.models import F

from activities import bookings
from activities.models import Session
from people import audit
from people.actors import SYSTEM
from people.workflow import verb
from portal.lib import clock, sweeping


def _ripe():
    """Coming sessions whose last day of holding back is over. Seats are counted by that day already."""
    over = Session.objects.filter(held_back__gt=0, held_until__lt=clock.today(), released_at__isnull=True)
    return over.filter(starts_at__gt=clock.now())


def due() -> int:
    return _ripe().count()


def release_due() -> int:
    """Release what is ripe, each session by itself; run again, it finds nothing. Returns how many."""
    return sweeping.each(_ripe().order_by("pk"), release)


@verb
def release(session: Session) -> bool:
    """Open the held-back places to everybody and wake the waiting list. False when somebody was faster.

    What entitled schools have taken stays counted as theirs; given back, it is free for all."""
    ripe = _ripe().filter(pk=session.pk)
    if ripe.update(released_at=clock.now(), held_back=F("held_taken")) != 1:
        return False
    places = session.held_back - session.held_taken
    audit.record("session.release_places", session, by=SYSTEM, places=places)
    bookings.offer_on(session.pk)
    return True
