"""Zero bytes, days without a tomorrow, endless numbers and forged page tokens: a sentence, never a 500."""

import base64
import json

import pytest
from django.urls import reverse

from people.roles import Role
from tests.factories.people import login

pytestmark = pytest.mark.django_db
NUL = "a\x00b"


def token(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize("name", ["activities:booking-list", "activities:programme-list"])
def test_a_zero_byte_among_the_words_is_answered(client, world, name):
    login(client, world.hat(Role.COORDINATOR))
    assert client.get(reverse(name), {"words": NUL}).status_code == 400


def test_a_zero_byte_in_a_reason_is_answered(client, world):
    login(client, world.hat(Role.COORDINATOR))
    url = reverse("activities:booking-cancel", args=[world.one("A1", "booking").pk])
    assert client.post(url, {"reason": NUL}).status_code == 400


def test_a_zero_byte_in_the_kind_of_a_promise_is_answered(client, world):
    login(client, world.hat(Role.COORDINATOR))
    url = reverse("activities:agreement-delivery", args=[world.one("A1", "agreement").pk])
    assert client.get(url, {"kind": NUL}).status_code == 400


@pytest.mark.parametrize("values", [["x", "y"], [NUL, NUL], [5, 5], ["2026-99-99", 1], [True, 10**40], [[], {}]])
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_forged_page_token_shows_the_first_page(client, world, values, side):
    login(client, world.hat(Role.COORDINATOR))
    for name in ("activities:booking-list", "partnerships:agreement-list", "activities:programme-list"):
        answer = client.get(reverse(name), {side: token(*values)})
        assert answer.status_code == 200
    assert client.get(reverse("people:notice-list"), {side: token(*values)}).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_figures_of_days_at_the_end_of_time(client, world, day):
    login(client, world.hat(Role.BUREAU_OFFICER))
    for field in ("starts", "until"):
        assert client.get(reverse("portal:report-live"), {field: day}).status_code == 200


def test_figures_of_a_school_outside_the_chosen_stage(client, world):
    login(client, world.hat(Role.BUREAU_OFFICER))
    asked = {"school": world.one("A1", "school").pk, "stage": "kindergarten"}
    assert client.get(reverse("portal:report-live"), asked).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_forms_refuse_days_at_the_end_of_time(client, world, day):
    """Whatever else a form asks for is left out; the date must be refused, and nothing may break on it."""
    school, venue = world.one("A1", "school"), world.one("A1", "venue")
    programme, session = world.one("A1", "programme"), world.one("A1", "session")
    forms = [
        (Role.COORDINATOR, reverse("partnerships:group-new"), {"name": "社", "starts_on": day, "last_day": day}),
        (Role.COORDINATOR, reverse("partnerships:agreement-new"), {"starts_on": day, "last_day": day}),
        (
            Role.COORDINATOR,
            reverse("activities:series-request"),
            {"weekdays": "2", "starts_on": "2026-11-20", "last_day": day, "starts": "16:40", "ends": "17:30"},
        ),
        (Role.BUREAU_OFFICER, reverse("partnerships:pilot-start", args=[school.pk]), {"starts_on": day}),
        (
            Role.BUREAU_OFFICER,
            reverse("partnerships:term-new"),
            {"school_year": "2026", "half": "2", "starts_on": day, "last_day": day},
        ),
        (
            Role.BUREAU_OFFICER,
            reverse("partnerships:recognition-add", args=[venue.pk]),
            {"title": "t", "issuer": "i", "starts_on": day, "last_day": day},
        ),
        (Role.BUREAU_OFFICER, reverse("credits:rule-draft", args=["VIS"]), {"starts_on": day, "points": "1"}),
        (
            Role.VENUE_LEAD,
            reverse("activities:programme-session", args=[programme.pk]),
            {"day": day, "starts": "09:00", "ends": "10:00", "audience": "groups", "capacity": "5", "unit": "heads"},
        ),
        (
            Role.VENUE_LEAD,
            reverse("activities:session-edit", args=[session.pk]),
            {"day": day, "starts": "09:00", "ends": "10:00", "audience": "groups", "capacity": "50", "unit": "heads"},
        ),
        (
            Role.VENUE_LEAD,
            reverse("activities:programme-series", args=[programme.pk]),
            {
                "weekdays": "2", "starts_on": day, "last_day": day, "starts": "09:00", "ends": "10:00",
                "audience": "groups", "capacity": "5", "unit": "heads",
                "request_key": "00000000-0000-4000-8000-000000000001",
            },
        ),
    ]  # fmt: skip
    for role, url, data in forms:
        login(client, world.hat(role))
        answer = client.post(url, data)
        assert answer.status_code in (200, 409, 422), url
        assert answer.context["form"].errors, url


def test_numbers_without_end(client, world):
    login(client, world.hat(Role.COORDINATOR))
    long = "9" * 5000
    assert (
        client.get(reverse("credits:student-sheet", args=[world.one("A1", "student").pk]), {"year": long}).status_code
        == 200
    )
    assert client.get(f"/bookings/{'9' * 40}/").status_code == 404
    answer = client.post(
        reverse("activities:booking-request", args=[world.one("A1", "session").pk]),
        {
            "by": "classes",
            "classes": long,
            "activity_group": long,
            "pupils": long,
            "adults": long,
            "leader": long,
            "request_key": NUL,
            "note": NUL,
        },
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("there", ["NaN", "9", NUL, "people:member-list", "//evil.example/", "javascript:alert(1)", ""])
def test_the_language_button_of_a_stranger_leads_nowhere_odd(client, there):
    answer = client.post(reverse("set_language"), {"language": "en", "next": there})
    assert (answer.status_code, answer["Location"]) == (302, "/")
