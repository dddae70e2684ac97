"""Lists of bookings with 1 row and with 1,000: the same queries."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import groups
from activities.models import Booking
from tests.activities.asking import page
from tests.factories.activities import a_booking, a_programme, a_session, a_town
from tests.factories.people import login

pytestmark = pytest.mark.django_db
MANY = 1000


@pytest.fixture
def town():
    return a_town()


def more(booking, count):
    """Copies of a booking by head count, as rows."""
    kept = {
        field.attname: getattr(booking, field.attname)
        for field in Booking._meta.concrete_fields
        if field.name not in ("id", "request_key")
    }
    Booking.objects.bulk_create(Booking(**kept, request_key=uuid.uuid4()) for _ in range(count))


@pytest.mark.parametrize(
    ("who", "name", "query"),
    [
        ("coordinator", "booking-list", {}),
        ("coordinator", "booking-list", {"view": "waiting"}),
        ("staff", "booking-list", {"view": "waiting"}),
        ("bureau", "booking-list", {"words": "系统"}),
        ("staff", "booking-pending", {}),
        ("staff", "booking-desk", {}),
    ],
)
def test_a_thousand_bookings_cost_what_one_costs(town, client, who, name, query):
    session = a_session(town.venue, programme=a_programme(town.venue, confirmation="manual"), capacity=100_000)
    booking = a_booking(town, session, group=groups.of_heads(town.school, 30, on=session.day, adults=2))
    browser = login(client, getattr(town, who))
    page(browser, name, **query)  # whatever is kept after the first look
    with CaptureQueriesContext(connection) as one:
        assert page(browser, name, **query).status_code == 200
    more(booking, MANY - 1)
    assert Booking.objects.count() == MANY
    with CaptureQueriesContext(connection) as many:
        shown = page(browser, name, **query)
    assert shown.status_code == 200
    assert len(many) == len(one)
