"""停课 on a phone: choose, see what it calls off, press once; then the page on which groups get their new dates."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities import days_off
from activities.forms.day_off import DayOffForm
from activities.models import Booking, DayOff, Session
from people.access import may
from people.gate import allow, seen
from people.roles import Permission
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.pages import keyset

AHEAD = dt.timedelta(days=60)
OFFERED = 3


@allow(Permission.DAY_OFF_DECLARE)
def day_off_new(request: HttpRequest) -> HttpResponse:
    """GET with a day shows what would be called off; the POST of the same entries does it."""
    organisation = request.actor.organisation
    given = request.POST if request.method == "POST" else request.GET
    today = clock.today()
    usual = {"date": today.isoformat(), "part": DayOff.Part.DAY, "kind": DayOff.Kind.WEATHER, "words": ""}
    form = DayOffForm({**usual, **given.dict()})
    found = None
    if form.is_valid():
        data = form.cleaned_data
        if request.method == "POST":
            postpones = request.POST.get("then") == "postpone"
            try:
                day_off, done = days_off.declare(organisation, by=request.actor, postpones=postpones, **data)
            except Refused as no:
                form.add_error(None, str(no))
            else:
                messages.success(request, _said(len(done.bookings), postpones=postpones))
                return redirect("activities:day_off-page", day_off.pk)
        found = days_off.reach(organisation, data["date"], data["part"])
    days = [today + dt.timedelta(days=n) for n in range(2)]
    quick = [(day, part, DayOff.Part(part).label) for day in days for part in ("am", "pm", "day")]
    return render(
        request, "activities/day_off_new.html", {"form": form, "found": found, "quick": quick, "today": today}
    )


def _said(count: int, *, postpones: bool) -> str:
    if not count:
        return _("Called off. No booking falls on that time.")
    if postpones:
        return ngettext(
            "%(n)s booking is postponed, without a mark for anybody.",
            "%(n)s bookings are postponed, without a mark for anybody.",
            count,
        ) % {"n": count}
    return ngettext(
        "%(n)s booking is called off, without a mark for anybody.",
        "%(n)s bookings are called off, without a mark for anybody.",
        count,
    ) % {"n": count}


@allow(Permission.BOOKING_SEE)
def day_off_list(request: HttpRequest) -> HttpResponse:
    rows = DayOff.objects.visible_to(request.actor).select_related("organisation")
    page = keyset(rows, request.GET, order=("-date", "-pk"))
    return render(
        request,
        "activities/day_off_list.html",
        {"page": page, "may_declare": may(request.actor, Permission.DAY_OFF_DECLARE)},
    )


@allow(Permission.BOOKING_SEE)
def day_off_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was called off; a school chooses new dates for all its groups here and sends them at once."""
    day_off = seen(DayOff.objects.select_related("organisation"), request.actor, pk=pk)
    mine = Booking.objects.visible_to(request.actor).with_group().filter(day_off=day_off)
    rebooks = may(request.actor, Permission.BOOKING_REQUEST)
    rows = _rows(day_off, list(mine.order_by("session__starts_at", "pk")), offering=rebooks)
    if request.method == "POST" and rebooks:
        _rebook(request, rows)
        return redirect("activities:day_off-page", pk)
    waiting = [row for row in rows if row["waits"]]
    return render(
        request,
        "activities/day_off_page.html",
        {"day_off": day_off, "rows": rows, "waiting": waiting, "rebooks": rebooks},
    )


def _rows(day_off: DayOff, bookings: list[Booking], *, offering: bool) -> list[dict[str, Any]]:
    """Each group that lost its date: what took its place, which a postponed one does itself, else sessions that fit."""
    keys = {days_off.again_key(booking): booking.pk for booking in bookings}
    again = {
        keys[row.request_key]: row for row in Booking.objects.with_names().filter(request_key__in=keys) if row.is_alive
    }
    again |= {booking.pk: booking for booking in bookings if booking.is_alive}
    open_ones = Session.objects.none()
    if offering:
        open_ones = (
            Session.objects.open()
            .upcoming()
            .filter(
                provider__in={booking.session.provider_id for booking in bookings if booking.pk not in again},
                school__isnull=True,
                starts_at__lt=clock.now() + AHEAD,
            )
            .select_related("programme", "provider", "place", "hall")
            .order_by("starts_at", "pk")
        )
    lost = [booking for booking in bookings if booking.pk not in again and booking.seeks_date]
    chosen = days_off.offers(lost, [one for one in open_ones if not day_off.covers(one)], most=OFFERED)
    return [
        {
            "booking": booking,
            "again": again.get(booking.pk),
            "waits": booking in lost,
            "offers": chosen.get(booking.pk, []),
        }
        for booking in bookings
    ]


def _rebook(request: HttpRequest, rows: list[dict[str, Any]]) -> None:
    """Every chosen date is booked by itself: one that has just gone does not take the others along."""
    done = 0
    for row in rows:
        booking = row["booking"]
        chosen = request.POST.get(f"to_{booking.pk}", "")
        session = next((one for one in row["offers"] if str(one.pk) == chosen), None)
        if session is None:
            continue
        try:
            days_off.rebook(booking, to=session, by=request.actor)
        except Refused as no:
            messages.error(request, f"{booking.who}: {no}")
        else:
            done += 1
    if done:
        messages.success(
            request,
            ngettext("%(n)s group has a new date.", "%(n)s groups have a new date.", done) % {"n": done},
        )
