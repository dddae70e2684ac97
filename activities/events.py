"""What of sessions and bookings other systems are told."""

from django.utils.translation import gettext_lazy as _

from activities.models import Booking, Programme, Session
from partnerships.models import Listing
from people.events import declare
from people.models import District

CANCELLED = ("cancel", "cancel_late", "cancel_by_venue", "cancel_no_fault", "call_off", "give_up", "lose")


def shown_in(session: Session) -> set[int]:
    """Districts whose schools find a session: its own school's; else where the provider is listed, or all of them."""
    if session.school_id:
        return session.district_ids()
    return offered_in(session.programme)


def offered_in(programme: Programme) -> set[int]:
    """Districts to which a programme is offered."""
    if programme.open_to_all:
        return set(District.objects.values_list("pk", flat=True))
    listed = Listing.objects.listed().filter(organisation=programme.provider_id)
    return set(listed.values_list("district_id", flat=True)) | programme.district_ids()


def is_public(session: Session) -> bool:
    return session.state != Session.State.DRAFT


declare(
    "programme.changed",
    _("Programme published, changed or retired"),
    scope="programmes:read",
    acts=["programme.publish", "programme.retire"],
    only={"programme.edit": lambda programme: programme.state != Programme.State.DRAFT},
    districts=offered_in,
)
declare(
    "session.opened", _("Session open for booking"), scope="sessions:read", acts=["session.open"], districts=shown_in
)
declare(
    "session.changed", _("Session changed"), scope="sessions:read", only={"session.edit": is_public}, districts=shown_in
)
declare(
    "session.postponed",
    _("Session postponed"),
    scope="sessions:read",
    acts=["session.postpone", "session.put_off"],
    districts=shown_in,
)
declare(
    "session.cancelled",
    _("Session cancelled"),
    scope="sessions:read",
    acts=["session.cancel", "session.call_off"],
    districts=shown_in,
)
declare("booking.requested", _("Booking requested"), scope="bookings:read", acts=["booking.request"])
declare(
    "booking.confirmed",
    _("Booking confirmed"),
    scope="bookings:read",
    acts=["booking.confirm"],
    only={"booking.request": lambda booking: booking.state == Booking.State.CONFIRMED},
)
declare(
    "booking.moved",
    _("Booking moved to another date"),
    scope="bookings:read",
    acts=["booking.reschedule", "booking.ask_again"],
)
declare(
    "booking.postponed", _("Booking postponed, waiting for a new date"), scope="bookings:read", acts=["booking.put_off"]
)
declare("booking.declined", _("Booking declined"), scope="bookings:read", acts=["booking.decline"])
declare("booking.withdrawn", _("Booking withdrawn"), scope="bookings:read", acts=["booking.withdraw"])
declare(
    "booking.cancelled",
    _("Booking cancelled"),
    scope="bookings:read",
    acts=[f"booking.{act}" for act in CANCELLED],
)
declare(
    "booking.changed",
    _("Group larger or smaller, or its final head count given"),
    scope="bookings:read",
    acts=["booking.change_heads", "booking.count"],
)
declare("booking.received", _("Group received by the venue"), scope="bookings:read", acts=["booking.receive"])
declare("booking.missed", _("Group did not come"), scope="bookings:read", acts=["booking.miss"])
declare("booking.attended", _("Roll call sent"), scope="rolls:read", acts=["booking.complete"])
declare(
    "booking.corrected",
    _("Roll call corrected"),
    scope="rolls:read",
    acts=["booking.correct_roll", "booking.add_pupils"],
)
for code, label, act in (
    ("approved", _("Outing approved by the school"), "approve"),
    ("filed", _("Outing filed by the bureau"), "file"),
    ("reported", _("Return of an outing reported"), "report"),
):
    declare(f"outing.{code}", label, scope="outings:read", acts=[f"outing.{act}"])
for code, label, acts in (
    ("asked", _("Counselor invited or applied"), ("invite", "apply", "ask_again")),
    ("confirmed", _("Counselor and host agreed"), ("accept", "take_on")),
    (
        "ended",
        _("Assignment declined, given up or cancelled"),
        ("decline", "turn_down", "withdraw", "recall", "give_up", "release", "cancel"),
    ),
    ("reopened", _("Assignment to be filled again"), ("reopen",)),
):
    declare(f"assignment.{code}", label, scope="counselors:read", acts=[f"assignment.{act}" for act in acts])
declare("appointment.confirmed", _("Counselor appointed"), scope="counselors:read", acts=["appointment.accept"])
declare("appointment.ended", _("Appointment ended"), scope="counselors:read", acts=["appointment.end"])
