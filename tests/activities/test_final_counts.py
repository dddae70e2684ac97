"""最终人数: asked once, confirmed with one press, lost when nobody answers; never while schools are closed."""

import datetime as dt

import pytest

from activities import bookings, final_counts, groups, head_counts, rescheduling
from activities.models import Booking, DayOff, Session
from partnerships.models import CalendarDay
from people import reminders
from people.models import Notice
from portal import books
from portal.lib import clock as portal_clock
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town, local
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 9)
VISIT = dt.date(2026, 11, 25)  # a Wednesday: five school days before is Wednesday 18 November


@pytest.fixture
def town(clock):
    clock.to(local(MONDAY, 9))
    town = a_town(pupils=3)
    CalendarDay.objects.bulk_create(
        CalendarDay(
            district=town.district, date=day, is_workday=day.isoweekday() < 6, is_teaching=day.isoweekday() < 6,
            source="edited",
        )
        for day in (MONDAY + dt.timedelta(days=n) for n in range(30))
    )  # fmt: skip
    return town


@pytest.fixture
def booking(town):
    session = a_session(town.venue, starts_at=local(VISIT, 9), ends_at=local(VISIT, 11))
    return a_booking(town, session, town.class_a, town.class_b)


def told(kind, who):
    return Notice.objects.filter(kind=kind, user=who.user).count()


def fresh(booking):
    return Booking.objects.with_group().get(pk=booking.pk)


def on(clock, day, hour=9):
    clock.to(local(day, hour))
    return final_counts.run()


@pytest.mark.notice("booking.final_count")
def test_a_school_is_asked_five_school_days_before_once(town, booking, clock):
    assert on(clock, dt.date(2026, 11, 17)) == 0
    assert [on(clock, dt.date(2026, 11, 18)) for _n in range(3)] == [1, 0, 0]
    assert fresh(booking).count_due_at == local(dt.date(2026, 11, 20), 17)
    assert told("booking.final_count", town.coordinator) == 1
    assert told("booking.final_count", town.teacher) == 1
    clock.to(local(dt.date(2026, 11, 20), 8))
    for _n in range(2):
        reminders.run("booking.final_count")
    assert told("booking.final_count", town.coordinator) == 2


def test_confirmed_with_one_press_it_is_kept(town, booking, clock):
    on(clock, dt.date(2026, 11, 18))
    first, confirmed = [head_counts.confirm(booking, by=actor(town.coordinator)) for _n in range(2)]
    assert first.counted_at == confirmed.counted_at
    assert (confirmed.counted_by, confirmed.counted_at) == (town.coordinator, clock.now())
    assert on(clock, dt.date(2026, 11, 20), 18) == 0
    assert fresh(booking).state == "confirmed"


def test_a_part_given_back_with_the_final_count_keeps_the_rest(town, booking, clock):
    on(clock, dt.date(2026, 11, 18))
    group = head_counts.coming(fresh(booking), classes=[town.class_a.pk])
    head_counts.change(booking, group, by=actor(town.coordinator), is_final=True)
    assert on(clock, dt.date(2026, 11, 20), 18) == 0
    kept = fresh(booking)
    assert (kept.state, kept.pupils, kept.seats_held, kept.counted_at is not None) == ("confirmed", 3, 3, True)
    assert list(books.problems()) == []


@pytest.mark.notice("booking.lost")
def test_without_an_answer_the_places_go_to_others_without_a_mark(town, booking, clock):
    on(clock, dt.date(2026, 11, 18))
    assert on(clock, dt.date(2026, 11, 20), 16) == 0
    assert [on(clock, dt.date(2026, 11, 20), 17) for _n in range(2)] == [1, 0]
    lost = fresh(booking)
    assert (lost.state, lost.seats_held, Session.objects.get().taken) == ("cancelled", 0, 0)
    assert (told("booking.lost", town.coordinator), told("booking.cancelled", town.staff)) == (1, 1)
    with pytest.raises(Refused) as no:
        head_counts.confirm(booking, by=actor(town.coordinator))
    assert no.value.code == "count.closed"
    assert list(books.problems()) == []


def test_nothing_is_lost_while_schools_are_closed(town, booking, clock):
    on(clock, dt.date(2026, 11, 18))
    DayOff.objects.create(
        organisation=town.bureau.organisation, date=dt.date(2026, 11, 20), part="day", kind="weather"
    )  # typhoon on the last day
    found = [on(clock, dt.date(2026, 11, day), hour) for day, hour in ((20, 18), (21, 18), (22, 18), (23, 9))]
    assert (found, fresh(booking).state) == ([0, 0, 0, 0], "confirmed")
    assert on(clock, dt.date(2026, 11, 23), 17) == 1
    assert fresh(booking).state == "cancelled"


def test_nobody_is_asked_on_a_day_without_school_nor_too_late(town, booking, clock):
    CalendarDay.objects.filter(date__range=(dt.date(2026, 11, 18), dt.date(2026, 11, 19))).update(is_teaching=False)
    # five school days before is Monday 16 now, but the portal stood still until Saturday
    assert on(clock, dt.date(2026, 11, 21)) == 0
    assert on(clock, dt.date(2026, 11, 24)) == 0  # the answer would come after the visit
    assert fresh(booking).count_due_at is None


def test_what_was_booked_after_the_day_of_asking_is_its_own_final_word(town, clock):
    clock.to(local(dt.date(2026, 11, 18), 10))
    session = a_session(town.venue, starts_at=local(VISIT, 9), ends_at=local(VISIT, 11))
    a_booking(town, session, town.class_a)
    assert on(clock, dt.date(2026, 11, 19)) == 0


def test_another_date_is_counted_anew(town, booking, clock):
    on(clock, dt.date(2026, 11, 18))
    head_counts.confirm(booking, by=actor(town.coordinator))
    later = a_session(
        town.venue,
        programme=booking.session.programme,
        starts_at=local(dt.date(2026, 12, 2), 9),
        ends_at=local(dt.date(2026, 12, 2), 11),
    )
    moved = rescheduling.reschedule(fresh(booking), to=later, by=actor(town.coordinator))
    assert (moved.count_due_at, moved.counted_at) == (None, None)
    assert on(clock, dt.date(2026, 11, 25)) == 1


def test_a_school_s_own_activity_is_not_asked_about(town, clock):
    own = a_session(town.school, starts_at=local(VISIT, 9), ends_at=local(VISIT, 11))
    a_booking(town, own, group=groups.of_classes(town.school, [town.class_a], on=own.day, adults=1))
    assert on(clock, dt.date(2026, 11, 18)) == 0


def test_the_timetable_counts_answers_that_are_overdue(town, booking, clock):
    clock.to(local(dt.date(2026, 11, 18), 9))
    final_counts.run()
    assert final_counts.due() == 0
    clock.to(local(dt.date(2026, 11, 20), 17))
    assert final_counts.due() == 1
    bookings.cancel(fresh(booking), by=actor(town.coordinator))
    assert (final_counts.due(), portal_clock.today()) == (0, dt.date(2026, 11, 20))
