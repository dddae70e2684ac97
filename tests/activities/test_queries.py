"""Every list and page asks the same number of queries for one row and for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town
from tests.factories.people import login

pytestmark = pytest.mark.django_db


def counted(client, address):
    client.get(address)  # sessions and caches are warm
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def fill(town, rows):
    """So many programmes, sessions and bookings, confirmed and waiting."""
    for _ in range(rows):
        for confirmation in ("auto", "manual"):
            session = a_session(town.venue, programme=a_programme(town.venue, confirmation=confirmation))
            a_booking(town, session, a_class(town.school, 2))
    return session


@pytest.mark.parametrize("name", ["session-list", "booking-list", "booking-desk", "programme-list"])
@pytest.mark.parametrize("who", ["coordinator", "staff", "bureau"])
def test_a_list_asks_the_same_queries_for_one_row_and_for_three(client, name, who):
    town = a_town()
    address = reverse(f"activities:{name}")
    if name == "booking-desk" and who != "staff":
        assert login(client, getattr(town, who)).get(address).status_code == 403
        return
    fill(town, 1)
    signed_in = login(client, getattr(town, who))
    once = counted(signed_in, address)
    fill(town, 2)
    assert counted(signed_in, address) == once


def test_the_catalogue_judges_three_sessions_with_the_queries_of_one(client):
    town = a_town()
    address = reverse("activities:session-list") + f"?classes={town.class_a.pk}"
    signed_in = login(client, town.coordinator)
    fill(town, 1)
    once = counted(signed_in, address)
    fill(town, 2)
    # every class stands in the picker, but none of them asks by itself
    assert counted(signed_in, address) == once
