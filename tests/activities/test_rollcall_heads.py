"""Groups by head count: the real heads count, no pupil earns."""

import pytest

from activities import groups, rollcall
from activities.models import Booking
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town(pupils=2)


@pytest.fixture
def booking(town, clock):
    session = a_session(town.venue)
    group = groups.of_heads(town.school, 25, on=session.day, adults=2)
    booking = a_booking(town, session, group=group)
    clock.to(session.starts_at)
    return booking


def test_complete_counts_the_heads_that_came(booking, town):
    rollcall.complete(booking, heads=23, by=actor(town.teacher))
    row = Booking.objects.get(pk=booking.pk)
    assert (row.state, row.attended, row.roll.count()) == ("attended", 23, 0)


@pytest.mark.parametrize("heads", [None, -1, 10000])
def test_complete_refuses_without_a_count(booking, town, heads):
    with pytest.raises(Refused) as refused:
        rollcall.complete(booking, heads=heads, by=actor(town.teacher))
    assert refused.value.code == "roll.heads"


def test_correct_counts_again(booking, town):
    rollcall.complete(booking, heads=23, by=actor(town.teacher))
    assert rollcall.correct(booking, marks={}, heads=24, why="漏数一人", by=actor(town.teacher)) == 1
    assert Booking.objects.get(pk=booking.pk).attended == 24
