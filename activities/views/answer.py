"""The venue's answers to what schools ask for: many at once, or one with other dates; and the school's reply to these."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from activities import alternatives, bookings
from activities.models import Booking, Session
from people.access import require
from people.gate import allow, seen, typed_pk
from people.roles import Permission
from portal.lib.answering import refusals_told
from portal.lib.errors import Refused
from portal.lib.pages import keyset

OFFERED = 6


@allow(Permission.BOOKING_CONFIRM)
def booking_pending(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the venue, by date; ticked and confirmed at once."""
    mine = Booking.objects.visible_to(request.actor).awaiting_confirmation()
    rows = mine.filter(session__provider=request.actor.organisation_id or 0).with_names()
    page = keyset(rows, request.GET, order=("session__starts_at", "pk"))
    return render(request, "activities/booking_pending.html", {"page": page, "count": mine.count()})


@allow(Permission.BOOKING_CONFIRM)
@require_POST
def booking_confirm_all(request: HttpRequest) -> HttpResponse:
    """Accept the ticked requests, all or none; what was withdrawn meanwhile is only named."""
    back = "activities:booking-pending" if request.POST.get("next") == "pending" else "activities:booking-desk"
    keys = [key for key in request.POST.getlist("booking") if key.isascii() and key.isdigit() and len(key) < 19]
    chosen = list(Booking.objects.visible_to(request.actor).with_names().filter(pk__in=keys).order_by("pk"))
    waiting = [booking for booking in chosen if booking.state == Booking.State.REQUESTED and not booking.on_sheet]
    if not chosen:
        messages.error(request, _("Choose at least one booking first."))
        return redirect(back)
    with refusals_told(request):
        done = bookings.confirm_all(waiting, by=request.actor)
        messages.success(request, _confirmed(done, len(chosen) - done))
    return redirect(back)


def _confirmed(done: int, gone: int) -> str:
    said = ngettext("%(n)s booking is confirmed.", "%(n)s bookings are confirmed.", done) % {"n": done}
    if not gone:
        return said
    left = ngettext("%(n)s was not waiting any more.", "%(n)s were not waiting any more.", gone) % {"n": gone}
    return f"{said} {left}"


@allow(Permission.BOOKING_CONFIRM)
def booking_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Why not, and which other dates fit this group; a POST declines."""
    booking = seen(Booking.objects.with_group(), request.actor, pk=pk)
    require(request.actor, Permission.BOOKING_CONFIRM, booking)
    if request.method != "POST" and booking.state != Booking.State.REQUESTED:
        return redirect("activities:booking-page", pk)
    fitting = alternatives.choices(booking, most=OFFERED)
    context: dict[str, Any] = {"booking": booking, "session": booking.session, "fitting": fitting, "refused": ""}
    if request.method == "POST":
        keys = request.POST.getlist("session")
        named = [session for session in fitting if str(session.pk) in keys]
        try:
            alternatives.decline(booking, by=request.actor, reason=request.POST.get("reason", "")[:200], sessions=named)
        except Refused as no:
            context |= {"refused": str(no), "ticked": {session.pk for session in named}}
        else:
            messages.success(request, _("Declined: %(who)s. The school reads your reason.") % {"who": booking.who})
            return redirect("activities:booking-page", pk)
    return render(request, "activities/booking_decline.html", {"ticked": set(), **context})


@allow(Permission.BOOKING_REQUEST)
@require_POST
def booking_instead(request: HttpRequest, pk: int) -> HttpResponse:
    """The school takes one of the dates that the venue named."""
    booking = seen(Booking.objects.with_group(), request.actor, pk=pk)
    require(request.actor, Permission.BOOKING_REQUEST, booking.school)
    to = seen(Session.objects.select_related("programme", "provider"), request.actor, pk=typed_pk(request, "session"))
    try:
        made = alternatives.take(booking, to=to, by=request.actor)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("activities:booking-page", pk)
    messages.success(request, _("Booked. Receipt %(number)s.") % {"number": made.number})
    return redirect("activities:booking-page", made.pk)
