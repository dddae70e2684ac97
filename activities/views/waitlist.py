"""A group in line: where it stands and why, the places that are offered to it, and leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities import bookings, offering, waitlist
from activities.models import Booking, WaitlistEntry
from activities.models.waitlist import EntryState
from people.access import may, require
from people.gate import allow, seen
from people.roles import Permission
from people.workflow import abilities
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused


@allow(Permission.BOOKING_SEE)
def waitlist_page(request: HttpRequest, pk: int) -> HttpResponse:
    entry = seen(WaitlistEntry.objects.with_names(), request.actor, pk=pk)
    return _page(request, entry)


def _page(request: HttpRequest, entry: WaitlistEntry, refused: str = "") -> HttpResponse:
    offer = entry.offer
    is_mine = may(request.actor, Permission.BOOKING_REQUEST, entry)
    waits = is_mine and entry.state == EntryState.WAITING and not entry.session.has_begun
    proposed = offering.part_of(entry).get("classes", ())
    is_part = offer is not None and offer.seats < entry.session.seats_for(entry.heads)
    return render(
        request,
        "activities/waitlist_page.html",
        {
            "entry": entry,
            "session": entry.session,
            "offer": offer,
            "is_part": is_part,
            "classes": [
                (row.school_class_id, row.school_class.label(entry.session.day), row.school_class_id in proposed)
                for row in entry.classes.all()
            ],
            "position": waitlist.position(entry) if entry.state == EntryState.WAITING else 0,
            "why": offering.why(entry) if waits else [],
            "moves": abilities(entry, request.actor),
            "is_mine": is_mine,
            "refused": refused,
        },
    )


@allow(Permission.BOOKING_REQUEST)
@require_POST
def waitlist_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole group, or the classes (or heads) that were chosen of it."""
    entry = seen(WaitlistEntry.objects.with_names(), request.actor, pk=pk)
    require(request.actor, Permission.BOOKING_REQUEST, entry)
    chosen = [int(key) for key in request.POST.getlist("classes") if key.isascii() and key.isdigit() and len(key) < 19]
    typed = request.POST.get("pupils", "")
    heads = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
    part = chosen if entry.by == Booking.By.CLASSES and chosen else None
    try:
        booking = waitlist.accept(entry, by=request.actor, classes=part, heads=min(heads, entry.heads))
    except bookings.NotEligible as no:
        return _page(request, entry, str(no))
    except Refused as no:
        return _page(request, seen(WaitlistEntry.objects.with_names(), request.actor, pk=pk), str(no))
    messages.success(request, _("Booked from the waiting list. Receipt %(number)s.") % {"number": booking.number})
    return redirect("activities:booking-page", booking.pk)


@allow(Permission.BOOKING_REQUEST)
@require_POST
def waitlist_leave(request: HttpRequest, pk: int) -> HttpResponse:
    entry = seen(WaitlistEntry.objects.with_names(), request.actor, pk=pk)
    with refusals_told(request):
        waitlist.leave(entry, by=request.actor)
        messages.success(request, _("Your group has left the list."))
    return redirect("activities:waitlist-page", pk)
