"""The district's calendar: which days are worked, taught, and by whose timetable. No rule asks a library; rows decide."""

import datetime as dt
from collections.abc import Iterator

import chinese_calendar
from chinese_calendar.constants import in_lieu_days, workdays
from django.utils.translation import gettext_lazy as _

from partnerships.models import CalendarDay, Term
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District
from people.roles import Permission
from people.workflow import verb
from portal.lib.errors import Refused

DAY = dt.timedelta(days=1)
FEASTS = {feast.value: feast.chinese for feast in chinese_calendar.Holiday}


def days(first: dt.date, before: dt.date) -> Iterator[dt.date]:
    """Every date from `first` to the day before `before`."""
    while first < before:
        yield first
        first += DAY


@verb
def open_term(
    district: District, *, by: Actor, school_year: int, half: int, starts_on: dt.date, ends_on: dt.date
) -> Term:
    """Enter a term (`ends_on` is the first day after it) and fill the calendar of its school year.

    Raises Refused when it overlaps another term or ends before it begins.
    """
    require(by, Permission.CALENDAR_EDIT, district)
    if ends_on <= starts_on:
        raise Refused("term_ends_after_start", _("The term must end after it begins."))
    term = Term.objects.create(
        district=district, school_year=school_year, half=half, starts_on=starts_on, ends_on=ends_on
    )
    first = min(starts_on, dt.date(school_year, 9, 1))
    fill(district, first, max(ends_on, dt.date(school_year + 1, 9, 1)))
    _teach(district, starts_on, ends_on)
    audit.record("term.open", term, by=by)
    return term


@verb
def change_term(term: Term, *, by: Actor, starts_on: dt.date, ends_on: dt.date) -> Term:
    """Move the ends of a term; days that the bureau has edited stay as they are."""
    require(by, Permission.CALENDAR_EDIT, term)
    if ends_on <= starts_on:
        raise Refused("term_ends_after_start", _("The term must end after it begins."))
    first, before = min(starts_on, term.starts_on), max(ends_on, term.ends_on)
    was = f"{term.starts_on}/{term.ends_on}"
    term.starts_on, term.ends_on = starts_on, ends_on
    term.save(update_fields=["starts_on", "ends_on"])
    fill(term.district, first, before)
    _teach(term.district, first, before)
    audit.record("term.change", term, by=by, was=was, is_now=f"{starts_on}/{ends_on}")
    return term


def fill(district: District, first: dt.date, before: dt.date) -> None:
    """Add the days that the calendar does not have yet; existing rows are left alone."""
    CalendarDay.objects.bulk_create(
        [CalendarDay(district=district, date=day, is_teaching=False, **known(day)) for day in days(first, before)],
        ignore_conflicts=True,
    )


def known(day: dt.date) -> dict[str, object]:
    """What is published about a day; beyond the published years weekdays are worked, "not yet official"."""
    try:
        is_workday = chinese_calendar.is_workday(day)
    except NotImplementedError:
        return {"is_workday": day.isoweekday() < 6, "source": CalendarDay.Source.ASSUMED}
    feast = FEASTS.get(chinese_calendar.get_holiday_detail(day)[1] or "", "")
    return {"is_workday": is_workday, "source": CalendarDay.Source.OFFICIAL, "note": feast}


def made_up_weekday(day: dt.date) -> int | None:
    """The ISO weekday that a make-up workday stands in for: that of the day off it pays for, in order of date."""
    feast = workdays.get(day)
    if feast is None:
        return None
    paid = sorted(date for date, name in workdays.items() if name == feast and date.year == day.year)
    off = sorted(date for date, name in in_lieu_days.items() if name == feast and date.year == day.year)
    position = paid.index(day)
    return off[position].isoweekday() if position < len(off) else None


def _teach(district: District, first: dt.date, before: dt.date) -> None:
    """Mark the teaching days of a range: workdays inside a term. Edited days stay."""
    terms = list(Term.objects.filter(district=district, starts_on__lt=before, ends_on__gt=first))
    rows = list(
        CalendarDay.objects.filter(district=district).between(first, before).exclude(source=CalendarDay.Source.EDITED)
    )
    for row in rows:
        row.is_teaching = row.is_workday and any(term.holds(row.date) for term in terms)
        row.follows_weekday = made_up_weekday(row.date) if row.is_teaching else None
    CalendarDay.objects.bulk_update(rows, ["is_teaching", "follows_weekday"])


@verb
def edit_day(
    day: CalendarDay,
    *,
    by: Actor,
    is_workday: bool,
    is_teaching: bool,
    follows_weekday: int | None = None,
    note: str = "",
) -> CalendarDay:
    """Say what a day is; from then on nothing but another edit changes it. Raises Refused for lessons outside a term."""
    require(by, Permission.CALENDAR_EDIT, day)
    if is_teaching and not Term.objects.filter(district_id=day.district_id).on(day.date).exists():
        raise Refused("teaching_outside_term", _("This day is in no term: lessons can't be held."))
    was = _said(day)
    day.is_workday, day.is_teaching, day.follows_weekday = is_workday, is_teaching, follows_weekday
    day.note, day.source = note, CalendarDay.Source.EDITED
    day.save(update_fields=["is_workday", "is_teaching", "follows_weekday", "note", "source"])
    audit.record("calendar_day.edit", day, by=by, was=was, is_now=_said(day))
    return day


def _said(day: CalendarDay) -> str:
    return f"workday={day.is_workday} teaching={day.is_teaching} follows={day.follows_weekday or '-'}"


# --- arithmetic -------------------------------------------------------------------------------------------------------


def working_day_after(district_id: int, day: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `day`; make-up days count, in vacations too."""
    return _nth(CalendarDay.objects.workdays(), district_id, day, count)


def school_day_after(district_id: int, day: dt.date, count: int) -> dt.date:
    """The `count`-th school day after `day`."""
    return _nth(CalendarDay.objects.teaching(), district_id, day, count)


def school_day_before(district_id: int, day: dt.date, count: int) -> dt.date:
    """The `count`-th school day before `day`."""
    rows = CalendarDay.objects.teaching().filter(district_id=district_id, date__lt=day).order_by("-date")
    return _pick(rows, count)


def working_day_before(district_id: int, day: dt.date, count: int) -> dt.date:
    """The `count`-th working day before `day`; make-up days count."""
    rows = CalendarDay.objects.workdays().filter(district_id=district_id, date__lt=day).order_by("-date")
    return _pick(rows, count)


def _nth(rows, district_id: int, day: dt.date, count: int) -> dt.date:
    return _pick(rows.filter(district_id=district_id, date__gt=day).order_by("date"), count)


def _pick(rows, count: int) -> dt.date:
    dates = list(rows.values_list("date", flat=True)[count - 1 : count])
    if not dates:
        raise Refused("calendar_ends", _("The calendar of the district does not reach that far. Ask the bureau."))
    return dates[0]


def working_days_between(district_id: int, first: dt.date, before: dt.date) -> int:
    """Working days from `first` to the day before `before`."""
    return CalendarDay.objects.workdays().filter(district_id=district_id).between(first, before).count()


def is_school_day(district_id: int, day: dt.date) -> bool:
    return CalendarDay.objects.teaching().filter(district_id=district_id, date=day).exists()


def dates_of_timetable(district_id: int, weekday: int, first: dt.date, before: dt.date) -> list[dt.date]:
    """Dates on which the timetable of an ISO weekday is taught: holidays skipped, make-up days honoured."""
    rows = CalendarDay.objects.teaching().filter(district_id=district_id).between(first, before)
    return [row.date for row in rows if row.timetable == weekday]


def teaching_weeks(term: Term, *, until: dt.date | None = None) -> list[int]:
    """Numbers of the weeks of a term that hold a teaching day, up to and including `until`."""
    before = min(until + DAY, term.ends_on) if until else term.ends_on
    rows = CalendarDay.objects.teaching().filter(district_id=term.district_id).between(term.starts_on, before)
    return sorted({term.week_of(date) for date in rows.values_list("date", flat=True)})
