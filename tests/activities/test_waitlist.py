"""候补: joining, being offered places, accepting, lapsing, leaving; never oversold, never idle while somebody fits."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from activities import bookings, offering, sessions, waitlist
from activities.models import Booking, Offer, Session, WaitlistClass, WaitlistEntry
from partnerships.models import CalendarDay
from people import reminders
from people.models import Notice
from portal import books
from portal.lib import clock as clock_module
from portal.lib.errors import Refused
from tests.factories.activities import (
    a_booking,
    a_class,
    a_group,
    a_programme,
    a_session,
    a_town,
    an_activity_group,
    local,
)
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town = a_town(pupils=3)
    tomorrow = clock_module.today() + dt.timedelta(days=1)
    CalendarDay.objects.create(
        district=town.district, date=tomorrow, is_workday=True, is_teaching=True, source="edited"
    )
    return town


def wait(town, session, *classes, key=None, **wishes):
    session.refresh_from_db()
    group = a_group(town, session, *(classes or [town.class_b]))
    return waitlist.join(
        session,
        group,
        by=actor(town.coordinator),
        leader=town.coordinator,
        request_key=key or uuid.uuid4(),
        **wishes,
    )


@pytest.fixture
def full(town):
    """Six places; class A and another class of three have them."""
    session = a_session(town.venue, capacity=6)
    first = a_booking(town, session, town.class_a)
    a_booking(town, session, a_class(town.school, 3))
    session.refresh_from_db()
    session.first = first
    return session


def state_of(entry):
    entry.refresh_from_db()
    return entry.state


def taken(session):
    return Session.objects.values_list("taken", flat=True).get(pk=session.pk)


@pytest.mark.notice("waitlist.offered")
def test_freed_places_are_offered_held_and_booked(town, full):
    entry = wait(town, full)
    assert (state_of(entry), waitlist.position(entry), taken(full)) == ("waiting", 1, 6)
    bookings.cancel(full.first, by=actor(town.coordinator))
    assert offering.offer_places(full.pk) == 1
    assert (state_of(entry), taken(full)) == ("offered", 6)  # nobody else can take them meanwhile
    full.refresh_from_db()
    with pytest.raises(Refused) as no:
        a_booking(town, full, a_class(town.school, 1))
    assert no.value.code == "session.capacity"
    booking = waitlist.accept(entry, by=actor(town.coordinator))
    assert (booking.state, booking.pupils, state_of(entry), taken(full)) == ("confirmed", 3, "accepted", 6)
    assert Notice.objects.filter(kind="waitlist.offered", user=town.coordinator.user).count() == 1
    assert list(books.problems()) == []


def test_running_twice_offers_once(town, full):
    wait(town, full)
    bookings.cancel(full.first, by=actor(town.coordinator))
    assert [offering.offer_places(full.pk) for _n in range(3)] == [1, 0, 0]
    assert Offer.objects.count() == 1


def test_joining_twice_is_one_entry_and_each_class_waits_once(town, full):
    key = uuid.uuid4()
    assert wait(town, full, key=key) == wait(town, full, key=key)
    with pytest.raises(Refused) as no:
        wait(town, full)
    assert no.value.code == "waitlistclass_once"


def test_a_group_that_fits_books_and_one_that_may_not_come_does_not_wait(town, full):
    with pytest.raises(Refused) as no:
        wait(town, a_session(town.venue))
    assert no.value.code == "waitlist.fits"
    with pytest.raises(bookings.NotEligible) as no:
        wait(town, a_session(town.venue, capacity=2, programme=a_programme(town.venue, grades=[8])))
    assert {rule.code for rule in no.value.verdict.broken} == {"programme.grades"}


def test_who_comes_later_stands_behind_and_is_served_at_once_where_the_first_does_not_fit(town, full):
    large = wait(town, full, town.class_b, a_class(town.school, 3))
    bookings.cancel(full.first, by=actor(town.coordinator))
    assert offering.offer_places(full.pk) == 0  # six needed, three free
    small = a_class(town.school, 2)
    full.refresh_from_db()
    with pytest.raises(Refused) as no:
        a_booking(town, full, small)
    assert no.value.code == "session.queue"
    entry = wait(town, full, small)
    assert offering.offer_places(full.pk) == 1
    assert (state_of(entry), state_of(large), large.skipped) == ("offered", "waiting", 1)


def test_after_three_times_freed_places_gather_until_the_last_call(town, clock):
    session = a_session(town.venue, capacity=6)
    holders = [a_booking(town, session, a_class(town.school, 3)) for _n in range(2)]
    large = wait(town, session, town.class_a, town.class_b)
    WaitlistEntry.objects.filter(pk=large.pk).update(skipped=3)
    small = wait(town, session, a_class(town.school, 2))
    bookings.cancel(holders[0], by=actor(town.coordinator))
    assert offering.offer_places(session.pk) == 0
    clock.to(session.starts_at - dt.timedelta(hours=47))
    assert offering.offer_places(session.pk) == 1
    assert state_of(small) == "offered"


def test_a_part_is_offered_and_the_rest_waits_on(town, full):
    other = a_class(town.school, 3)
    entry = wait(town, full, town.class_b, other, smallest=3, may_split=True)
    bookings.cancel(full.first, by=actor(town.coordinator))
    assert offering.offer_places(full.pk) == 1
    assert state_of(entry) == "offered"
    with pytest.raises(Refused) as no:
        waitlist.accept(entry, by=actor(town.coordinator))
    assert no.value.code == "waitlist.too_many"
    booking = waitlist.accept(entry, by=actor(town.coordinator), classes=[other.pk])
    entry.refresh_from_db()
    assert ([row.school_class for row in booking.classes.all()], entry.heads, entry.state) == ([other], 3, "waiting")
    assert [row.school_class for row in entry.classes.all()] == [town.class_b]
    assert list(books.problems()) == []


@pytest.mark.notice("waitlist.lapsed")
def test_an_offer_lapses_once_and_goes_on_to_the_next(town, full, clock):
    first, second = wait(town, full), wait(town, full, a_class(town.school, 3))
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    assert timezone.localtime(Offer.objects.get().until) == local(clock_module.today() + dt.timedelta(days=1), 17)
    clock.to(Offer.objects.get().until)
    with pytest.raises(Refused) as no:
        waitlist.accept(first, by=actor(town.coordinator))
    assert no.value.code == "waitlist.lapsed"
    assert offering.due() == 1
    for _n in range(3):
        offering.sweep()
    assert (state_of(first), state_of(second), taken(full)) == ("lapsed", "offered", 6)
    assert Notice.objects.filter(kind="waitlist.lapsed", user=town.coordinator.user).count() == 1
    assert list(books.problems()) == []


def test_whoever_has_left_is_never_offered_anything(town, full):
    entry = wait(town, full)
    waitlist.leave(entry, by=actor(town.coordinator))
    bookings.cancel(full.first, by=actor(town.coordinator))
    assert (offering.offer_places(full.pk), state_of(entry)) == (0, "left")
    again = wait_for_nothing(town, full)
    assert again == "waitlist.fits"


def wait_for_nothing(town, session):
    with pytest.raises(Refused) as no:
        wait(town, session)
    return no.value.code


def test_leaving_gives_offered_places_back(town, full):
    entry = wait(town, full)
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    entry.refresh_from_db()
    waitlist.leave(entry, by=actor(town.coordinator))
    assert (taken(full), Offer.objects.get().state) == (3, "declined")


def test_a_class_that_has_another_activity_by_now_is_not_offered_what_it_cannot_use(town, full):
    busy, free = wait(town, full), wait(town, full, a_class(town.school, 3))
    elsewhere = a_session(town.venue, starts_at=full.starts_at, ends_at=full.ends_at)
    a_booking(town, elsewhere, town.class_b)
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    assert (state_of(busy), state_of(free), busy.skipped) == ("waiting", "offered", 0)


@pytest.mark.notice("waitlist.closed")
def test_a_cancelled_session_closes_its_list_and_voids_its_offers(town, full):
    offered, waiting = wait(town, full), wait(town, full, a_class(town.school, 3))
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    sessions.cancel(full, by=actor(town.staff), reason="设备检修")
    assert (state_of(offered), state_of(waiting), taken(full)) == ("closed", "closed", 0)
    assert Notice.objects.filter(kind="waitlist.closed", user=town.coordinator.user).count() == 2
    assert list(books.problems()) == []


@pytest.mark.notice("waitlist.about_to_lapse")
def test_on_its_last_day_the_school_is_reminded_once(town, full, clock):
    wait(town, full)
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    reminders.run()
    assert not Notice.objects.filter(kind="waitlist.about_to_lapse").exists()
    clock.to(Offer.objects.get().until - dt.timedelta(hours=8))
    for _n in range(2):
        reminders.run()
    assert Notice.objects.filter(kind="waitlist.about_to_lapse", user=town.coordinator.user).count() == 1


def test_the_pages_lead_from_a_full_session_to_the_places(client, town, full):
    signed_in = login(client, town.coordinator)
    address = reverse("activities:booking-request", args=[full.pk])
    sent = {
        "by": "classes", "classes": [town.class_b.pk], "adults": "3", "leader": town.coordinator.pk,
        "request_key": str(uuid.uuid4()), "step_free": "0",
    }  # fmt: skip
    look = signed_in.post(address, sent | {"look": "1"})
    assert look.context["may_wait"] is True
    page = signed_in.post(address, sent | {"wait": "1"}).url
    assert signed_in.get(page).context["position"] == 1
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    assert signed_in.get(page).context["offer"].seats == 3
    assert signed_in.get(reverse("activities:booking-list")).context["in_line"]
    answer = signed_in.post(page + "accept/")
    assert answer.url == reverse("activities:booking-page", args=[Booking.objects.latest("pk").pk])
    stranger = a_town()
    assert login(client, stranger.coordinator).get(page).status_code == 404


def twice(table, columns):
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"


@pytest.mark.guards("waitlist_asked_once")
@pytest.mark.guards("waitlist_group_once")
@pytest.mark.guards("waitlist_heads_once")
@pytest.mark.guards("waitlist_sizes_ok")
@pytest.mark.guards("waitlistclass_once")
@pytest.mark.guards("offer_one_open")
@pytest.mark.guards("offer_seats_ok")
def test_the_database_refuses_by_name(town, full):
    entry = wait(town, full)
    bookings.cancel(full.first, by=actor(town.coordinator))
    offering.offer_places(full.pk)
    copy = (
        "INSERT INTO activities_waitlistentry (session_id, school_id, district_id, by, group_id, heads, smallest, may_split,"
        " adults, on_sheet, leader_id, phone, state, skipped, request_key, asked_at)"
        " SELECT session_id, school_id, district_id, {by}, group_id, heads, smallest, may_split, adults,"
        " on_sheet, leader_id, phone, state, skipped, {key}, asked_at"
        " FROM activities_waitlistentry"
    )
    club = an_activity_group(town.school, town.class_a.enrolments.first().student).pk
    for name, sql in {
        "waitlist_asked_once": [copy.format(by="by", key="request_key")],
        "waitlist_heads_once": [copy.format(by="'heads'", key="gen_random_uuid()")] * 2,
        "waitlist_group_once": [
            f"UPDATE activities_waitlistentry SET group_id = {club}",
            copy.format(by="by", key="gen_random_uuid()"),
        ],
        "waitlist_sizes_ok": ["UPDATE activities_waitlistentry SET smallest = heads + 1"],
        "waitlistclass_once": [
            twice("activities_waitlistclass", "entry_id, session_id, school_class_id, heads, pupils, is_live")
        ],
        "offer_one_open": [
            twice("activities_offer", "entry_id, session_id, seats, held, heads, until, state, made_at")
        ],
        "offer_seats_ok": ["UPDATE activities_offer SET held = seats + 1"],
    }.items():
        with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:  # noqa: PT012
            for line in sql:
                cursor.execute(line)
        assert broken.value.__cause__.diag.constraint_name == name
    assert entry.pk


@pytest.mark.django_db(transaction=True)
def test_accepting_and_lapsing_at_once_settle_an_offer_once(clock):
    town = a_town(pupils=3)
    session = a_session(town.venue, capacity=3)
    holder = a_booking(town, session, town.class_a)
    entry = wait(town, session)
    bookings.cancel(holder, by=actor(town.coordinator))
    offering.offer_places(session.pk)
    offer = Offer.objects.select_related("entry__session__programme").get()
    gate, answers = threading.Barrier(4), []

    def settle(n):
        gate.wait()
        try:
            if n % 2:
                answers.append("lapsed" if offering.lapse(offer) else "late")
            else:
                mine = WaitlistEntry.objects.with_names().get(pk=entry.pk)
                answers.append(f"booked {waitlist.accept(mine, by=actor(town.coordinator)).pk}")
        except Refused as no:
            answers.append(no.code)
        connection.close()

    threads = [threading.Thread(target=settle, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    booked, lapsed = [a for a in answers if a.startswith("booked")], answers.count("lapsed")
    assert len(set(booked)) + lapsed == 1, answers
    assert taken(session) == (3 if booked else 0)
    assert WaitlistClass.objects.filter(is_live=True).count() == 0
    assert list(books.problems()) == []


def test_more_places_wake_the_list_and_an_open_offer_keeps_the_time(town, full, rung):
    entry = wait(town, full)
    sessions.edit(full, by=actor(town.staff), capacity=9)
    assert rung == [("activities.offer_places", full.pk)]
    offering.offer_places(full.pk)
    assert state_of(entry) == "offered"
    for booking in Booking.objects.select_related("session__programme", "school__organisation"):
        bookings.cancel(booking, by=actor(town.coordinator))
    full.refresh_from_db()
    with pytest.raises(Refused) as no:
        sessions.edit(full, by=actor(town.staff), starts_at=full.starts_at + dt.timedelta(hours=1))
    assert no.value.code == "session.booked"


@pytest.fixture
def rung(monkeypatch):
    """What was rung for after commit."""
    heard = []
    monkeypatch.setattr("activities.bookings.ring", lambda task, *ids: heard.append((task, *ids)))
    return heard
