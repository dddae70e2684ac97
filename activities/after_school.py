"""After-school activities: a school's whole series in one request, with a venue's programme or its own teachers."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from activities import bookings, dates, groups, series_notices
from activities.groups import Group
from activities.models import Booking, Programme, Series, Session
from partnerships.models import ActivityGroup, School, SchoolClass, Term
from people import audit, events
from people.access import require
from people.actors import Actor
from people.models import Membership, Organisation
from people.roles import Permission
from people.workflow import CHANGED, verb
from portal.lib import clock, wording
from portal.lib.errors import Refused


def preview(school: School, weekdays: Iterable[int], starts_on: dt.date, ends_on: dt.date) -> list[dt.date]:
    """The dates of the weekdays' timetables in the school's district (`ends_on` is the first day after them)."""
    if not starts_on < ends_on <= starts_on + dt.timedelta(days=400):
        raise Refused("series.range", _("A series ends after it begins, and within a year."))
    return dates.of_school(school.district_id, sorted(set(weekdays)), starts_on, ends_on)


@verb
def request(
    school: School,
    programme: Programme,
    *,
    by: Actor,
    members: ActivityGroup | SchoolClass,
    weekdays: Iterable[int],
    starts_on: dt.date,
    ends_on: dt.date,
    starts: dt.time,
    ends: dt.time,
    leader: Membership,
    adults: int,
    request_key: uuid.UUID,
    place: Organisation | None = None,
    heads: int = 0,
    drop: Iterable[dt.date] = (),
) -> Series:
    """Make one closed session a date and book it for the same group; all dates or none.

    `drop` are dates to leave out, `heads` the size of a class without stored names. The school's own programme needs
    neither venue nor agreement, is confirmed at once, and may be recorded from the first day of the running term on:
    its rolls are then entered late. The same `request_key` gives the same series.
    Raises Refused, naming the date, when one of them breaks a rule.
    """
    require(by, Permission.SERIES_REQUEST, school)
    if found := Series.objects.filter(request_key=request_key).first():
        if found.school_id != school.pk:  # somebody else's key
            raise Refused("changed", CHANGED)
        return found
    if programme.state != Programme.State.PUBLISHED:
        raise Refused("session.unpublished", _("Publish the programme first."))
    weekdays = sorted(set(weekdays))
    is_own = programme.provider_id == school.pk
    first = dt.date.min if by.is_system else first_day(school, is_own)
    days = [day for day in preview(school, weekdays, starts_on, ends_on) if day >= first and day not in set(drop)]
    if not (is_own or by.is_system):
        days = [day for day in days if clock.moment(day, ends) > clock.now()]
    series = found_series(
        school, programme, members=members, weekdays=weekdays, starts_on=starts_on, ends_on=ends_on, starts=starts,
        ends=ends, request_key=request_key,
    )  # fmt: skip
    made = book_dates(
        series, days, by=by, leader=leader, adults=adults, heads=heads, place=place or place_of(programme, school),
        waived=frozenset({"session.begun"}) if is_own else frozenset(),
    )  # fmt: skip
    audit.record("series.request", series, by=by, sessions=len(days))
    if made[0].state == Booking.State.CONFIRMED:
        series_notices.tell_booked(series, made, by=by)
    else:
        series_notices.tell_asked(series, made)
    return series


def first_day(school: School, is_own: bool) -> dt.date:
    """From when on dates are made: what own teachers give since the running term began, anything else from today."""
    term = Term.objects.filter(district_id=school.district_id).on(clock.today()).first() if is_own else None
    return term.starts_on if term else clock.today()


def found_series(
    school: School,
    programme: Programme,
    *,
    members: ActivityGroup | SchoolClass,
    weekdays: Iterable[int],
    **when: Any,
) -> Series:
    """The series itself, without a date."""
    return Series.objects.create(
        programme=programme,
        provider=programme.provider,
        school=school,
        group=members if isinstance(members, ActivityGroup) else None,
        school_class=members if isinstance(members, SchoolClass) else None,
        rule=dates.rule_of(weekdays),
        **when,
    )


def book_dates(series: Series, days: list[dt.date], *, place: Organisation | None, **how: Any) -> list[Booking]:
    """A session and a booking a date, all or none. Raises Refused where no date is left, or naming the one that fails."""
    if not days:
        raise Refused("series.empty", _("No date is left: every one is a holiday, a closing day, or past."))
    return [
        book(
            series, clock.moment(day, series.starts), clock.moment(day, series.ends), key=day.isoformat(), place=place, **how
        )
        for day in days
    ]  # fmt: skip


def book(
    series: Series,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    *,
    key: str,
    by: Actor,
    leader: Membership,
    adults: int,
    heads: int,
    place: Organisation | None,
    session_fields: dict[str, Any] | None = None,
    is_told: bool = False,
    **more: Any,
) -> Booking:
    """One date: a closed session with a place for one group, and its booking. `more` goes to `bookings.request`.

    `key` tells the date apart from all others that the series has or had.
    """
    assert series.school
    session = closed_session(
        series.programme,
        series.school,
        place=place,
        starts_at=starts_at,
        ends_at=ends_at,
        series=series,
        **session_fields or {},
    )
    session.save()
    events.tell("session.opened", session)
    try:
        return bookings.request(
            session,
            group_on(series, session.day, adults=adults, heads=heads),
            by=by,
            leader=leader,
            request_key=uuid.uuid5(series.request_key, key),
            is_told=is_told,
            **more,
        )
    except Refused as no:
        raise Refused(no.code, _("%(day)s: %(sentence)s"), day=wording.day(session.day), sentence=str(no)) from no


def place_of(programme: Programme, school: School) -> Organisation | None:
    """Where a programme is given for one school alone: with the provider, or in the school; online nowhere."""
    if programme.direction == Programme.Direction.ONLINE:
        return None
    return programme.provider if programme.direction == Programme.Direction.GO_OUT else school.organisation


def closed_session(programme: Programme, school: School, **fields: Any) -> Session:
    """An unsaved open session with a place for one group of this school and for nobody else."""
    return Session(
        programme=programme,
        provider=programme.provider,
        school=school,
        capacity=1,
        unit=Session.Unit.GROUPS,
        price_kind=programme.price_kind,
        list_price=programme.list_price,
        paid_price=programme.paid_price,
        state=Session.State.OPEN,
        **fields,
    )


def group_on(series: Series, day: dt.date, *, adults: int, heads: int = 0) -> Group:
    """The group of a series as it is on a day."""
    if series.group:
        return groups.of_activity_group(series.group, on=day, adults=adults)
    assert series.school_class
    assert series.school
    return groups.of_classes(
        series.school, [series.school_class], on=day, adults=adults, heads={series.school_class.pk: heads}
    )
