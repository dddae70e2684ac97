"""A mail server that refuses, hangs, dies or is away: nothing is lost, nobody waits for ever, what is dead is shown."""

import datetime as dt
import time

import pytest
from django.urls import reverse

from people import deliveries, outbox
from people.models import AuditEvent, Delivery, Notice
from people.roles import Role
from portal.lib import clock, mailbox
from tests.factories.people import actor, district, hat, login, user
from tests.factories.rules import a_threshold

pytestmark = pytest.mark.django_db


def seconds_until(delivery):
    return (delivery.next_try_at - clock.now()).total_seconds()


def test_a_mailbox_that_does_not_exist_is_given_up_at_once(server, morning, reader, tell):
    server.to_recipient = "550 5.1.1 <secret@school.example> unknown"
    tell(reader)
    assert deliveries.run() == 0
    dead = Delivery.objects.get()
    assert (dead.dead_at, dead.fault, dead.attempts, dead.leased_until) == (clock.now(), "smtp 550", 1, None)
    morning.forward(days=1)
    server.to_recipient = "250 OK"
    assert deliveries.run() == 0


def test_not_now_is_tried_again_after_one_two_four_minutes(server, morning, reader, tell):
    server.answer = "451 later"
    tell(reader)
    pauses = []
    for _n in range(4):
        deliveries.run()
        pauses.append(seconds_until(Delivery.objects.get()))
        morning.to(Delivery.objects.get().next_try_at)
    assert pauses == [60, 120, 240, 480]
    server.answer = "250 OK"
    assert deliveries.run() == 1
    assert (Delivery.objects.get().fault, len(server.taken)) == ("", 1)


def test_after_three_days_a_letter_is_given_up(server, morning, reader, tell):
    server.answer = "451 later"
    tell(reader)
    deliveries.run()
    morning.forward(days=3)
    deliveries.run()
    assert Delivery.objects.get().dead_at == clock.now()


def test_one_refused_letter_holds_up_no_other(server, morning, reader, tell):
    server.to_recipient = "550 no"
    tell(reader)
    deliveries.run()
    server.to_recipient = "250 OK"
    tell(user(email="next@school.example"), subject="x:2")
    assert deliveries.run() == 1


@pytest.mark.parametrize("word", ["EHLO", "RCPT", "DATA"])
def test_a_server_that_hangs_is_left_in_time_and_tried_again_soon(server, morning, reader, tell, monkeypatch, word):
    monkeypatch.setattr(mailbox, "SECONDS", 0.3)
    server.hangs = word
    tell(reader)
    tell(user(email="next@school.example"), subject="x:2")
    began = time.monotonic()
    assert deliveries.run() == 0
    assert time.monotonic() - began < 3
    tried = Delivery.objects.filter(attempts=1).get()
    assert (seconds_until(tried), tried.dead_at, tried.leased_until) == (10, None, None)
    server.hangs = ""
    morning.forward(seconds=20)
    assert deliveries.run() == 2


@pytest.mark.parametrize("word", ["EHLO", "RCPT", "DATA"])
def test_a_server_that_dies_in_the_middle_loses_nothing(server, morning, reader, tell, word):
    server.drops = word
    tell(reader)
    assert deliveries.run() == 0
    server.drops = ""
    morning.forward(seconds=20)
    assert deliveries.run() == 1
    assert len(server.taken) == 1


def test_a_server_that_is_away_is_knocked_at_every_twenty_seconds_at_most(settings, server, morning, reader, tell):
    settings.EMAIL_PORT = 1
    tell(reader)
    for _n in range(6):
        deliveries.run()
        morning.to(Delivery.objects.get().next_try_at)
    assert Delivery.objects.get().fault == "ConnectionRefusedError"
    deliveries.run()
    assert seconds_until(Delivery.objects.get()) == 20


def test_a_server_that_refuses_our_name_blames_no_letter(server, morning, reader, tell):
    server.answer = "421 closing"
    tell(reader)
    deliveries.run()
    assert (Delivery.objects.get().dead_at, seconds_until(Delivery.objects.get())) == (None, 10)


# --- dead letters -----------------------------------------------------------------------------------------------------


@pytest.fixture
def dead(server, morning, reader, tell):
    server.to_recipient = "550 no"
    tell(reader)
    deliveries.run()
    server.to_recipient = "250 OK"
    return Delivery.objects.get()


def test_administrator_sees_dead_letters_without_their_words_and_tries_again(client, server, morning, dead):
    login(client, hat(Role.ADMINISTRATOR))
    page = client.get(reverse("people:delivery-list")).content.decode()
    assert dead.notice.user.username in page
    assert "smtp 550" in page
    assert "rain" not in page
    answer = client.post(reverse("people:delivery-retry", args=[dead.pk]))
    assert answer.url == reverse("people:delivery-list")
    assert AuditEvent.objects.filter(verb="delivery.retry").count() == 1
    assert deliveries.run() == 1
    assert Delivery.objects.get().give_up_at == clock.now() + outbox.PATIENCE


def test_what_was_sent_is_forgotten_after_the_days_of_the_most_patient_district_and_dead_letters_stay(
    server, clock, dead, reader, tell
):
    for days in (30, 200):  # everybody else keeps the 180 of the system
        a_threshold(district(), "deliveries_kept_days", days)
    tell(reader, subject="x:9")
    sent = Delivery.objects.exclude(pk=dead.pk).get()
    assert deliveries.run() == 1
    clock.forward(days=200)
    assert deliveries.forget() == 0
    clock.forward(seconds=1)
    assert (deliveries.forget(), deliveries.forget()) == (1, 0)
    assert Delivery.objects.get() == dead
    assert Notice.objects.filter(pk=sent.notice_id).exists()


def test_retry_twice_is_refused_and_others_find_nothing(client, morning, dead):
    administrator = hat(Role.ADMINISTRATOR)
    deliveries.retry(dead, by=actor(administrator))
    login(client, administrator)
    client.post(reverse("people:delivery-retry", args=[dead.pk]))
    assert AuditEvent.objects.filter(verb="delivery.retry").count() == 1
    login(client, hat(Role.SCHOOL_LEAD))
    assert client.get(reverse("people:delivery-list")).status_code == 403
    assert client.post(reverse("people:delivery-retry", args=[dead.pk])).status_code == 403


def test_patience_is_three_days():
    assert dt.timedelta(days=3) == outbox.PATIENCE
