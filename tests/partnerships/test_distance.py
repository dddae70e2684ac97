"""What the estimates of way and time are worth: a place a known number of metres away, and places nobody has entered."""

import datetime as dt

import pytest

from partnerships import distance
from partnerships.distance import Position
from people import thresholds
from people.actors import SYSTEM
from people.thresholds import Values
from portal.lib import clock
from tests.factories import partnerships as make

DEFAULTS = Values({})
SCHOOL = Position(22.75, 113.93)
VENUE = Position(22.78, 113.95)  # 3,916 m as the crow flies


def test_the_way_is_the_straight_line_and_two_fifths():
    assert round(distance.straight(SCHOOL, VENUE)) == 3916
    assert distance.metres(SCHOOL, VENUE, DEFAULTS) == 5482
    assert distance.metres(VENUE, SCHOOL, DEFAULTS) == 5482
    assert distance.metres(SCHOOL, VENUE, Values({"travel_detour_percent": 100})) == 3916


def test_the_bus_needs_its_way_and_a_quarter_of_an_hour():
    assert distance.minutes(5482, DEFAULTS) == 14 + 15
    assert distance.minutes(25_000, DEFAULTS) == 75
    assert distance.minutes(25_000, Values({"travel_kmh": 50, "travel_extra_minutes": 5})) == 35


def test_nobody_travels_to_where_they_are():
    assert distance.minutes(distance.metres(SCHOOL, SCHOOL, DEFAULTS), DEFAULTS) == 0


def test_without_a_position_nothing_is_said():
    assert distance.metres(SCHOOL, None, DEFAULTS) is None
    assert distance.metres(Position(None, None), VENUE, DEFAULTS) is None
    assert distance.minutes(None, DEFAULTS) is None


@pytest.mark.django_db
def test_a_district_decides_its_own_numbers_from_a_day_on():
    place = make.a_district()
    tomorrow = clock.today() + dt.timedelta(days=1)
    thresholds.set_value(place, "travel_kmh", 50, by=SYSTEM, starts_on=tomorrow, reason="有公交专用道")
    assert distance.minutes(25_000, thresholds.of(place.pk)) == 75
    assert distance.minutes(25_000, thresholds.of(place.pk, on=tomorrow)) == 45


@pytest.mark.django_db
def test_places_finds_both_sides_in_two_queries(django_assert_num_queries):
    school = make.a_school(latitude="22.75", longitude="113.93", position_is_sample=True)
    venue = make.a_venue(latitude="22.78", longitude="113.95")
    nowhere = make.a_venue()
    with django_assert_num_queries(2):
        found = distance.places([school.pk, venue.pk, nowhere.pk])
    assert found == {school.pk: Position(22.75, 113.93, True), venue.pk: VENUE}
    school.refresh_from_db()
    assert distance.metres(school, found[venue.pk], DEFAULTS) == 5482
