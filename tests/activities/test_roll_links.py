"""A roll handed over for a day: a link, a PIN, one roll, and nothing else."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from activities import roll_links, rollcall
from activities.models import Booking, RollLink
from partnerships.models import IdentityLook
from people.models import AuditEvent
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor, login
from tests.factories.rolls import name_pupils

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def booking(town, clock):
    """On the morning of the visit; the teacher is ill."""
    name_pupils(town.class_a)
    booking = a_booking(town, a_session(town.venue), town.class_a)
    clock.to(booking.session.starts_at - dt.timedelta(hours=1))
    return booking


def hand_over(town, booking):
    return roll_links.make(booking, by=actor(town.coordinator), for_whom="周代课")


def unlock(client, token, pin):
    return client.post(f"/roll-links/{token}/", {"pin": pin})


def test_with_link_and_pin_the_substitute_sends_the_roll_without_an_account(client, town, booking):
    _link, token, pin = hand_over(town, booking)
    address = f"/roll-links/{token}/"
    assert "roll" not in (client.get(address).context or {})
    assert unlock(client, token, pin)["Location"] == address
    page = client.get(address)
    assert (page.context["roll"].by_name, page["Cache-Control"]) == (True, "private, no-store")
    look = IdentityLook.objects.latest("pk")
    assert (look.actor_ref, look.organisation_id) == (f"link:{booking.pk}", town.school.pk)
    marks = {f"mark-{entry.pk}": "present" for entry in booking.roll.all()}
    sent = client.post(address, {"step": "send", **typed(page, marks)})
    assert sent["Location"] == address
    booking.refresh_from_db()
    assert (booking.state, booking.called_by) == ("attended", town.coordinator)
    assert AuditEvent.objects.filter(verb="booking.complete", actor_ref=f"link:{booking.pk}").count() == 1
    assert "roll" not in client.get(address).context


def typed(page, marks):
    """What the form of the page sends with these marks."""
    return {"request_key": page.context["roll"].request_key, **marks}


def test_the_link_opens_nothing_else(client, town, booking):
    _link, token, pin = hand_over(town, booking)
    unlock(client, token, pin)
    for path in (f"/bookings/{booking.pk}/", f"/bookings/{booking.pk}/roll/", "/rolls/", "/classes/", "/"):
        answer = client.get(path)
        assert answer.status_code == 302 or "/accounts/login/" in answer.content.decode(), path
    other = a_booking(town, a_session(town.venue), town.class_b)
    assert not Booking.objects.visible_to(roll_links.actor_of(roll_links.find(token), booking)).exists()
    with pytest.raises(PermissionDenied):
        rollcall.complete(other, by=roll_links.actor_of(roll_links.find(token), booking), marks={})


def test_five_wrong_pins_close_it(client, town, booking):
    _link, token, pin = hand_over(town, booking)
    for _n in range(5):
        assert unlock(client, token, "000000" if pin != "000000" else "111111").status_code == 409
    assert unlock(client, token, pin).status_code == 410


def test_it_is_good_on_the_day_only_and_until_it_is_taken_back(client, town, booking, clock):
    _link, token, pin = hand_over(town, booking)
    day = booking.session.starts_at
    clock.to(day - dt.timedelta(days=1))
    assert client.get(f"/roll-links/{token}/").status_code == 410
    clock.to(day)
    assert client.get(f"/roll-links/{token}/").status_code == 200
    unlock(client, token, pin)
    clock.to(day + dt.timedelta(days=1))
    assert client.get(f"/roll-links/{token}/").status_code == 410
    clock.to(day)
    _again, second, _pin = hand_over(town, booking)
    assert client.get(f"/roll-links/{token}/").status_code == 410
    roll_links.revoke(booking, by=actor(town.coordinator))
    assert client.get(f"/roll-links/{second}/").status_code == 410


def test_only_who_may_call_the_roll_hands_it_over(town, booking, clock):
    stranger = a_town()
    for who in (town.staff, town.bureau, stranger.coordinator, stranger.teacher):
        with pytest.raises(PermissionDenied):
            roll_links.make(booking, by=actor(who), for_whom="周代课")
    assert roll_links.make(booking, by=actor(town.teacher), for_whom="周代课")
    clock.forward(days=1)
    with pytest.raises(Refused) as no:
        hand_over(town, booking)
    assert no.value.code == "roll.link_late"


def test_the_page_shows_link_and_pin_once(client, town, booking):
    school = login(client, town.coordinator)
    made = school.post(f"/bookings/{booking.pk}/roll/link/", {"for_whom": "周代课"})
    assert len(made.context["pin"]) == 6
    again = school.get(f"/bookings/{booking.pk}/roll/link/")
    assert (again.context["pin"], again.context["link"].for_whom) == ("", "周代课")
    assert made.context["pin"] not in again.content.decode()
    row = RollLink.objects.get()
    assert made.context["pin"] not in (row.pin_digest, str(bytes(row.token_digest)))


@pytest.mark.guards("rolllink_one_standing")
@pytest.mark.guards("rolllink_one_day")
def test_the_database_holds_one_link_a_roll_and_a_day_that_ends(town, booking):
    hand_over(town, booking)
    for words in (
        "UPDATE activities_rolllink SET ends_at = starts_at",
        (
            "INSERT INTO activities_rolllink (booking_id, for_whom, token_digest, pin_digest, wrong, starts_at, ends_at, made_at,"
            " made_by_id) SELECT booking_id, for_whom, 'x', pin_digest, 0, starts_at, ends_at, made_at, made_by_id"
            " FROM activities_rolllink"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
