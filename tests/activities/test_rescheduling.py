"""Another date: the group moves with its roll, its seats, its commitments and its place in the venue's day."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from activities import bookings, rescheduling
from activities.models import Booking, BookingClass, RollEntry, Session, VenueDay
from partnerships.models import BookingRules
from people.models import AuditEvent, Notice
from portal import books
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_class, a_programme, a_session, a_town, local, next_weekday
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town(pupils=3)


def later(town, *, days=7, hour=9, **fields):
    day = next_weekday(3) + dt.timedelta(days=days)
    return a_session(town.venue, starts_at=local(day, hour), ends_at=local(day, hour + 1), **fields)


def refusal(booking, to, by):
    with pytest.raises(Refused) as no:
        rescheduling.reschedule(booking, to=to, by=actor(by))
    return no.value.code


def seats():
    return list(Session.objects.order_by("pk").values_list("taken", flat=True))


@pytest.mark.notice("booking.rescheduled")
def test_the_group_moves_with_its_roll_seats_and_day(town):
    old, new = later(town, days=0), later(town, hour=14)
    booking = a_booking(town, old, town.class_a)

    rescheduling.reschedule(booking, to=new, by=actor(town.coordinator))

    booking.refresh_from_db()
    assert (booking.session, booking.state, booking.seats_held) == (new, "confirmed", 3)
    assert seats() == [0, 3]
    assert set(RollEntry.objects.values_list("session", "starts_at", "is_live")) == {(new.pk, new.starts_at, True)}
    assert set(BookingClass.objects.values_list("session", "ends_at")) == {(new.pk, new.ends_at)}
    counted = {(row.date, row.part): (row.groups, row.heads) for row in VenueDay.objects.exclude(groups=0)}
    assert counted == {(new.day, "pm"): (1, 3), (new.day, "day"): (1, 3)}
    event = AuditEvent.objects.get(verb="booking.reschedule")
    assert event.facts == {"from_session": old.pk, "to_session": new.pk}
    assert set(Notice.objects.filter(kind="booking.rescheduled").values_list("user", flat=True)) == {
        town.staff.user_id,
        town.coordinator.user_id,
        booking.leader.user_id,
    }
    assert list(books.problems()) == []


def test_moving_twice_or_to_where_it_is_changes_nothing(town):
    old, new = later(town, days=0), later(town)
    booking = a_booking(town, old, town.class_a)
    for _n in range(2):
        rescheduling.reschedule(booking, to=new, by=actor(town.coordinator))
    assert AuditEvent.objects.filter(verb="booking.reschedule").count() == 1
    rescheduling.reschedule(booking, to=old, by=actor(town.coordinator))  # and back
    assert seats() == [3, 0]


def test_a_group_may_move_within_its_own_hours_and_day(town):
    """What the booking itself holds never stands in its way: not its pupils, not the venue's quota."""
    BookingRules.objects.create(venue=town.venue, starts_on=clock.today(), groups_per_day=1, groups_per_half_day=1)
    old = later(town, days=0)
    half_past = a_session(
        town.venue, starts_at=old.starts_at + dt.timedelta(minutes=30), ends_at=old.ends_at + dt.timedelta(minutes=30)
    )
    booking = a_booking(town, old, town.class_a)
    rescheduling.reschedule(booking, to=half_past, by=actor(town.coordinator))
    assert seats() == [0, 3]
    assert VenueDay.objects.get(part="day").groups == 1


@pytest.mark.notice("booking.asked_again")
def test_a_venue_that_confirms_by_hand_is_asked_again(town):
    programme = a_programme(town.venue, confirmation="manual")
    old, new = later(town, days=0, programme=programme), later(town, programme=programme)
    booking = a_booking(town, old, town.class_a)
    bookings.confirm(booking, by=actor(town.staff))
    rescheduling.reschedule(booking, to=new, by=actor(town.coordinator))
    booking.refresh_from_db()
    assert (booking.state, booking.confirmed_at, booking.seats_held) == ("requested", None, 3)
    assert Notice.objects.get(kind="booking.asked_again").user == town.staff.user


def test_nothing_moves_where_a_rule_is_broken(town):
    old, small = later(town, days=0), later(town, capacity=2)
    booking = a_booking(town, old, town.class_a)
    assert refusal(booking, small, town.coordinator) == "session.capacity"
    busy = later(town)
    a_booking(town, later(town, programme=a_programme(town.venue)), town.class_a)
    assert refusal(booking, busy, town.coordinator) == "school.pupils_busy"
    booking.refresh_from_db()
    assert (booking.session, booking.seats_held) == (old, 3)


def test_another_date_is_one_of_the_same_host_and_in_time(town, clock):
    old = later(town, days=0)
    booking = a_booking(town, old, town.class_a)
    elsewhere = a_town()
    assert refusal(booking, a_session(elsewhere.venue), town.coordinator) == "booking.other_host"
    new = later(town)
    with pytest.raises(PermissionDenied):
        rescheduling.reschedule(booking, to=new, by=actor(town.staff))
    clock.to(old.starts_at - dt.timedelta(hours=23))
    assert refusal(booking, new, town.coordinator) == "booking.too_late_to_move"


def test_an_ended_booking_has_no_other_date(town):
    booking = a_booking(town, later(town, days=0), town.class_a)
    bookings.cancel(booking, by=actor(town.coordinator))
    assert refusal(booking, later(town), town.coordinator) == "changed"
    assert seats() == [0, 0]


def test_the_page_offers_what_fits_and_moves_with_one_press(client, town):
    old, new, small = later(town, days=0), later(town), later(town, hour=11, capacity=2)
    booking = a_booking(town, old, town.class_a)
    signed_in, address = login(client, town.coordinator), reverse("activities:booking-reschedule", args=[booking.pk])
    page = signed_in.get(address)
    assert [row["session"] for row in page.context["fitting"]] == [new]
    assert [row["session"] for row in page.context["others"]] == [small]
    assert signed_in.post(address, {"session": small.pk}).status_code == 200
    answer = signed_in.post(address, {"session": new.pk})
    assert answer.url == reverse("activities:booking-page", args=[booking.pk])
    assert seats() == [0, 3, 0]
    assert login(client, town.staff).get(address).status_code == 403


def test_a_list_of_dates_asks_the_same_queries_for_one_and_for_three(client, town, django_assert_max_num_queries):
    booking = a_booking(town, later(town, days=0), town.class_a)
    signed_in, address = login(client, town.coordinator), reverse("activities:booking-reschedule", args=[booking.pk])
    counts = []
    for _n in range(2):
        later(town)
        signed_in.get(address)
        with django_assert_max_num_queries(60) as asked:
            signed_in.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_groups_that_change_places_at_once_neither_lose_nor_double_a_seat():
    """Eight groups in two sessions of five places' room each swap sides: whoever is refused stays where it is."""
    town = a_town(pupils=2)
    sessions = [later(town, days=0, capacity=10), later(town, capacity=10)]
    made = [a_booking(town, sessions[n % 2], a_class(town.school, 2)) for n in range(8)]
    gate, answers = threading.Barrier(8), []

    def move(booking, to):
        gate.wait()
        try:
            rescheduling.reschedule(booking, to=to, by=actor(town.coordinator))
            answers.append("moved")
        except Exception as no:
            answers.append(type(no).__name__)
        connection.close()

    threads = [threading.Thread(target=move, args=(row, sessions[(n + 1) % 2])) for n, row in enumerate(made)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [sum(row.seats_held for row in Booking.objects.filter(session=session)) for session in sessions]
    assert seats() == held
    assert sum(held) == 16
    assert set(answers) <= {"moved", "NotEligible", "Refused"}
    assert list(books.problems()) == []
