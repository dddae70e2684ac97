"""The pages of series: dates are shown first, and only the ticked ones are made."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import Booking, Series, Session
from partnerships import calendar
from partnerships.models import CalendarDay, Hall
from people.actors import SYSTEM
from tests.activities.asking import page, post
from tests.factories.activities import (
    a_programme,
    a_pupil,
    a_session,
    a_town,
    an_activity_group,
    local,
    next_weekday,
)
from tests.factories.people import login

pytestmark = pytest.mark.django_db


def series_entries(**more):
    first = next_weekday(2)
    return {
        "weekdays": ["2"],
        "starts_on": first.isoformat(),
        "last_day": (first + dt.timedelta(days=20)).isoformat(),
        "starts": "16:40",
        "ends": "17:30",
        "request_key": str(uuid.uuid4()),
    } | more


def test_venue_series_shows_its_dates_first_and_leaves_out_the_unticked(client):
    town = a_town()
    programme = a_programme(town.venue)
    sent = series_entries(audience="groups", capacity=30, unit="heads", held_back=0)
    signed_in = login(client, town.staff)
    answer = post(signed_in, "programme-series", programme.pk, **sent)
    days = answer.context["days"]
    assert len(days) == 3
    assert not Session.objects.exists()

    shown = [day.isoformat() for day in days]
    answer = post(signed_in, "programme-series", programme.pk, **sent, shown=shown, keep=shown[:2])

    series = Series.objects.get()
    assert answer.url == reverse("activities:series-page", args=[series.pk])
    assert [session.day.isoformat() for session in series.sessions.order_by("starts_at")] == shown[:2]
    assert page(signed_in, "series-page", series.pk).status_code == 200
    assert page(signed_in, "series-list").status_code == 200


def test_venue_series_says_what_is_left_out_made_up_and_taken(client):
    town = a_town()
    first = next_weekday(2)
    for n in range(21):
        date = first + dt.timedelta(days=n)
        is_taught = date.isoweekday() < 6 and n != 7
        CalendarDay.objects.create(
            district=town.district, date=date, source="official", is_workday=is_taught, is_teaching=is_taught,
            note="国庆节" if n == 7 else "",
        )  # fmt: skip
    saturday = first + dt.timedelta(days=11)
    CalendarDay.objects.filter(date=saturday).update(is_workday=True, is_teaching=True, follows_weekday=2)
    hall = Hall.objects.create(venue=town.venue, name="一号厅", heads=60)
    other = a_session(town.venue, hall=hall, starts_at=local(first, 16))
    sent = series_entries(audience="groups", capacity=30, unit="heads", held_back=0, hall=hall.pk)
    answer = post(login(client, town.staff), "programme-series", a_programme(town.venue).pk, **sent)
    assert answer.context["left_out"] == [(first + dt.timedelta(days=7), "国庆节")]
    assert (answer.context["made_up"], answer.context["taken"]) == ([saturday], [other])
    assert answer.context["drop"] == {first}  # unticked: the hall is never used twice


def test_after_school_series_with_own_teachers(client):
    town = a_town()
    a_calendar(town)
    club = an_activity_group(town.school, a_pupil(town.class_a), a_pupil(town.class_b))
    signed_in = login(client, town.coordinator)
    sent = series_entries(own_name="机器人社团", group=club.pk, adults=1, leader=town.teacher.pk)
    days = post(signed_in, "series-request", **sent).context["days"]
    shown = [day.isoformat() for day in days]
    assert shown

    answer = post(signed_in, "series-request", **sent, shown=shown, keep=shown)

    series = Series.objects.get()
    assert answer.status_code == 302
    assert (series.is_own, series.group, series.sessions.count()) == (True, club, len(days))
    assert set(Booking.objects.values_list("state", "pupils", "agreement")) == {("confirmed", 2, None)}
    for name, args in (("series-list", ()), ("series-request", ()), ("series-page", (series.pk,))):
        assert page(signed_in, name, *args).status_code == 200


def test_after_school_form_answers_a_group_of_another_school_with_the_form(client):
    town, other = a_town(), a_town()
    foreign = an_activity_group(other.school, a_pupil(other.class_a))
    sent = series_entries(own_name="机器人社团", group=foreign.pk, adults=1, leader=town.teacher.pk)
    answer = post(login(client, town.coordinator), "series-request", **sent)
    assert answer.status_code == 200
    assert "group" in answer.context["form"].errors
    assert not Series.objects.exists()


def a_calendar(town):
    today = next_weekday(1, after=0) - dt.timedelta(days=56)
    calendar.open_term(
        town.district,
        by=SYSTEM,
        school_year=today.year if today.month > 8 else today.year - 1,
        half=1,
        starts_on=today,
        ends_on=today + dt.timedelta(days=200),
    )
