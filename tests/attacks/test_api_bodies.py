"""Bodies that nobody means: nested without end, numbers beyond all numbers, thousands of keys to look up."""

import json

import pytest

from people.roles import Role
from tests.factories.api import a_client, a_token, api

pytestmark = pytest.mark.django_db
MALFORMED = [
    "[" * 100_000,
    '{"a":' * 3000,
    '{"session":1e400}',
    '{"session":-1e400}',
    '{"session":NaN}',
    "9" * 5000,
    "\xff",
]


def test_bodies_without_end(world):
    caller = api(a_token(a_client(world.districts["A"])))
    for address in ("/api/v1/bookings/", "/api/v1/bookings/verdict/", "/api/v1/rosters/"):
        for body in MALFORMED:
            answer = caller.post(address, body.encode("latin-1"), content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), (address, body[:20])
    body = {
        "session": world.one("A1", "session").pk,
        "school": world.one("A1", "school").pk,
        "leader": world.hat(Role.TEACHER).pk,
        "adults": 3,
        "classes": [world.one("A1", "class").pk],
    }
    address = "/api/v1/bookings/verdict/"
    assert caller.post(address, json.dumps(body), content_type="application/json").status_code == 200
    for many in ({"classes": body["classes"] * 101}, {"heads": [{"school_class": 1, "pupils": 1}] * 101}):
        answer = caller.post(address, json.dumps(body | many), content_type="application/json")
        assert answer.status_code == 422
        assert {error["pointer"].split("/")[1] for error in answer.json()["errors"]} == set(many)
