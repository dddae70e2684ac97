"""Rolls that can't be so: kept, looked at, decided; nothing else waits."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from activities import roll_reviews, rollcall
from activities.models import Mark, RollReview
from partnerships.models import Enrolment
from portal.lib.errors import Refused
from tests.factories.activities import a_booking, a_session, a_town
from tests.factories.people import actor, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def two(town, clock):
    """Both classes out at the same time in two halls; it is during the visit."""
    start = a_session(town.venue).starts_at
    first = a_booking(town, a_session(town.venue, starts_at=start), town.class_a)
    second = a_booking(town, a_session(town.venue, starts_at=start), town.class_b)
    clock.to(start + dt.timedelta(minutes=10))
    return first, second


def pupil_of(town) -> Enrolment:
    return Enrolment.objects.filter(school_class=town.class_a).select_related("school_class").order_by("pk")[0]


def added(town, two) -> RollReview:
    """The teacher finds a pupil of the other class in the group."""
    assert rollcall.add(two[1], enrolments=[pupil_of(town)], by=actor(town.teacher)) == 0
    return RollReview.objects.get()


def call(booking, town):
    rollcall.complete(booking, marks=rollcall.everybody(booking), by=actor(town.teacher))
    booking.refresh_from_db()


def test_a_pupil_of_another_roll_is_not_added_but_looked_at_once(town, two):
    review = added(town, two)
    assert (review.kind, review.booking, review.other) == ("elsewhere", two[1], two[0])
    assert rollcall.add(two[1], enrolments=[pupil_of(town)], by=actor(town.teacher)) == 0
    assert (RollReview.objects.count(), two[1].roll.count()) == (1, 3)


@pytest.mark.parametrize("is_called", [False, True])
def test_counted_here_the_pupil_leaves_the_other_roll(town, two, is_called):
    review = added(town, two)
    for booking in two if is_called else ():
        call(booking, town)
    roll_reviews.count_here(review, by=actor(town.coordinator), answer="本人确认在二号厅。")
    student = pupil_of(town).student_id
    here = two[1].roll.get(student=student)
    there = two[0].roll.filter(student=student).first()
    assert (review.state, here.added) == ("moved", True)
    assert (here.mark, there and there.mark) == ((Mark.PRESENT, Mark.ABSENT) if is_called else (None, None))


def test_left_as_it_is_nothing_changes(town, two):
    review = added(town, two)
    with pytest.raises(Refused):
        roll_reviews.leave(review, by=actor(town.coordinator), answer=" ")
    roll_reviews.leave(review, by=actor(town.coordinator), answer="记错了。")
    assert (review.state, two[1].roll.count(), two[0].roll.count()) == ("left", 3, 3)
    with pytest.raises(PermissionDenied):
        roll_reviews.leave(added_again(town, two), by=actor(town.teacher), answer="记错了。")


def added_again(town, two) -> RollReview:
    other = Enrolment.objects.filter(school_class=town.class_a).order_by("pk")[1]
    rollcall.add(two[1], enrolments=[other], by=actor(town.teacher))
    return RollReview.objects.get(enrolment=other)


def test_a_roll_marked_long_before_the_start_counts_and_is_looked_at(town, two):
    early = two[0].session.starts_at - dt.timedelta(hours=2)
    rollcall.complete(two[0], marks=rollcall.everybody(two[0]), by=actor(town.teacher), marked_at=early)
    call(two[1], town)
    review = RollReview.objects.get()
    two[0].refresh_from_db()
    assert (review.kind, review.acted_at, review.booking, two[0].state) == ("early", early, two[0], "attended")


def test_the_list_is_the_schools_and_no_teachers(client, town, two):
    review = added(town, two)
    assert login(client, town.teacher).get("/roll-reviews/").status_code == 403
    stranger = a_town()
    assert list(login(client, stranger.coordinator).get("/roll-reviews/").context["page"]) == []
    assert client.post(f"/roll-reviews/{review.pk}/leave/", {"reason": "x"}).status_code == 404
    school = login(client, town.coordinator)
    assert list(school.get("/roll-reviews/").context["page"]) == [review]
    school.post(f"/roll-reviews/{review.pk}/count-here/", {"reason": "本人确认在二号厅。"})
    review.refresh_from_db()
    assert review.state == "moved"


@pytest.mark.guards("rollreview_once")
@pytest.mark.guards("rollreview_says_what")
def test_the_database_holds_one_question_a_pupil_and_what_it_is_about(town, two):
    added(town, two)
    for words in (
        "UPDATE activities_rollreview SET student_id = NULL",
        (
            "INSERT INTO activities_rollreview (booking_id, kind, student_id, enrolment_id, other_id, state, raised_at,"
            " answer) SELECT booking_id, kind, student_id, enrolment_id, other_id, state, raised_at, ''"
            " FROM activities_rollreview"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
