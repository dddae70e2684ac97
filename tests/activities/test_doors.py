"""The venue adds door counts of past days."""

import pytest

from activities import rollcall
from activities.models import Booking
from tests.factories.people import login
from tests.factories.rolls import a_roll

pytestmark = pytest.mark.django_db


@pytest.fixture
def roll(clock):
    return a_roll(clock)


@pytest.fixture
def staff(client, roll):
    return login(client, roll.town.staff)


def test_a_group_of_a_past_day_without_a_count_is_listed_and_counted(roll, staff, clock):
    rollcall.complete(roll.booking, marks=rollcall.everybody(roll.booking), by=roll.leader)
    assert list(staff.get("/desk/doors/").context["bookings"]) == []
    clock.forward(days=1)
    assert list(staff.get("/desk/doors/").context["bookings"]) == [roll.booking]
    assert staff.get("/desk/").context["uncounted"] == 1
    answer = staff.post(f"/bookings/{roll.booking.pk}/receive/", {"heads": 2, "next": "doors"})
    assert answer.url == "/desk/doors/"
    assert Booking.objects.get(pk=roll.booking.pk).arrived_heads == 2
    assert list(staff.get("/desk/doors/").context["bookings"]) == []


def test_another_venue_and_the_school_itself_see_no_such_list(roll, client, clock):
    clock.forward(days=1)
    stranger = a_roll(clock)
    clock.forward(days=1)
    other = login(client, stranger.town.staff)
    assert list(other.get("/desk/doors/").context["bookings"]) == [stranger.booking]
    assert login(client, roll.town.coordinator).get("/desk/doors/").status_code == 403
