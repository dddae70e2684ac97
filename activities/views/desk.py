"""The venue's desk: the half-days ahead, who arrives today, and what waits for an answer."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activities import sessions
from activities.models import Booking, Session
from activities.views.doors import unsaid
from people.gate import allow
from people.roles import Permission
from portal.lib import clock, wording

State = Booking.State
DAYS_AHEAD = 14
HALVES_SHOWN = 5
NOON, EVENING = dt.time(12), dt.time(16, 30)
AXIS = 1000  # units of the arrivals' time axis


@allow(Permission.BOOKING_RECEIVE)
def desk_page(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    mine = Booking.objects.visible_to(request.actor)
    arrivals = list(
        mine.filter(
            session__starts_at__gte=sessions.moment(today, dt.time()),
            session__starts_at__lt=sessions.moment(today + dt.timedelta(days=1), dt.time()),
            state__in=(State.CONFIRMED, State.ATTENDED, State.NO_SHOW),
        )
        .with_names()
        .order_by("session__starts_at", "pk")
    )
    pending = list(mine.awaiting_confirmation().with_names().order_by("session__starts_at", "pk")[:100])
    came = [booking for booking in arrivals if booking.arrived_at]
    return render(
        request,
        "activities/booking_desk.html",
        {
            "now": clock.now(),
            "halves": _halves(request),
            "arrivals": _on_axis(arrivals),
            "hours": _hours(arrivals),
            "tally": _tally(arrivals, came),
            "pending": pending,
            "uncounted": unsaid(request.actor).count(),
        },
    )


def _tally(arrivals: list[Booking], came: list[Booking]) -> str:
    """4 groups, 167 pupils; 2 of them have come, 77 pupils."""
    if not arrivals:
        return ""
    groups = ngettext("%(n)s group", "%(n)s groups", len(arrivals)) % {"n": len(arrivals)}
    pupils = wording.heads(sum(booking.pupils for booking in arrivals))
    there = wording.heads(sum(booking.arrived_heads or 0 for booking in came))
    return _("%(groups)s, %(pupils)s; %(came)s of them have come, %(there)s") % {
        "groups": groups,
        "pupils": pupils,
        "came": len(came),
        "there": there,
    }


def _halves(request: HttpRequest) -> list[dict[str, Any]]:
    """Today's half-days, those in which somebody waits, and the next: places, confirmed pupils, and who waits."""
    today = clock.today()
    rows = (
        Session.objects.filter(provider=request.actor.organisation_id, state=Session.State.OPEN)
        .on(
            sessions.moment(today, dt.time()),
            sessions.moment(today + dt.timedelta(days=DAYS_AHEAD), dt.time()),
        )
        .prefetch_related("bookings")
        .order_by("starts_at")
    )
    found: dict[tuple[dt.date, str], dict[str, int]] = defaultdict(lambda: {"places": 0, "sure": 0, "waits": 0})
    for session in rows:
        half = found[session.day, half_of(session.starts_at)]
        alive = [booking for booking in session.bookings.all() if booking.is_alive]
        waits = sum(booking.pupils for booking in alive if booking.state == State.REQUESTED)
        sure = sum(booking.pupils for booking in alive) - waits
        half["places"] += session.capacity if session.unit == Session.Unit.HEADS else sure + waits
        half["sure"] += sure
        half["waits"] += waits
    urgent = sorted(found, key=lambda key: (key[0] != today, not found[key]["waits"], list(found).index(key)))
    shown = set(urgent[:HALVES_SHOWN])
    return [
        {
            "day": day,
            "is_today": day == today,
            "half": half,
            **counts,
            "left": counts["places"] - counts["sure"] - counts["waits"],
            "segments": [(counts["sure"], "done", _("confirmed")), (counts["waits"], "pending", _("to confirm"))],
        }
        for (day, half), counts in found.items()
        if (day, half) in shown and counts["places"]
    ]


def half_of(moment: dt.datetime) -> str:
    """Morning, afternoon, or after school."""
    time = timezone.localtime(moment).time()
    if time < NOON:
        return pgettext("half-day", "morning")
    return pgettext("half-day", "afternoon") if time < EVENING else pgettext("half-day", "after school")


def _range(arrivals: list[Booking]) -> tuple[int, int]:
    """First and last full hour of the axis."""
    starts = [timezone.localtime(booking.session.starts_at).hour for booking in arrivals]
    ends = [timezone.localtime(booking.session.ends_at).hour + 1 for booking in arrivals]
    return min([8, *starts]), max([17, *ends])


def _place(moment: dt.datetime, first: int, last: int) -> int:
    local = timezone.localtime(moment)
    return round((local.hour * 60 + local.minute - first * 60) * AXIS / ((last - first) * 60))


def _hours(arrivals: list[Booking]) -> list[dict[str, int]]:
    first, last = _range(arrivals)
    return [{"hour": hour, "x": round((hour - first) * AXIS / (last - first))} for hour in range(first, last + 1)]


def _on_axis(arrivals: list[Booking]) -> list[dict[str, Any]]:
    """Each group as a bar on the one time axis, and what is known of its arrival."""
    first, last = _range(arrivals)
    now = clock.now()
    rows = []
    for booking in arrivals:
        session = booking.session
        start = _place(session.starts_at, first, last)
        came = booking.arrived_at is not None or booking.state == State.ATTENDED
        late = 0 if came else max(0, int((now - session.starts_at).total_seconds() // 60))
        rows.append(
            {
                "booking": booking,
                "said": wording.when(session.starts_at, session.ends_at),
                "x": start,
                "width": max(8, _place(session.ends_at, first, last) - start),
                "now": _place(now, first, last),
                "tone": "done" if came else ("late" if late else "coming"),
                "late": late,
                "announced": booking.late_minutes if not came else None,
                "waits": booking.state == State.CONFIRMED and booking.arrived_at is None,
            }
        )
    return rows
