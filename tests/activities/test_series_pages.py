"""The pages of series: dates are shown first, and only the ticked ones are made."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import Booking, Series, Session
from partnerships import calendar
from people.actors import SYSTEM
from tests.activities.asking import page, post
from tests.factories.activities import (
    a_programme,
    a_pupil,
    a_town,
    an_activity_group,
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
