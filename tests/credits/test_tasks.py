"""The jobs: the bell posts one booking, the sweeps the rest, and a vanished booking is nobody's fault."""

import datetime as dt

import pytest
from celery import current_app

from credits import tasks
from credits.models import Entry, Result
from portal.celery import TIMETABLE
from tests.factories import credits as make

pytestmark = pytest.mark.django_db


def test_post_is_known_by_its_name_and_safe_to_run_twice():
    booking = make.attended(make.world())
    task = current_app.tasks["credits.post"]
    task.run(booking.pk)
    task.run(booking.pk)
    assert Entry.objects.count() == 3


def test_post_of_a_booking_that_does_not_exist_does_nothing():
    tasks.post.run(0)
    assert Entry.objects.count() == 0


def test_recent_sweep_leaves_old_rolls_to_the_full_one(clock):
    booking = make.attended(make.world())
    clock.forward(days=4)
    tasks.sweep_recent.run()
    assert Entry.objects.count() == 0
    tasks.sweep_all.run()
    assert Entry.objects.filter(roll_entry__booking=booking).count() == 3


def test_recent_sweep_sees_a_late_correction(clock):
    world = make.world()
    booking = make.attended(world)
    tasks.post.run(booking.pk)
    clock.forward(days=10)
    make.correct(booking, world.pupils[0], mark="absent")
    tasks.sweep_recent.run()
    assert make.points(world.pupils[0]) == [1000, -1000]


def test_both_sweeps_stand_in_the_timetable():
    assert {"credits.sweep_recent", "credits.sweep"} <= {job.task for job in TIMETABLE}


def test_result_is_posted_by_its_bell_and_clubs_are_counted_by_the_job(clock):
    clock.to(dt.datetime(2026, 12, 18, 9, tzinfo=make.SHANGHAI))
    world = make.world(pupils=1)
    result = make.took_part(world)[0]
    task = current_app.tasks["credits.post_result"]
    for key in (0, result.pk, result.pk):
        task.run(key)
    assert Entry.objects.count() == 1
    make.club(world, dates=2)
    current_app.tasks["credits.settle_clubs"].run()
    assert Result.objects.filter(kind="club", present=2).count() == 1
