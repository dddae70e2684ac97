"""Which rows a hat sees."""

import pytest

from activities.models import Booking, Programme, RollEntry, Series, Session
from people.actors import ANONYMOUS, SYSTEM
from people.roles import Role
from tests.factories.activities import (
    a_booking,
    a_class,
    a_programme,
    a_school,
    a_session,
    a_town,
    list_venue,
)
from tests.factories.people import actor, hat

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """Two districts that list the same venue; each has a booking there."""
    here, there = a_town(), a_town()
    there.venue = here.venue
    list_venue(here.venue, there.district)
    session = a_session(here.venue)
    return here, there, a_booking(here, session), a_booking(there, session)


def test_venue_staff_see_the_bookings_of_all_districts_at_their_venue(two):
    here, _there, first, second = two
    assert set(Booking.objects.visible_to(actor(here.staff))) == {first, second}


def test_a_district_sees_only_its_own_bookings(two):
    here, there, first, second = two
    assert list(Booking.objects.visible_to(actor(here.bureau))) == [first]
    assert list(Booking.objects.visible_to(actor(there.bureau))) == [second]


def test_a_school_sees_only_its_own_bookings(two):
    here, there, first, second = two
    assert list(Booking.objects.visible_to(actor(here.coordinator))) == [first]
    assert list(Booking.objects.visible_to(actor(there.coordinator))) == [second]
    stranger = hat(Role.COORDINATOR, at=a_school(here.district).organisation)
    assert not Booking.objects.visible_to(actor(stranger)).exists()


def test_a_teacher_sees_only_the_bookings_they_lead(two):
    here, _there, first, _second = two
    colleague = hat(Role.TEACHER, at=here.school.organisation)
    assert list(Booking.objects.visible_to(actor(here.teacher))) == [first]
    assert not Booking.objects.visible_to(actor(colleague)).exists()


def test_rolls_are_seen_with_their_bookings(two):
    here, _there, first, _second = two
    assert set(RollEntry.objects.visible_to(actor(here.bureau)).values_list("booking", flat=True)) == {first.pk}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDIT_READER, Role.COUNSELOR])
def test_the_platform_and_counselors_see_no_booking(two, role):
    assert not Booking.objects.visible_to(actor(hat(role))).exists()


def test_nobody_sees_nothing_and_the_system_everything(two):
    for model in (Booking, Session, Programme, Series, RollEntry):
        assert not model.objects.visible_to(ANONYMOUS).exists()
    assert Booking.objects.visible_to(SYSTEM).count() == 2


def test_a_session_is_seen_where_its_venue_is_listed_or_open_to_all():
    here, elsewhere = a_town(), a_town()
    listed, foreign = a_session(here.venue), a_session(elsewhere.venue)
    for_all = a_session(elsewhere.venue, programme=a_programme(elsewhere.venue, open_to_all=True))
    draft = a_session(here.venue, state="draft")
    closed = a_session(here.venue, school=a_school(here.district))
    seen = Session.objects.visible_to(actor(here.coordinator))
    assert set(seen) == {listed, for_all}
    assert {listed, draft, closed} <= set(Session.objects.visible_to(actor(here.staff)))
    assert foreign not in Session.objects.visible_to(actor(here.bureau))
    assert closed in Session.objects.visible_to(actor(here.bureau))


def test_a_programme_is_seen_when_published_and_listed():
    here, elsewhere = a_town(), a_town()
    published = a_programme(here.venue)
    draft = a_programme(here.venue, state="draft")
    a_programme(elsewhere.venue)
    assert set(Programme.objects.visible_to(actor(here.coordinator))) == {published}
    assert set(Programme.objects.visible_to(actor(here.staff))) == {published, draft}


def test_two_listings_of_a_venue_show_its_session_once():
    here, there = a_town(), a_town()
    list_venue(here.venue, there.district)
    a_session(here.venue)
    assert Session.objects.visible_to(actor(there.coordinator)).count() == 1
    assert a_class(here.school)
