"""点名: the rolls that wait for this hat, the next ones, and those sent lately."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.models import THERE, Booking, Programme
from people.gate import allow
from people.roles import Permission
from portal.lib import clock

DAYS_SHOWN = 14
DAYS_AHEAD = 3  # a convenience of the list; who may open which roll when is decided by activities/roll_days.py


@dataclass(frozen=True)
class Row:
    """One booking in the list."""

    url: str
    group: str
    programme: Programme
    starts_at: dt.datetime
    ends_at: dt.datetime
    leader: str
    is_due: bool
    is_overdue: bool
    sent_at: dt.datetime | None
    there: int
    expected: int


@allow(Permission.ROLL_CALL)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything in one query with its classes and counts."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    first, before = midnight - dt.timedelta(days=DAYS_SHOWN), midnight + dt.timedelta(days=DAYS_AHEAD + 1)
    bookings = (
        Booking.objects.visible_to(request.actor)
        .filter(
            Q(state=Booking.State.CONFIRMED, session__starts_at__lt=before)
            | Q(state=Booking.State.ATTENDED, session__starts_at__gte=first)
        )
        .select_related("session__programme", "school", "group", "leader__user")
        .prefetch_related("classes__school_class")
        .annotate(
            on_roll=Count("roll"),
            came=Count("roll", filter=Q(roll__mark__in=THERE)),
        )
        .order_by("session__starts_at", "pk")
    )
    rows = [_row(booking, midnight) for booking in bookings]
    context = {
        "due": [row for row in rows if row.is_due],
        "soon": [row for row in rows if not row.is_due and not row.sent_at],
        "sent": [row for row in reversed(rows) if row.sent_at],
    }
    return render(request, "activities/roll_list.html", context)


def _row(booking: Booking, midnight: dt.datetime) -> Row:
    session, is_sent = booking.session, booking.called_at is not None
    return Row(
        url=reverse("activities:roll-result" if is_sent else "activities:roll-call", args=[booking.pk]),
        group=booking.who,
        programme=session.programme,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        leader=booking.leader.user.full_name,
        is_due=not is_sent and session.starts_at < midnight + dt.timedelta(days=1),
        is_overdue=not is_sent and session.ends_at < clock.now(),
        sent_at=booking.called_at,
        there=booking.came + (booking.attended or 0),
        expected=booking.pupils if not booking.on_roll else max(booking.on_roll, booking.pupils),
    )
