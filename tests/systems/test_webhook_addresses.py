"""Addresses of webhooks: their secrets, who may add and change them, and what the database refuses."""

import json

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import PermissionDenied
from django.db import connection
from standardwebhooks import Webhook

from people.roles import Role
from portal.lib.errors import Refused
from portal.models import Client, WebhookEndpoint, WebhookMessage, WebhookSecret
from portal.systems import delivering, endpoints, signing
from tests.breaking import change, copy, refused_as
from tests.factories import people
from tests.factories.people import actor
from tests.factories.systems import an_endpoint, answerer
from tests.systems.happenings import happens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settled")]


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_for_a_day_after_a_change_both_secrets_sign(listener, system, clock):
    old = an_endpoint(system, listener.url)
    new = endpoints.rotate(old.endpoint, by=answerer(system))
    happens(system)
    delivering.run()
    (heard,) = listener.heard
    assert len(heard.headers["webhook-signature"].split()) == 2
    for secret in (old.secret, new.secret):
        assert Webhook(secret).verify(heard.body, heard.headers)
    clock.forward(hours=24, seconds=1)
    happens(system, pk=8)
    delivering.run()
    later = listener.heard[1].headers["webhook-signature"].split()
    expected = signing.signature(
        WebhookSecret.objects.get(ends_at=None).open(),
        listener.heard[1].headers["webhook-id"],
        int(listener.heard[1].headers["webhook-timestamp"]),
        listener.heard[1].body,
    )
    assert later == [expected]


def test_never_more_than_two_secrets_sign(system):
    issued = an_endpoint(system)
    for _time in range(3):
        endpoints.rotate(issued.endpoint, by=answerer(system))
    assert WebhookSecret.objects.live().count() == 2


def test_secrets_are_sealed_to_their_rows(system):
    issued = an_endpoint(system)
    row = WebhookSecret.objects.get()
    assert signing.shown(row.open()) == issued.secret
    assert row.open() not in bytes(row.sealed)
    other = WebhookSecret(endpoint=issued.endpoint, sealed=row.sealed, key_id=row.key_id)
    with pytest.raises(InvalidTag):
        other.open()


# --- who may, and what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://partner.example/", "https://127.0.0.1/", "https://10.0.0.1/", "https://a:b@partner.example/", "x"]
)
def test_addresses_that_are_never_called_are_not_taken(system, url):
    with pytest.raises(Refused):
        an_endpoint(system, url)


def test_unknown_and_no_events_are_not_taken(system):
    for types in ([], ["booking.renamed"]):
        with pytest.raises(Refused):
            endpoints.add(system, by=answerer(system), url="https://partner.example/", types=types)


def test_only_the_bureau_of_the_district_acts(system):
    issued = an_endpoint(system)
    for stranger in (
        people.hat(Role.BUREAU_OFFICER),
        people.hat(Role.ADMINISTRATOR),
        people.hat(Role.INSPECTOR, at=people.bureau(system.district)),
    ):
        with pytest.raises(PermissionDenied):
            endpoints.rotate(issued.endpoint, by=actor(stranger))
        assert not WebhookEndpoint.objects.visible_to(actor(stranger)).exists()


def test_a_test_message_is_tried_once(listener, system):
    issued = an_endpoint(system, listener.url, "booking.cancelled")
    listener.answer(500)
    endpoints.ping(issued.endpoint, by=answerer(system))
    delivering.run()
    row = WebhookMessage.objects.get()
    assert (row.type, row.status, row.is_waiting) == ("ping", 500, False)
    assert json.loads(listener.heard[0].body)["type"] == "ping"
    assert WebhookEndpoint.objects.get().is_enabled
    endpoints.disable(issued.endpoint, by=answerer(system))
    issued.endpoint.refresh_from_db()
    with pytest.raises(Refused):
        endpoints.ping(issued.endpoint, by=answerer(system))


def test_a_system_that_is_shut_out_hears_nothing(listener, system):
    an_endpoint(system, listener.url)
    happens(system)
    Client.objects.filter(pk=system.pk).update(is_active=False)
    assert delivering.run() == 0


@pytest.mark.guards("webhook_disabled_says_why")
def test_disabled_says_why(system):
    issued = an_endpoint(system)
    with refused_as("webhook_disabled_says_why"):
        change("portal_webhookendpoint", issued.endpoint.pk, "disabled_at = now()")


@pytest.mark.guards("webhook_address_once")
def test_an_address_once_a_system(system):
    issued = an_endpoint(system)
    with refused_as("webhook_address_once"):
        copy("portal_webhookendpoint", issued.endpoint.pk)


@pytest.mark.guards("webhook_secret_newest_once")
def test_one_newest_secret(system):
    an_endpoint(system)
    with refused_as("webhook_secret_newest_once"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_webhooksecret SELECT gen_random_uuid(), sealed, key_id, created_at, ends_at, endpoint_id"
            " FROM portal_webhooksecret"
        )


@pytest.mark.guards("webhook_message_once")
def test_an_event_once_an_address(system):
    an_endpoint(system)
    happens(system)
    delivering.fan_out(WebhookEndpoint.objects.get())
    with refused_as("webhook_message_once"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_webhookmessage (endpoint_id, event_id, key, attempts, created_at, next_at, fault)"
            " SELECT endpoint_id, event_id, gen_random_uuid(), 0, now(), now(), '' FROM portal_webhookmessage"
        )


@pytest.mark.guards("webhook_message_one_end")
def test_a_message_has_one_end(system):
    an_endpoint(system)
    happens(system)
    delivering.fan_out(WebhookEndpoint.objects.get())
    with refused_as("webhook_message_one_end"):
        change("portal_webhookmessage", WebhookMessage.objects.get().pk, "arrived_at = now(), given_up_at = now()")
