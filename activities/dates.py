"""The dates of a weekly rule: RFC 5545 underneath, the district's calendar decides what is taught on which day."""

import datetime as dt
from collections.abc import Iterable, Sequence

from dateutil.rrule import rrulestr

from activities.models import Session
from activities.models.series import DAYS
from partnerships import calendar
from partnerships.models import BookingRules, CalendarDay, Listing, Venue
from portal.lib import clock

FOR_SCHOOLS = (Session.Audience.GROUPS, Session.Audience.STUDENTS)


def rule_of(weekdays: Iterable[int]) -> str:
    """ISO weekdays as a rule: [2, 4] → FREQ=WEEKLY;BYDAY=TU,TH."""
    return "FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[day - 1] for day in sorted(set(weekdays)))


def plain(rule: str, first: dt.date, before: dt.date) -> list[dt.date]:
    """Every date of a rule, whatever the calendar says."""
    start = dt.datetime.combine(first, dt.time())
    last = dt.datetime.combine(before, dt.time()) - dt.timedelta(days=1)
    return [moment.date() for moment in rrulestr(rule, dtstart=start).between(start, last, inc=True)]


def of_school(district_id: int, weekdays: Sequence[int], first: dt.date, before: dt.date) -> list[dt.date]:
    """Dates on which these weekdays' timetables are taught: holidays skipped, make-up days honoured."""
    return sorted(
        date for weekday in weekdays for date in calendar.dates_of_timetable(district_id, weekday, first, before)
    )


def of_venue(venue: Venue, weekdays: Sequence[int], first: dt.date, before: dt.date, *, audience: str) -> list[dt.date]:
    """Dates of a venue's series: its closing days skipped; for schools by the calendar of the districts that list it.

    On Saturdays and Sundays, and for families and teachers, every date of the rule that is no closing day.
    """
    rules = BookingRules.objects.of(venue.pk, on=clock.today())
    closed = set(venue.closing_weekdays) | (set(range(1, 8)) - set(rules.weekdays))
    taught = _taught(venue, first, before) if audience in FOR_SCHOOLS else {}
    found = []
    for date in plain(rule_of(range(1, 8)), first, before):
        own = date.isoweekday()
        follows = (taught.get(date, own) or (own if own > 5 else None)) if taught else own
        if follows in weekdays and own not in closed:
            found.append(date)
    return found


def left_out(
    venue: Venue, weekdays: Sequence[int], first: dt.date, before: dt.date, found: Iterable[dt.date]
) -> list[tuple[dt.date, str]]:
    """Dates of the plain rule that a series leaves out, each with the note of the calendar (国庆节; empty: a closing day)."""
    kept = set(found)
    gone = [date for date in plain(rule_of(weekdays), first, before) if date not in kept]
    districts = Listing.objects.listed().filter(organisation_id=venue.pk).order_by("pk").values("district_id")
    known = CalendarDay.objects.filter(district__in=districts, date__in=gone, is_workday=False)
    notes = dict(known.values_list("date", "note"))
    return [(date, notes.get(date, "")) for date in gone]


def _taught(venue: Venue, first: dt.date, before: dt.date) -> dict[dt.date, int | None]:
    """Whose timetable is taught on each day, by the first district that lists the venue and has a calendar."""
    districts = Listing.objects.listed().filter(organisation_id=venue.pk).order_by("pk")
    for district_id in districts.values_list("district_id", flat=True):
        days = CalendarDay.objects.filter(district_id=district_id).between(first, before)
        if found := {day.date: day.timetable for day in days}:
            return found
    return {}
