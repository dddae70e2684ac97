"""Webhooks: signed as the standard has it, tried until they arrive, given up in the end, never sent inside."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from people import events, notices
from people.models import AuditEvent, Notice
from portal.lib import outbound
from portal.models import Client, WebhookEndpoint, WebhookMessage
from portal.systems import delivering, endpoints, signing
from tests.factories import people
from tests.factories.systems import an_endpoint, answerer
from tests.lib.servers import Listener
from tests.systems.happenings import Row, happens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settled")]


# --- what arrives -----------------------------------------------------------------------------------------------------


def test_an_event_arrives_once_thin_and_signed(listener, system):
    issued = an_endpoint(system, listener.url)
    happens(system)
    assert delivering.run() == 1
    (heard,) = listener.heard
    assert json.loads(heard.body) == {
        "id": events.Event.objects.get().pk,
        "type": "booking.confirmed",
        "timestamp": events.Event.objects.get().at.isoformat(),
        "data": {"type": "booking", "id": "7", "district": system.district.pk},
    }
    assert Webhook(issued.secret).verify(heard.body, heard.headers)["type"] == "booking.confirmed"
    row = WebhookMessage.objects.get()
    assert (heard.headers["webhook-id"], row.status, row.attempts, row.is_waiting) == (row.message_id, 204, 1, False)
    assert delivering.run() == 0
    assert len(listener.heard) == 1


def test_another_secret_does_not_verify(listener, system):
    an_endpoint(system, listener.url)
    happens(system)
    delivering.run()
    (heard,) = listener.heard
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.shown(b"x" * 32)).verify(heard.body, heard.headers)


def test_only_the_chosen_events_of_the_own_district_are_told(listener, system):
    an_endpoint(system, listener.url, "booking.cancelled")
    happens(system, "booking.confirmed")
    happens(system, "booking.cancelled")
    events.tell("booking.cancelled", Row(people.district()))
    delivering.run()
    assert [json.loads(heard.body)["type"] for heard in listener.heard] == ["booking.cancelled"]


def test_what_happened_before_the_address_was_added_is_not_told(listener, system, monkeypatch):
    happens(system)
    with connection.cursor() as cursor:  # as if that transaction were over
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE people_event SET xid = 3")
        cursor.execute("SET session_replication_role = origin")
    an_endpoint(system, listener.url)
    assert delivering.run() == 0


def test_scopes_cut_what_is_told(listener, system):
    Client.objects.filter(pk=system.pk).update(scopes=["sessions:read"])
    an_endpoint(system, listener.url)
    happens(system, "booking.confirmed")
    happens(system, "session.opened")
    delivering.run()
    assert [json.loads(heard.body)["type"] for heard in listener.heard] == ["session.opened"]


def test_a_scope_taken_back_stops_what_was_waiting(listener, system):
    an_endpoint(system, listener.url)
    happens(system)
    for endpoint in WebhookEndpoint.objects.all():
        delivering.fan_out(endpoint)
    Client.objects.filter(pk=system.pk).update(scopes=[])
    delivering.run()
    assert (listener.heard, WebhookMessage.objects.get().fault) == ([], "scope")


def test_two_addresses_are_told_apart(listener, system):
    with Listener() as other:
        an_endpoint(system, listener.url)
        an_endpoint(system, other.url)
        happens(system)
        assert delivering.run() == 2
        assert listener.heard[0].headers["webhook-id"] != other.heard[0].headers["webhook-id"]


# --- retries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 429, 500, 503])
def test_anything_but_2xx_and_410_comes_again(listener, system, status, clock):
    an_endpoint(system, listener.url)
    happens(system)
    listener.answer(status, Location="http://127.0.0.1:1/")
    delivering.run()
    row = WebhookMessage.objects.get()
    assert (row.status, row.is_waiting, len(listener.heard)) == (status, True, 1)
    assert dt.timedelta(seconds=5) <= row.next_at - clock.now() <= dt.timedelta(seconds=5.5)
    assert delivering.run() == 0
    clock.forward(seconds=6)
    listener.answer(200)
    delivering.run()
    first, second = listener.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 6
    assert first.body == second.body
    assert not WebhookMessage.objects.get().is_waiting


@pytest.mark.notice("webhook_disabled")
def test_ten_retries_with_the_standard_s_pauses_then_given_up_and_switched_off(listener, system, clock):
    an_endpoint(system, listener.url)
    happens(system)
    listener.answer(500)
    pauses = []
    for _try in range(11):
        assert delivering.run() == 1
        row = WebhookMessage.objects.get()
        pauses.append((row.next_at - clock.now()).total_seconds())
        clock.to(row.next_at)
    seconds = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, 86400]
    assert all(plain <= pause <= 1.1 * plain for plain, pause in zip(seconds, pauses[:10], strict=True))
    assert (len(listener.heard), row.attempts, row.given_up_at is not None) == (11, 11, True)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.is_enabled, endpoint.disabled_why) == (False, "failing")
    (notice,) = Notice.objects.filter(kind="webhook_disabled", user=system.principal)
    assert notices.KINDS["webhook_disabled"].still_holds(notice)
    endpoints.enable(endpoint, by=answerer(system))
    assert not notices.KINDS["webhook_disabled"].still_holds(notice)
    assert delivering.run() == 0


def test_an_address_that_heard_other_messages_meanwhile_stays_on(listener, system, clock):
    an_endpoint(system, listener.url)
    happens(system)
    listener.answer(500)
    for _try in range(10):
        delivering.run()
        clock.to(WebhookMessage.objects.get().next_at)
    happens(system, pk=8)
    WebhookMessage.objects.update(next_at=clock.now() + dt.timedelta(days=2))
    listener.answer(200)
    delivering.run()
    listener.answer(500)
    clock.forward(days=3)
    delivering.run()
    assert WebhookMessage.objects.filter(given_up_at__isnull=False).count() == 1
    assert WebhookEndpoint.objects.get().is_enabled


def test_410_ends_it(listener, system):
    an_endpoint(system, listener.url)
    happens(system)
    happens(system, pk=8)
    listener.answer(410)
    delivering.run()
    endpoint = WebhookEndpoint.objects.get()
    assert (len(listener.heard), endpoint.disabled_why) == (1, "gone")
    assert AuditEvent.objects.filter(verb="endpoint.disable", actor_ref="system", is_now="gone").count() == 1


def test_switched_on_again_it_hears_what_it_missed(listener, system):
    issued = an_endpoint(system, listener.url)
    endpoints.disable(issued.endpoint, by=answerer(system))
    happens(system)
    assert delivering.run() == 0
    endpoints.enable(issued.endpoint, by=answerer(system))
    assert delivering.run() == 1


def test_retry_after_is_kept(listener, system, clock):
    an_endpoint(system, listener.url)
    happens(system)
    listener.answer(429, Retry_After="120")
    delivering.run()
    assert WebhookMessage.objects.get().next_at == clock.now() + dt.timedelta(seconds=120)


def test_nobody_there_is_a_fault_and_comes_again(system, settings):
    settings.OUTBOUND_LOOPBACK = True
    an_endpoint(system, "http://127.0.0.1:9/hook")
    happens(system)
    delivering.run()
    row = WebhookMessage.objects.get()
    assert (row.status, row.fault, row.is_waiting) == (None, "connection", True)


def test_an_address_that_leads_inside_by_now_is_not_called(listener, system, settings):
    an_endpoint(system, listener.url)
    settings.OUTBOUND_LOOPBACK = False
    happens(system)
    delivering.run()
    assert (listener.heard, WebhookMessage.objects.get().fault) == ([], "address")


def test_a_slow_address_does_not_hold_up_the_others(system, monkeypatch, settings):
    settings.OUTBOUND_LOOPBACK = True
    called = []

    def post(url, body, headers):
        called.append(url)
        if "slow" in url:
            raise outbound.Unreachable("time")
        return outbound.Answer(200)

    monkeypatch.setattr(delivering.outbound, "post", post)
    an_endpoint(system, "https://slow.example/")
    an_endpoint(system, "https://quick.example/")
    for pk in range(3):
        happens(system, pk=pk)
    delivering.run()
    assert sorted(called) == ["https://quick.example/"] * 3 + ["https://slow.example/"]


# --- twice, late, beside itself ---------------------------------------------------------------------------------------


def test_a_worker_that_dies_before_its_mark_lets_the_message_come_again(listener, system, clock):
    an_endpoint(system, listener.url)
    happens(system)
    delivering.fan_out(WebhookEndpoint.objects.get())
    assert delivering.claim(set()) is not None  # and the worker is gone
    assert delivering.deliver_due() == 0
    clock.forward(seconds=61)
    assert delivering.deliver_due() == 1
    assert WebhookMessage.objects.get().attempts == 2


def test_a_mark_that_comes_too_late_changes_nothing(system, clock):
    an_endpoint(system)
    happens(system)
    delivering.fan_out(WebhookEndpoint.objects.get())
    late = delivering.claim(set())
    clock.forward(seconds=61)
    again = delivering.claim(set())
    delivering.judge(late, status=500)
    assert WebhookMessage.objects.get().leased_until == again.leased_until
    delivering.judge(again, status=200)
    assert WebhookMessage.objects.get().arrived_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(listener, system):
    an_endpoint(system, listener.url)
    with transaction.atomic():
        for pk in range(30):
            happens(system, pk=pk)

    def work():
        delivering.run()
        connection.close()

    workers = [threading.Thread(target=work) for _one in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sent = [heard.headers["webhook-id"] for heard in listener.heard]
    assert len(sent) == len(set(sent)) == 30


def test_messages_that_ended_a_month_ago_are_forgotten(listener, system, clock):
    an_endpoint(system, listener.url)
    happens(system)
    delivering.run()
    clock.forward(days=29)
    happens(system, pk=8)
    delivering.run()
    clock.forward(days=2)
    assert delivering.forget() == 1
