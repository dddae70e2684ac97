"""Sessions and bookings as iCalendar (RFC 5545): stable UID, SEQUENCE that rises with time, place and state.

No name of a pupil or of a leader: calendars are shared, and synchronised through clouds of others.
"""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard

from activities.models import Assignment, Booking, Session
from portal.lib import clock, wording

DOMAIN = "guanxiao"
OFFSET = dt.timedelta(hours=8)
STATUS = {
    Session.State.OPEN: "CONFIRMED",
    Session.State.POSTPONED: "TENTATIVE",
    Session.State.CANCELLED: "CANCELLED",
}


def of_session(session: Session, root: str) -> Event:
    """One session, with how full it is."""
    event = _event(
        f"session-{session.pk}", session, revision=session.revision, status=STATUS[Session.State(session.state)]
    )
    event.add("summary", session.programme.name)
    places = _("%(taken)s of %(capacity)s places taken") % {"taken": session.taken, "capacity": session.capacity}
    event.add("description", places)
    event.add("url", root + reverse("activities:session-page", args=[session.pk]))
    return event


def of_booking(booking: Booking, root: str) -> Event:
    """One booking of a group: who goes where, without a name."""
    session = booking.session
    waits = booking.state == Booking.State.REQUESTED
    status = "TENTATIVE" if waits else "CONFIRMED" if booking.is_alive else "CANCELLED"
    # both counters only rise, and so does their sum: a booking that moves brings the old session's along
    revision = booking.revision + session.revision
    event = _event(f"booking-{booking.pk}", session, revision=revision, status=status)
    event.add("summary", f"{booking.who} · {session.programme.name}")
    event.add("description", f"{booking.number} · {booking.get_state_display()} · {wording.heads(booking.pupils)}")
    event.add("url", root + reverse("activities:booking-page", args=[booking.pk]))
    return event


def of_assignment(assignment: Assignment, root: str, *, turns: int) -> Event:
    """One session that a counselor gives; `turns`, its acts in the trail, raise the sequence as both sides ask and answer."""
    state = Assignment.State
    waits = assignment.state in (state.INVITED, state.APPLIED)
    status = "TENTATIVE" if waits else "CONFIRMED" if assignment.state == state.CONFIRMED else "CANCELLED"
    session = assignment.session
    event = _event(
        f"assignment-{assignment.pk}",
        session,
        revision=turns + session.revision,
        status=status,
    )
    event.add("summary", f"{session.programme.name} · {assignment.host.name}")
    event.add("description", assignment.get_state_display())
    event.add("url", root + reverse("activities:assignment-page", args=[assignment.pk]))
    return event


def _event(uid: str, session: Session, *, revision: int, status: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{DOMAIN}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", localtime(session.starts_at))
    event.add("dtend", localtime(session.ends_at))
    event.add("sequence", revision)
    event.add("status", status)
    event.add("location", _place(session))
    return event


def _place(session: Session) -> str:
    if session.place is None:
        return _("online")
    return f"{session.place.name} · {session.hall.name}" if session.hall else session.place.name


def written(title: str, events: list[Event]) -> bytes:
    """The whole calendar, with the zone that its times are in."""
    calendar = Calendar()
    calendar.add("prodid", "-//Guanxiao//Guanxiao//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _zone() -> Timezone:
    """Asia/Shanghai as it has been since 1991: eight hours ahead, no summer time."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", settings.TIME_ZONE)
    standard.add("dtstart", dt.datetime(1992, 1, 1))  # noqa: DTZ001 - local time, as the form wants it
    standard.add("tzoffsetfrom", OFFSET)
    standard.add("tzoffsetto", OFFSET)
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone
