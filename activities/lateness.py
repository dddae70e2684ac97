"""“We'll be 20 / 40 / 60 minutes late”: one tap by whoever leads the group, read at once at the host's door."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from activities import notices, roll_days
from activities.models import Booking
from people import audit
from people.actors import Actor
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

CHOICES = (20, 40, 60)  # minutes


def may_announce(booking: Booking, actor: Actor) -> bool:
    """On the day, until the group has come or the session is over; whoever may call its roll."""
    session = booking.session
    is_coming = booking.state == Booking.State.CONFIRMED and not (booking.arrived_at or booking.called_at)
    is_now = session.day == clock.today() and not session.is_over and session.provider_id != booking.school_id
    return is_coming and is_now and roll_days.is_open_to(booking, actor)


@verb
def announce(booking: Booking, *, by: Actor, minutes: int) -> None:
    """Tell the host. Said again, the last word counts; a no-show is not recorded before that time has passed."""
    if not roll_days.is_open_to(booking, by):
        raise PermissionDenied("booking.late")
    if minutes not in CHOICES:
        raise Refused("booking.late_minutes", _("Choose 20, 40 or 60 minutes."))
    if not may_announce(booking, by):
        raise Refused("booking.late_day", _("Being late is announced on the day, before the group has arrived."))
    if booking.late_minutes == minutes:
        return
    booking.late_minutes, booking.late_said_at = minutes, clock.now()
    booking.save(update_fields=["late_minutes", "late_said_at"])
    audit.record("booking.late", booking, by=by, minutes=minutes)
    notices.tell_late(booking)
