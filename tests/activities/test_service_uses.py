"""Hours of counselors that an agreement counts as delivered."""

import datetime as dt

import pytest
from django.urls import reverse

from activities import hours
from partnerships.agreements import Promise
from partnerships.models import Commitment
from portal import books
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.counselors import a_counselor, actor_of, an_assignment
from tests.factories.partnerships import a_term, an_agreement
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = a_town()
    promises = [Promise(found.venue.pk, a_term(found.district), "counselor_hours", 8)]
    found.agreement = an_agreement(found.venue, [found.school], promises=promises)
    return found


def assigned(town, *, booked=True):
    session = a_session(town.venue)
    if booked:
        assert a_booking(town, session).agreement == town.agreement
    return an_assignment(session, a_counselor(listed_in=[town.district]), town.staff)


def delivered() -> int:
    return Commitment.objects.get(kind="counselor_hours").delivered


def test_confirmed_hours_deliver_what_the_venue_promised_in_whole_hours(town, clock):
    one, other = assigned(town), assigned(town, booked=False)
    host = actor(town.staff)
    clock.to(one.ends_at + dt.timedelta(hours=1))
    hours.claim(one, by=actor_of(one.counselor), minutes=150, kind="volunteer")
    assert delivered() == 0  # nobody has confirmed them
    record = hours.confirm(one, by=host, minutes=150, kind="volunteer")
    hours.confirm(other, by=host, minutes=300, kind="paid")  # of a session that does not rest on the agreement
    assert delivered() == 2
    hours.object_to(record, by=actor_of(one.counselor), reason="多算了")
    assert delivered() == 0
    hours.answer(record, by=host, minutes=70, kind="paid", reason="已改正")
    assert delivered() == 1
    assert list(books.problems()) == []


def test_both_sides_open_the_number_down_to_the_sessions(client, town, clock):
    one, other = assigned(town), assigned(town, booked=False)
    clock.to(one.ends_at + dt.timedelta(hours=1))
    for assignment in (one, other):
        hours.confirm(assignment, by=actor(town.staff), minutes=90, kind="volunteer")
    for hat in (town.staff, town.coordinator):
        login(client, hat)
        page = client.get(reverse("activities:agreement-delivery", args=[town.agreement.pk]))
        assert [record.assignment for record in page.context["given"]] == [one]
        assert one.counselor.organisation.name_zh not in page.text


def test_hours_add_up_before_they_are_rounded(town, clock):
    session = a_session(town.venue)
    a_booking(town, session)
    both = [an_assignment(session, a_counselor(listed_in=[town.district]), town.staff) for _n in range(2)]
    clock.to(session.ends_at + dt.timedelta(hours=1))
    for assignment, so_far in zip(both, (1, 3), strict=True):
        hours.confirm(assignment, by=actor(town.staff), minutes=90, kind="volunteer")
        assert delivered() == so_far


def test_a_ceiling_is_not_passed(town, clock):
    Commitment.objects.update(is_ceiling=True, promised=2)
    assignment = assigned(town)
    clock.to(assignment.ends_at + dt.timedelta(hours=1))
    hours.confirm(assignment, by=actor(town.staff), minutes=600, kind="volunteer")
    assert delivered() == 2
