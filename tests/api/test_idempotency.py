"""The same key: one effect, one answer, however often and however much at once it is sent. On real connections."""

import json
import threading
import uuid

import pytest
from django.db import connection

from activities.models import Booking, Session
from portal.api import idempotency
from portal.models import IdempotencyKey
from tests.breaking import copy, refused_as
from tests.factories.activities import a_session, a_town
from tests.factories.api import a_client, a_token, api

pytestmark = pytest.mark.django_db(transaction=True)
BOOKINGS = "/api/v1/bookings/"
MANY = 64


@pytest.fixture
def town():
    return a_town()


def body_of(town, session, **changes):
    said = {"school": town.school.pk, "leader": town.teacher.pk, "classes": [town.class_a.pk], "adults": 2}
    return {"session": session.pk} | said | changes


def ask(token, body, key, path=BOOKINGS, **headers):
    headers = {"Idempotency-Key": key, **headers}
    return api(token).post(path, json.dumps(body), content_type="application/json", headers=headers)


def kept(answer):
    """What a retry must repeat: status, bytes, and the headers that speak of the row."""
    return answer.status_code, answer.content, answer.headers.get("Location"), answer.headers.get("ETag")


def test_64_at_once_are_one_booking_and_identical_answers(town):
    session = a_session(town.venue)
    client = a_client(town.district)
    token, other = a_token(client), a_token(client)  # one client, two tokens
    body, key = body_of(town, session), str(uuid.uuid4())
    start, answers = threading.Barrier(MANY), [None] * MANY

    def run(place):
        try:
            start.wait(30)
            answers[place] = kept(ask(other if place % 2 else token, body, key))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Booking.objects.count() == 1
    assert {answer[0] for answer in answers} == {201}
    assert len(set(answers)) == 1
    session.refresh_from_db()
    assert session.taken == 3


def test_the_same_key_of_another_client_is_its_own(town):
    first, second = a_session(town.venue), a_session(town.venue, starts_at=a_session(town.venue).ends_at)
    one, other = a_token(a_client(town.district)), a_token(a_client(town.district))
    mine = ask(one, body_of(town, first), "k")
    theirs = ask(other, body_of(town, second), "k")
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]
    assert Booking.objects.count() == 2


def test_another_body_or_another_route_is_told_apart(town):
    token = a_token(a_client(town.district))
    session = a_session(town.venue)
    made = ask(token, body_of(town, session), "k")
    other = ask(token, body_of(town, session, adults=3), "k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    path = f"{BOOKINGS}{made.json()['id']}/cancel/"
    done = ask(token, {"reason": "停电"}, "k", path, **{"If-Match": made["ETag"]})
    again = ask(token, {"reason": "停电"}, "k", path, **{"If-Match": made["ETag"]})
    assert done.json()["state"] == "cancelled"
    assert kept(again) == kept(done)  # not 412: the first answer, whatever has become of the row
    assert kept(ask(token, body_of(town, session), "k")) == kept(made)


def test_a_refusal_keeps_nothing_and_is_judged_anew(town):
    token = a_token(a_client(town.district))
    session = a_session(town.venue, state="postponed")
    assert ask(token, body_of(town, session), "k").status_code == 409
    assert IdempotencyKey.objects.count() == 0
    Session.objects.filter(pk=session.pk).update(state="open")
    assert ask(token, body_of(town, session), "k").status_code == 201


def test_whoever_waits_too_long_is_told_that_it_runs(town, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.2)
    client = a_client(town.district)
    token, session = a_token(client), a_session(town.venue)
    inside, let_go = threading.Event(), threading.Event()
    plain = idempotency._claim

    def slow(request, key):
        row = plain(request, key)
        inside.set()
        let_go.wait(20)
        return row

    def first():
        try:
            answers.append(ask(token, body_of(town, session), "k"))
        finally:
            connection.close()

    answers = []
    monkeypatch.setattr(idempotency, "_claim", slow)
    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(20)
    monkeypatch.setattr(idempotency, "_claim", plain)
    meanwhile = ask(token, body_of(town, session), "k")
    let_go.set()
    thread.join(30)
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_running")
    assert meanwhile["Retry-After"] == "2"
    assert [answer.status_code for answer in answers] == [201]
    assert kept(ask(token, body_of(town, session), "k")) == kept(answers[0])


def test_keys_are_forgotten_after_a_day(town, clock):
    token = a_token(a_client(town.district))
    ask(token, body_of(town, a_session(town.venue)), "k")
    assert idempotency.forget_expired() == 0
    clock.forward(hours=24)
    assert idempotency.forget_expired() == 1


def test_keys_that_are_none_are_refused(town):
    token = a_token(a_client(town.district))
    for key in ("", "x" * 129, "钥匙".encode().decode("latin-1")):
        refused = ask(token, body_of(town, a_session(town.venue)), key)
        assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key")
    assert Booking.objects.count() == 0


@pytest.mark.guards("idempotency_key_once")
def test_a_key_is_claimed_once(town):
    ask(a_token(a_client(town.district)), body_of(town, a_session(town.venue)), "k")
    with refused_as("idempotency_key_once"):
        copy("portal_idempotencykey", IdempotencyKey.objects.get().pk)
