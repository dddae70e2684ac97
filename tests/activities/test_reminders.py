"""Visits that come near, and rolls that nobody called: each told once in its slot, and not when the cause has gone."""

import datetime as dt

import pytest

from activities import bookings, notices
from activities.models import Booking
from people import deliveries, reminders
from people.models import Delivery, Notice
from tests.factories import activities as make
from tests.factories import rolls
from tests.factories.people import actor
from tests.lib.mailserver import MailServer

pytestmark = pytest.mark.django_db
KINDS = ("booking.soon", "booking.roll_missing")


@pytest.fixture
def booking(clock):
    """Confirmed, in ten days at 9:30, booked now."""
    clock.to(dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    town = make.a_town()
    booking = make.a_booking(town, make.a_session(town.venue))
    booking.town = town
    return booking


def told(kind):
    rows = Notice.objects.filter(kind=kind).order_by("pk")
    return sorted((row.due_slot.split(":")[0], row.user_id) for row in rows)


def days_before(booking, clock, days, hour=8):
    clock.to(booking.session.starts_at.astimezone().replace(hour=hour, minute=0) - dt.timedelta(days=days))


@pytest.mark.notice("booking.soon")
def test_a_visit_is_recalled_seven_days_and_one_day_before_each_once(booking, clock):
    people = sorted([booking.requested_by.user_id, booking.leader.user_id])
    seen = []
    for days in (8, 7, 7, 6, 2, 1, 1, 0):
        days_before(booking, clock, days)
        seen.append(reminders.run(*KINDS))
    assert seen == [0, len(set(people)), 0, 0, 0, len(set(people)), 0, 0]
    assert {slot for slot, _who in told("booking.soon")} == {"7", "1"}


def test_a_run_that_was_missed_is_made_up_for_and_a_late_booking_is_not_recalled_at_once(booking, clock):
    afternoon = make.a_session(booking.town.venue, starts_at=booking.session.starts_at + dt.timedelta(hours=5))
    late = make.a_booking(booking.town, afternoon, booking.town.class_b)
    days_before(booking, clock, 5)
    Booking.objects.filter(pk=late.pk).update(confirmed_at=clock.now())
    reminders.run(*KINDS)
    assert {row.subject for row in Notice.objects.filter(kind="booking.soon")} == {f"booking:{booking.pk}"}
    days_before(late, clock, 1)
    reminders.run(*KINDS)
    subjects = {row.subject for row in Notice.objects.filter(kind="booking.soon", due_slot__startswith="1:")}
    assert subjects == {f"booking:{booking.pk}", f"booking:{late.pk}"}


def test_a_cancelled_visit_is_neither_recalled_nor_is_what_was_on_its_way_sent(booking, clock, settings):
    settings.MAIL_ON = True
    leader = booking.leader.user
    leader.email = "leader@school.example"
    leader.save()
    with MailServer() as server:
        for name, value in server.settings().items():
            setattr(settings, name, value)
        days_before(booking, clock, 7, hour=5)
        reminders.run(*KINDS)
        assert deliveries.run() == 0  # night
        bookings.cancel(booking, by=actor(booking.requested_by), reason="下雨")
        days_before(booking, clock, 7, hour=8)
        deliveries.run()
        assert [row.fault for row in Delivery.objects.filter(notice__kind="booking.soon")] == ["no longer so"]
        assert server.taken == []
    days_before(booking, clock, 1)
    assert reminders.run(*KINDS) == 0


@pytest.mark.notice("booking.roll_missing")
def test_a_missing_roll_is_asked_for_the_same_day_and_again_later(clock):
    roll = rolls.a_roll(clock)
    ends = roll.booking.session.ends_at
    clock.to(ends + dt.timedelta(hours=1, minutes=59))
    assert reminders.run(*KINDS) == 0
    clock.forward(minutes=1)
    assert reminders.run(*KINDS) == 1
    clock.to(ends + dt.timedelta(days=1))
    assert reminders.run(*KINDS) == len({roll.booking.leader.user_id, roll.town.coordinator.user_id})
    assert reminders.run(*KINDS) == 0
    notice = Notice.objects.filter(kind="booking.roll_missing").first()
    assert notices.has_no_roll(notice)
    roll.booking.called_at, roll.booking.called_by = clock.now(), roll.town.teacher
    roll.booking.save(update_fields=["called_at", "called_by"])
    assert not notices.has_no_roll(notice)


@pytest.mark.parametrize(("days", "near"), [(-1, False), (0, True), (1, True), (2, False)])
def test_a_cancelled_visit_is_urgent_when_it_is_today_or_tomorrow(booking, clock, days, near):
    notice = Notice(kind="booking.cancelled_by_venue", facts=notices.facts(booking))
    days_before(booking, clock, days)
    assert notices.is_near(notice) is near
