"""到馆登记: past groups of which the venue has not said yet how many came; and the list of a day for the door."""

import datetime as dt

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.models import Booking
from people.actors import Actor
from people.gate import allow
from people.roles import Permission
from portal.lib import clock

DAYS_BACK = 120
ROWS_SHOWN = 100
YEARS_AROUND = 5


def unsaid(actor: Actor) -> QuerySet[Booking]:
    """Bookings of past days at the hat's own venue that nobody has counted at the door; credits don't wait for it."""
    today = clock.today()
    return (
        Booking.objects.visible_to(actor)
        .awaiting_door_count()
        .filter(
            session__provider=actor.organisation_id,
            session__starts_at__date__lt=today,
            session__starts_at__date__gte=today - dt.timedelta(days=DAYS_BACK),
        )
    )


@allow(Permission.BOOKING_RECEIVE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = unsaid(request.actor).with_names().order_by("-session__starts_at", "pk")[:ROWS_SHOWN]
    return render(request, "activities/door_list.html", {"bookings": rows})


@allow(Permission.BOOKING_RECEIVE)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The groups of one day for whoever stands at the door: school, class, heads, leader; no names of pupils."""
    day = _day(request.GET.get("day", ""))
    rows = Booking.objects.visible_to(request.actor).filter(
        session__provider=request.actor.organisation_id,
        session__starts_at__gte=clock.moment(day),
        session__starts_at__lt=clock.moment(day + dt.timedelta(days=1)),
        state__in=(Booking.State.CONFIRMED, Booking.State.ATTENDED),
    )
    found = list(rows.with_names().order_by("session__starts_at", "pk"))
    context = {"bookings": found, "day": day, "pupils": sum(booking.pupils for booking in found)}
    return render(request, "activities/door_sheet.html", context)


def _day(said: str) -> dt.date:
    """The day in the address where it is one of the years around, else today."""
    today = clock.today()
    try:
        day = dt.date.fromisoformat(said)
    except ValueError:
        return today
    return day if abs(day.year - today.year) <= YEARS_AROUND else today
