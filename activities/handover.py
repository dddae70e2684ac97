"""The open work of a hat that moves to a successor: the groups it leads whose roll has not been called."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activities.models import Booking
from people import handover
from people.actors import Actor
from people.models import Membership


def bookings_led(hat: Membership) -> QuerySet[Booking]:
    """Requested or confirmed bookings, past ones too while their roll is missing."""
    open_states = (Booking.State.REQUESTED, Booking.State.CONFIRMED)
    return Booking.objects.filter(leader=hat, state__in=open_states, called_at__isnull=True)


def lead_on(hat: Membership, successor: Membership, by: Actor) -> int:
    return bookings_led(hat).update(leader=successor)


handover.declare(
    "bookings_led", _("Groups led, roll not called yet"), count=lambda hat: bookings_led(hat).count(), move=lead_on
)
