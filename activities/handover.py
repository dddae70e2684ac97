"""The open work of a hat that moves to a successor: the groups it leads whose roll has not been called."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activities.models import Assignment, Booking, Request, WaitlistEntry
from people import handover
from people.actors import Actor
from people.models import Membership
from people.roles import Role


def bookings_led(hat: Membership) -> QuerySet[Booking]:
    """Requested, confirmed or postponed bookings, past ones too while their roll is missing."""
    open_states = (Booking.State.REQUESTED, Booking.State.CONFIRMED, Booking.State.POSTPONED)
    return Booking.objects.filter(leader=hat, state__in=open_states, called_at__isnull=True)


def lead_on(hat: Membership, successor: Membership, by: Actor) -> int:
    return bookings_led(hat).update(leader=successor)


handover.declare(
    "bookings_led", _("Groups led, roll not called yet"), count=lambda hat: bookings_led(hat).count(), move=lead_on
)


def requests_led(hat: Membership) -> QuerySet[Request]:
    """Open requests for a group that this hat would lead; those put to a counselor, who answers before leaving."""
    if hat.role == Role.COUNSELOR:
        return Request.objects.open().filter(provider=hat.organisation_id)
    return Request.objects.open().filter(leader=hat)


handover.declare(
    "requests_led",
    _("Open requests to lead a group for, or to answer"),
    count=lambda hat: requests_led(hat).count(),
    move=lambda hat, successor, by: requests_led(hat).update(leader=successor),
)


def waits_led(hat: Membership) -> QuerySet[WaitlistEntry]:
    """Groups on waiting lists that this hat would lead."""
    return WaitlistEntry.objects.live().filter(leader=hat)


handover.declare(
    "waits_led",
    _("Groups on waiting lists to lead"),
    count=lambda hat: waits_led(hat).count(),
    move=lambda hat, successor, by: waits_led(hat).update(leader=successor),
)


def counselors_met(hat: Membership) -> QuerySet[Assignment]:
    """Asked or agreed for sessions to come: at a host whoever looks after the counselor, and the counselor themself."""
    standing = (Assignment.State.INVITED, Assignment.State.APPLIED, Assignment.State.CONFIRMED)
    rows = Assignment.objects.upcoming().filter(state__in=standing)
    if hat.role == Role.COUNSELOR:  # one person: nobody takes over, so it is given up or declined first
        return rows.filter(counselor=hat.organisation_id)
    return rows.filter(contact=hat)


def look_after(hat: Membership, successor: Membership, by: Actor) -> int:
    return counselors_met(hat).update(contact=successor)


handover.declare(
    "counselors_met",
    _("Counselors they are the contact for"),
    count=lambda hat: counselors_met(hat).count(),
    move=look_after,
)
