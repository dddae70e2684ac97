"""What ending an agreement touches, shown before it is ended."""

import pytest
from django.urls import reverse

from partnerships import impact
from partnerships.agreements import Promise
from people.roles import Role
from tests.factories import activities as happening
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.counselors import a_counselor, an_assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return happening.a_town()


@pytest.fixture
def agreement(town):
    return make.an_agreement(town.venue, [town.school, make.a_school(town.district)])


@pytest.fixture
def booking(town, agreement):
    return happening.a_booking(town, happening.a_session(town.venue))


def test_a_booking_to_come_is_touched_and_one_of_another_school_is_not(town, agreement, booking):
    assert booking.agreement_id == agreement.pk
    museum = make.lead_of(town.venue)
    row = impact.touched(agreement, actor=museum)[0]
    assert (row.url, row.organisation) == (f"/bookings/{booking.pk}/", town.school.organisation)
    assert impact.touched(agreement, actor=museum, school_id=town.school.pk + 1000) == []


def test_the_page_that_ends_shows_them_first(client, town, agreement, booking):
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    page = client.get(reverse("partnerships:agreement-terminate", args=[agreement.pk]))
    assert (len(page.context["touched"]), page.context["sessions"]) == (1, 1)
    assert f"/bookings/{booking.pk}/" in page.content.decode()
    other = agreement.parties.last()
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=other.organisation))
    assert client.get(reverse("partnerships:agreement-leave", args=[agreement.pk])).context["touched"] == []


def test_the_numbers_of_a_commitment_open_their_bookings(client, town):
    term = make.a_term(town.district)
    promise = Promise(town.venue.pk, term, "visits", 16)
    agreement = make.an_agreement(town.venue, [town.school], promises=[promise])
    booking = happening.a_booking(town, happening.a_session(town.venue))
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    address = reverse("activities:agreement-delivery", args=[agreement.pk])
    assert (
        f"{address}?kind=visits"
        in client.get(reverse("partnerships:agreement-page", args=[agreement.pk])).content.decode()
    )
    rows = client.get(address, {"kind": "visits"}).context["page"].rows
    assert [(use.booking_id, use.reserved, use.delivered) for use in rows] == [(booking.pk, 1, 0)]
    assert client.get(address, {"kind": "pupils"}).context["page"].rows == []
    people.login(client, people.hat(Role.VENUE_LEAD))
    assert client.get(address).status_code == 404


def test_a_counselor_who_comes_to_a_touched_group_is_told_of(town, agreement, booking):
    who = a_counselor(listed_in=[town.district])
    assignment = an_assignment(booking.session, who, town.staff)
    rows = impact.touched(agreement, actor=make.lead_of(town.venue))
    assert {row.url for row in rows} == {f"/bookings/{booking.pk}/", f"/assignments/{assignment.pk}/"}
