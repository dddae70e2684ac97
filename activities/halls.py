"""Halls: what fits into one, and what is in it already. That it is never double-booked, the database holds."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models import Session
from partnerships.models import Hall
from portal.lib.errors import Refused


def check(hall: Hall | None, *, place_id: int | None, capacity: int, unit: str) -> None:
    """Refuse a hall of another place, and more heads than it holds."""
    if hall is None:
        return
    if hall.venue_id != place_id:
        raise Refused("session.hall_elsewhere", _("This hall is not at the place of the session."))
    if unit == Session.Unit.HEADS and capacity > hall.heads:
        raise Refused(
            "session.hall_small",
            _("%(hall)s holds %(heads)s people: take a larger hall or offer fewer places."),
            hall=hall.name,
            heads=hall.heads,
        )


def occupied(spans: Iterable[tuple[int, dt.datetime, dt.datetime]], *, but: Iterable[int] = ()) -> list[Session]:
    """Open sessions, apart from those named by key, that are in one of these halls at that time; one query."""
    wanted = Q()
    for hall_id, starts_at, ends_at in spans:
        wanted |= Q(hall=hall_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if not wanted:
        return []
    rows = Session.objects.open().filter(wanted).exclude(pk__in=list(but))
    return list(rows.select_related("programme", "hall").order_by("starts_at", "pk"))
