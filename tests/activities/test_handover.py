"""Groups led move to the successor; who leads a group that is still to come does not leave."""

import pytest

from people import handover, memberships
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import activities as make
from tests.factories.people import actor, hat

pytestmark = pytest.mark.django_db


def test_hand_over_moves_the_groups_that_are_still_to_be_called():
    town = make.a_town()
    booking = make.a_booking(town, make.a_session(town.venue))
    leader = booking.leader
    successor = hat(Role.TEACHER, at=leader.organisation)
    with pytest.raises(Refused) as refused:
        memberships.end(leader, by=actor(leader))
    assert refused.value.code == "membership_has_work"
    assert handover.hand_over(leader, to=successor, by=actor(leader)) == {"bookings_led": 1}
    booking.refresh_from_db()
    assert booking.leader == successor
    assert handover.open_work(leader) == {"bookings_led": 0}


def test_hand_over_leaves_what_is_done_with_who_did_it(clock):
    town = make.a_town()
    booking = make.a_booking(town, make.a_session(town.venue))
    type(booking).objects.filter(pk=booking.pk).update(called_at=clock.now(), called_by=booking.leader)
    assert handover.open_work(booking.leader) == {"bookings_led": 0}
