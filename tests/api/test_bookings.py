"""A client books for schools of its district: by the verb, the rules and the moves of the pages."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from activities.models import Booking
from people.models import AuditEvent
from people.roles import Role
from portal.api.base import Door
from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town
from tests.factories.api import a_client, a_token, api
from tests.factories.people import hat, login

pytestmark = pytest.mark.django_db
BOOKINGS = "/api/v1/bookings/"


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def reader(town):
    return api(a_token(a_client(town.district)))


def body_of(town, booked, **changes):
    said = {
        "session": booked.pk, "school": town.school.pk, "leader": town.teacher.pk, "classes": [town.class_a.pk],
        "adults": 2,
    }  # fmt: skip
    return said | changes


def send(browser, path, body=None, **headers):
    return browser.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_a_client_books_a_class(town, reader):
    session = a_session(town.venue)
    made = send(reader, BOOKINGS, body_of(town, session, note="9:10 到馆"))
    assert made.status_code == 201
    booking = Booking.objects.get()
    assert made["Location"] == f"{BOOKINGS}{booking.pk}/"
    said = made.json()
    assert (said["state"], said["pupils"], said["classes"], said["by_roster"]) == (
        "confirmed", 3, [town.class_a.pk], True,
    )  # fmt: skip
    assert said["state_label"] == {"zh": "已确认", "en": "Confirmed"}
    assert said["abilities"] == ["reschedule", "cancel", "cancel_late"]
    assert "phone" not in said
    assert booking.note == "9:10 到馆"
    trail = AuditEvent.objects.get(verb="booking.request")
    assert (trail.actor_ref.partition(":")[0], trail.district_id) == ("client", town.district.pk)


def test_broken_rules_are_all_named(town, reader):
    session = a_session(town.venue, programme=a_programme(town.venue, grades=[7]))
    refused = send(reader, BOOKINGS, body_of(town, session, adults=0))
    assert refused.status_code == 409
    said = refused.json()
    assert {"type", "title", "status", "detail", "code", "rules"} == said.keys()
    codes = {rule["code"] for rule in said["rules"] if rule["blocks"]}
    verdict = send(
        reader, f"{BOOKINGS}verdict/", {k: v for k, v in body_of(town, session, adults=0).items() if k != "leader"}
    )
    assert verdict.json()["may_book"] is False
    assert {rule["code"] for rule in verdict.json()["rules"] if rule["blocks"]} == codes
    assert len(codes) >= 2
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"session": 0}, "#/session"),
        ({"leader": "x"}, "#/leader"),
        ({"classes": [0]}, "#/classes"),
        ({"pupils": 5}, "#"),
        ({"adults": -1}, "#/adults"),
        ({"phone": "call me"}, "#/phone"),
        ({"note": "x" * 201}, "#/note"),
    ],
)
def test_what_does_not_fit_is_pointed_at(town, reader, change, pointer):
    refused = send(reader, BOOKINGS, body_of(town, a_session(town.venue), **change))
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_rows_of_another_district_are_missing(town, reader):
    there = a_town()
    stranger = a_session(there.venue)
    theirs = a_booking(there, stranger)
    mine = a_session(town.venue)
    missing = reader.get(f"{BOOKINGS}999999/")
    unseen = reader.get(f"{BOOKINGS}{theirs.pk}/")
    assert unseen.status_code == missing.status_code == 404
    assert unseen.content == missing.content
    for change in (
        {"session": stranger.pk},
        {"school": there.school.pk},
        {"classes": [there.class_a.pk]},
        {"leader": there.teacher.pk},
    ):
        name = next(iter(change))
        refused = send(reader, BOOKINGS, body_of(town, mine, **change))
        absent = send(reader, BOOKINGS, body_of(town, mine, **{name: [999999] if name == "classes" else 999999}))
        assert refused.status_code == absent.status_code == 422
        said, meant = refused.json()["errors"], absent.json()["errors"]
        assert [(e["pointer"], e["code"]) for e in said] == [(e["pointer"], e["code"]) for e in meant]


def test_a_class_without_names_comes_with_a_head_count(town, reader):
    heads = a_class(town.school, number=9)
    session = a_session(town.venue)
    refused = send(reader, BOOKINGS, body_of(town, session, classes=[heads.pk]))
    assert (refused.status_code, refused.json()["code"]) == (409, "group.heads")
    said = [{"school_class": heads.pk, "pupils": 12}]
    assert send(reader, BOOKINGS, body_of(town, session, classes=[heads.pk], heads=said)).json()["pupils"] == 12


def test_a_move_needs_the_version_that_was_seen(town, reader):
    booking = a_booking(town, a_session(town.venue))
    path = f"{BOOKINGS}{booking.pk}/"
    seen = reader.get(path)["ETag"]
    blind = send(reader, f"{path}cancel/", {"reason": "停电"})
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match")
    Booking.objects.filter(pk=booking.pk).update(adults=9)
    stale = send(reader, f"{path}cancel/", {"reason": "停电"}, **{"If-Match": seen})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    done = send(reader, f"{path}cancel/", {"reason": "停电"}, **{"If-Match": reader.get(path)["ETag"]})
    assert (done.status_code, done.json()["state"], done.json()["reason"]) == (200, "cancelled", "停电")
    assert done["ETag"] == reader.get(path)["ETag"]
    again = send(reader, f"{path}cancel/", {"reason": "停电"}, **{"If-Match": "*"})
    assert (again.status_code, again.json()["code"]) == (409, "changed")


def test_a_booking_moves_to_another_date(town, reader):
    programme = a_programme(town.venue)
    first = a_session(town.venue, programme=programme)
    second = a_session(town.venue, programme=programme, starts_at=first.starts_at + dt.timedelta(hours=4))
    booking = a_booking(town, first)
    moved = send(reader, f"{BOOKINGS}{booking.pk}/reschedule/", {"session": second.pk}, **{"If-Match": "*"})
    assert (moved.status_code, moved.json()["session"]) == (200, second.pk)


def test_nobody_s_stand_in_confirms_for_a_venue(town, reader, client):
    asked = a_booking(town, a_session(town.venue, programme=a_programme(town.venue, confirmation="manual")))
    path = f"{BOOKINGS}{asked.pk}/confirm/"
    refused = send(reader, path, **{"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (403, "people_only")
    done = send(login(client, town.staff), path, **{"If-Match": "*"})
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")


def test_people_book_for_their_own_school_by_their_hat(town, client):
    browser = login(client, town.coordinator)
    body = body_of(town, a_session(town.venue))
    del body["school"]
    assert send(browser, BOOKINGS, body).json()["school"] == town.school.pk
    assert send(login(client, town.staff), BOOKINGS, body).status_code == 403
    assert send(login(client, hat(Role.INSPECTOR, of=town.district)), BOOKINGS, body).status_code == 403


def test_a_session_needs_its_csrf_token(town):
    from django.test import Client as Browser

    browser = login(Browser(enforce_csrf_checks=True), town.coordinator)
    refused = send(browser, BOOKINGS, body_of(town, a_session(town.venue)))
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")


def test_a_hat_that_owes_its_code_reads_nothing(town, client):
    client.force_login(town.coordinator.user)
    refused = client.get(BOOKINGS)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor")


def test_a_token_does_not_become_a_person(town, reader):
    found = reader.get(BOOKINGS)
    assert found.status_code == 200
    assert not found.cookies
    assert reader.get("/bookings/").status_code == 302  # the pages do not know tokens


def test_limits_are_told_and_kept(town, settings):
    settings.API_REQUESTS_A_MINUTE = 2
    token = a_token(a_client(town.district))
    first, second, third = (api(token).get(BOOKINGS) for _time in range(3))
    assert first["RateLimit-Policy"] == '"caller";q=2;w=60'
    assert first["RateLimit"].startswith('"caller";r=1;t=')
    assert (second.status_code, third.status_code) == (200, 429)
    assert third.json()["code"] == "too_many_requests"
    assert 0 < int(third["Retry-After"]) <= 60
    assert api(a_token(a_client(town.district))).get(BOOKINGS).status_code == 200


def test_an_action_without_a_need_does_not_start():
    class Open(Door):
        def list(self, request):
            raise AssertionError

    with pytest.raises(ImproperlyConfigured):
        Open.as_view({"get": "list"})


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("no/such/noun/", 404, "not_found"),
        ("bookings/?limit=0", 400, "limit"),
        ("bookings/?cursor=x", 400, "cursor"),
        ("bookings/?modified_since=yesterday", 400, "modified_since"),
        ("bookings/?state=flying", 400, "filter"),
        ("bookings/99999999999999999999999/", 404, "not_found"),
    ],
)
def test_wrong_addresses_are_problems_too(reader, path, status, code):
    refused = reader.get(f"/api/v1/{path}")
    assert (refused.status_code, refused["Content-Type"]) == (status, "application/problem+json")
    assert refused.json()["code"] == code


def test_bodies_that_can_not_be_read(town, reader):
    broken = reader.post(BOOKINGS, "{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    form = reader.post(BOOKINGS, {"session": 1})
    assert (form.status_code, form.json()["code"]) == (415, "media_type")
    assert reader.delete(BOOKINGS).status_code == 405
    assert reader.get(BOOKINGS, headers={"Accept": "text/html"}).status_code == 406
