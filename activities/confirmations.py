"""Confirmation sheets 活动确认单: school and host say yes to one visit, each once, to the same words.

Where a district asks for an agreement and there is none, the sheet stands in for this one visit: with the second word
the booking is confirmed, and not before."""

from django.utils.translation import gettext_lazy as _

from activities import notices, receipts
from activities.models import Booking, ConfirmationSheet
from people import audit
from people.access import require
from people.actors import SYSTEM, Person
from people.roles import Permission
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused

CHANGED = _("The visit has changed since this sheet was opened: read it once more.")
NOT_NOW = _("A sheet is accepted while the booking is confirmed or waits for the venue.")


@verb
def accept(booking: Booking, *, by: Person, digest: str) -> ConfirmationSheet:
    """Say yes for the hat's own side to the words that were read. Both sides: the sheet holds for this visit.

    Said twice it stays as it was. Raises Refused where the visit is another one by now.
    """
    is_host = by.organisation_id == booking.session.provider_id
    require(by, Permission.BOOKING_CONFIRM if is_host else Permission.BOOKING_REQUEST, booking)
    locked = Booking.objects.with_names().select_for_update(of=("self",), no_key=True)
    booking = locked.get(pk=booking.pk)  # a group that changes just now, or ends, is before us or reads our word
    if booking.state not in (Booking.State.REQUESTED, Booking.State.CONFIRMED):
        raise Refused("sheet.state", NOT_NOW)
    if digest != receipts.digest(booking):
        raise Refused("sheet.changed", CHANGED)
    read = {"digest": digest, "session": booking.session}
    sheet, _is_new = ConfirmationSheet.objects.get_or_create(booking=booking, defaults=read)
    if sheet.digest != digest:  # what was accepted was another visit: both words are void
        sheet.digest, sheet.session = digest, booking.session
        sheet.school_at = sheet.school_by = sheet.host_at = sheet.host_by = None
    side = "host" if is_host else "school"
    is_new = getattr(sheet, f"{side}_at") is None
    if is_new:
        setattr(sheet, f"{side}_at", clock.now())
        setattr(sheet, f"{side}_by", by.membership)
        audit.record("booking.accept_sheet", booking, by=by, side=side, digest=digest[:12])
    sheet.save()
    if booking.on_sheet and booking.state == Booking.State.REQUESTED and is_new:
        _carry_on(booking, sheet, is_host=is_host)
    return sheet


def _carry_on(booking: Booking, sheet: ConfirmationSheet, *, is_host: bool) -> None:
    """The visit rests on this sheet: with both words it is confirmed, with one the other side is asked."""
    if not sheet.is_accepted:
        notices.tell_sheet(booking, to_host=not is_host)
    elif not booking.session.is_over:
        move(booking, "confirm", by=SYSTEM, confirmed_at=clock.now())
        notices.tell_confirmed(booking)


def void(booking: Booking) -> None:
    """The visit is asked for anew: both sides say yes anew, even to words that they have accepted before."""
    nobody = {"school_at": None, "school_by": None, "host_at": None, "host_by": None}
    ConfirmationSheet.objects.filter(booking=booking).update(**nobody)


def sheet_of(booking: Booking) -> ConfirmationSheet | None:
    """The sheet, as far as it is about what the booking is now."""
    found = ConfirmationSheet.objects.filter(booking=booking).select_related("school_by__user", "host_by__user").first()
    return found if found and found.digest == receipts.digest(booking) else None


def holds(booking: Booking) -> bool:
    """Both sides have accepted what the booking is now: the sheet counts for this one visit."""
    sheet = sheet_of(booking)
    return sheet is not None and sheet.is_accepted
