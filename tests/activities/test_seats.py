"""Places held back for entitled schools, and how they are counted."""

import datetime as dt

import pytest

from activities import bookings, groups, seats
from activities.models import Session
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns():
    """The same venue seen by an ordinary and by an entitled school of one district."""
    ordinary = a_town(pupils=0)
    entitled = a_town(pupils=0)
    entitled.school.is_underserved = True
    entitled.school.save()
    return ordinary, entitled


def held_session(town, clock, *, until=1):
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=30, open_to_all=True), held_back=10)
    session.held_until = clock.today() + dt.timedelta(days=until)
    session.save()
    return session


def book(town, session, pupils):
    each = a_class(town.school)
    group = groups.of_classes(town.school, [each], on=session.day, adults=3, heads={each.pk: pupils})
    return a_booking(town, session, group=group)


def counters(session):
    session.refresh_from_db()
    return session.taken, session.held_back, session.held_taken


def test_an_ordinary_school_gets_none_of_the_held_back_places(towns, clock):
    ordinary, _entitled = towns
    session = held_session(ordinary, clock)
    with pytest.raises(bookings.NotEligible) as no:
        book(ordinary, session, 21)
    facts = no.value.verdict.blocking[0].facts
    assert facts == {"left": 20, "needed": 21, "held": 10, "opens": facts["opens"]}
    assert facts["opens"] > portal_clock.today()
    book(ordinary, session, 20)
    assert counters(session) == (20, 10, 0)


def test_an_entitled_school_takes_held_back_places_first_and_others_after(towns, clock):
    ordinary, entitled = towns
    session = held_session(ordinary, clock)
    booking = book(entitled, session, 15)
    assert booking.held_seats == 10
    assert counters(session) == (15, 10, 10)
    book(ordinary, session, 15)
    assert counters(session) == (30, 10, 10)


def test_a_cancelled_booking_gives_held_back_places_back_as_such(towns, clock):
    ordinary, entitled = towns
    session = held_session(ordinary, clock)
    booking = book(entitled, session, 15)
    bookings.cancel(booking, by=bookings_actor(entitled))
    assert counters(session) == (0, 10, 0)
    with pytest.raises(bookings.NotEligible):
        book(ordinary, session, 21)


def test_held_back_places_open_to_everybody_after_their_last_day(towns, clock):
    ordinary, _entitled = towns
    session = held_session(ordinary, clock, until=-1)
    book(ordinary, session, 30)
    assert counters(session) == (30, 10, 0)


def test_take_says_how_many_are_left(towns, clock):
    ordinary, _entitled = towns
    session = held_session(ordinary, clock)
    with pytest.raises(Refused) as no:
        seats.take(session, 21, entitled=False)
    assert (no.value.code, no.value.facts) == ("session.full", {"left": 20, "needed": 21})


def test_take_of_a_closed_session_says_that_it_is_closed(towns, clock):
    ordinary, _entitled = towns
    session = held_session(ordinary, clock)
    Session.objects.update(state="cancelled")
    with pytest.raises(Refused) as no:
        seats.take(session, 1, entitled=False)
    assert no.value.code == "session.closed"


def test_a_session_that_counts_groups_takes_one_place_a_group(towns):
    ordinary, _entitled = towns
    session = a_session(ordinary.venue, capacity=1, unit="groups")
    booking = book(ordinary, session, 25)
    assert (booking.seats_held, counters(session)[0]) == (1, 1)


def bookings_actor(town):
    from tests.factories.people import actor

    return actor(town.coordinator)
