"""Numbers that no row has: endless, or hours to read, or hidden behind noughts. A problem, never a fault."""

import base64
import time

import pytest

from portal.api import pages
from portal.api.resources import events
from tests.factories.api import a_client, a_token, api

pytestmark = pytest.mark.django_db
LONG = "9" * 5000


@pytest.fixture
def caller(world):
    return api(a_token(a_client(world.districts["A"])))


@pytest.mark.parametrize("limit", ["000000100999999", "000000001" + "0" * 5000, LONG, "201", "0"])
def test_noughts_before_a_limit_do_not_lift_it(caller, limit):
    assert caller.get("/api/v1/classes/", {"limit": limit}).json()["code"] == "limit"


@pytest.mark.parametrize("limit", ["000000100999999", LONG])
def test_noughts_before_the_limit_of_events_do_not_lift_it(caller, limit):
    assert caller.get("/api/v1/events/", {"limit": limit}).json()["code"] == "limit"


def test_usual_limits_are_still_read(caller):
    assert caller.get("/api/v1/classes/", {"limit": pages.MOST}).status_code == 200
    assert caller.get("/api/v1/events/", {"limit": events.MOST}).status_code == 200


@pytest.mark.parametrize("noun", ["terms", "classes", "bookings", "roll-entries"])
@pytest.mark.parametrize("sign", ["-", ""])
def test_a_filter_is_not_read_for_hours(caller, noun, sign):
    """Twenty letters of decimal notation that would become a number of a million digits."""
    name = {"terms": "school_year", "classes": "grade", "bookings": "provider", "roll-entries": "school"}[noun]
    began = time.monotonic()
    answer = caller.get(f"/api/v1/{noun}/", {name: f"{sign}1E300000"})
    assert (answer.status_code, answer.json()["code"]) == (400, "filter")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("since", "code"), [("w" + LONG, "modified_since"), ("w", "modified_since")])
def test_endless_watermarks(caller, since, code):
    assert caller.get("/api/v1/classes/", {"modified_since": since}).json()["code"] == code


@pytest.mark.parametrize("since", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_instants_outside_of_every_calendar(caller, since):
    assert caller.get("/api/v1/classes/", {"modified_since": since}).status_code == 200


@pytest.mark.parametrize("noun", ["sessions", "bookings", "assignments", "outings"])
@pytest.mark.parametrize(
    ("instant", "status"), [("2026-11-22T10:00:00-22:55", 200), ("0001-01-01T00:00:00+23:59", 400)]
)
def test_offsets_that_no_clock_has(caller, noun, instant, status):
    assert caller.get(f"/api/v1/{noun}/", {"starts_before": instant}).status_code == status


def test_a_cursor_of_brackets(caller):
    cursor = base64.urlsafe_b64encode(b"[" * 2000 + b"]" * 2000).decode()
    assert caller.get("/api/v1/classes/", {"cursor": cursor}).json()["code"] == "cursor"
    assert caller.get("/api/v1/figures/sessions/rows/", {"cursor": cursor}).status_code == 200
