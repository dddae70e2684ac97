"""最终人数: asked for some school days before a visit; without an answer in time the places go to others.

Nobody is asked and nothing is lost on a day without school: not in the holidays, not on a day off of the school or its
bureau. What was booked or confirmed after the day of asking is its own final word.
"""

import bisect
import datetime as dt
from collections.abc import Iterator

from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from activities import bookings, notices
from activities.models import Booking, DayOff
from partnerships import calendar
from partnerships.models import CalendarDay
from people import audit, thresholds
from people.actors import SYSTEM
from people.models import District
from people.workflow import verb
from portal.lib import clock, sweeping
from portal.lib.errors import Refused

AHEAD = dt.timedelta(days=90)  # no holiday lies between the asking and the visit for longer
REASON = gettext_noop("No final head count came in time.")


def due() -> int:
    """Answers that are overdue. Whom to ask is known only after each district's calendar has been read."""
    return _coming().filter(pk__in=Booking.objects.awaiting_count().filter(count_due_at__lte=clock.now())).count()


def run() -> int:
    """Ask whoever is to be asked today, and end what was not answered, each by itself. Returns how many rows changed."""
    asked = sweeping.each(list(_to_ask()), ask)
    return asked + sweeping.each(list(_to_lose()), lose)


def _coming() -> QuerySet[Booking]:
    """Confirmed visits of other hosts that lie ahead; what a school gives itself, or gets as a series, is its own."""
    wanted = ("session__programme", "session__provider", "school__organisation", "leader__user", "requested_by__user")
    ahead = {"session__starts_at__gt": clock.now(), "session__starts_at__lt": clock.now() + AHEAD}
    rows = Booking.objects.filter(state=Booking.State.CONFIRMED, session__school__isnull=True, **ahead)
    return rows.exclude(session__provider=F("school")).select_related(*wanted).order_by("pk")


def _to_ask() -> Iterator[Booking]:
    today = clock.today()
    for district in District.objects.order_by("pk"):
        if not calendar.is_school_day(district.pk, today):
            continue
        count, answered = thresholds.of(district.pk)["final_count_school_days"], _answer_day(district.pk)
        days = _school_days(district, today)
        for booking in _coming().filter(district=district, count_due_at__isnull=True, counted_at__isnull=True):
            place = bisect.bisect_left(days, booking.session.day) - count
            first = days[place] if place >= 0 else None  # None: the calendar begins later
            is_time = first is not None and _settled_on(booking) < first <= today
            if is_time and answered and answered < booking.session.day:
                yield booking


def _school_days(district: District, today: dt.date) -> list[dt.date]:
    """The school days around today, in order: enough to count back from any visit that lies ahead."""
    rows = CalendarDay.objects.teaching().filter(district=district).between(today - AHEAD, today + AHEAD)
    return list(rows.order_by("date").values_list("date", flat=True))


def _answer_day(district_id: int) -> dt.date | None:
    """The last day for an answer of whoever is asked today; None where the calendar ends before."""
    count = thresholds.of(district_id)["final_count_answer_days"]
    try:
        return calendar.school_day_after(district_id, clock.today(), count)
    except Refused:
        return None


def _settled_on(booking: Booking) -> dt.date:
    return timezone.localtime(booking.confirmed_at or booking.requested_at).date()


def due_at(booking: Booking) -> dt.datetime | None:
    """Until when a school that is asked today answers; None where the visit would be over by then."""
    day = _answer_day(booking.district_id)
    if day is None or day >= booking.session.day:
        return None
    return clock.moment(day, dt.time(thresholds.of(booking.district_id)["final_count_hour"]))


@verb
def ask(booking: Booking) -> bool:
    """Ask the school for its final head count, once."""
    until = due_at(booking)
    rows = Booking.objects.filter(pk=booking.pk, state=Booking.State.CONFIRMED, session=booking.session_id)
    if until is None or rows.filter(count_due_at=None, counted_at=None).update(count_due_at=until) != 1:
        return False
    booking.count_due_at = until
    audit.record("booking.ask_count", booking, by=SYSTEM, due=until.isoformat(timespec="minutes"))
    notices.tell_final_count(booking)
    return True


def _to_lose() -> Iterator[Booking]:
    """Answers that are overdue, on a school day after the hour of answering, where the school itself is open."""
    now, today = timezone.localtime(clock.now()), clock.today()
    awaited = Booking.objects.awaiting_count().filter(count_due_at__lte=clock.now())
    for district in District.objects.order_by("pk"):
        hour = thresholds.of(district.pk)["final_count_hour"]
        if now.hour < hour or not calendar.is_school_day(district.pk, today):
            continue
        off = DayOff.objects.filter(date=today, organisation__district=district).select_related("organisation")
        closed = {row.organisation_id if row.organisation.kind == "school" else None for row in off}
        if None in closed:  # the whole district's
            continue
        for booking in _coming().filter(pk__in=awaited, district=district):
            if booking.school_id not in closed:
                yield booking


@verb
def lose(booking: Booking) -> bool:
    """The places go to others, without a mark for the school. False where it has answered meanwhile."""
    rows = Booking.objects.with_names().awaiting_count().filter(count_due_at__lte=clock.now())
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=booking.pk).first()
    if found is None or found.session.has_begun:
        return False
    with translation.override("zh-hans"):  # kept as other reasons are, in the language of the district
        reason = gettext(REASON)
    bookings.end(found, "lose", by=SYSTEM, reason=reason)
    notices.tell_lost(found)
    notices.tell_cancelled(found)
    return True
