"""Sending a form twice makes one thing."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from activities.models import Programme
from people import once
from people.models import Submission
from people.roles import Role
from tests.factories.activities import a_town
from tests.factories.people import hat, login

FORM = {
    "name_zh": "水培实验", "form": "experiment", "direction": "go_out", "grades": ["5", "6"], "minutes": "90",
    "capacity": "45", "price_kind": "free", "confirmation": "auto",
}  # fmt: skip


@pytest.fixture
def town():
    return a_town()


def send(client, key, **changes):
    return client.post(reverse("activities:programme-create"), FORM | {"request_key": str(key)} | changes)


@pytest.mark.django_db
def test_the_second_press_shows_what_the_first_one_made(client, town):
    login(client, town.staff)
    before, key = Programme.objects.count(), uuid.uuid4()
    first, second = send(client, key), send(client, key)
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert Programme.objects.count() == before + 1
    assert send(client, uuid.uuid4(), name_zh="另一个").url != first.url


@pytest.mark.django_db
def test_a_form_with_errors_may_be_corrected_under_its_key(client, town):
    login(client, town.staff)
    before, key = Programme.objects.count(), uuid.uuid4()
    assert send(client, key, name_zh="").status_code == 200
    assert not Submission.objects.exists()
    assert send(client, key).status_code == 302
    assert Programme.objects.count() == before + 1


@pytest.mark.django_db
def test_a_key_is_the_senders_own(client, town):
    key, colleague = uuid.uuid4(), Client()
    login(client, town.staff)
    first = send(client, key)
    login(colleague, hat(Role.VENUE_STAFF, at=town.venue.organisation))
    assert send(colleague, key, name_zh="另一个").url != first.url


@pytest.mark.django_db(transaction=True)
@pytest.mark.guards("submission_once")
def test_two_presses_at_once_make_one(town):
    key, answers = uuid.uuid4(), []
    before = Programme.objects.count()

    def press():
        client = Client()
        login(client, town.staff)
        answers.append(send(client, key).url)
        connection.close()

    threads = [threading.Thread(target=press) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(set(answers)), Programme.objects.count()) == (4, 1, before + 1)


@pytest.mark.django_db
def test_keys_are_forgotten_after_a_day(client, town, clock):
    login(client, town.staff)
    send(client, uuid.uuid4())
    clock.forward(hours=23)
    assert once.forget() == 0
    clock.forward(hours=2)
    assert once.forget() == 1
