import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partnerships import calendar
from partnerships.models import CalendarDay, Term
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
AUTUMN = {"school_year": 2026, "half": 1, "starts_on": dt.date(2026, 9, 1), "ends_on": dt.date(2027, 2, 1)}


@pytest.fixture
def district():
    return make.a_district()


@pytest.fixture
def officer(district):
    return make.officer_of(district)


@pytest.fixture
def term(district, officer):
    return calendar.open_term(district, by=officer, **AUTUMN)


def day(district, *date):
    return CalendarDay.objects.get(district=district, date=dt.date(*date))


def test_open_term_fills_the_whole_school_year(district, term):
    days = CalendarDay.objects.filter(district=district)
    assert (days.count(), days.first().date, days.last().date) == (365, dt.date(2026, 9, 1), dt.date(2027, 8, 31))


def test_open_term_knows_holidays_and_whose_lessons_a_make_up_day_teaches(district, term):
    off, made_up = day(district, 2026, 10, 1), day(district, 2026, 10, 10)
    assert (off.is_workday, off.is_teaching, off.source, off.note) == (False, False, "official", "国庆节")
    assert (made_up.is_workday, made_up.is_teaching, made_up.follows_weekday) == (True, True, 3)


def test_open_term_marks_the_year_that_is_not_published_yet(district, term):
    wednesday, saturday = day(district, 2027, 1, 6), day(district, 2027, 1, 9)
    assert (wednesday.source, wednesday.is_teaching) == ("assumed", True)
    assert (saturday.is_workday, saturday.is_teaching) == (False, False)


def test_no_lessons_outside_a_term(district, term):
    summer = day(district, 2027, 7, 20)
    assert (summer.is_workday, summer.is_teaching) == (True, False)


def test_open_term_refuses_an_overlap_and_a_reversed_term(district, officer, term):
    for fields, code in (
        ({"half": 2, "starts_on": dt.date(2027, 1, 15), "ends_on": dt.date(2027, 7, 1)}, "term_no_overlap"),
        ({"half": 2, "starts_on": dt.date(2027, 7, 1), "ends_on": dt.date(2027, 2, 15)}, "term_ends_after_start"),
        ({"starts_on": dt.date(2027, 3, 1), "ends_on": dt.date(2027, 7, 1)}, "term_once"),
    ):
        with pytest.raises(Refused) as no:
            calendar.open_term(district, by=officer, **AUTUMN | fields)
        assert no.value.code == code


def test_open_term_is_for_the_bureau_of_the_district(district):
    with pytest.raises(PermissionDenied):
        calendar.open_term(district, by=make.officer_of(make.a_district()), **AUTUMN)


def test_change_term_moves_its_teaching_days_and_keeps_edited_ones(district, officer, term):
    calendar.edit_day(day(district, 2026, 9, 2), by=officer, is_workday=True, is_teaching=False, note="开学典礼")
    calendar.change_term(term, by=officer, starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, 1, 16))
    assert not day(district, 2027, 1, 20).is_teaching
    assert day(district, 2027, 1, 15).is_teaching
    assert (day(district, 2026, 9, 2).note, day(district, 2026, 9, 2).source) == ("开学典礼", "edited")


def test_edit_day_refuses_lessons_outside_a_term(district, officer, term):
    with pytest.raises(Refused) as no:
        calendar.edit_day(day(district, 2027, 7, 20), by=officer, is_workday=True, is_teaching=True)
    assert no.value.code == "teaching_outside_term"


@pytest.mark.parametrize(
    ("count", "working", "school"),
    [(1, dt.date(2026, 10, 8), dt.date(2026, 10, 8)), (3, dt.date(2026, 10, 10), dt.date(2026, 10, 10))],
)
def test_days_after_skip_the_holiday_and_count_the_make_up_day(district, term, count, working, school):
    eve = dt.date(2026, 9, 30)
    assert calendar.working_day_after(district.pk, eve, count) == working
    assert calendar.school_day_after(district.pk, eve, count) == school


def test_working_days_go_on_in_the_vacation_and_school_days_do_not(district, term):
    last = dt.date(2027, 1, 29)
    assert calendar.working_day_after(district.pk, last, 1) == dt.date(2027, 2, 1)
    with pytest.raises(Refused) as no:
        calendar.school_day_after(district.pk, last, 1)
    assert no.value.code == "calendar_ends"


def test_school_day_before_and_between(district, term):
    assert calendar.school_day_before(district.pk, dt.date(2026, 10, 8), 1) == dt.date(2026, 9, 30)
    assert calendar.working_days_between(district.pk, dt.date(2026, 9, 28), dt.date(2026, 10, 12)) == 6
    assert calendar.is_school_day(district.pk, dt.date(2026, 10, 10))
    assert not calendar.is_school_day(district.pk, dt.date(2026, 10, 1))


def test_dates_of_a_timetable_honour_make_up_days(district, term):
    wednesdays = calendar.dates_of_timetable(district.pk, 3, dt.date(2026, 9, 28), dt.date(2026, 10, 15))
    assert wednesdays == [dt.date(2026, 9, 30), dt.date(2026, 10, 10), dt.date(2026, 10, 14)]


def test_teaching_weeks_leave_out_a_week_of_holidays(district, term):
    weeks = calendar.teaching_weeks(term, until=dt.date(2026, 10, 16))
    assert weeks == [1, 2, 3, 4, 5, 6, 7]
    assert term.week_of(dt.date(2026, 10, 5)) == 6


def test_terms_are_named_in_both_languages():
    term = Term(school_year=2026, half=2)
    assert term.name in ("2026—2027学年第二学期", "Second term 2026–2027")


def test_pages_of_the_bureau_enter_a_term_and_edit_a_day(client, district):
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(district)))
    form = {"school_year": 2026, "half": 1, "starts_on": "2026-09-01", "last_day": "2027-01-31"}
    client.post(reverse("partnerships:term-new"), form)
    term = Term.objects.get()
    assert term.ends_on == dt.date(2027, 2, 1)
    page = client.get(reverse("partnerships:term-page", args=[term.pk]))
    assert (page.status_code, page.context["teaching_weeks"]) == (200, 22)
    row = day(district, 2026, 11, 24)
    form = {"is_workday": "on", "note": "运动会"}
    client.post(reverse("partnerships:day-edit", args=[row.pk]), form)
    row.refresh_from_db()
    assert (row.is_teaching, row.note, row.source) == (False, "运动会", "edited")
    client.post(
        reverse("partnerships:term-edit", args=[term.pk]), {"starts_on": "2026-09-01", "last_day": "2027-01-20"}
    )
    term.refresh_from_db()
    assert term.last_day == dt.date(2027, 1, 20)


def test_pages_are_read_by_a_venue_where_it_is_listed_and_by_no_stranger(client, district, term):
    venue = make.a_venue(listed_in=[district])
    people.login(client, people.hat(Role.VENUE_STAFF, at=venue.organisation))
    assert list(client.get(reverse("partnerships:term-list")).context["rows"]) == [term]
    people.login(client, people.hat(Role.VENUE_STAFF))
    assert client.get(reverse("partnerships:term-page", args=[term.pk])).status_code == 404
    assert client.get(reverse("partnerships:day-edit", args=[1])).status_code == 403
