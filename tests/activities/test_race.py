"""Many at once, each on a connection of its own: exactly as many places as there are, and one booking a key."""

import threading
import time
import uuid

import pytest
from django.db import connection, transaction

from activities import bookings, groups
from activities.models import Booking, Session
from partnerships import listings
from partnerships.models import Listing
from portal.lib.errors import Refused
from tests.factories.activities import a_class, a_programme, a_session, a_town
from tests.factories.people import actor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls on threads that start together; returns what each answered or refused."""
    ready = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(place, call):
        try:
            ready.wait(10)
            answers[place] = call()
        except Refused as no:
            answers[place] = no.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def asking(town, session, group, key=None):
    key = key or uuid.uuid4()
    return lambda: bookings.request(session, group, by=actor(town.coordinator), leader=town.teacher, request_key=key).pk


def test_exactly_as_many_groups_as_fit_and_not_one_less():
    town = a_town(pupils=0)
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=35))
    classes = [a_class(town.school, number=10 + n) for n in range(8)]
    calls = [
        asking(
            town,
            session,
            groups.of_classes(town.school, [each], on=session.day, adults=2, heads={each.pk: 10}),
        )
        for each in classes
    ]

    answers = at_once(*calls)

    assert sum(isinstance(answer, int) for answer in answers) == 3
    assert {answer for answer in answers if isinstance(answer, str)} == {"session.full"} or {
        answer for answer in answers if isinstance(answer, str)
    } <= {"session.full", "session.capacity"}
    session.refresh_from_db()
    assert session.taken == 30
    assert sum(Booking.objects.values_list("seats_held", flat=True)) == 30


def test_places_that_come_free_are_taken_again_to_the_last_one():
    town = a_town(pupils=0)
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=20))

    def group(n):
        each = a_class(town.school, number=n)
        return groups.of_classes(town.school, [each], on=session.day, adults=2, heads={each.pk: 10})

    leaving = [asking(town, session, group(20 + n))() for n in range(2)]
    joining = [asking(town, session, group(30 + n)) for n in range(4)]
    cancelling = [
        lambda pk=pk: bookings.cancel(Booking.objects.get(pk=pk), by=actor(town.coordinator)) for pk in leaving
    ]
    at_once(*cancelling, *joining)
    for again in range(4):
        at_once(asking(town, session, group(40 + again)))
    session.refresh_from_db()
    assert session.taken == 20
    assert sum(booking.seats_held for booking in Booking.objects.all()) == 20


def test_a_double_click_is_one_booking():
    town = a_town()
    session, key = a_session(town.venue), uuid.uuid4()
    group = groups.of_classes(town.school, [town.class_a], on=session.day, adults=2)
    answers = at_once(*[asking(town, session, group, key)] * 4)
    assert set(answers) == {Booking.objects.get().pk}
    assert Session.objects.get().taken == 3


def test_the_same_pupils_are_booked_into_one_place_only():
    town = a_town()
    one, other = a_session(town.venue), a_session(town.venue)
    group = groups.of_classes(town.school, [town.class_a], on=one.day, adults=2)
    answers = at_once(asking(town, one, group), asking(town, other, group))
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(Session.objects.values_list("taken", flat=True)) == 3


def test_a_booking_never_slips_into_a_session_that_is_being_cancelled():
    from activities import sessions

    town = a_town()
    session = a_session(town.venue)
    group = groups.of_classes(town.school, [town.class_a], on=session.day, adults=2)
    at_once(
        lambda: sessions.cancel(Session.objects.get(pk=session.pk), by=actor(town.staff), reason="检修"),
        asking(town, session, group),
    )
    assert not Booking.objects.alive().exists()
    session.refresh_from_db()
    assert (session.state, session.taken) == ("cancelled", 0)


def test_a_booking_never_slips_past_a_listing_that_is_being_suspended():
    town = a_town()
    session = a_session(town.venue)
    group = groups.of_classes(town.school, [town.class_a], on=session.day, adults=2)
    suspended = threading.Event()

    def suspend():
        with transaction.atomic():
            listings.suspend(Listing.objects.get(), by=actor(town.bureau), reason="消防整改")
            suspended.set()
            time.sleep(0.4)  # whoever reads the listing now must wait for this

    def book():
        suspended.wait(10)
        return asking(town, session, group)()

    assert at_once(suspend, book) == [None, "district.listing"]
    assert not Booking.objects.exists()
