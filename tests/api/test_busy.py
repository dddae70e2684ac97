"""What is nobody's mistake: a row that is held too long, and a fault of ours."""

import json
import threading

import pytest
from django.db import connection, transaction
from django.test import Client as Browser

from activities.models import Booking
from portal.api.resources.districts import Districts
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.api import a_client, a_token, api

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_row_that_is_held_is_503_and_nothing_is_done():
    town = a_town()
    booking = a_booking(town, a_session(town.venue))
    reader = api(a_token(a_client(town.district)))
    held, let_go = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Booking.objects.select_for_update().get(pk=booking.pk)
                held.set()
                let_go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(20)
    body = json.dumps({"reason": "停电"})
    path = f"/api/v1/bookings/{booking.pk}/cancel/"
    busy = reader.post(path, body, content_type="application/json", headers={"If-Match": "*", "Idempotency-Key": "k"})
    let_go.set()
    thread.join(20)
    assert (busy.status_code, busy.json()["code"], busy["Retry-After"]) == (503, "busy", "5")
    done = reader.post(path, body, content_type="application/json", headers={"If-Match": "*", "Idempotency-Key": "k"})
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")


def test_a_fault_of_ours_is_a_problem_with_its_reference(monkeypatch):
    def fail(self, request, *args, **kwargs):
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(Districts, "list", fail)
    token = a_token(a_client(a_town().district))
    browser = Browser(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    failed = browser.get("/api/v1/districts/")
    assert (failed.status_code, failed["Content-Type"]) == (500, "application/problem+json")
    assert failed.json()["code"] == "failed"
    assert failed.json()["reference"].startswith("R-")
    assert "secret" not in failed.content.decode()
