"""A host changes a session while schools book it: no group is left behind at the old time, none is one too many."""

import datetime as dt
import uuid

import pytest

from activities import bookings, groups, sessions
from activities.models import Booking, Session, VenueDay
from tests.activities.test_race import at_once
from tests.factories.activities import a_programme, a_session, a_town
from tests.factories.people import actor

pytestmark = pytest.mark.django_db(transaction=True)


def asking(town, session):
    """A head count of five, by a page that was opened before."""
    group = groups.of_heads(town.school, 5, on=session.day, adults=1)
    return lambda: (
        bookings.request(session, group, by=actor(town.coordinator), leader=town.teacher, request_key=uuid.uuid4()).pk
    )


def test_a_session_that_goes_to_another_day_takes_every_group_along_or_refuses_it():
    town = a_town(pupils=0)
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=200))
    calls = [asking(town, Session.objects.select_related("programme", "provider").get(pk=session.pk)) for _ in range(6)]
    moved = Session.objects.select_related("programme", "provider").get(pk=session.pk)
    day = dt.timedelta(days=1)
    by = actor(town.staff)
    calls.insert(
        3, lambda: sessions.edit(moved, by=by, starts_at=moved.starts_at + day, ends_at=moved.ends_at + day) and "moved"
    )

    answers = at_once(*calls)

    assert set(answers) - {one for one in answers if isinstance(one, int)} <= {None, "moved", "changed"}
    booked = Booking.objects.count()
    assert booked == sum(isinstance(one, int) for one in answers)
    moved.refresh_from_db()
    assert moved.day == session.day + day
    assert moved.taken == 5 * booked
    counters = VenueDay.objects.filter(part="day", groups__gt=0).values_list("date", "groups", "heads")
    assert list(counters) == ([(moved.day, booked, 5 * booked)] if booked else [])


def test_places_taken_away_are_never_booked():
    town = a_town(pupils=0)
    session = a_session(town.venue, programme=a_programme(town.venue, capacity=30))
    calls = [asking(town, Session.objects.select_related("programme", "provider").get(pk=session.pk)) for _ in range(6)]
    shrunk = Session.objects.select_related("programme", "provider").get(pk=session.pk)
    calls.insert(3, lambda: sessions.edit(shrunk, by=actor(town.staff), capacity=15) or "shrunk")

    answers = at_once(*calls)

    session.refresh_from_db()
    booked = sum(isinstance(one, int) for one in answers)
    assert session.taken == 5 * booked
    assert (session.capacity, booked <= 3) == ((15, True) if "shrunk" in answers else (30, False))
