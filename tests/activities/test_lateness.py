"""Late on the way: one tap, read at the door, and no no-show before that time."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from activities import bookings, lateness
from partnerships import calendar
from people.models import Notice
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town, today = a_town(), portal_clock.today()
    calendar.fill(town.district, today, today + dt.timedelta(days=40))
    return town


@pytest.fixture
def coming(town, clock):
    """Half an hour before the start."""
    booking = a_booking(town, a_session(town.venue), town.class_a)
    clock.to(booking.session.starts_at - dt.timedelta(minutes=30))
    return booking


@pytest.mark.notice("booking.late")
def test_the_leader_says_it_once_and_again_and_the_door_reads_the_last_word(client, town, coming):
    lateness.announce(coming, by=actor(town.teacher), minutes=20)
    lateness.announce(coming, by=actor(town.teacher), minutes=20)
    lateness.announce(coming, by=actor(town.coordinator), minutes=40)
    told = Notice.objects.filter(kind="booking.late").order_by("pk")
    assert [(notice.user, notice.facts["minutes"]) for notice in told] == [(town.staff.user, 20), (town.staff.user, 40)]
    desk = login(client, town.staff).get("/desk/")
    assert [row["announced"] for row in desk.context["arrivals"]] == [40]


def test_no_no_show_before_the_announced_time(town, coming, clock):
    lateness.announce(coming, by=actor(town.teacher), minutes=60)
    clock.to(coming.session.starts_at + dt.timedelta(minutes=59))
    with pytest.raises(Refused) as no:
        bookings.miss(coming, by=actor(town.staff))
    assert (no.value.code, no.value.facts) == ("booking.still_in_time", {"minutes": 60})
    clock.forward(minutes=1)
    bookings.miss(coming, by=actor(town.staff))
    assert coming.state == "no_show"


def test_only_those_who_lead_it_on_the_day_before_it_came_and_one_of_three_numbers(town, coming, clock):
    stranger = a_town()
    for who in (town.staff, town.bureau, stranger.teacher, stranger.coordinator):
        with pytest.raises(PermissionDenied):
            lateness.announce(coming, by=actor(who), minutes=20)
    with pytest.raises(Refused):
        lateness.announce(coming, by=actor(town.teacher), minutes=30)
    bookings.receive(coming, by=actor(town.staff), heads=3)
    assert not lateness.may_announce(coming, actor(town.teacher))
    other = a_booking(town, a_session(town.venue), town.class_b)
    clock.to(other.session.starts_at - dt.timedelta(days=1))
    with pytest.raises(Refused) as no:
        lateness.announce(other, by=actor(town.teacher), minutes=20)
    assert no.value.code == "booking.late_day"


def test_one_tap_on_the_page_of_the_roll_and_of_the_booking(client, town, coming):
    phone = login(client, town.teacher)
    for page in (f"/bookings/{coming.pk}/roll/", f"/bookings/{coming.pk}/"):
        assert phone.get(page).context["may_be_late"]
        answer = phone.post(f"/bookings/{coming.pk}/late/", {"minutes": "40", "next": page})
        assert answer["Location"] == page
    coming.refresh_from_db()
    assert coming.late_minutes == 40
    assert phone.post(f"/bookings/{coming.pk}/late/", {"minutes": "x" * 9}).status_code == 302


def test_the_list_for_the_door_has_heads_and_leaders_and_no_pupils(client, town, coming):
    desk = login(client, town.staff)
    page = desk.get("/desk/today/")
    assert [row.pk for row in page.context["bookings"]] == [coming.pk]
    assert town.teacher.user.full_name in page.content.decode()
    for day in ("2026-13-45", "0001-01-01", "x", ""):
        assert desk.get("/desk/today/", {"day": day}).status_code == 200
    assert login(client, a_town().staff).get("/desk/today/").context["bookings"] == []
    assert login(client, town.coordinator).get("/desk/today/").status_code == 403


@pytest.mark.guards("booking_late_said")
def test_the_database_wants_both_halves_of_being_late(coming):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activities_booking SET late_minutes = 20")
