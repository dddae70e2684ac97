"""预留名额: released once, on the day after their last, and never held back again."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from activities import bookings, groups, held_back, offering, waitlist
from activities.models import Session
from people.models import AuditEvent
from portal import books
from portal.lib import clock as portal_clock
from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town, local
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town(pupils=0)


@pytest.fixture
def session(town):
    """Thirty places, ten of them held back for three more days; in three weeks."""
    starts = local(portal_clock.today() + dt.timedelta(days=21), 9)
    session = a_session(
        town.venue,
        programme=a_programme(town.venue, capacity=30),
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=2),
    )
    Session.objects.update(held_back=10, held_until=portal_clock.today() + dt.timedelta(days=3))
    session.refresh_from_db()
    return session


def comers(town, session, pupils):
    each = a_class(town.school)
    return groups.of_classes(town.school, [each], on=session.day, adults=3, heads={each.pk: pupils})


def counters(session):
    session.refresh_from_db()
    return session.taken, session.held_back, session.held_taken, session.released_at is not None


def test_places_are_released_once_and_the_waiting_list_wakes(town, session, clock):
    a_booking(town, session, group=comers(town, session, 20))
    session.refresh_from_db()
    entry = waitlist.join(
        session, comers(town, session, 8), by=actor(town.coordinator), leader=town.teacher, request_key=uuid.uuid4()
    )
    assert (held_back.release_due(), offering.offer_places(session.pk)) == (0, 0)
    assert [rule.code for rule in offering.why(entry)] == ["session.capacity"]
    clock.forward(days=4)
    assert held_back.due() == 1
    assert [held_back.release_due() for _n in range(3)] == [1, 0, 0]
    assert counters(session) == (20, 0, 0, True)
    assert AuditEvent.objects.get(verb="session.release_places").facts["places"] == 10
    assert offering.offer_places(session.pk) == 1
    assert list(books.problems()) == []


def test_what_an_entitled_school_gives_back_after_the_release_is_free_for_all(town, session, clock):
    town.school.is_underserved = True
    town.school.save()
    booking = a_booking(town, session, group=comers(town, session, 12))
    assert counters(session) == (12, 10, 10, False)
    clock.forward(days=4)
    held_back.release_due()
    bookings.cancel(booking, by=actor(town.coordinator))
    assert counters(session) == (0, 0, 0, True)


@pytest.mark.guards("session_released_once")
def test_the_database_holds_nothing_back_again(session, clock):
    clock.forward(days=4)
    held_back.release_due()
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activities_session SET held_back = 5")
    assert broken.value.__cause__.diag.constraint_name == "session_released_once"
