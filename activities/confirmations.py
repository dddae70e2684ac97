"""Confirmation sheets 活动确认单: school and host say yes to one visit, each once, to the same words."""

from django.utils.translation import gettext_lazy as _

from activities import receipts
from activities.models import Booking, ConfirmationSheet
from people import audit
from people.access import require
from people.actors import Person
from people.roles import Permission
from people.workflow import verb
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
    if booking.state not in (Booking.State.REQUESTED, Booking.State.CONFIRMED):
        raise Refused("sheet.state", NOT_NOW)
    if digest != receipts.digest(booking):
        raise Refused("sheet.changed", CHANGED)
    ConfirmationSheet.objects.get_or_create(booking=booking, defaults={"digest": digest})
    sheet = ConfirmationSheet.objects.select_for_update(no_key=True).get(booking=booking)
    if sheet.digest != digest:  # what was accepted was another visit: both words are void
        sheet.digest = digest
        sheet.school_at = sheet.school_by = sheet.host_at = sheet.host_by = None
    side = "host" if is_host else "school"
    if getattr(sheet, f"{side}_at") is None:
        setattr(sheet, f"{side}_at", clock.now())
        setattr(sheet, f"{side}_by", by.membership)
        audit.record("booking.accept_sheet", booking, by=by, side=side, digest=digest[:12])
    sheet.save()
    return sheet


def sheet_of(booking: Booking) -> ConfirmationSheet | None:
    """The sheet, as far as it is about what the booking is now."""
    found = ConfirmationSheet.objects.filter(booking=booking).select_related("school_by__user", "host_by__user").first()
    return found if found and found.digest == receipts.digest(booking) else None


def holds(booking: Booking) -> bool:
    """Both sides have accepted what the booking is now: the sheet counts for this one visit."""
    sheet = sheet_of(booking)
    return sheet is not None and sheet.is_accepted
