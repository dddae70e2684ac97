"""Groups led move to the successor; who leads a group that is still to come does not leave."""

import pytest

from activities import assignments, requests
from people import handover, memberships
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import activities as make
from tests.factories.counselors import a_counselor, actor_of, an_assignment, hat_of
from tests.factories.partnerships import an_agreement
from tests.factories.people import actor, hat
from tests.factories.requests import a_request, a_term

pytestmark = pytest.mark.django_db


NOTHING = {"bookings_led": 0, "requests_led": 0, "waits_led": 0, "counselors_met": 0, "clients": 0}


def test_hand_over_moves_the_groups_that_are_still_to_be_called():
    town = make.a_town()
    booking = make.a_booking(town, make.a_session(town.venue))
    leader = booking.leader
    successor = hat(Role.TEACHER, at=leader.organisation)
    with pytest.raises(Refused) as refused:
        memberships.end(leader, by=actor(leader))
    assert refused.value.code == "membership_has_work"
    assert handover.hand_over(leader, to=successor, by=actor(leader)) == {
        "bookings_led": 1,
        "requests_led": 0,
        "waits_led": 0,
        "counselors_met": 0,
        "clients": 0,
    }
    booking.refresh_from_db()
    assert booking.leader == successor
    assert handover.open_work(leader) == NOTHING


def test_hand_over_leaves_what_is_done_with_who_did_it(clock):
    town = make.a_town()
    booking = make.a_booking(town, make.a_session(town.venue))
    type(booking).objects.filter(pk=booking.pk).update(called_at=clock.now(), called_by=booking.leader)
    assert handover.open_work(booking.leader) == NOTHING


def test_hand_over_moves_open_requests():
    town = make.a_town()
    a_term(town)
    an_agreement(town.venue, [town.school])
    asked = a_request(town)
    successor = hat(Role.TEACHER, at=town.school.organisation)
    assert handover.hand_over(asked.leader, to=successor, by=actor(asked.leader))["requests_led"] == 1
    asked.refresh_from_db()
    assert asked.leader == successor


def test_hand_over_moves_groups_in_line():
    town = make.a_town()
    entry = make.a_waiting_group(make.a_session(town.venue), town.school, town.teacher)
    successor = hat(Role.TEACHER, at=town.school.organisation)
    assert handover.hand_over(town.teacher, to=successor, by=actor(town.teacher))["waits_led"] == 1
    entry.refresh_from_db()
    assert entry.leader == successor


def test_hand_over_moves_the_counselors_that_a_hat_looks_after():
    """The successor is the contact; who gave the word stays on record."""
    town = make.a_town()
    who = a_counselor(listed_in=[town.district])
    assignment = an_assignment(make.a_session(town.venue), who, town.staff)
    successor = hat(Role.VENUE_STAFF, at=town.staff.organisation)
    assert handover.hand_over(town.staff, to=successor, by=actor(town.staff))["counselors_met"] == 1
    assignment.refresh_from_db()
    assert (assignment.contact, assignment.host_by) == (successor, town.staff)
    memberships.end(town.staff, by=actor(town.staff))


def test_a_counselor_who_is_coming_gives_it_up_before_leaving():
    town = make.a_town()
    who = a_counselor(listed_in=[town.district])
    assignment = an_assignment(make.a_session(town.venue), who, town.staff)
    with pytest.raises(Refused) as refused:
        memberships.end(hat_of(who), by=actor_of(who))
    assert refused.value.code == "membership_has_work"
    assignments.give_up(assignment, by=actor_of(who), reason="调离")
    memberships.end(hat_of(who), by=actor_of(who))


def test_a_counselor_who_is_asked_answers_before_leaving():
    town = make.a_town()
    a_term(town)
    who = a_counselor(listed_in=[town.district])
    asked = a_request(town, counselor=who, programme=make.a_programme(town.school, direction="bring_in", minutes=50))
    assert handover.open_work(hat_of(who)) == NOTHING | {"requests_led": 1}
    with pytest.raises(Refused) as refused:
        memberships.end(hat_of(who), by=actor_of(who))
    assert refused.value.code == "membership_has_work"
    requests.decline(asked, by=actor_of(who), reason="调离")
    memberships.end(hat_of(who), by=actor_of(who))
