"""The numbers of a commitment open the bookings behind them."""

import pytest
from django.urls import reverse

from partnerships.agreements import Promise
from people.roles import Role
from tests.factories import activities as happening
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def test_the_numbers_of_a_commitment_open_their_bookings(client):
    town = happening.a_town()
    promise = Promise(town.venue.pk, make.a_term(town.district), "visits", 16)
    agreement = make.an_agreement(town.venue, [town.school], promises=[promise])
    booking = happening.a_booking(town, happening.a_session(town.venue))
    people.login(client, people.hat(Role.VENUE_LEAD, at=town.venue.organisation))
    address = reverse("activities:agreement-delivery", args=[agreement.pk])
    page = client.get(reverse("partnerships:agreement-page", args=[agreement.pk]))
    assert f"{address}?kind=visits" in page.content.decode()
    rows = client.get(address, {"kind": "visits"}).context["page"].rows
    assert [(use.booking_id, use.reserved, use.delivered) for use in rows] == [(booking.pk, 1, 0)]
    assert client.get(address, {"kind": "pupils"}).context["page"].rows == []
    people.login(client, people.hat(Role.VENUE_LEAD))
    assert client.get(address).status_code == 404
