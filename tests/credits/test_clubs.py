"""A club's term: counted from the rolls, once, and counted again when a roll is corrected."""

import datetime as dt

import pytest
from django.db import connection

from activities.models import Booking
from activities.models.booking import DEAD
from credits import books, clubs, judging, sweep
from credits.models import Entry, Result
from people.models import ThresholdValue
from tests.factories import credits as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clock):
    clock.to(dt.datetime(2026, 11, 18, 9, tzinfo=make.SHANGHAI))
    return make.world(pupils=3)


def counts() -> dict:
    return dict(Result.objects.values_list("student", "present"))


def absent(world, bookings, *, times: int) -> None:
    """The first pupil was not there so often."""
    for booking in bookings[:times]:
        make.correct(booking, world.pupils[0], mark="absent")


def state_of(booking: Booking, state: str, *, session: str = "open") -> None:
    """A date that went another way than the factory's: no move leads back there."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        seats = 0 if state in DEAD else booking.seats_held
        cursor.execute(
            "UPDATE activities_booking SET state = %s, seats_held = %s WHERE id = %s", [state, seats, booking.pk]
        )
        cursor.execute("UPDATE activities_session SET state = %s WHERE id = %s", [session, booking.session_id])
        if state != "attended":
            cursor.execute(
                "UPDATE activities_rollentry SET mark = NULL, marked_at = NULL, marked_by_id = NULL, task_sheet = false,"
                " is_live = %s WHERE booking_id = %s",
                [state not in DEAD, booking.pk],
            )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_four_of_five_dates_are_a_club_term_and_three_are_not(world):
    _group, bookings = make.club(world, dates=5)
    absent(world, bookings, times=1)
    for booking in bookings[:2]:
        make.correct(booking, world.pupils[1], mark="leave")
    assert clubs.settle_all() == 3
    assert counts() == {world.pupils[0].pk: 4, world.pupils[1].pk: 3, world.pupils[2].pk: 5}
    assert sweep.run().awards == 2
    assert make.points(world.pupils[0]) == [2000]
    assert make.points(world.pupils[1]) == []
    entry = Entry.objects.get(account=world.pupils[0].pk)
    assert (entry.rule.code, entry.inputs["dates"], entry.inputs["present"], entry.inputs["percent"]) == (
        "CLB",
        5,
        4,
        80,
    )
    verdict = judging.judged_results([Result.objects.get(student=world.pupils[1])])[0].verdict
    assert (verdict.why, verdict.facts) == ("too_few", {"present": 3, "dates": 5, "percent": 80})
    assert list(books.problems()) == []


def test_counting_ten_times_is_counting_once(world):
    make.club(world)
    assert [clubs.settle_all() for _ in range(10)] == [3] + [0] * 9
    sweep.run()
    assert (Result.objects.count(), Entry.objects.count()) == (3, 3)


def test_roll_corrected_after_the_count_takes_points_back_and_gives_them_again(world):
    _group, bookings = make.club(world, dates=5)
    clubs.settle_all()
    sweep.run()
    absent(world, bookings, times=2)
    assert clubs.settle_all() == 1
    assert sweep.run().reversals == 1
    make.correct(bookings[0], world.pupils[0], mark="late")
    clubs.settle_all()
    assert sweep.run().awards == 1
    assert make.points(world.pupils[0]) == [2000, -2000, 2000]
    assert list(books.problems()) == []


def test_club_with_dates_to_come_waits_and_is_counted_at_the_end_of_the_term_without_them(world, clock):
    _group, bookings = make.club(world, dates=6)
    state_of(bookings[5], "confirmed")
    assert clubs.settle_all() == 0
    clock.to(dt.datetime(2027, 2, 1, 9, tzinfo=make.SHANGHAI))
    assert clubs.settle_all() == 3
    assert set(Result.objects.values_list("dates", "present")) == {(6, 5)}
    assert sweep.run().awards == 3


def test_cancelled_date_is_no_date_and_nobody_coming_is_one(world):
    _group, bookings = make.club(world, dates=5)
    state_of(bookings[0], "cancelled_by_venue", session="cancelled")
    state_of(bookings[1], "no_show")
    clubs.settle_all()
    assert set(Result.objects.values_list("dates", "present")) == {(4, 3)}


def test_club_whose_dates_are_all_gone_is_withdrawn_and_comes_back(world):
    _group, bookings = make.club(world, dates=2)
    clubs.settle_all()
    sweep.run()
    for booking in bookings:
        state_of(booking, "attended", session="cancelled")
    assert clubs.settle_all() == 3
    assert sweep.run().reversals == 3
    state_of(bookings[0], "attended")
    clubs.settle_all()
    assert sweep.run().awards == 3


def test_district_sets_the_share_of_dates(world):
    _group, bookings = make.club(world, dates=5)
    absent(world, bookings, times=2)
    clubs.settle_all()
    ThresholdValue.objects.create(
        district=world.district, code="credits.club_percent", value=60, starts_on=make.FIRST_DAY, reason="本区决定",
        set_at=dt.datetime(2026, 9, 1, tzinfo=make.SHANGHAI),
    )  # fmt: skip
    assert sweep.run().awards == 3
