"""Quotas of a venue over all its sessions of a half-day and of a day."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from activities import bookings
from activities.models import Booking, VenueDay
from partnerships.models import BookingRules
from people.models import ThresholdValue
from portal import books
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.activities import (
    a_booking,
    a_class,
    a_group,
    a_programme,
    a_session,
    a_town,
    local,
    next_weekday,
)
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town(pupils=3)


def rules(town, **fields):
    return BookingRules.objects.create(venue=town.venue, starts_on=clock.today(), lead_days=0, **fields)


def at(town, hour, **fields):
    day = next_weekday(3)
    return a_session(town.venue, starts_at=local(day, hour), ends_at=local(day, hour + 1), **fields)


def counters():
    return {row.part: (row.groups, row.heads) for row in VenueDay.objects.all()}


def refusal(town, session, school_class):
    with pytest.raises(Refused) as no:
        a_booking(town, session, school_class)
    return no.value


def test_a_booking_counts_in_its_half_day_and_day_and_a_cancelled_one_no_longer(town):
    first = a_booking(town, at(town, 9), town.class_a)
    a_booking(town, at(town, 14), town.class_b)
    assert counters() == {"am": (1, 3), "pm": (1, 3), "day": (2, 6)}
    bookings.cancel(first, by=actor(town.coordinator))
    assert counters() == {"am": (0, 0), "pm": (1, 3), "day": (1, 3)}
    assert list(books.problems()) == []


def test_a_venue_that_counts_groups_takes_no_further_one_in_that_half_day(town):
    rules(town, groups_per_half_day=1)
    a_booking(town, at(town, 9), town.class_a)
    no = refusal(town, at(town, 10), town.class_b)
    assert (no.code, no.verdict.blocking[0].facts["part"]) == ("venue.quota_half_day", VenueDay.Part.MORNING.label)
    a_booking(town, at(town, 14), town.class_b)


def test_a_venue_that_counts_heads_says_how_many_are_left(town):
    rules(town, heads_per_day=5)
    a_booking(town, at(town, 9), town.class_a)
    no = refusal(town, at(town, 14), town.class_b)
    assert no.code == "venue.quota_day"
    assert no.verdict.blocking[0].facts["left"] == 2


def test_what_comes_into_a_school_counts_at_no_venue(town):
    rules(town, groups_per_day=1)
    ThresholdValue.objects.create(
        district=town.district,
        code="agreement_needed_bring_in",
        value="none",
        starts_on=clock.today(),
        reason="试行",
        set_at=clock.now(),
    )
    visit = a_programme(town.venue, direction="bring_in")
    for school_class in (town.class_a, town.class_b):
        session = at(town, 9, programme=visit, place=town.school.organisation)
        bookings.request(
            session,
            a_group(town, session, school_class),
            by=actor(town.coordinator),
            leader=town.coordinator,
            request_key=uuid.uuid4(),
        )
    assert counters() == {}


def test_a_lowered_quota_lets_places_be_given_back(town):
    first = a_booking(town, at(town, 9), town.class_a)
    a_booking(town, at(town, 10), town.class_b)
    rules(town, groups_per_day=1)
    assert refusal(town, at(town, 14), a_class(town.school, 2)).code == "venue.quota_day"
    bookings.cancel(first, by=actor(town.coordinator))
    assert counters()["day"] == (1, 3)


@pytest.mark.guards("venueday_groups_ok")
@pytest.mark.guards("venueday_heads_ok")
@pytest.mark.guards("venueday_once")
@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE activities_venueday SET groups = -1", "venueday_groups_ok"),
        ("UPDATE activities_venueday SET groups_quota = 0", "venueday_groups_ok"),
        ("UPDATE activities_venueday SET heads_quota = heads - 1", "venueday_heads_ok"),
        ("UPDATE activities_venueday SET part = 'day'", "venueday_once"),
    ],
)
def test_the_database_refuses_one_too_many(town, sql, name):
    a_booking(town, at(town, 9))
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert broken.value.__cause__.diag.constraint_name == name


@pytest.mark.django_db(transaction=True)
def test_eight_groups_at_once_over_several_sessions_get_the_three_places_of_the_day():
    town = a_town(pupils=2)
    rules(town, groups_per_day=3)
    sessions = [at(town, hour) for hour in (9, 10, 14, 15)]
    groups = [(sessions[n % 4], a_class(town.school, 2)) for n in range(8)]
    answers, gate = [], threading.Barrier(8)

    def book(session, school_class):
        gate.wait()
        try:
            a_booking(town, session, school_class)
            answers.append("booked")
        except Refused as no:
            answers.append(no.code)
        connection.close()

    threads = [threading.Thread(target=book, args=pair) for pair in groups]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("booked") == 3
    assert set(answers) <= {"booked", "venueday_groups_ok", "venue.quota_day", "busy"}
    assert Booking.objects.count() == 3
    assert VenueDay.objects.get(part="day").groups == 3


def test_a_group_that_leaves_puts_no_quota_where_there_is_none(town):
    booking = a_booking(town, a_session(town.venue))
    bookings.cancel(booking, by=actor(town.coordinator))
    assert set(VenueDay.objects.values_list("groups_quota", "heads_quota")) == {(None, None)}
