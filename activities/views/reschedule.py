"""Another date for a booking: the dates that fit, and one press."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from activities import bookings, groups, rescheduling
from activities.eligibility import Judge
from activities.models import Booking, Session
from activities.verdicts import Broken, Verdict
from people.access import require
from people.gate import allow, seen, typed_pk
from people.roles import Permission
from portal.lib import clock, wording
from portal.lib.errors import Refused

AHEAD = dt.timedelta(days=90)
MOST_ROWS = 20  # nobody reads further on a phone; the catalogue shows the rest


@allow(Permission.BOOKING_REQUEST)
def booking_reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """What fits first, then what does not and why; a POST with `session` moves the booking there."""
    booking = seen(Booking.objects.with_group(), request.actor, pk=pk)
    require(request.actor, Permission.BOOKING_REQUEST, booking)
    refused = ""
    if request.method == "POST":
        to = seen(Session.objects.select_related("programme"), request.actor, pk=typed_pk(request, "session"))
        try:
            moved = rescheduling.reschedule(booking, to=to, by=request.actor)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _said(moved))
            return redirect("activities:booking-page", pk)
    found = rescheduling.choices(booking, until=clock.today() + AHEAD)
    group = groups.of_booking(booking, on=booking.session.day)
    judge = Judge(found, group, moving=booking, waived=rescheduling.waived(booking))
    rows = [{"session": session, "verdict": judge.of(session)} for session in found]
    fitting = [row for row in rows if row["verdict"].may_book][:MOST_ROWS]
    shared = _shared([row["verdict"] for row in fitting])
    for row in fitting:
        row["own"] = [rule for rule in row["verdict"].warnings if rule not in shared]
    return render(
        request,
        "activities/booking_reschedule.html",
        {
            "booking": booking,
            "session": booking.session,
            "fitting": fitting,
            "shared": shared,
            "others": [row for row in rows if not row["verdict"].may_book],
            "free_until": bookings.free_until(booking),
            "is_movable": booking.state in Booking.MOVES["reschedule"].sources,
            "is_late": booking.state == Booking.State.CONFIRMED and bookings.is_late(booking),
            "refused": refused,
        },
    )


def _shared(verdicts: list[Verdict]) -> list[Broken]:
    """Reminders that every date would bring: said once, above them."""
    if not verdicts:
        return []
    return [rule for rule in verdicts[0].warnings if all(rule in verdict.warnings for verdict in verdicts)]


def _said(booking: Booking) -> str:
    """Sentence 28 of the glossary; a host that confirms by hand is asked again."""
    session = booking.session
    when = wording.when(session.starts_at, session.ends_at)
    if booking.state == Booking.State.REQUESTED:
        return _("Sent for %(when)s. The roll and papers moved with it; the venue has to confirm the new date.") % {
            "when": when
        }
    return _("Moved to %(when)s. The roll and papers moved with it.") % {"when": when}
